import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hex, keccak256, slice } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { developmentMnemonic, type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import type { ContractName } from '../../scripts/deployment/contracts.ts'
import { deployKedge } from '../../scripts/deployment/deploy.ts'
import { localParametersPath } from '../../scripts/life/society.ts'
import type { Code } from '../../scripts/snapshots/code.ts'
import { readSnapshot, remedy } from '../../scripts/snapshots/snapshots.ts'
import { committeeNames, type Deployment } from '../../sdk/chain/deployment.ts'

// test/contracts/Build.t.sol holds the code that the Solidity tests fetch against the same snapshot.

let chain: LocalChain
let journal: string
let deployment: Deployment

beforeAll(async () => {
  chain = await startAnvil()
  journal = await mkdtemp(join(tmpdir(), 'kedge-code-'))
  deployment = await deployKedge({
    rpcUrl: chain.rpcUrl,
    deployer: mnemonicToAccount(developmentMnemonic),
    parametersPath: localParametersPath,
    journal,
    requiredConfirmations: 1,
  })
})

afterAll(async () => {
  await chain.stop()
  await rm(journal, { recursive: true, force: true })
})

describe('the code that is tested is the code that is deployed', () => {
  it('sends the code of the snapshot to the chain, and nothing else', async () => {
    const snapshot = JSON.parse(await readSnapshot('code.json')) as Readonly<Record<ContractName, Code>>
    const sent = await creations()
    const expected = contractsOf(deployment).map(([address, name]) => [
      address,
      name,
      snapshot[name].creationHash,
    ])
    const found = contractsOf(deployment).map(([address, name]) => {
      const input = sent.get(address.toLowerCase())
      return [address, name, input && keccak256(slice(input, 0, snapshot[name].creationBytes))]
    })
    expect(found, remedy).toEqual(expected)
    expect(sent.size).toBe(expected.length)
  })
})

/** What created each contract, by its address. */
async function creations(): Promise<ReadonlyMap<string, Hex>> {
  const client = localClient(chain.rpcUrl)
  const found = new Map<string, Hex>()
  for (let block = 0n; block <= (await client.getBlockNumber()); block += 1n) {
    const { transactions } = await client.getBlock({ blockNumber: block, includeTransactions: true })
    for (const { hash, input } of transactions) {
      const { contractAddress } = await client.getTransactionReceipt({ hash })
      if (contractAddress) found.set(contractAddress.toLowerCase(), input)
    }
  }
  return found
}

function contractsOf({ contracts }: Deployment): readonly (readonly [string, ContractName])[] {
  const three = (of: 'timelocks' | 'seats' | 'committees', name: ContractName) =>
    committeeNames.map(committee => [contracts[of][committee], name] as const)
  return [
    ...three('timelocks', 'TimelockController'),
    [contracts.rules, 'Rules'],
    [contracts.registry, 'Registry'],
    ...three('seats', 'Seats'),
    ...three('committees', 'Committee'),
    [contracts.lens, 'Lens'],
  ]
}
