import { createHash } from 'node:crypto'
import { type Cid, digestOfRawCid, type FileBlock, formatCid, sha256 } from '@kedge/sdk/bytes'

/**
 * The file beside the content of an artifact file that says how its blocks lie in it:
 *
 *   "kedge dag 1\n"
 *   for each block, children before parents, root last:
 *     0x4c, SHA-256 (32)               a leaf: the next 1 MiB of the content, less only in the last one
 *     0x4e, length (4, big-endian), …  a node: its bytes
 *   0x45, SHA-256 of the content (32), size of the content (8, big-endian), SHA-256 of all before it (32)
 */
const magic = Buffer.from('kedge dag 1\n')
const tags = { leaf: 0x4c, node: 0x4e, end: 0x45 } as const
const endLength = 1 + 32 + 8 + 32

/** Writes a dag file in pieces. */
export interface DagWriter {
  /** Takes the next block. */
  readonly visit: (block: FileBlock) => void
  /** What was not taken yet. */
  readonly take: () => Buffer
  /** Ends the file. `take` gives the rest. */
  readonly finish: (file: { readonly sha256: string; readonly size: number }) => void
}

/** Starts a dag file. */
export function createDagWriter(): DagWriter {
  const whole = createHash('sha256')
  let pending: Uint8Array[] = []
  const add = (...pieces: readonly Uint8Array[]) => {
    for (const piece of pieces) whole.update(piece)
    pending.push(...pieces)
  }
  add(magic)
  return {
    visit: block => {
      if (block.kind === 'leaf') return add(Uint8Array.of(tags.leaf), digestOfRawCid(block.cid))
      const header = Buffer.alloc(5)
      header.writeUInt8(tags.node)
      header.writeUInt32BE(block.bytes.length, 1)
      add(header, block.bytes)
    },
    take: () => {
      const taken = Buffer.concat(pending)
      pending = []
      return taken
    },
    finish: file => {
      const end = Buffer.alloc(41)
      end.writeUInt8(tags.end)
      end.write(file.sha256, 1, 'hex')
      end.writeBigUInt64BE(BigInt(file.size), 33)
      add(end)
      pending.push(whole.digest())
    },
  }
}

/** Where a node lies in its dag file. */
export interface NodePlace {
  readonly cid: Cid
  readonly offset: number
  readonly length: number
}

/** What a dag file says. */
export interface DagFile {
  readonly cid: Cid
  readonly sha256: string
  readonly size: number
  /** The digests of the leaves in order, 32 bytes each. */
  readonly leaves: Uint8Array
  readonly nodes: readonly NodePlace[]
}

/** Reads a dag file; undefined if it is damaged. */
export function readDagFile(bytes: Buffer): DagFile | undefined {
  const end = bytes.length - endLength
  if (end < magic.length || !bytes.subarray(0, magic.length).equals(magic)) return undefined
  if (!bytes.subarray(-32).equals(sha256(bytes.subarray(0, -32)))) return undefined
  const leaves: Uint8Array[] = []
  const nodes: NodePlace[] = []
  let at = magic.length
  while (at < end) {
    if (bytes[at] === tags.leaf) {
      leaves.push(bytes.subarray(at + 1, at + 33))
      at += 33
    } else {
      const length = bytes.readUInt32BE(at + 1)
      const node = bytes.subarray(at + 5, at + 5 + length)
      nodes.push({ cid: formatCid({ codec: 'dag-pb', digest: sha256(node) }), offset: at + 5, length })
      at += 5 + length
    }
  }
  const root = nodes.at(-1)
  if (root === undefined) return undefined
  return {
    cid: root.cid,
    sha256: bytes.toString('hex', end + 1, end + 33),
    size: Number(bytes.readBigUInt64BE(end + 33)),
    leaves: Buffer.concat(leaves),
    nodes,
  }
}
