import { KedgeError } from '../errors/index.ts'
import { type Cid, cidToBytes, formatCid, parseCid } from './cid.ts'
import { dataLength, encodeDagPb, linkLength, type PbLink } from './dagPb.ts'
import type { NodeBlock } from './fileDag.ts'
import { murmur3x64 } from './murmur3.ts'
import { unixfsProfile } from './profile.ts'
import { sha256 } from './sha256.ts'
import { encodeUnixfs } from './unixfs.ts'

/** An entry of a directory. */
export interface DirectoryEntry {
  /** One path segment; no two entries have the same. */
  readonly name: string
  readonly cid: Cid
  /** Bytes of all blocks of the entry. */
  readonly dagSize: number
}

/** What a directory is in IPFS. */
export interface DirectoryRoot {
  readonly cid: Cid
  /** Bytes of all blocks below and including the directory, each counted as often as it is linked. */
  readonly dagSize: number
}

/** Receives each block of a directory, children before their parent, root last; not those of its entries. */
export type VisitDirectoryBlock = (block: NodeBlock) => void

interface PreparedEntry {
  readonly nameBytes: Uint8Array
  readonly link: PbLink
}

/**
 * Encodes a directory as the profile `unixfs-v1-2025` has it: one block with the entries sorted by the UTF-8 bytes of
 * their names, or, when that block would be larger than 256 KiB, a HAMT of fan-out 256. The order in which the
 * entries are given does not matter.
 *
 * @param entries - The entries.
 * @param options.visit - Receives the blocks.
 * @returns CID and cumulative size.
 * @throws {@link KedgeError} `UNSAFE_PATH` for a name that is no path segment, `NAME_COLLISION` when two names are the same
 * (or were made to fall into the same place of a HAMT at every level), `MANIFEST_MALFORMED` for a bad CID, `SIZE_EXCEEDED`
 * when the sizes add up to more than 2^53 - 1.
 * @example
 * ```ts
 * encodeDirectory([]).cid // 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'
 * ```
 * @see https://specs.ipfs.tech/unixfs/
 */
export function encodeDirectory(
  entries: readonly DirectoryEntry[],
  options: { readonly visit?: VisitDirectoryBlock | undefined } = {},
): DirectoryRoot {
  const prepared = entries.map(prepare).toSorted((a, b) => compareBytes(a.nameBytes, b.nameBytes))
  prepared.forEach((entry, index) => {
    if (entry.link.name !== prepared[index - 1]?.link.name) return
    throw new KedgeError('NAME_COLLISION', 'a directory holds a name twice', { name: entry.link.name })
  })
  const data = encodeUnixfs({ type: 'directory' })
  const length = prepared.reduce(
    (sum, { nameBytes, link }) => sum + linkLength(nameBytes.length, link.tsize),
    dataLength(data.length),
  )
  if (length > unixfsProfile.directoryLimit) {
    return encodeShard(
      prepared.map(entry => ({ ...entry, hash: murmur3x64(entry.nameBytes) })),
      0,
      options.visit,
    )
  }
  return close(
    prepared.map(entry => entry.link),
    data,
    options.visit,
  )
}

/**
 * Refuses a name that could not be one segment of a path everywhere.
 *
 * @throws {@link KedgeError} `UNSAFE_PATH`
 */
export function assertSegment(name: string, path: string): void {
  const forbidden = ['/', '\\', '\0']
  if (
    ['', '.', '..'].includes(name) ||
    forbidden.some(character => name.includes(character)) ||
    !name.isWellFormed()
  ) {
    throw new KedgeError('UNSAFE_PATH', 'not a safe path', { path: path.slice(0, 200) })
  }
}

/** Orders as `memcmp` does: by the first differing byte, then the shorter first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const encoder = new TextEncoder()

function prepare({ name, cid, dagSize }: DirectoryEntry): PreparedEntry {
  assertSegment(name, name)
  return {
    nameBytes: encoder.encode(name),
    link: { cid: cidToBytes(parseCid(cid)), name, tsize: dagSize },
  }
}

interface HashedEntry extends PreparedEntry {
  readonly hash: Uint8Array
}

/** A slot with one entry links to it by slot and name; a slot with more links to a deeper node by slot alone. */
function encodeShard(
  entries: readonly HashedEntry[],
  level: number,
  visit: VisitDirectoryBlock | undefined,
): DirectoryRoot {
  const slots = new Map<number, HashedEntry[]>()
  for (const entry of entries) {
    const slot = entry.hash[level]
    if (slot === undefined) {
      throw new KedgeError('NAME_COLLISION', 'names have the same 64-bit hash, so no HAMT can hold both', {
        names: entries.map(({ link }) => link.name),
      })
    }
    const inSlot = slots.get(slot)
    if (inSlot === undefined) slots.set(slot, [entry])
    else inSlot.push(entry)
  }
  const occupied = [...slots].toSorted(([a], [b]) => a - b)
  const links = occupied.map(([slot, inSlot]): PbLink => {
    const prefix = slot.toString(16).toUpperCase().padStart(2, '0')
    const [only] = inSlot
    if (only !== undefined && inSlot.length === 1) return { ...only.link, name: prefix + only.link.name }
    const deeper = encodeShard(inSlot, level + 1, visit)
    return { cid: cidToBytes(parseCid(deeper.cid)), name: prefix, tsize: deeper.dagSize }
  })
  return close(links, encodeUnixfs({ type: 'shard', slots: occupied.map(([slot]) => slot) }), visit)
}

function close(
  links: readonly PbLink[],
  data: Uint8Array,
  visit: VisitDirectoryBlock | undefined,
): DirectoryRoot {
  const bytes = encodeDagPb({ links, data })
  const cid = formatCid({ codec: 'dag-pb', digest: sha256(bytes) })
  const dagSize = links.reduce((sum, link) => sum + link.tsize, bytes.length)
  if (!Number.isSafeInteger(dagSize)) {
    throw new KedgeError('SIZE_EXCEEDED', 'the sizes of a directory add up to more than 2^53 - 1', { cid })
  }
  visit?.({ kind: 'node', cid, bytes })
  return { cid, dagSize }
}
