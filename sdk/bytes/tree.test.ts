import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cid, cidOfRawDigest } from './cid.ts'
import { createDigester } from './digester.ts'
import { codeOf } from './testing/errors.ts'
import { importedTree, peerStore } from './testing/peers.ts'
import { encodeTree, type TreeFile } from './tree.ts'
import { verifyBlock } from './verifyBlock.ts'

const MiB = 1_048_576

function fileOf(path: string, content: Uint8Array): TreeFile {
  const digester = createDigester()
  digester.push(content)
  const { cid, size } = digester.finish()
  return { path, cid, size }
}

const empty = (path: string) => fileOf(path, new Uint8Array(0))

test('an empty tree is the empty directory', () => {
  expect(encodeTree({ files: [] }).cid).toBe('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354')
})

test('agrees with the importer on files of several sizes, dot files and empty directories', async () => {
  const contents: Record<string, Uint8Array> = {
    'model.safetensors': new Uint8Array(2 * MiB + 1).fill(1),
    'config.json': new TextEncoder().encode('{}'),
    '.gitattributes': new Uint8Array(1),
    'tokenizer/vocab.txt': new Uint8Array(MiB),
    'tokenizer/.cache/größe': new Uint8Array(0),
    'a\u{1F600}/b': new Uint8Array(3),
    'a\uFFFD/b': new Uint8Array(3),
  }
  const candidates = Object.entries(contents).map(([path, content]) => ({ path, content }))
  const files = candidates.map(({ path, content }) => fileOf(path, content))
  const store = peerStore()
  const peer = await importedTree([...candidates, { path: 'logs/empty' }], store)
  const { blocks, ...root } = encodeTree({
    files: files.toReversed(),
    directories: ['tokenizer', 'logs/empty'],
  })
  expect(root).toEqual(peer)
  expect(blocks.at(-1)?.cid).toBe(root.cid)
  expect(new Set(blocks.map(block => block.cid)).size).toBe(blocks.length)
  for (const { cid, bytes } of blocks) {
    verifyBlock(cid, bytes)
    expect(store.blocks.get(cid)).toEqual(bytes)
  }
  expect(encodeTree({ files }).cid).not.toBe(root.cid)
})

test('agrees with the importer on random trees', async () => {
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
    .filter(
      name =>
        name.isWellFormed() && name !== '.' && name !== '..' && !/[/\\]/.test(name) && !name.includes('\0'),
    )
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map(segments => segments.join('/'))
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ path, content: fc.uint8Array({ maxLength: 20 }) }), {
        minLength: 1,
        maxLength: 12,
        selector: file => file.path,
      }),
      async candidates => {
        const paths = candidates.map(file => file.path)
        fc.pre(!paths.some(a => paths.some(b => b.startsWith(`${a}/`))))
        const { blocks: _, ...root } = encodeTree({
          files: candidates.map(file => fileOf(file.path, file.content)),
        })
        expect(root).toEqual(await importedTree(candidates))
      },
    ),
    { numRuns: 200 },
  )
})

test('a directory within the tree becomes a HAMT on its own', async () => {
  const candidates = Array.from({ length: 5_000 }, (_, index) => ({
    path: `shards/model-${String(index).padStart(10, '0')}.bin`,
    content: new Uint8Array(0),
  }))
  candidates.push({ path: 'config.json', content: new Uint8Array(2) })
  const { blocks: _, ...root } = encodeTree({
    files: candidates.map(file => fileOf(file.path, file.content)),
  })
  expect(root).toEqual(await importedTree(candidates))
})

test('a directory becomes a HAMT because of its subdirectories, too', () => {
  // The importer counts no subdirectory when it decides, so this is held against the rule: 4 bytes and, for each
  // link, 44 and the name and one more for each length or size above 127.
  const paths = Array.from({ length: 4_000 }, (_, index) => `${String(index).padStart(30, '0')}/a`)
  const { blocks } = encodeTree({ files: paths.map(empty) })
  expect(4 + 4_000 * (44 + 30)).toBeGreaterThan(262_144)
  expect(Math.max(...blocks.map(block => block.bytes.length))).toBeLessThan(262_144 / 4)
  expect(blocks.length).toBeGreaterThan(257)
})

test('takes 128 directories, one below the other', () => {
  const path = 'd/'.repeat(128)
  expect(encodeTree({ files: [empty(`${path}f`)] }).blocks.length).toBe(129)
})

const treeWith = (cid: Cid, size: number) => codeOf(() => encodeTree({ files: [{ path: 'a', cid, size }] }))

describe('refuses', () => {
  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    './a',
    'a/..',
    '../a',
    'a/../b',
    'a\\b',
    'a\0b',
    'a/\udc00',
    `${'d/'.repeat(129)}f`,
    'd/'.repeat(10_000),
  ])('the path number %#', async path => {
    // With the whole path, so that it can be found.
    const refusal = expect.objectContaining({ code: 'UNSAFE_PATH', facts: { path: path.slice(0, 200) } })
    expect(() => encodeTree({ files: [empty(path)] })).toThrow(refusal)
    expect(() => encodeTree({ files: [], directories: [path] })).toThrow(refusal)
  })

  test.each([
    ['a file twice', ['a/b', 'a/b'], []],
    ['a file below a file', ['a', 'a/b'], []],
    ['a file above a file', ['a/b', 'a'], []],
    ['a file that is a directory', ['a'], ['a']],
    ['a file above a directory', ['a'], ['a/b']],
  ])('%s', async (_, paths, directories) => {
    expect(await codeOf(() => encodeTree({ files: paths.map(empty), directories }))).toBe('NAME_COLLISION')
  })

  test('a CID that does not fit the size', async () => {
    const raw = cidOfRawDigest(createHash('sha256').digest())
    const node = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354' as Cid
    expect(await treeWith(raw, MiB)).toBe('none')
    expect(await treeWith(raw, MiB + 1)).toBe('MANIFEST_MALFORMED')
    expect(await treeWith(node, MiB)).toBe('MANIFEST_MALFORMED')
    expect(await treeWith(node, MiB + 1)).toBe('none')
    expect(await treeWith(raw, -1)).toBe('SIZE_EXCEEDED')
    expect(await treeWith(raw, 0.5)).toBe('SIZE_EXCEEDED')
    expect(await treeWith('bnonsense', 1)).toBe('MANIFEST_MALFORMED')
  })
})
