import { sha256 as portableSha256 } from 'viem'

/** Node's own, several times as fast; asked for in this way, browsers do without it. */
const native = globalThis.process?.getBuiltinModule?.('node:crypto')

/**
 * The SHA-256 of bytes in memory.
 *
 * @param bytes - Any length.
 * @returns 32 bytes.
 * @see https://doi.org/10.6028/NIST.FIPS.180-4
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return native === undefined ? portableSha256(bytes, 'bytes') : native.hash('sha256', bytes, 'buffer')
}
