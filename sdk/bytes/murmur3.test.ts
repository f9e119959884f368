import { expect, test } from 'vitest'
import { murmur3x64 } from './murmur3.ts'

const hex = (text: string) => Buffer.from(murmur3x64(new TextEncoder().encode(text))).toString('hex')

test('gives known values at every length of the tail', () => {
  // From docs/formats/make.py; 'hello' is a vector that other implementations publish.
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const values = Array.from({ length: 34 }, (_, length) => hex(alphabet.slice(0, length)))
  expect(values).toEqual([
    '0000000000000000',
    '85555565f6597889',
    '938b11ea16ed1b2e',
    'b4963f3f3fad7867',
    'b87bb7d64656cd4f',
    '2036d091f496bbb8',
    'e47d86bfaca3bf55',
    'a6cd2f9fc09ee499',
    'cc8a0ab037ef8c02',
    '0547c0cff13c7964',
    'b6c15b0d772f8c99',
    'a895d0b8df789d02',
    '8ef39bb1e67ae194',
    '1648288da7c0fa73',
    '91d094a7f5c375e0',
    '8abe2451890c2ffb',
    'c4ca3ca3224cb723',
    '7564747f88bda657',
    '77f08cec907f8a50',
    '1590bc23de9e6d88',
    '310b3726f937e2f1',
    'c9d568e279ffc93c',
    '9588e330f4abf856',
    '40480aba9d4f238e',
    '6494960fd4de2cf7',
    '71e7cba42f07960f',
    '749c9d7e516f4aa9',
    '7e2ddc8410dde045',
    '8c064e06c8bb7f61',
    '31efcff15e52947e',
    '41681900ec9b3341',
    '4bf06228635658a8',
    '16a127b539e20ae3',
    'eea5f18b80c96088',
  ])
  expect(hex('hello')).toBe('cbd8a7b341bd9b02')
  expect(hex('Größe')).toBe('700c69b4239e1378')
})

test('does not depend on where the bytes lie in their buffer', () => {
  const buffer = new TextEncoder().encode('xxxhello, world, and everybody in it')
  expect(murmur3x64(buffer.subarray(3))).toEqual(murmur3x64(buffer.slice(3)))
})
