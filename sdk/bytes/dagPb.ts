import { KedgeError } from '../errors/index.ts'
import { cidBytesLength, cidFromBytes } from './cid.ts'
import { maxBlockSize } from './profile.ts'
import { readVarint, varintLength, writeVarint } from './varint.ts'

/** A link of a dag-pb node. */
export interface PbLink {
  /** The CID of the child, binary, 36 bytes. */
  readonly cid: Uint8Array
  /** The name in a directory; empty between the nodes of a file. */
  readonly name: string
  /** Bytes of all blocks below and including the child, each counted as often as it is linked. */
  readonly tsize: number
}

/** A dag-pb node: links in the order in which they are written, and a UnixFS message. */
export interface PbNode {
  readonly links: readonly PbLink[]
  readonly data: Uint8Array
}

const encoder = new TextEncoder()
// A name may begin with U+FEFF, which a decoder takes for a byte order mark and drops unless told not to.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const hashTag = 0x0a
const nameTag = 0x12
const tsizeTag = 0x18
const dataTag = 0x0a
const linkTag = 0x12

/**
 * The bytes that one link takes in its node.
 *
 * @param nameLength - Length of the name in UTF-8 bytes.
 * @param tsize - The link's cumulative size.
 */
export function linkLength(nameLength: number, tsize: number): number {
  const inner = innerLinkLength(nameLength, tsize)
  return 1 + varintLength(inner) + inner
}

/** The bytes that a UnixFS message of `length` bytes takes in its node. */
export function dataLength(length: number): number {
  return 1 + varintLength(length) + length
}

/**
 * Encodes a dag-pb node in its canonical form: all links before the data, of a link first the hash, then the
 * name (also when it is empty), then Tsize. The order of the links is the caller's.
 *
 * @param node - The links and the UnixFS message.
 * @returns The block.
 * @throws {@link KedgeError} `SIZE_EXCEEDED` when a Tsize is no safe integer.
 * @example
 * ```ts
 * encodeDagPb({ links: [], data: Uint8Array.of(8, 1) }) // 0a 02 08 01: the empty directory
 * ```
 * @see https://ipld.io/specs/codecs/dag-pb/spec/
 */
export function encodeDagPb(node: PbNode): Uint8Array {
  const names = node.links.map(link => (link.name === '' ? emptyName : encoder.encode(link.name)))
  let length = dataLength(node.data.length)
  node.links.forEach((link, index) => {
    length += linkLength(names[index]?.length ?? 0, link.tsize)
  })
  const block = new Uint8Array(length)
  let at = 0
  node.links.forEach((link, index) => {
    const name = names[index] ?? emptyName
    block[at++] = linkTag
    at = writeVarint(block, at, innerLinkLength(name.length, link.tsize))
    block[at++] = hashTag
    at = writeVarint(block, at, link.cid.length)
    block.set(link.cid, at)
    at += link.cid.length
    block[at++] = nameTag
    at = writeVarint(block, at, name.length)
    block.set(name, at)
    at += name.length
    block[at++] = tsizeTag
    at = writeVarint(block, at, link.tsize)
  })
  block[at++] = dataTag
  at = writeVarint(block, at, node.data.length)
  block.set(node.data, at)
  return block
}

/**
 * Decodes a dag-pb node, and accepts nothing but the form that {@link encodeDagPb} writes: one set of links and data
 * has one block, so nobody can hide bytes in a node.
 *
 * @param block - At most 1 MiB.
 * @returns The node; its arrays are views of `block`.
 * @throws {@link KedgeError} `SIZE_EXCEEDED` for a block above 1 MiB or a number above 2^53 - 1, `MANIFEST_MALFORMED` for
 * anything that is not canonical.
 * @see https://ipld.io/specs/codecs/dag-pb/spec/
 */
export function decodeDagPb(block: Uint8Array): PbNode {
  if (block.length > maxBlockSize) {
    throw new KedgeError('SIZE_EXCEEDED', 'a block is larger than 1 MiB', { size: block.length })
  }
  const links: PbLink[] = []
  let at = 0
  while (block[at] === linkTag) {
    const link = readBytes(block, at + 1)
    links.push(decodeLink(link.value))
    at = link.end
  }
  expectTag(block, at, dataTag, 'Data')
  const data = readBytes(block, at + 1)
  if (data.end !== block.length) throw malformed('bytes follow the data', data.end)
  return { links, data: data.value }
}

/** Reads a length and that many bytes. */
export function readBytes(
  source: Uint8Array,
  offset: number,
): { readonly value: Uint8Array; readonly end: number } {
  const length = readVarint(source, offset)
  const end = length.end + length.value
  if (end > source.length) throw malformed('a field is cut off', offset)
  return { value: source.subarray(length.end, end), end }
}

function decodeLink(bytes: Uint8Array): PbLink {
  expectTag(bytes, 0, hashTag, 'Hash')
  const cid = readBytes(bytes, 1)
  cidFromBytes(cid.value)
  expectTag(bytes, cid.end, nameTag, 'Name')
  const name = readBytes(bytes, cid.end + 1)
  expectTag(bytes, name.end, tsizeTag, 'Tsize')
  const tsize = readVarint(bytes, name.end + 1)
  if (tsize.end !== bytes.length) throw malformed('bytes follow a link', tsize.end)
  return { cid: cid.value, name: decodeName(name.value), tsize: tsize.value }
}

function decodeName(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new KedgeError('MANIFEST_MALFORMED', 'a name is not UTF-8', {}, { cause })
  }
}

function expectTag(bytes: Uint8Array, at: number, tag: number, field: string): void {
  if (bytes[at] !== tag) throw malformed(`expected the field ${field}`, at)
}

const emptyName = new Uint8Array(0)

function innerLinkLength(nameLength: number, tsize: number): number {
  return (
    1 +
    varintLength(cidBytesLength) +
    cidBytesLength +
    (1 + varintLength(nameLength) + nameLength) +
    (1 + varintLength(tsize))
  )
}

function malformed(detail: string, at: number): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', `dag-pb: ${detail}`, { at })
}
