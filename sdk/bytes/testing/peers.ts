import * as unixfs from '@ipld/unixfs'
import { type ImportCandidate, type ImporterOptions, importer, importFile } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import * as digest from 'multiformats/hashes/digest'
import { sha256 } from '../sha256.ts'

/** What another implementation says about a file or directory. */
export interface PeerResult {
  readonly cid: string
  readonly dagSize: number
}

/** A piece of a file that needs no content: enough to build the DAG above it. */
export interface PeerLeaf {
  readonly digest: Uint8Array
  readonly length: number
}

/** A link as `@ipld/unixfs` takes it. */
interface PeerLink {
  readonly cid: CID
  readonly contentByteLength: number
  readonly dagByteLength: number
}

/** A store for the importer that keeps the blocks. */
export function peerStore() {
  const blocks = new Map<string, Uint8Array>()
  return {
    blocks,
    put: (cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
      if (bytes instanceof Uint8Array) blocks.set(cid.toString(), bytes)
      return cid
    },
  }
}

/** `ipfs-unixfs-importer` on content. */
export async function importedFile(content: Uint8Array, store = peerStore()): Promise<PeerResult> {
  const result = await importFile({ content }, store, { profile: 'unixfs-v1-2025' })
  return { cid: result.cid.toString(), dagSize: Number(result.size) }
}

/**
 * `ipfs-unixfs-importer` on leaves that are hashed already: its own layout, reduction and encoding, without reading
 * gigabytes. Its encoder is wrong for files from 2^31 to 2^32 - 1 bytes; see docs/upstream.
 */
export async function importedLeaves(leaves: readonly PeerLeaf[]): Promise<PeerResult> {
  const options: ImporterOptions = {
    profile: 'unixfs-v1-2025',
    async *chunker() {
      for (let index = 0; index < leaves.length; index++) yield new Uint8Array(1)
    },
    async *bufferImporter(file) {
      let index = 0
      for await (const block of file.content) {
        const leaf = leaves[index++]
        if (leaf === undefined) throw new Error('more chunks than leaves')
        yield async () => ({ cid: rawCid(leaf.digest), size: BigInt(leaf.length), block })
      }
    },
  }
  const result = await importFile({ content: new Uint8Array(1) }, peerStore(), options)
  return { cid: result.cid.toString(), dagSize: Number(result.size) }
}

/** `ipfs-unixfs-importer` on a tree; the root is the last that it yields. */
export async function importedTree(
  candidates: readonly ImportCandidate[],
  store = peerStore(),
): Promise<PeerResult> {
  let root: PeerResult | undefined
  for await (const entry of importer(candidates, store, {
    profile: 'unixfs-v1-2025',
    wrapWithDirectory: true,
  })) {
    root = { cid: entry.cid.toString(), dagSize: Number(entry.size) }
  }
  if (root === undefined) throw new Error('the importer yielded nothing')
  return root
}

/** `@ipld/unixfs`, whose protobuf code is of another lineage, on leaves that are hashed already. */
export function encodedLeaves(leaves: readonly PeerLeaf[]): PeerResult {
  const links = new Map<PeerLeaf, PeerLink>()
  const parents = new Map<PeerLink, PeerLink>()
  let level = leaves.map(leaf => {
    const link = links.get(leaf) ?? {
      cid: rawCid(leaf.digest),
      contentByteLength: leaf.length,
      dagByteLength: leaf.length,
    }
    links.set(leaf, link)
    return link
  })
  while (level.length > 1) {
    const above: PeerLink[] = []
    for (let start = 0; start < level.length; start += 1_024) {
      above.push(parentOf(level.slice(start, start + 1_024), parents))
    }
    level = above
  }
  const [root] = level
  if (root === undefined) throw new Error('no leaves')
  return { cid: root.cid.toString(), dagSize: root.dagByteLength }
}

/** The nodes of a file of zeros are nearly all the same: a full node of one child is encoded once. */
function parentOf(children: readonly PeerLink[], parents: Map<PeerLink, PeerLink>): PeerLink {
  const [first] = children
  const repeats = first !== undefined && children.length === 1_024 && children.every(child => child === first)
  const known = repeats ? parents.get(first) : undefined
  if (known !== undefined) return known
  const bytes = unixfs.encode({ type: unixfs.NodeType.File, layout: 'advanced', parts: children })
  const parent = {
    cid: CID.createV1(0x70, digest.create(0x12, sha256(bytes))),
    contentByteLength: children.reduce((sum, child) => sum + child.contentByteLength, 0),
    dagByteLength: children.reduce((sum, child) => sum + child.dagByteLength, bytes.length),
  }
  if (repeats) parents.set(first, parent)
  return parent
}

/** The leaves of a file of `size` zero bytes. */
export function zeroLeaves(size: number): PeerLeaf[] {
  const full = sha256(new Uint8Array(1_048_576))
  const leaf: PeerLeaf = { digest: full, length: 1_048_576 }
  const leaves = Array.from({ length: Math.floor(size / 1_048_576) }, () => leaf)
  const rest = size % 1_048_576
  return rest === 0 && size > 0 ? leaves : [...leaves, { digest: sha256(new Uint8Array(rest)), length: rest }]
}

function rawCid(sha: Uint8Array): CID {
  return CID.createV1(0x55, digest.create(0x12, sha))
}
