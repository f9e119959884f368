import { KedgeError } from '../errors/index.ts'

/**
 * A content identifier as text: `b`, then the CID's 36 bytes in lower-case base32 without padding (RFC 4648).
 * There is exactly one such text for each block, so CIDs are compared with `===`.
 */
export type Cid = `b${string}`

/** What the bytes of a block are: a piece of a file as it is, or a dag-pb node. */
export type Codec = 'raw' | 'dag-pb'

/** What a CID of Kedge says; version (1) and hash (SHA-256) never vary. */
export interface CidParts {
  readonly codec: Codec
  /** The SHA-256 of the block, 32 bytes. */
  readonly digest: Uint8Array
}

/** Multicodec numbers: https://github.com/multiformats/multicodec/blob/master/table.csv */
const codecNumbers = { raw: 0x55, 'dag-pb': 0x70 } as const satisfies Record<Codec, number>

/** CID version 1, codec, hash function sha2-256 (0x12), digest length 32, digest. */
export const cidBytesLength = 36

/**
 * The binary form of a CID, as it stands in the links of a dag-pb node and in CAR files.
 *
 * @param parts - Codec and SHA-256 of the block.
 * @returns 36 bytes.
 * @example
 * ```ts
 * cidToBytes({ codec: 'raw', digest }) // 01 55 12 20 and the digest
 * ```
 * @see https://github.com/multiformats/cid
 */
export function cidToBytes(parts: CidParts): Uint8Array {
  if (parts.digest.length !== 32) throw malformed('a SHA-256 has 32 bytes', String(parts.digest.length))
  const bytes = new Uint8Array(cidBytesLength)
  bytes[0] = 1
  bytes[1] = codecNumbers[parts.codec]
  bytes[2] = 0x12
  bytes[3] = 32
  bytes.set(parts.digest, 4)
  return bytes
}

/**
 * Reads the binary form of a CID. Only what Kedge writes is accepted: CIDv1, raw or dag-pb, SHA-256.
 *
 * @param bytes - Exactly 36 bytes.
 * @returns Codec and digest; the digest is a view of `bytes`.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` for anything else.
 */
export function cidFromBytes(bytes: Uint8Array): CidParts {
  if (bytes.length !== cidBytesLength) throw malformed('a CID has 36 bytes', String(bytes.length))
  if (bytes[0] !== 1) throw malformed('not a CIDv1', String(bytes[0]))
  if (bytes[2] !== 0x12 || bytes[3] !== 32) throw malformed('the hash is not SHA-256', String(bytes[2]))
  const digest = bytes.subarray(4)
  if (bytes[1] === codecNumbers.raw) return { codec: 'raw', digest }
  if (bytes[1] === codecNumbers['dag-pb']) return { codec: 'dag-pb', digest }
  throw malformed('the codec is neither raw nor dag-pb', String(bytes[1]))
}

/**
 * The text form of a CID.
 *
 * @param parts - Codec and SHA-256 of the block.
 * @returns 59 characters: `bafkrei…` for a raw block, `bafybei…` for a dag-pb node.
 * @example
 * ```ts
 * formatCid({ codec: 'raw', digest: sha256OfNothing })
 * // 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
 * ```
 * @see https://github.com/multiformats/multibase
 */
export function formatCid(parts: CidParts): Cid {
  return `b${toBase32(cidToBytes(parts))}`
}

/**
 * Reads the text form of a CID, and refuses every second way of writing it: upper case, padding, another base,
 * version, codec or hash, and bits that the last character does not need.
 *
 * @param text - For example `bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku`.
 * @returns Codec and digest.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED`
 * @example
 * ```ts
 * parseCid('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku').codec // 'raw'
 * ```
 */
export function parseCid(text: string): CidParts {
  // The length first: a hostile text may be megabytes.
  if (text.length !== 59 || !text.startsWith('b')) throw malformed('not a CIDv1 in base32', text)
  return cidFromBytes(fromBase32(text.slice(1), text))
}

/**
 * The CID of a raw block whose SHA-256 is known. A `manifestDigest` on the chain *is* such a CID: nothing else
 * is needed to fetch the manifest.
 *
 * @param digest - 32 bytes, or 64 lower-case hexadecimal digits, with or without `0x`.
 * @returns The CID as text.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` when `digest` is not a SHA-256.
 * @example
 * ```ts
 * cidOfRawDigest('0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
 * // 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
 * ```
 */
export function cidOfRawDigest(digest: Uint8Array | string): Cid {
  return formatCid({ codec: 'raw', digest: typeof digest === 'string' ? digestFromHex(digest) : digest })
}

/**
 * The SHA-256 that a raw CID carries: the inverse of {@link cidOfRawDigest}.
 *
 * @param cid - The CID of a raw block.
 * @returns 32 bytes.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` for a dag-pb node: its digest is not that of the content.
 */
export function digestOfRawCid(cid: string): Uint8Array {
  const { codec, digest } = parseCid(cid)
  if (codec !== 'raw') throw malformed('not the CID of a raw block', cid)
  return digest
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = ((pending & 0x1f) << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(pending >>> bits) & 31]
    }
  }
  return bits === 0 ? text : text + alphabet[(pending << (5 - bits)) & 31]
}

function fromBase32(digits: string, text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8))
  let at = 0
  let pending = 0
  let bits = 0
  for (const digit of digits) {
    const value = alphabet.indexOf(digit)
    if (value < 0) throw malformed('a CID is written in lower-case base32', text)
    pending = ((pending & 0xff) << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (pending >>> bits) & 0xff
    }
  }
  if ((pending & ((1 << bits) - 1)) !== 0) throw malformed('the last character has bits too many', text)
  return bytes
}

function digestFromHex(hex: string): Uint8Array {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex
  if (!/^[0-9a-f]{64}$/.test(digits)) throw malformed('a SHA-256 has 64 lower-case hexadecimal digits', hex)
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}

function malformed(detail: string, found: string): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', detail, {
    found: found.length > 80 ? `${found.slice(0, 80)}…` : found,
  })
}
