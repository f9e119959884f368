import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDigester, type FileDigest } from './digester.ts'
import { codeOf } from './testing/errors.ts'
import { importedFile } from './testing/peers.ts'

const MiB = 1_048_576
const content = new Uint8Array(3 * MiB + 123).map((_, index) => (index * 2_654_435_761) >>> 13)

function digestOf(pieces: readonly Uint8Array[]): FileDigest {
  const digester = createDigester()
  for (const piece of pieces) digester.push(piece)
  return digester.finish()
}

test.each([0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB, 3 * MiB + 123])(
  'agrees with sha256 and the importer on %i bytes',
  async size => {
    const bytes = content.subarray(0, size)
    const { sha256, ...root } = digestOf([bytes])
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(root).toEqual({ size, ...(await importedFile(bytes)) })
  },
)

test('does not depend on how the bytes are cut, nor on what happens to them afterwards', () => {
  const whole = digestOf([content])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: content.length }), { maxLength: 12 }), cuts => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), content.length]
      const digester = createDigester()
      const reused = new Uint8Array(content.length)
      for (let index = 1; index < edges.length; index++) {
        const piece = content.subarray(edges[index - 1], edges[index])
        reused.set(piece)
        digester.push(reused.subarray(0, piece.length))
        reused.fill(0xff)
      }
      expect(digester.finish()).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

test('shows leaves while the bytes arrive', () => {
  const seen: string[] = []
  const digester = createDigester({
    visit: block => seen.push(block.kind === 'leaf' ? `${block.offset}+${block.length}` : 'node'),
  })
  digester.push(content.subarray(0, MiB - 1))
  expect(seen).toEqual([])
  digester.push(content.subarray(MiB - 1, MiB))
  expect(seen).toEqual([`0+${MiB}`])
  digester.push(content.subarray(MiB, MiB + 5))
  digester.finish()
  expect(seen).toEqual([`0+${MiB}`, `${MiB}+5`, 'node'])
})

test('takes exactly as much as allowed', async () => {
  const digester = createDigester({ maxSize: 10 })
  digester.push(new Uint8Array(10))
  expect(await codeOf(() => digester.push(new Uint8Array(1)))).toBe('SIZE_EXCEEDED')
  expect(digester.finish()).toEqual(digestOf([new Uint8Array(10)]))
})
