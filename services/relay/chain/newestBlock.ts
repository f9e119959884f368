import { type EndpointOptions, type Kedge, reach, readerOf } from '@kedge/sdk/chain'
import { KedgeError } from '@kedge/sdk/errors'

/**
 * The newest block, after making sure that the endpoint serves the chain of the deployment. All that one answer says is
 * read at one block.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function newestBlock(
  { rpcUrl, deployment }: Kedge,
  options: EndpointOptions = {},
): Promise<bigint> {
  const client = readerOf(rpcUrl, options)
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

/**
 * The same within a time, come what may: an endpoint that takes connections and never ends an answer must not keep who
 * asks waiting.
 *
 * @param limit - Milliseconds.
 * @throws KedgeError `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function newestBlockWithin(kedge: Kedge, limit: number): Promise<bigint> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `the relay’s endpoint did not answer within ${limit / 1000} seconds`
    reject(new KedgeError('RPC_UNAVAILABLE', message, {}, { remedy: checkEndpoint }))
  }, limit)
  try {
    return await Promise.race([newestBlock(kedge, { retries: 0 }), late])
  } finally {
    clearTimeout(timer)
  }
}

const checkEndpoint = 'Check the endpoint in KEDGE_RPC_URL, and the network between it and the relay.'
