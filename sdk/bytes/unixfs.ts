import { KedgeError } from '../errors/index.ts'
import { readBytes } from './dagPb.ts'
import { unixfsProfile } from './profile.ts'
import { readVarint, varintLength, writeVarint } from './varint.ts'

/** An interior node of a file: the content below it, and below each of its links. Sizes in bytes. */
export interface UnixfsFile {
  readonly type: 'file'
  readonly size: number
  readonly blockSizes: readonly number[]
}

/** A directory whose links are its entries. */
export interface UnixfsDirectory {
  readonly type: 'directory'
}

/** A node of a HAMT: the numbers of the occupied slots, rising. */
export interface UnixfsShard {
  readonly type: 'shard'
  readonly slots: readonly number[]
}

/** The UnixFS messages that occur in the profile; symlinks, modes and times do not. */
export type UnixfsMessage = UnixfsFile | UnixfsDirectory | UnixfsShard

const typeTag = 0x08
const dataTag = 0x12
const sizeTag = 0x18
const blockSizeTag = 0x20
const hashTypeTag = 0x28
const fanoutTag = 0x30

const directoryType = 1
const fileType = 2
const shardType = 5

/** murmur3-x64-64, the only hash function that UnixFS uses for HAMTs. */
const murmurCode = 0x22

/** The length of the UnixFS message of a file node, without building it. */
export function unixfsFileLength(
  size: number,
  blockSizes: Iterable<readonly [size: number, count: number]>,
): number {
  let length = 2 + 1 + varintLength(size)
  for (const [blockSize, count] of blockSizes) length += count * (1 + varintLength(blockSize))
  return length
}

/**
 * Encodes a UnixFS message: the fields by rising number, each number as a varint, block sizes not packed.
 *
 * @param message - What the node is. For a shard the slots must rise.
 * @returns The bytes for a dag-pb node's data.
 * @throws {@link KedgeError} `SIZE_EXCEEDED` when a size is no safe integer.
 * @example
 * ```ts
 * encodeUnixfs({ type: 'file', size: 2 ** 31, blockSizes: [2 ** 31] })
 * // 08 02, 18 80 80 80 80 08, 20 80 80 80 80 08
 * ```
 * @see https://specs.ipfs.tech/unixfs/
 */
export function encodeUnixfs(message: UnixfsMessage): Uint8Array {
  if (message.type === 'directory') return Uint8Array.of(typeTag, directoryType)
  if (message.type === 'file') return encodeFile(message)
  return encodeShard(message)
}
/**
 * Decodes a UnixFS message, and accepts nothing but the form that {@link encodeUnixfs} writes.
 *
 * @param bytes - The data of a dag-pb node.
 * @returns The message.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` for anything that is not canonical or not in the profile (symlinks,
 * inline data, modes, times, other fan-outs), `SIZE_EXCEEDED` for a number above 2^53 - 1.
 * @see https://specs.ipfs.tech/unixfs/
 */
export function decodeUnixfs(bytes: Uint8Array): UnixfsMessage {
  if (bytes[0] !== typeTag) throw malformed('expected the field Type')
  if (bytes[1] === directoryType) {
    if (bytes.length !== 2) throw malformed('a directory has no other field')
    return { type: 'directory' }
  }
  if (bytes[1] === fileType) return decodeFile(bytes)
  if (bytes[1] === shardType) return decodeShard(bytes)
  throw malformed('neither a file nor a directory')
}

function encodeFile({ size, blockSizes }: UnixfsFile): Uint8Array {
  const length = unixfsFileLength(
    size,
    blockSizes.map(blockSize => [blockSize, 1] as const),
  )
  const bytes = new Uint8Array(length)
  bytes.set([typeTag, fileType, sizeTag])
  let at = writeVarint(bytes, 3, size)
  for (const blockSize of blockSizes) {
    bytes[at++] = blockSizeTag
    at = writeVarint(bytes, at, blockSize)
  }
  return bytes
}

function encodeShard({ slots }: UnixfsShard): Uint8Array {
  const field = bitfield(slots)
  const bytes = new Uint8Array(field.length + 9)
  // The bit field has at most 32 bytes, so its length is one byte.
  bytes.set([typeTag, shardType, dataTag, field.length])
  bytes.set(field, 4)
  // 256 as a varint is 80 02.
  bytes.set([hashTypeTag, murmurCode, fanoutTag, 0x80, 0x02], field.length + 4)
  return bytes
}

function decodeFile(bytes: Uint8Array): UnixfsFile {
  if (bytes[2] !== sizeTag) throw malformed('expected the field filesize')
  const size = readVarint(bytes, 3)
  const blockSizes: number[] = []
  let at = size.end
  while (at < bytes.length) {
    if (bytes[at] !== blockSizeTag) throw malformed('expected the field blocksizes')
    const blockSize = readVarint(bytes, at + 1)
    blockSizes.push(blockSize.value)
    at = blockSize.end
  }
  if (blockSizes.reduce((sum, blockSize) => sum + blockSize, 0) !== size.value) {
    throw malformed('filesize is not the sum of blocksizes')
  }
  return { type: 'file', size: size.value, blockSizes }
}

function decodeShard(bytes: Uint8Array): UnixfsShard {
  if (bytes[2] !== dataTag) throw malformed('expected the field Data')
  const field = readBytes(bytes, 3)
  const slots = slotsOf(field.value)
  const message: UnixfsShard = { type: 'shard', slots }
  const canonical = encodeUnixfs(message)
  if (canonical.length !== bytes.length || canonical.some((byte, index) => byte !== bytes[index])) {
    throw malformed('a shard must have fan-out 256, murmur3-x64-64 and the shortest bit field')
  }
  return message
}

/** Slot 0 is the lowest bit of the last byte; zero bytes at the front are left out. */
function bitfield(slots: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(unixfsProfile.fanout / 8)
  for (const slot of slots) {
    const index = bytes.length - 1 - (slot >>> 3)
    bytes[index] = (bytes[index] ?? 0) | (1 << (slot & 7))
  }
  const first = bytes.findIndex(byte => byte !== 0)
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first)
}

function slotsOf(field: Uint8Array): number[] {
  if (field.length > unixfsProfile.fanout / 8) throw malformed('the bit field is longer than the fan-out')
  const slots: number[] = []
  for (let slot = 0; slot < field.length * 8; slot++) {
    if (((field[field.length - 1 - (slot >>> 3)] ?? 0) >>> (slot & 7)) & 1) slots.push(slot)
  }
  return slots
}

function malformed(detail: string): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', `UnixFS: ${detail}`)
}
