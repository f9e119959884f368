import { KedgeError } from '../errors/index.ts'
import { type BlockSource, getVerifiedBlock } from './blockSource.ts'
import { type Cid, cidFromBytes, formatCid, parseCid } from './cid.ts'
import { decodeDagPb } from './dagPb.ts'
import { childrenAt, dagSizeAt, fileDepth } from './fileDag.ts'
import { unixfsProfile } from './profile.ts'
import { decodeUnixfs } from './unixfs.ts'

/** A piece of a file that was proved to be part of it. */
export interface FilePiece {
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Options of {@link readFileDag}. */
export interface ReadFileDagOptions {
  /** Bytes that the file must have, when that is known. */
  readonly size?: number | undefined
  /** Bytes; a larger file is refused as soon as its root is seen. */
  readonly maxSize?: number | undefined
  /** Checked before each block is asked for. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a file out of blocks from anywhere, and yields nothing that does not belong to the CID: each block is hashed, and
 * each node must be exactly what the profile `unixfs-v1-2025` makes of a file of that size (which bounds depth, width
 * and the number of blocks before they are asked for). When this ends without an error, the whole file was there.
 *
 * Blocks are asked for in depth-first order, each as often as it occurs: the order of a CAR with duplicates.
 *
 * @param cid - The file's CID.
 * @param source - Where blocks come from.
 * @param options - {@link ReadFileDagOptions}
 * @returns The file's pieces in order, 1 MiB each but the last.
 * @throws {@link KedgeError} `UNAVAILABLE` for a missing block, `DIGEST_MISMATCH` for a wrong one, `MANIFEST_MALFORMED` for a DAG
 * that the profile does not make, `SIZE_EXCEEDED`, `ROOT_MISMATCH` when the file is smaller than `size`.
 * @example
 * ```ts
 * for await (const { offset, bytes } of readFileDag(cid, cid => store.get(cid), { maxSize: 2 ** 40 })) {
 *   await target.write(bytes, 0, bytes.length, offset)
 * }
 * ```
 * @see https://specs.ipfs.tech/unixfs/
 */
export async function* readFileDag(
  cid: string,
  source: BlockSource,
  options: ReadFileDagOptions = {},
): AsyncGenerator<FilePiece, void, undefined> {
  const parts = parseCid(cid)
  const root = formatCid(parts)
  options.signal?.throwIfAborted()
  const bytes = await getVerifiedBlock(source, root)
  const size = parts.codec === 'raw' ? bytes.length : decodeFileNode(bytes, root).size
  assertSize(size, root, options)
  if (parts.codec === 'dag-pb' && size <= unixfsProfile.chunkSize) {
    throw malformed('a file of one chunk is a raw leaf', root)
  }
  yield* readPart({ cid: root, depth: fileDepth(size), size, offset: 0 }, bytes, source, options.signal)
}

interface Part {
  readonly cid: Cid
  /** Nodes above each of its leaves. */
  readonly depth: number
  readonly size: number
  readonly offset: number
}

async function* readPart(
  part: Part,
  bytes: Uint8Array,
  source: BlockSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePiece, void, undefined> {
  if (part.depth === 0) {
    if (bytes.length !== part.size) throw malformed('a leaf has another size than its node says', part.cid)
    yield { offset: part.offset, bytes }
    return
  }
  for (const child of childParts(part, bytes)) {
    signal?.throwIfAborted()
    yield* readPart(child, await getVerifiedBlock(source, child.cid), source, signal)
  }
}

function childParts(part: Part, bytes: Uint8Array): Part[] {
  const node = decodeFileNode(bytes, part.cid)
  const sizes = childrenAt(part.depth, part.size).flatMap(([size, count]) => Array<number>(count).fill(size))
  if (sizes.length !== node.blockSizes.length || sizes.length !== node.links.length) {
    throw malformed('a node has another number of children than the profile makes', part.cid)
  }
  let offset = part.offset
  return node.links.map((link, index): Part => {
    const size = sizes[index] ?? 0
    const child = cidFromBytes(link.cid)
    const depth = part.depth - 1
    if (
      node.blockSizes[index] !== size ||
      link.name !== '' ||
      link.tsize !== dagSizeAt(depth, size) ||
      (child.codec === 'raw') !== (depth === 0)
    ) {
      throw malformed('a link is not the one that the profile makes', part.cid)
    }
    const start = offset
    offset += size
    return { cid: formatCid(child), depth, size, offset: start }
  })
}

function decodeFileNode(bytes: Uint8Array, cid: Cid) {
  const { links, data } = decodeDagPb(bytes)
  const message = decodeUnixfs(data)
  if (message.type !== 'file') throw malformed('not a file', cid)
  return { ...message, links }
}

function assertSize(size: number, cid: Cid, options: ReadFileDagOptions): void {
  const limit = Math.min(options.maxSize ?? size, options.size ?? size)
  if (size > limit) throw new KedgeError('SIZE_EXCEEDED', 'a file is too large', { cid, size, limit })
  if (options.size !== undefined && size !== options.size) {
    throw new KedgeError('ROOT_MISMATCH', 'a file is too small', { cid, size, expected: options.size })
  }
}

function malformed(detail: string, cid: Cid): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', detail, { cid })
}
