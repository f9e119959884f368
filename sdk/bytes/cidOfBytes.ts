import type { Cid } from './cid.ts'
import { createFileDag } from './fileDag.ts'
import { unixfsProfile } from './profile.ts'
import { sha256 } from './sha256.ts'

/**
 * The CID of a file whose bytes are in memory, under the profile `unixfs-v1-2025`.
 *
 * @param bytes - The file. Up to 1 MiB its CID is that of one raw block.
 * @returns The CID as text.
 * @example
 * ```ts
 * cidOfBytes(new Uint8Array()) // 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
 * ```
 */
export function cidOfBytes(bytes: Uint8Array): Cid {
  const dag = createFileDag()
  const { chunkSize } = unixfsProfile
  for (let at = 0; at === 0 || at < bytes.length; at += chunkSize) {
    const chunk = bytes.subarray(at, at + chunkSize)
    dag.addLeaf(sha256(chunk), chunk.length)
  }
  return dag.finish().cid
}
