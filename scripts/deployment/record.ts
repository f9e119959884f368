import { type Address, keccak256, type PublicClient } from 'viem'
import { type Contracts, type Deployment, reach } from '../../sdk/chain/index.ts'

/** What everyone needs to know of what was deployed. */
export async function describeDeployment(
  client: Pick<PublicClient, 'getBlock' | 'getBlockNumber' | 'getChainId' | 'getCode'>,
  contracts: Contracts,
): Promise<Deployment> {
  const hashOf = async (address: Address) => keccak256((await client.getCode({ address })) ?? '0x')
  const three = async (of: Contracts['seats']) => ({
    assembly: await hashOf(of.assembly),
    oversight: await hashOf(of.oversight),
    emergency: await hashOf(of.emergency),
  })
  return await reach(async () => ({
    chainId: await client.getChainId(),
    genesisHash: (await client.getBlock({ blockNumber: 0n })).hash,
    block: await firstBlock(client, contracts.timelocks.assembly),
    contracts,
    codeHashes: {
      rules: await hashOf(contracts.rules),
      registry: await hashOf(contracts.registry),
      lens: await hashOf(contracts.lens),
      timelocks: await three(contracts.timelocks),
      seats: await three(contracts.seats),
      committees: await three(contracts.committees),
    },
  }))
}

/** The block of the first contract, found by bisection: no log index needed. */
async function firstBlock(
  client: Pick<PublicClient, 'getCode' | 'getBlockNumber'>,
  address: Address,
): Promise<number> {
  let low = 0n
  let high = await client.getBlockNumber()
  while (low < high) {
    const middle = (low + high) / 2n
    const code = await client.getCode({ address, blockNumber: middle })
    if (code === undefined || code === '0x') low = middle + 1n
    else high = middle
  }
  return Number(low)
}
