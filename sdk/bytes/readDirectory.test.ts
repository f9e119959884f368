import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BlockSource } from './blockSource.ts'
import { type Cid, cidToBytes, formatCid, parseCid } from './cid.ts'
import { encodeDagPb, type PbNode } from './dagPb.ts'
import { type DirectoryEntry, encodeDirectory } from './directoryDag.ts'
import { murmur3x64 } from './murmur3.ts'
import { readDirectory } from './readDirectory.ts'
import { sha256 } from './sha256.ts'
import { codeOf } from './testing/errors.ts'
import { encodeUnixfs } from './unixfs.ts'

const emptyFile = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' as Cid

function entry(name: string): DirectoryEntry {
  return { name, cid: emptyFile, dagSize: 0 }
}

function stored(names: readonly string[]) {
  const blocks = new Map<Cid, Uint8Array>()
  const { cid } = encodeDirectory(names.map(entry), { visit: block => blocks.set(block.cid, block.bytes) })
  return { cid, blocks, source: (at => blocks.get(at)) satisfies BlockSource as BlockSource }
}

/** A source of nodes that nobody should have made, and the CID of the last of them. */
function forged(...nodes: readonly PbNode[]) {
  const blocks = new Map<Cid, Uint8Array>()
  let cid = emptyFile
  for (const node of nodes) {
    const bytes = encodeDagPb(node)
    cid = formatCid({ codec: 'dag-pb', digest: sha256(bytes) })
    blocks.set(cid, bytes)
  }
  return { cid, source: (at => blocks.get(at)) satisfies BlockSource as BlockSource }
}

const link = (name: string) => ({ cid: cidToBytes(parseCid(emptyFile)), name, tsize: 0 })
const directoryData = encodeUnixfs({ type: 'directory' })
const slotOf = (name: string) => murmur3x64(new TextEncoder().encode(name))[0] ?? 0
const label = (slot: number) => slot.toString(16).toUpperCase().padStart(2, '0')
const manyNames = Array.from({ length: 6_000 }, (_, index) => `größe-${index}-\u{1F600}`)

test('reads back a directory of one block', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.stringMatching(/^[a-z0-9é\u{1F600}_-]{1,12}$/u)), async names => {
      const { cid, source } = stored(names)
      const found = await readDirectory(cid, source)
      expect(new Set(found.map(({ name }) => name))).toEqual(new Set(names))
      expect(encodeDirectory(found).cid).toBe(cid)
    }),
  )
})

test('reads back a HAMT', async () => {
  const { cid, source } = stored(manyNames)
  const found = await readDirectory(cid, source)
  expect(found.map(({ name }) => name).toSorted()).toEqual(manyNames.toSorted())
})

describe('refuses', () => {
  test('a missing and a wrong block', async () => {
    const { cid, blocks } = stored(manyNames)
    const [first] = blocks.keys()
    expect(await codeOf(() => readDirectory(cid, at => (at === first ? undefined : blocks.get(at))))).toBe(
      'UNAVAILABLE',
    )
    expect(await codeOf(() => readDirectory(cid, at => blocks.get(at)?.with(9, 9)))).toBe('DIGEST_MISMATCH')
  })

  test('more entries than allowed, in one block and in a HAMT', async () => {
    for (const names of [['a', 'b', 'c'], manyNames]) {
      const { cid, source } = stored(names)
      expect(await codeOf(() => readDirectory(cid, source, { maxEntries: names.length }))).toBe('none')
      expect(await codeOf(() => readDirectory(cid, source, { maxEntries: names.length - 1 }))).toBe(
        'SIZE_EXCEEDED',
      )
    }
  })

  test('a HAMT of nodes without entries, before it was walked', async () => {
    const slots = Array.from({ length: 256 }, (_, slot) => slot)
    const data = encodeUnixfs({ type: 'shard', slots })
    const nodes: PbNode[] = [{ links: [], data: encodeUnixfs({ type: 'shard', slots: [] }) }]
    for (let level = 0; level < 7; level++) {
      const below = encodeDagPb(nodes.at(-1) ?? { links: [], data })
      const cid = cidToBytes({ codec: 'dag-pb', digest: sha256(below) })
      nodes.push({ links: slots.map(slot => ({ cid, name: label(slot), tsize: 0 })), data })
    }
    const { cid, source } = forged(...nodes)
    let asked = 0
    const counting: BlockSource = at => {
      asked++
      return source(at)
    }
    expect(await codeOf(() => readDirectory(cid, counting, { maxEntries: 10 }))).toBe('SIZE_EXCEEDED')
    expect(asked).toBeLessThan(100)
  })

  test('a HAMT of nine levels', async () => {
    const data = encodeUnixfs({ type: 'shard', slots: [0] })
    const nodes: PbNode[] = [{ links: [link('00a')], data }]
    for (let level = 0; level < 8; level++) {
      const below = encodeDagPb(nodes.at(-1) ?? { links: [], data })
      nodes.push({
        links: [{ cid: cidToBytes({ codec: 'dag-pb', digest: sha256(below) }), name: '00', tsize: 0 }],
        data,
      })
    }
    const { cid, source } = forged(...nodes)
    await expect(readDirectory(cid, source)).rejects.toThrow('eight levels')
  })

  test.each<readonly [string, PbNode]>([
    ['a file', { links: [], data: encodeUnixfs({ type: 'file', size: 0, blockSizes: [] }) }],
    ['entries out of order', { links: [link('b'), link('a')], data: directoryData }],
    [
      'a HAMT for few entries',
      {
        links: [link(`${label(slotOf('a'))}a`)],
        data: encodeUnixfs({ type: 'shard', slots: [slotOf('a')] }),
      },
    ],
  ])('%s', async (_, node) => {
    const { cid, source } = forged(node)
    expect(await codeOf(() => readDirectory(cid, source))).toBe('MANIFEST_MALFORMED')
  })

  test.each<readonly [string, PbNode, string]>([
    ['a name twice', { links: [link('a'), link('a')], data: directoryData }, 'NAME_COLLISION'],
    ['a name that leads elsewhere', { links: [link('..')], data: directoryData }, 'UNSAFE_PATH'],
    ['a path as a name', { links: [link('a/b')], data: directoryData }, 'UNSAFE_PATH'],
    ['an empty name', { links: [link('')], data: directoryData }, 'UNSAFE_PATH'],
  ])('%s', async (_, node, code) => {
    const { cid, source } = forged(node)
    expect(await codeOf(() => readDirectory(cid, source))).toBe(code)
  })

  test('an entry in a slot that is not its own', async () => {
    const { cid, blocks, source } = stored(manyNames)
    const root = blocks.get(cid)
    const leaf = [...blocks].find(([at]) => at !== cid)
    expect(root).toBeDefined()
    expect(leaf).toBeDefined()
    // The same HAMT with one more entry whose name belongs elsewhere.
    const extra = manyNames.map(name => `${name}-moved`).find(name => slotOf(name) !== 0) ?? ''
    const slots = [0]
    const forgedNode: PbNode = { links: [link(`00${extra}`)], data: encodeUnixfs({ type: 'shard', slots }) }
    const other = forged(forgedNode)
    expect(await codeOf(() => readDirectory(other.cid, at => other.source(at) ?? source(at)))).toBe(
      'MANIFEST_MALFORMED',
    )
  })

  test('a raw block, a file, a plain directory inside a HAMT', async () => {
    await expect(readDirectory(emptyFile, () => new Uint8Array(0))).rejects.toThrow('not a directory')
    const file = forged({ links: [], data: encodeUnixfs({ type: 'file', size: 0, blockSizes: [] }) })
    await expect(readDirectory(file.cid, file.source)).rejects.toThrow('not a directory')
    const inner: PbNode = { links: [link('a')], data: directoryData }
    const innerCid = cidToBytes({ codec: 'dag-pb', digest: sha256(encodeDagPb(inner)) })
    const { cid, source } = forged(inner, {
      links: [{ cid: innerCid, name: '00', tsize: 0 }],
      data: encodeUnixfs({ type: 'shard', slots: [0] }),
    })
    await expect(readDirectory(cid, source)).rejects.toThrow('not a directory')
  })

  test('a signal that was raised', async () => {
    const { cid, source } = stored(['a'])
    const reason = new Error('enough')
    await expect(readDirectory(cid, source, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
