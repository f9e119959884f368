import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfDigest, digestOf } from './digest.ts'

const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('digestOf', () => {
  it('is the SHA-256 of the bytes', () => {
    expect(digestOf(new Uint8Array())).toBe(empty)
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
