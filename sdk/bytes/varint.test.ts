import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from './testing/errors.ts'
import { readVarint, varintLength, writeVarint } from './varint.ts'

function written(value: number): string {
  const bytes = new Uint8Array(8)
  return Buffer.from(bytes.subarray(0, writeVarint(bytes, 0, value))).toString('hex')
}

test('writes the bytes that the protobuf documentation and the edges of 32 bits demand', () => {
  expect(
    Object.fromEntries(
      [0, 1, 127, 128, 150, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER].map(
        value => [value, written(value)],
      ),
    ),
  ).toMatchInlineSnapshot(`
    {
      "0": "00",
      "1": "01",
      "127": "7f",
      "128": "8001",
      "150": "9601",
      "2147483647": "ffffffff07",
      "2147483648": "8080808008",
      "4294967295": "ffffffff0f",
      "4294967296": "8080808010",
      "9007199254740991": "ffffffffffffff0f",
    }
  `)
})

test('agrees with the definition by bigint arithmetic, and reads back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), value => {
      const expected: number[] = []
      let rest = BigInt(value)
      for (; rest >= 128n; rest >>= 7n) expected.push(Number(rest & 127n) | 128)
      expected.push(Number(rest))
      const bytes = new Uint8Array(expected.length)
      expect(writeVarint(bytes, 0, value)).toBe(expected.length)
      expect([...bytes]).toEqual(expected)
      expect(varintLength(value)).toBe(expected.length)
      expect(readVarint(bytes, 0)).toEqual({ value, end: expected.length })
    }),
  )
})

test('refuses what cannot be counted', async () => {
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) {
    expect(await codeOf(() => writeVarint(new Uint8Array(10), 0, value))).toBe('SIZE_EXCEEDED')
    expect(await codeOf(() => varintLength(value))).toBe('SIZE_EXCEEDED')
  }
})

const read = (hex: string) => codeOf(() => readVarint(Buffer.from(hex, 'hex'), 0))

test('refuses to read what is cut off, too long or too large', async () => {
  expect(await read('')).toBe('MANIFEST_MALFORMED')
  expect(await read('80')).toBe('MANIFEST_MALFORMED')
  expect(await read('8000')).toBe('MANIFEST_MALFORMED')
  expect(await read('ff00')).toBe('MANIFEST_MALFORMED')
  expect(await read('00')).toBe('none')
  expect(await read('ffffffffffffff0f')).toBe('none')
  expect(await read('8080808080808010')).toBe('SIZE_EXCEEDED')
  expect(await read('808080808080808001')).toBe('SIZE_EXCEEDED')
  expect(await read('80808080808080808000')).toBe('SIZE_EXCEEDED')
})
