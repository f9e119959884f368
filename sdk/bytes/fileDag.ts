import { KedgeError } from '../errors/index.ts'
import { type Cid, type CidParts, cidToBytes, formatCid } from './cid.ts'
import { dataLength, encodeDagPb, linkLength } from './dagPb.ts'
import { unixfsProfile } from './profile.ts'
import { sha256 } from './sha256.ts'
import { encodeUnixfs, unixfsFileLength } from './unixfs.ts'
import { varintLength } from './varint.ts'

/** A leaf: a raw block that is `length` bytes of the file from `offset` on. A store need not keep it twice. */
export interface LeafBlock {
  readonly kind: 'leaf'
  readonly cid: Cid
  /** Bytes from the start of the file. */
  readonly offset: number
  /** Bytes: 1 MiB, less only in the last leaf. */
  readonly length: number
}

/** A dag-pb block, which exists nowhere but here: a store must keep its bytes. */
export interface NodeBlock {
  readonly kind: 'node'
  readonly cid: Cid
  readonly bytes: Uint8Array
}

/** A block of a file. */
export type FileBlock = LeafBlock | NodeBlock

/**
 * Receives each block of a file once for each place where it occurs, children before their parent, root last. When the
 * reading ends with an error, what was received so far is of no file and must be thrown away.
 */
export type VisitFileBlock = (block: FileBlock) => void

/** What a file is in IPFS. */
export interface FileRoot {
  readonly cid: Cid
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of all blocks; the Tsize of a link to this file. */
  readonly dagSize: number
}

/** Builds the DAG of one file from the digests of its leaves. */
export interface FileDag {
  /**
   * Adds the next leaf.
   *
   * @param digest - SHA-256 of the leaf, 32 bytes.
   * @param length - Bytes: 1 MiB for all but the last leaf.
   * @throws {@link KedgeError} `SIZE_EXCEEDED` when the leaf is longer than 1 MiB or follows a shorter one.
   */
  readonly addLeaf: (digest: Uint8Array, length: number) => void
  /** Closes the DAG and returns its root. An empty file has one empty leaf. */
  readonly finish: () => FileRoot
}

interface Child extends CidParts {
  readonly size: number
  readonly dagSize: number
}

/**
 * Builds the DAG of a file as the profile `unixfs-v1-2025` lays it out: leaves of 1 MiB, nodes of 1,024 children, all
 * leaves at the same depth; a file of one leaf is that leaf. Needs no content, and holds at most 1,024 links a
 * level, whatever the size of the file.
 *
 * @param options.visit - Receives each block as soon as it is known.
 * @returns The builder.
 * @example
 * ```ts
 * const dag = createFileDag({ visit: block => store(block) })
 * for (const chunk of chunksOf1MiB) dag.addLeaf(sha256(chunk), chunk.length)
 * const { cid, size, dagSize } = dag.finish()
 * ```
 * @see https://specs.ipfs.tech/ipips/ipip-0499/
 */
export function createFileDag(options: { readonly visit?: VisitFileBlock | undefined } = {}): FileDag {
  const { visit } = options
  const levels: Child[][] = []
  let offset = 0
  let leaves = 0
  let complete = false

  function add(level: number, child: Child): void {
    levels[level] ??= []
    levels[level].push(child)
    if (levels[level].length === unixfsProfile.width) close(level)
  }

  function close(level: number): void {
    const children = levels[level] ?? []
    levels[level] = []
    const size = children.reduce((sum, child) => sum + child.size, 0)
    const bytes = encodeDagPb({
      links: children.map(child => ({ cid: cidToBytes(child), name: '', tsize: child.dagSize })),
      data: encodeUnixfs({ type: 'file', size, blockSizes: children.map(child => child.size) }),
    })
    const node = { codec: 'dag-pb', digest: sha256(bytes) } as const
    visit?.({ kind: 'node', cid: formatCid(node), bytes })
    const dagSize = children.reduce((sum, child) => sum + child.dagSize, bytes.length)
    add(level + 1, { ...node, size, dagSize })
  }

  function addLeaf(digest: Uint8Array, length: number): void {
    if (complete || length > unixfsProfile.chunkSize) {
      throw new KedgeError('SIZE_EXCEEDED', 'only the last leaf may be shorter than 1 MiB, none longer', {
        offset,
        length,
      })
    }
    complete = length < unixfsProfile.chunkSize
    leaves++
    const leaf = { codec: 'raw', digest } as const
    visit?.({ kind: 'leaf', cid: formatCid(leaf), offset, length })
    offset += length
    add(0, { ...leaf, size: length, dagSize: length })
  }

  return {
    addLeaf,
    finish: () => {
      if (leaves === 0) addLeaf(sha256(new Uint8Array(0)), 0)
      complete = true
      for (let level = 0; ; level++) {
        const children = levels[level] ?? []
        const only = children[0]
        const isTop = levels.slice(level + 1).every(above => above.length === 0)
        if (isTop && children.length === 1 && only !== undefined) {
          return { cid: formatCid(only), size: only.size, dagSize: only.dagSize }
        }
        if (children.length > 0) close(level)
      }
    },
  }
}

/**
 * The bytes of all blocks of a file. They follow from its size alone, so a tree can be built without the files.
 *
 * @param size - Bytes of the file.
 * @returns Bytes of leaves and nodes together, each counted as often as it is linked.
 * @throws {@link KedgeError} `SIZE_EXCEEDED` when `size` is no safe integer.
 * @example
 * ```ts
 * fileDagSize(1_048_576) // 1048576: a single leaf
 * fileDagSize(1_048_577) // 1048681: two leaves and their node
 * ```
 */
export function fileDagSize(size: number): number {
  // Asserts that the size can be counted, too.
  varintLength(size)
  return dagSizeAt(fileDepth(size), size)
}

/** The number of nodes above each leaf of a file of `size` bytes. */
export function fileDepth(size: number): number {
  let depth = 0
  while (size > unixfsProfile.chunkSize * unixfsProfile.width ** depth) depth++
  return depth
}

/**
 * The bytes of all blocks of a part of a file.
 *
 * @param depth - Nodes above each leaf; 0 for a leaf.
 * @param size - Bytes of the part.
 */
export function dagSizeAt(depth: number, size: number): number {
  if (depth === 0) return size
  const children = childrenAt(depth, size).map(
    ([childSize, count]) => [childSize, count, dagSizeAt(depth - 1, childSize)] as const,
  )
  const data = unixfsFileLength(
    size,
    children.map(([childSize, count]) => [childSize, count] as const),
  )
  return children.reduce(
    (sum, [, count, dagSize]) => sum + count * (linkLength(0, dagSize) + dagSize),
    dataLength(data),
  )
}

/**
 * How the profile divides `size` bytes below a node of `depth`: full children first, and what is left over.
 *
 * @param depth - 1 for a node whose children are leaves.
 * @param size - Bytes below the node.
 */
export function childrenAt(depth: number, size: number): (readonly [size: number, count: number])[] {
  const full = unixfsProfile.chunkSize * unixfsProfile.width ** (depth - 1)
  const count = Math.floor(size / full)
  const rest = size - count * full
  return [[full, count] as const, [rest, 1] as const].filter(
    ([childSize, childCount]) => childSize > 0 && childCount > 0,
  )
}
