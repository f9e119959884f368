import { KedgeError } from '../errors/index.ts'
import type { Cid } from './cid.ts'
import { verifyBlock } from './verifyBlock.ts'

/** Where blocks come from: a store, a gateway, a CAR file. It is not trusted. `undefined`: it has no such block. */
export type BlockSource = (cid: Cid) => Promise<Uint8Array | undefined> | Uint8Array | undefined

/**
 * Gets a block and makes sure that it is the right one.
 *
 * @throws {@link KedgeError} `UNAVAILABLE`, `SIZE_EXCEEDED`, `DIGEST_MISMATCH`
 */
export async function getVerifiedBlock(source: BlockSource, cid: Cid): Promise<Uint8Array> {
  const bytes = await source(cid)
  if (bytes === undefined) throw new KedgeError('UNAVAILABLE', 'a block is missing', { cid })
  verifyBlock(cid, bytes)
  return bytes
}
