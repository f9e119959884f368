import { bytesOfDigest, type Sha256 } from './digest.ts'

/** What a CID of Kedge points to: one block of plain bytes, or the root node of a UnixFS file or directory. */
export type CidCodec = 'raw' | 'dag-pb'

/** The parts of a CID that Kedge accepts: version 1, base32, SHA-256. */
export interface CidParts {
  readonly codec: CidCodec
  readonly sha256: Sha256
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const CODECS = { raw: 0x55, 'dag-pb': 0x70 } as const

/**
 * The CID of a block whose SHA-256 is known. Since A, B and C are raw blocks, digest and CID are the same fact.
 *
 * Bytes: version `01`, codec, multihash `12 20` (SHA-256, 32 bytes), digest; text: `b` and RFC 4648 base32, lower
 * case, without padding.
 *
 * @example
 * ```ts
 * cidOfDigest('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
 * // 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
 * ```
 */
export function cidOfDigest(sha256: Sha256, codec: CidCodec = 'raw'): string {
  const bytes = [0x01, CODECS[codec], 0x12, 0x20, ...bytesOfDigest(sha256)]
  let text = 'b'
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((pending >> (bits - 5)) & 31)
    pending &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + ALPHABET.charAt((pending << (5 - bits)) & 31)
}

/**
 * Reads a CID of the accepted form.
 *
 * @returns Its parts, or undefined when it has another version, base, hash or codec, or is spelt in a second way.
 */
export function parseCid(text: string): CidParts | undefined {
  if (!/^b[a-z2-7]{58}$/.test(text)) return undefined
  const bytes: number[] = []
  let pending = 0
  let bits = 0
  for (const character of text.slice(1)) {
    pending = ((pending << 5) | ALPHABET.indexOf(character)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((pending >> bits) & 0xff)
    }
  }
  const codec = bytes[1] === CODECS.raw ? 'raw' : 'dag-pb'
  const sha256 = bytes
    .slice(4)
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('')
  // Writing it again checks the header and the unused last bits in one stroke.
  return cidOfDigest(sha256, codec) === text ? { codec, sha256 } : undefined
}
