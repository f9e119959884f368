import { type Address, type Hex, keccak256 } from 'viem'
import { KedgeError } from '../errors/index.ts'
import { committeeNames, type Deployment } from './deployment.ts'
import { readerOf } from './endpoint.ts'
import { type Kedge, reach } from './send.ts'

/**
 * Whether an endpoint serves the chain of a deployment, with the contracts of the deployment on it that every command
 * asks. The newest block must be there too, since everything else is asked of it.
 *
 * @throws KedgeError `WRONG_NETWORK`, `WRONG_CONTRACT`, `RPC_UNAVAILABLE`.
 */
export async function checkNetwork(kedge: Kedge): Promise<void> {
  await checkContracts(kedge, askedOf(kedge.deployment))
}

/**
 * The same for every contract of the deployment: for who is about to trust it from now on.
 *
 * @throws KedgeError `WRONG_NETWORK`, `WRONG_CONTRACT`, `RPC_UNAVAILABLE`.
 */
export async function checkDeployment(kedge: Kedge): Promise<void> {
  const { contracts, codeHashes } = kedge.deployment
  const ofCommittees = committeeNames.flatMap(committee =>
    (['committees', 'seats', 'timelocks'] as const).map(part => ({
      name: `${committee} committee (${part}.${committee})`,
      address: contracts[part][committee],
      codeHash: codeHashes[part][committee],
    })),
  )
  await checkContracts(kedge, [...askedOf(kedge.deployment), ...ofCommittees])
}

/** A contract that must be there. */
interface PinnedContract {
  readonly name: string
  readonly address: Address
  readonly codeHash: Hex
}

function askedOf({ contracts, codeHashes }: Deployment): readonly PinnedContract[] {
  const names = ['registry', 'rules', 'lens'] as const
  return names.map(name => ({ name, address: contracts[name], codeHash: codeHashes[name] }))
}

async function checkContracts(
  { rpcUrl, deployment }: Kedge,
  pinned: readonly PinnedContract[],
): Promise<void> {
  const client = readerOf(rpcUrl)
  const [chainId, genesis, ...codes] = await reach(() =>
    Promise.all([
      client.getChainId(),
      client.getBlock({ blockNumber: 0n }),
      ...pinned.map(({ address }) => client.getCode({ address })),
    ]),
  )
  // Without its path, which often holds a key.
  const endpoint = new URL(rpcUrl).host
  if (chainId !== deployment.chainId || genesis.hash !== deployment.genesisHash.toLowerCase()) {
    throw new KedgeError(
      'WRONG_NETWORK',
      chainId === deployment.chainId
        ? `the endpoint serves another chain with the same id ${chainId}: its genesis block differs`
        : `the endpoint serves chain ${chainId}, the deployment file is for ${deployment.chainId}`,
      {
        endpoint,
        expected: `${deployment.chainId} ${deployment.genesisHash}`,
        actual: `${chainId} ${genesis.hash}`,
      },
      { remedy: 'Give the endpoint of the deployment’s chain, or the deployment file of this chain.' },
    )
  }
  for (const [index, { name, address, codeHash }] of pinned.entries()) {
    const code = codes[index]
    const actual = code === undefined ? null : keccak256(code)
    if (actual === codeHash.toLowerCase()) continue
    const what = actual === null ? 'no contract' : 'another contract'
    throw new KedgeError(
      'WRONG_CONTRACT',
      `there is ${what} at the address of the ${name}`,
      { endpoint, address, expected: codeHash, actual },
      { remedy: 'Compare the deployment file with the published one; if they agree, the endpoint is lying.' },
    )
  }
}
