import { describe, expect, test } from 'vitest'
import type { BlockSource } from './blockSource.ts'
import { type Cid, cidToBytes, formatCid, parseCid } from './cid.ts'
import { encodeDagPb, type PbNode } from './dagPb.ts'
import { createDigester } from './digester.ts'
import { createFileDag, type FileBlock } from './fileDag.ts'
import { type ReadFileDagOptions, readFileDag } from './readFileDag.ts'
import { sha256 } from './sha256.ts'
import { codeOf } from './testing/errors.ts'
import { encodeUnixfs } from './unixfs.ts'

const MiB = 1_048_576
const content = new Uint8Array(2 * MiB + 5).map((_, index) => (index * 2_654_435_761) >>> 11)

/** The blocks of a file, as a store would have them. */
function stored(bytes: Uint8Array): { readonly cid: Cid; readonly blocks: Map<Cid, Uint8Array> } {
  const blocks = new Map<Cid, Uint8Array>()
  const digester = createDigester({
    visit: (block: FileBlock) =>
      blocks.set(
        block.cid,
        block.kind === 'node' ? block.bytes : bytes.subarray(block.offset, block.offset + block.length),
      ),
  })
  digester.push(bytes)
  return { cid: digester.finish().cid, blocks }
}

async function collect(cid: string, source: BlockSource, options?: ReadFileDagOptions): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const { offset, bytes } of readFileDag(cid, source, options)) {
    expect(offset).toBe(length)
    length += bytes.length
    pieces.push(bytes)
  }
  return new Uint8Array(Buffer.concat(pieces))
}

const readCode = (cid: string, source: BlockSource, options?: ReadFileDagOptions) =>
  codeOf(() => collect(cid, source, options))

test.each([0, 1, MiB, MiB + 1, 2 * MiB + 5])('reads back %i bytes', async size => {
  const { cid, blocks } = stored(content.subarray(0, size))
  expect(Buffer.compare(await collect(cid, at => blocks.get(at)), content.subarray(0, size))).toBe(0)
  expect(await readCode(cid, at => blocks.get(at), { size, maxSize: size })).toBe('none')
})

test('reads a file of three levels, asking depth first and for each occurrence', async () => {
  const leaf = new Uint8Array(MiB)
  const nodes = new Map<Cid, Uint8Array>()
  const dag = createFileDag({
    visit: block => {
      if (block.kind === 'node') nodes.set(block.cid, block.bytes)
    },
  })
  const digest = sha256(leaf)
  for (let index = 0; index < 1_025; index++) dag.addLeaf(digest, MiB)
  const { cid } = dag.finish()
  const asked: Cid[] = []
  let total = 0
  for await (const { offset, bytes } of readFileDag(cid, at => {
    asked.push(at)
    return nodes.get(at) ?? leaf
  })) {
    expect(offset).toBe(total)
    total += bytes.length
  }
  expect(total).toBe(1_025 * MiB)
  expect(asked.length).toBe(3 + 1_025)
  expect(
    asked
      .map((at, index) => [at, index] as const)
      .filter(([at]) => nodes.has(at))
      .map(([, index]) => index),
  ).toEqual([0, 1, 1_026])
})

const link = (bytes: Uint8Array, codec: 'raw' | 'dag-pb' = 'raw', tsize = bytes.length, name = '') => ({
  cid: cidToBytes({ codec, digest: sha256(bytes) }),
  name,
  tsize,
})
const file = (blockSizes: readonly number[]) =>
  encodeUnixfs({ type: 'file', size: blockSizes.reduce((sum, size) => sum + size, 0), blockSizes })

describe('refuses', () => {
  const { cid, blocks } = stored(content)
  const source: BlockSource = at => blocks.get(at)
  const leaves = [...blocks.keys()].filter(at => parseCid(at).codec === 'raw')

  test('a missing block, after giving what was proved', async () => {
    const last = leaves.at(-1)
    let given = 0
    const code = await codeOf(async () => {
      for await (const { bytes } of readFileDag(cid, at => (at === last ? undefined : blocks.get(at)))) {
        given += bytes.length
      }
    })
    expect([code, given]).toEqual(['UNAVAILABLE', 2 * MiB])
  })

  test('one flipped bit in any block', async () => {
    for (const target of blocks.keys()) {
      const flipping: BlockSource = at => {
        const bytes = blocks.get(at)
        return at === target ? bytes?.with(4, (bytes[4] ?? 0) ^ 1) : bytes
      }
      expect(await readCode(cid, flipping)).toBe('DIGEST_MISMATCH')
    }
  })

  test('a block above 1 MiB', async () => {
    const large = new Uint8Array(MiB + 1)
    const largeCid = formatCid({ codec: 'raw', digest: sha256(large) })
    expect(await readCode(largeCid, () => large)).toBe('SIZE_EXCEEDED')
  })

  test('another size than expected, and more than allowed', async () => {
    expect(await readCode(cid, source, { maxSize: content.length - 1 })).toBe('SIZE_EXCEEDED')
    expect(await readCode(cid, source, { size: content.length - 1 })).toBe('SIZE_EXCEEDED')
    expect(await readCode(cid, source, { size: content.length + 1 })).toBe('ROOT_MISMATCH')
  })

  test('a signal that was raised, before each block', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const reading = collect(
      cid,
      at => {
        controller.abort(reason)
        return blocks.get(at)
      },
      { signal: controller.signal },
    )
    await expect(reading).rejects.toBe(reason)
    await expect(
      collect(cid, () => expect.unreachable(), { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason)
  })

  test('a directory, saying so', async () => {
    const directory = encodeDagPb({ links: [], data: encodeUnixfs({ type: 'directory' }) })
    const at = formatCid({ codec: 'dag-pb', digest: sha256(directory) })
    await expect(collect(at, () => directory)).rejects.toThrow('not a file')
  })

  test('a bad CID', async () => {
    expect(await readCode('nonsense', () => undefined)).toBe('MANIFEST_MALFORMED')
  })

  describe('a DAG that the profile does not make', () => {
    const chunk = content.subarray(0, MiB)
    const rest = content.subarray(MiB, MiB + 5)
    async function codeOfNode(node: PbNode, ...others: readonly Uint8Array[]): Promise<string> {
      const root = encodeDagPb(node)
      const known = new Map<Cid, Uint8Array>()
      for (const bytes of [chunk, rest, root, ...others]) {
        for (const codec of ['raw', 'dag-pb'] as const)
          known.set(formatCid({ codec, digest: sha256(bytes) }), bytes)
      }
      return readCode(formatCid({ codec: 'dag-pb', digest: sha256(root) }), at => known.get(at))
    }

    test('a node that claims to be as large as itself, and so could pass for its own content', async () => {
      const sizes = Array.from({ length: 127 }, (_, size) => size)
      const nodes = sizes.map((size): PbNode => ({ links: [link(rest)], data: file([size]) }))
      const self = nodes.find((node, size) => encodeDagPb(node).length === size)
      expect(self).toBeDefined()
      if (self !== undefined) expect(await codeOfNode(self)).toBe('MANIFEST_MALFORMED')
    })

    test('is measured against one that it does', async () => {
      expect(await codeOfNode({ links: [link(chunk), link(rest)], data: file([MiB, 5]) })).toBe('none')
    })

    test.each<readonly [string, PbNode]>([
      ['one leaf below a node', { links: [link(chunk)], data: file([MiB]) }],
      ['no leaf below a node', { links: [], data: file([]) }],
      ['a link too few', { links: [link(chunk)], data: file([MiB, 5]) }],
      ['a block size too many', { links: [link(chunk), link(rest)], data: file([MiB, 5, 0]) }],
      ['block sizes in another order', { links: [link(chunk), link(rest)], data: file([5, MiB]) }],
      ['a short leaf first', { links: [link(rest), link(chunk)], data: file([5, MiB]) }],
      ['smaller chunks', { links: [link(rest), link(chunk), link(rest)], data: file([5, MiB, 5]) }],
      ['a wrong Tsize', { links: [link(chunk, 'raw', 1), link(rest)], data: file([MiB, 5]) }],
      ['a name', { links: [link(chunk, 'raw', MiB, 'x'), link(rest)], data: file([MiB, 5]) }],
      ['a link too many', { links: [link(chunk), link(rest), link(rest)], data: file([MiB, 5]) }],
      [
        'a leaf that claims to be a node',
        { links: [link(chunk), link(rest, 'dag-pb')], data: file([MiB, 5]) },
      ],
      ['a leaf of another size', { links: [link(chunk), link(rest, 'raw', 6)], data: file([MiB, 6]) }],
      ['a directory', { links: [], data: encodeUnixfs({ type: 'directory' }) }],
    ])('%s', async (_, node) => {
      expect(await codeOfNode(node)).toBe('MANIFEST_MALFORMED')
    })
  })
})
