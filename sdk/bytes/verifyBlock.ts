import { KedgeError } from '../errors/index.ts'
import { parseCid } from './cid.ts'
import { maxBlockSize } from './profile.ts'
import { sha256 } from './sha256.ts'

/**
 * Makes sure that a block is the one that its CID names.
 *
 * @param cid - The CID.
 * @param bytes - The block, at most 1 MiB.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` for a bad CID, `SIZE_EXCEEDED`, `DIGEST_MISMATCH`
 * @example
 * ```ts
 * verifyBlock('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku', new Uint8Array(0))
 * ```
 */
export function verifyBlock(cid: string, bytes: Uint8Array): void {
  const { digest } = parseCid(cid)
  if (bytes.length > maxBlockSize) {
    throw new KedgeError('SIZE_EXCEEDED', 'a block is larger than 1 MiB', { cid, size: bytes.length })
  }
  if (sha256(bytes).some((byte, index) => byte !== digest[index])) {
    throw new KedgeError('DIGEST_MISMATCH', 'a block is not the one that its CID names', { cid })
  }
}
