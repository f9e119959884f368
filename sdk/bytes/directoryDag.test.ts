import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cid, cidOfRawDigest } from './cid.ts'
import { type DirectoryEntry, encodeDirectory } from './directoryDag.ts'
import type { NodeBlock } from './fileDag.ts'
import { codeOf } from './testing/errors.ts'
import { importedTree, peerStore } from './testing/peers.ts'
import { verifyBlock } from './verifyBlock.ts'

const emptyFile = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' as Cid

function entry(name: string): DirectoryEntry {
  return { name, cid: emptyFile, dagSize: 0 }
}

async function imported(names: readonly string[], store = peerStore()) {
  return importedTree(
    names.map(name => ({ path: name, content: new Uint8Array(0) })),
    store,
  )
}

/** Names that make a block of exactly `size` bytes: 4 for the data, 44 and the name for each link. */
function namesFor(size: number): string[] {
  const longer = (size - 4) % 120
  return Array.from(
    { length: Math.floor((size - 4) / 120) },
    (_, index) => String(index).padStart(6, '0') + 'x'.repeat(index < longer ? 71 : 70),
  )
}

test('the empty directory is the one that everybody knows', () => {
  expect(encodeDirectory([])).toEqual({
    cid: 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354',
    dagSize: 4,
  })
})

test('sorts by UTF-8 bytes, where JavaScript would sort by UTF-16', async () => {
  const names = ['\u{1F600}', '\uFFFD', '.a', 'Z', 'a', 'é']
  expect(['\u{1F600}', '\uFFFD'].toSorted()).toEqual(['\u{1F600}', '\uFFFD'])
  const blocks: NodeBlock[] = []
  const root = encodeDirectory(names.map(entry), { visit: block => blocks.push(block) })
  const text = new TextDecoder().decode(blocks[0]?.bytes)
  expect(text.indexOf('\uFFFD\u0018')).toBeLessThan(text.indexOf('\u{1F600}'))
  expect(root).toEqual(await imported(names))
  // From docs/formats/make.py.
  expect(encodeDirectory(['\u{1F600}', '\uFFFD', '.a'].map(entry)).cid).toBe(
    'bafybeiaxvvh7mcwi26yateuhxnrahlekj7cxahmklubaecrxtmotdnlirm',
  )
})

describe('becomes a HAMT when its block would be larger than 256 KiB', () => {
  test.each([
    [262_143, 'bafybeidsgc3hukxoj7vxnlkwuuiyvbpp66mq6daqbpmqrnf6wru6rbfw7i'],
    [262_144, 'bafybeibas7bqinumiwt724f2csty5vij6gtczjaun5oaga6waaxn773fka'],
    [262_145, 'bafybeickvekoqb7y247bijj7s52zbv4pl5slypb5wkqqdbm3yhvtal73fq'],
  ])('%i bytes', async (size, cid) => {
    // The CIDs are from docs/formats/make.py.
    const names = namesFor(size)
    const blocks: NodeBlock[] = []
    const root = encodeDirectory(names.map(entry), { visit: block => blocks.push(block) })
    if (size <= 262_144) expect(blocks.map(block => block.bytes.length)).toEqual([size])
    else expect(blocks.length).toBeGreaterThan(200)
    expect(root.cid).toBe(cid)
    expect(root).toEqual(await imported(names))
  })
})

test('is the HAMT that Python computes', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `model-${String(index).padStart(5, '0')}.bin`)
  expect(encodeDirectory(names.map(entry))).toEqual({
    cid: 'bafybeihm3u2zr34fnr7pcegohwqtdjosotnchudjgzc5a76cke7mig7t64',
    dagSize: 688_125,
  })
})

test('is the HAMT that the importer builds, block for block, whatever the order', async () => {
  const names = Array.from({ length: 6_000 }, (_, index) => `größe-${index}-\u{1F600}`)
  const store = peerStore()
  const peer = await imported(names, store)
  const blocks: NodeBlock[] = []
  const root = encodeDirectory(names.toReversed().map(entry), { visit: block => blocks.push(block) })
  expect(root).toEqual(peer)
  expect(blocks.at(-1)?.cid).toBe(root.cid)
  for (const { cid, bytes } of blocks) {
    verifyBlock(cid, bytes)
    expect(store.blocks.has(cid)).toBe(true)
  }
})

test('agrees with the importer on random names', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
          .filter(
            name =>
              !['.', '..'].includes(name) &&
              !/[/\\]/.test(name) &&
              !name.includes('\0') &&
              name.isWellFormed(),
          ),
        { maxLength: 30 },
      ),
      async names => {
        fc.pre(names.length > 0)
        expect(encodeDirectory(names.map(entry))).toEqual(await imported(names))
      },
    ),
    { numRuns: 200 },
  )
})

describe('refuses', () => {
  test.each(['', '.', '..', 'a/b', 'a\\b', 'a\0', '\ud800'])('the name %j', async name => {
    expect(await codeOf(() => encodeDirectory([entry(name)]))).toBe('UNSAFE_PATH')
  })

  test('a name twice', async () => {
    expect(await codeOf(() => encodeDirectory([entry('a'), entry('b'), entry('a')]))).toBe('NAME_COLLISION')
  })

  test('two names made to have the same hash, in a HAMT; in one block they may stand', async () => {
    const twins = ["r23hhzltsac2fl5nnEE:J@O_<&*a-'u8", "77x03pjzrh1znj1tlxP'IX8%Wt8{XThM"].map(entry)
    expect(await codeOf(() => encodeDirectory(twins))).toBe('none')
    const others = namesFor(262_144).map(entry)
    expect(await codeOf(() => encodeDirectory([...others, ...twins.slice(1)]))).toBe('none')
    expect(await codeOf(() => encodeDirectory([...others, ...twins]))).toBe('NAME_COLLISION')
  })

  test('a bad CID', async () => {
    expect(await codeOf(() => encodeDirectory([{ ...entry('a'), cid: 'bad' }]))).toBe('MANIFEST_MALFORMED')
  })

  test('sizes that cannot be counted, alone or together', async () => {
    const large = { cid: cidOfRawDigest(new Uint8Array(32)), dagSize: Number.MAX_SAFE_INTEGER }
    expect(await codeOf(() => encodeDirectory([{ ...large, name: 'a', dagSize: -1 }]))).toBe('SIZE_EXCEEDED')
    expect(await codeOf(() => encodeDirectory([{ ...large, name: 'a' }]))).toBe('SIZE_EXCEEDED')
  })
})
