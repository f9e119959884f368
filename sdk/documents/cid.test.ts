import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { cidOfDigest, parseCid } from './cid.ts'
import { bytesOfDigest, digestOf, toBytes32 } from './digest.ts'

const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('digestOf', () => {
  it('is the SHA-256 of the bytes', () => {
    expect(digestOf(new Uint8Array())).toBe(empty)
    expect(toBytes32(empty)).toBe(`0x${empty}`)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(digestOf(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  it('goes back to its bytes', () => {
    fc.assert(
      fc.property(hash, bytes => {
        expect(bytesOfDigest(hex(bytes))).toEqual(bytes)
      }),
    )
  })
})

describe('cidOfDigest', () => {
  it('writes what multiformats writes, and parseCid reads it back', () => {
    fc.assert(
      fc.property(hash, fc.constantFrom('raw' as const, 'dag-pb' as const), (bytes, codec) => {
        const expected = CID.createV1(codec === 'raw' ? 0x55 : 0x70, Digest.create(0x12, bytes)).toString()
        expect(cidOfDigest(hex(bytes), codec)).toBe(expected)
        expect(parseCid(expected)).toEqual({ codec, sha256: hex(bytes) })
      }),
    )
  })
})

describe('parseCid', () => {
  const good = cidOfDigest(empty)
  const v1 = (codec: number, hashCode: number, bytes: Uint8Array) =>
    CID.createV1(codec, Digest.create(hashCode, bytes)).toString()

  it.each([
    ['nothing', ''],
    ['upper case', good.toUpperCase()],
    ['another base', `z${good.slice(1)}`],
    ['version 0', 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n'],
    ['a character too few', good.slice(0, -1)],
    ['a character too many', `${good}a`],
    ['a character outside the alphabet', `${good.slice(0, -1)}1`],
    ['padding', `${good}=`],
    ['set bits after the last byte', `${good.slice(0, -1)}v`],
    ['another codec', v1(0x71, 0x12, bytesOfDigest(empty))],
    ['another hash', v1(0x55, 0x1e, bytesOfDigest(empty))],
    ['a shorter digest', v1(0x55, 0x12, new Uint8Array(31))],
  ])('refuses %s', (_, text) => {
    expect(parseCid(text)).toBeUndefined()
  })
})
