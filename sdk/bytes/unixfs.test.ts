import { NodeType, encode as peerEncode } from '@ipld/unixfs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDagPb } from './dagPb.ts'
import { codeOf } from './testing/errors.ts'
import { decodeUnixfs, encodeUnixfs, type UnixfsMessage } from './unixfs.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const anyMessage: fc.Arbitrary<UnixfsMessage> = fc.oneof(
  fc.constant({ type: 'directory' } as const),
  fc.array(fc.nat({ max: 2 ** 31 - 1 }).map(size => size * 4)).map(blockSizes => ({
    type: 'file' as const,
    size: blockSizes.reduce((sum, size) => sum + size, 0),
    blockSizes,
  })),
  fc.uniqueArray(fc.nat({ max: 255 })).map(slots => ({
    type: 'shard' as const,
    slots: slots.toSorted((a, b) => a - b),
  })),
)

const file = (size: number) => hex(encodeUnixfs({ type: 'file', size, blockSizes: [size] }))

test('writes the sizes at which another encoder fails', () => {
  expect([2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32].map(file)).toEqual([
    '080218ffffffff0720ffffffff07',
    '0802188080808008208080808008',
    '0802188180808008208180808008',
    '080218ffffffff0f20ffffffff0f',
    '0802188080808010208080808010',
  ])
})

test('agrees with @ipld/unixfs on directories and shards; on files, see fileDag.test.ts', () => {
  const directory = peerEncode({ type: NodeType.Directory, metadata: {}, entries: [] })
  expect(hex(encodeUnixfs({ type: 'directory' }))).toBe(hex(decodeDagPb(directory).data))
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 255 }), { minLength: 1 }), slots => {
      const bits = slots.reduce((sum, slot) => sum | (1n << BigInt(slot)), 0n).toString(16)
      const shard = peerEncode({
        type: NodeType.HAMTShard,
        bitfield: bytes(bits.length % 2 === 0 ? bits : `0${bits}`),
        fanout: 256,
        hashType: 0x22,
        entries: [],
      })
      const message: UnixfsMessage = { type: 'shard', slots: slots.toSorted((a, b) => a - b) }
      expect(hex(encodeUnixfs(message))).toBe(hex(decodeDagPb(shard).data))
    }),
  )
})

test('reads back what it writes', () => {
  fc.assert(
    fc.property(anyMessage, message => {
      expect(decodeUnixfs(encodeUnixfs(message))).toEqual(message)
    }),
  )
})

test('accepts no second form: whatever is decoded is encoded to the same bytes', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(), fc.nat({ max: 255 }), (message, at, value) => {
      const encoded = encodeUnixfs(message)
      const changed = encoded.with(at % encoded.length, value)
      let decoded: UnixfsMessage
      try {
        decoded = decodeUnixfs(changed)
      } catch {
        return
      }
      expect(hex(encodeUnixfs(decoded))).toBe(hex(changed))
    }),
    { numRuns: 2_000 },
  )
})

describe('refuses', () => {
  test.each([
    ['nothing', ''],
    ['no type', '18 00'],
    ['a raw node', '08 00'],
    ['a symlink', '08 04 12 01 61'],
    ['a directory with a size', '08 01 18 00'],
    ['a type in two bytes', '08 82 00 18 00'],
    ['a file without a size', '08 02'],
    ['a file with content in its node', '08 02 12 01 61 18 01'],
    ['a file with a mode', '08 02 18 00 38 a4 03'],
    ['a size that is not the sum', '08 02 18 03 20 01 20 01'],
    ['packed block sizes', '08 02 18 02 22 02 01 01'],
    ['a shard without a bit field', '08 05 28 22 30 80 02'],
    ['a bit field with a leading zero', '08 05 12 02 00 01 28 22 30 80 02'],
    ['a bit field of 33 bytes', `08 05 12 21 ${'01'.repeat(33)} 28 22 30 80 02`],
    ['another hash function', '08 05 12 01 01 28 23 30 80 02'],
    ['another fan-out', '08 05 12 01 01 28 22 30 10'],
    ['fields in another order', '08 05 28 22 12 01 01 30 80 02'],
    ['a field after the fan-out', '08 05 12 01 01 28 22 30 80 02 38 00'],
  ])('%s', async (_, message) => {
    expect(await codeOf(() => decodeUnixfs(bytes(message)))).toBe('MANIFEST_MALFORMED')
  })

  test('a bit field beyond the fan-out, before it is walked', () => {
    const message = new Uint8Array([8, 5, 0x12, 0xc0, 0x84, 0x3d, ...new Uint8Array(1_000_000)])
    expect(() => decodeUnixfs(message)).toThrow('the bit field is longer than the fan-out')
  })

  test('a size above 2^53 - 1', async () => {
    expect(await codeOf(() => decodeUnixfs(bytes('08 02 18 80 80 80 80 80 80 80 10')))).toBe('SIZE_EXCEEDED')
  })
})
