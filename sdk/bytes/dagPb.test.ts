import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cidToBytes } from './cid.ts'
import { decodeDagPb, encodeDagPb, type PbNode } from './dagPb.ts'
import { codeOf } from './testing/errors.ts'

const cid = cidToBytes({ codec: 'raw', digest: new Uint8Array(32).fill(7) })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const anyNode = fc.record({
  links: fc.array(
    fc.record({
      cid: fc
        .record({
          codec: fc.constantFrom('raw' as const, 'dag-pb' as const),
          digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        })
        .map(cidToBytes),
      name: fc.string({ unit: 'grapheme' }),
      tsize: fc.maxSafeNat(),
    }),
  ),
  data: fc.uint8Array({ maxLength: 300 }),
})

test('writes links before data, and of a link hash, name and size', () => {
  const block = encodeDagPb({ links: [{ cid, name: 'é', tsize: 2 ** 31 }], data: bytes('08 01') })
  expect(hex(block)).toBe(
    hex(bytes(`12 30 0a 24 01 55 12 20 ${'07'.repeat(32)} 12 02 c3 a9 18 80 80 80 80 08 0a 02 08 01`)),
  )
})

test('writes empty names', () => {
  const block = encodeDagPb({ links: [{ cid, name: '', tsize: 0 }], data: new Uint8Array(0) })
  expect(hex(block)).toBe(hex(bytes(`12 2a 0a 24 01 55 12 20 ${'07'.repeat(32)} 12 00 18 00 0a 00`)))
})

test('reads back what it writes', () => {
  fc.assert(
    fc.property(anyNode, node => {
      expect(decodeDagPb(encodeDagPb(node))).toEqual(node)
    }),
  )
})

test('keeps a byte order mark, which is part of a name', () => {
  const node: PbNode = { links: [{ cid, name: '\uFEFFa', tsize: 1 }], data: new Uint8Array(0) }
  expect(decodeDagPb(encodeDagPb(node))).toEqual(node)
})

test('accepts no second form: whatever is decoded is encoded to the same bytes', () => {
  fc.assert(
    fc.property(anyNode, fc.nat(), fc.nat({ max: 255 }), (node, at, value) => {
      const block = encodeDagPb(node)
      const changed = block.with(at % block.length, value)
      let decoded: PbNode
      try {
        decoded = decodeDagPb(changed)
      } catch {
        return
      }
      expect(hex(encodeDagPb(decoded))).toBe(hex(changed))
    }),
    { numRuns: 2_000 },
  )
})

const filled = (size: number) => encodeDagPb({ links: [], data: new Uint8Array(size - 4) })

describe('refuses', () => {
  const inner = `0a 24 01 55 12 20 ${'07'.repeat(32)}`
  test.each([
    ['nothing', ''],
    ['no data', `12 2a ${inner} 12 00 18 00`],
    ['data before links', `0a 00 12 2a ${inner} 12 00 18 00`],
    ['data twice', '0a 00 0a 00'],
    ['bytes after the data', '0a 00 00'],
    ['data that is cut off', '0a 02 08'],
    ['a length in two bytes that fits one', '0a 80 00'],
    ['an unknown field', '0a 00 1a 00'],
    ['a link without a name', `12 28 ${inner} 18 00 0a 00`],
    ['a link without a size', `12 28 ${inner} 12 00 0a 00`],
    ['a link without a hash', '12 04 12 00 18 00 0a 00'],
    ['a name before the hash', `12 2a 12 00 ${inner} 18 00 0a 00`],
    ['a field after the size', `12 2c ${inner} 12 00 18 00 20 00 0a 00`],
    ['a name that is not UTF-8', `12 2b ${inner} 12 01 ff 18 00 0a 00`],
    ['half a surrogate pair in a name', `12 2d ${inner} 12 03 ed a0 80 18 00 0a 00`],
    ['a CID of another hash', `12 2a ${inner.replace('55 12', '55 16')} 12 00 18 00 0a 00`],
    ['a CID of version 0', `12 28 0a 22 12 20 ${'07'.repeat(32)} 12 00 18 00 0a 00`],
  ])('%s', async (_, block) => {
    expect(await codeOf(() => decodeDagPb(bytes(block)))).toBe('MANIFEST_MALFORMED')
  })

  test('a field that ends after its block, before anything else is looked at', () => {
    expect(() => decodeDagPb(bytes('0a 02 08'))).toThrow('a field is cut off')
  })

  test('a block above 1 MiB, but not one at 1 MiB', async () => {
    expect(filled(1_048_576).length).toBe(1_048_576)
    expect(await codeOf(() => decodeDagPb(filled(1_048_576)))).toBe('none')
    expect(await codeOf(() => decodeDagPb(filled(1_048_577)))).toBe('SIZE_EXCEEDED')
  })

  test('a size above 2^53 - 1', async () => {
    const link = `12 31 ${inner} 12 00 18 80 80 80 80 80 80 80 10`
    expect(await codeOf(() => decodeDagPb(bytes(`${link} 0a 00`)))).toBe('SIZE_EXCEEDED')
  })
})
