import { sha256 } from '@kedge/sdk/bytes'
import { expect, it } from 'vitest'
import { createLeafIndex } from './leafIndex.ts'

const digest = (name: number) => sha256(Buffer.from(String(name)))
const digests = (from: number, to: number) =>
  Buffer.concat(Array.from({ length: to - from }, (_, index) => digest(from + index)))

it('finds every leaf among many, and the first place of one that occurs twice', () => {
  const index = createLeafIndex()
  index.add(0, digests(0, 3_000))
  index.add(1, Buffer.concat([digests(2_990, 3_010), digest(5), digest(3_000)]))
  index.add(2, digests(3_010, 9_000))
  const expected = (name: number) => {
    if (name < 3_000) return { file: 0, leaf: name }
    return name < 3_010 ? { file: 1, leaf: name - 2_990 } : { file: 2, leaf: name - 3_010 }
  }
  for (let name = 0; name < 9_000; name++) expect(index.find(digest(name))).toEqual(expected(name))
  expect(index.find(digest(9_000))).toBe(undefined)
})

it('keeps leaves apart whose digests begin alike', () => {
  const index = createLeafIndex()
  const alike = (last: number) => new Uint8Array(32).fill(last, 31)
  index.add(7, Buffer.concat([alike(1), alike(2)]))
  expect([1, 2, 3].map(last => index.find(alike(last)))).toEqual([
    { file: 7, leaf: 0 },
    { file: 7, leaf: 1 },
    undefined,
  ])
})
