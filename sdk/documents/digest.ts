import { sha256 as sha256OfBytes } from 'viem'

/** A SHA-256 as documents write it: 64 lower-case hex digits, without `0x`, as in-toto does. */
export type Sha256 = string

/** 32 bytes as the chain writes them: `0x` and 64 lower-case hex digits. */
export type Bytes32 = `0x${string}`

/** The one pattern of {@link Sha256}. */
export const SHA256_PATTERN = /^[0-9a-f]{64}$/

/** The one pattern of {@link Bytes32}. */
export const BYTES32_PATTERN = /^0x[0-9a-f]{64}$/

/**
 * The SHA-256 of a document's exact bytes: its digest on the chain and, as a CID, its address on IPFS.
 *
 * @example
 * ```ts
 * digestOf(new Uint8Array()) // 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
 * ```
 */
export function digestOf(bytes: Uint8Array): Sha256 {
  return sha256OfBytes(bytes).slice(2)
}

/** The 32 bytes that 64 hex digits stand for. */
export function bytesOfDigest(digest: Sha256): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let i = 0; i < 32; i++) bytes[i] = Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
