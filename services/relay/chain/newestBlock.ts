import { type Kedge, reach, readerOf } from '@kedge/sdk/chain'
import { KedgeError } from '@kedge/sdk/errors'

/**
 * The newest block, after making sure that the endpoint serves the chain of the deployment. All that one answer says is
 * read at one block.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function newestBlock({ rpcUrl, deployment }: Kedge): Promise<bigint> {
  const client = readerOf(rpcUrl)
  const [chainId, block] = await reach(() => Promise.all([client.getChainId(), client.getBlockNumber()]))
  if (chainId === deployment.chainId) return block
  throw new KedgeError('WRONG_NETWORK', 'the relay’s endpoint serves another chain', {
    expected: deployment.chainId,
    actual: chainId,
  })
}
