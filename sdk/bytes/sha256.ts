import { hash } from 'node:crypto'

/**
 * The SHA-256 of bytes in memory.
 *
 * @param bytes - Any length.
 * @returns 32 bytes.
 * @see https://doi.org/10.6028/NIST.FIPS.180-4
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
