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
  const [chainId, genesis, block] = await reach(() =>
    Promise.all([client.getChainId(), client.getBlock({ blockNumber: 0n }), client.getBlockNumber()]),
  )
  // Chain ids repeat: every local chain is 31337. The genesis block tells them apart.
  if (chainId === deployment.chainId && genesis.hash === deployment.genesisHash) return block
  throw new KedgeError(
    'WRONG_NETWORK',
    'the relay’s endpoint serves another chain',
    {
      expected: `${deployment.chainId} ${deployment.genesisHash}`,
      actual: `${chainId} ${genesis.hash}`,
    },
    {
      remedy:
        'Start the relay with the endpoint of the deployment’s chain, or the deployment file of this one.',
    },
  )
}
