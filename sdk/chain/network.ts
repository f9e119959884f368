import { keccak256 } from 'viem'
import { KedgeError } from '../errors/index.ts'
import { readerOf } from './endpoint.ts'
import { type Kedge, reach } from './send.ts'

/**
 * Whether an endpoint serves the chain of a deployment, with the contracts of the deployment on it. The newest block
 * must be there too, since everything else is asked of it.
 *
 * @throws KedgeError `WRONG_NETWORK`, `WRONG_CONTRACT`, `RPC_UNAVAILABLE`.
 */
export async function checkNetwork({ rpcUrl, deployment }: Kedge): Promise<void> {
  const client = readerOf(rpcUrl)
  const { contracts, codeHashes } = deployment
  const names = ['registry', 'rules', 'lens'] as const
  const [chainId, genesis, ...codes] = await reach(() =>
    Promise.all([
      client.getChainId(),
      client.getBlock({ blockNumber: 0n }),
      ...names.map(name => client.getCode({ address: contracts[name] })),
    ]),
  )
  if (chainId !== deployment.chainId || genesis.hash !== deployment.genesisHash) {
    throw new KedgeError(
      'WRONG_NETWORK',
      chainId === deployment.chainId
        ? `the endpoint serves another chain with the same id ${chainId}: its genesis block differs`
        : `the endpoint serves chain ${chainId}, the deployment file is for ${deployment.chainId}`,
      {
        expected: `${deployment.chainId} ${deployment.genesisHash}`,
        actual: `${chainId} ${genesis.hash}`,
      },
      { remedy: 'Give the endpoint of the deployment’s chain, or the deployment file of this chain.' },
    )
  }
  for (const [index, name] of names.entries()) {
    const code = codes[index]
    const actual = code === undefined ? null : keccak256(code)
    if (actual === codeHashes[name]) continue
    const what = actual === null ? 'no contract' : 'another contract'
    throw new KedgeError(
      'WRONG_CONTRACT',
      `there is ${what} at the address of the ${name}`,
      { address: contracts[name], expected: codeHashes[name], actual },
      { remedy: 'Compare the deployment file with the published one; if they agree, the endpoint is lying.' },
    )
  }
}
