import { type Address, encodeDeployData, getAddress, type Hex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { developmentMnemonic, localClient } from '../../scripts/chain/anvil.ts'
import { readArtifact } from '../../scripts/deployment/artifacts.ts'
import {
  type Construction,
  constructionsOf,
  designOf,
  predictAddresses,
} from '../../scripts/deployment/contracts.ts'
import type { ParametersFile } from '../../scripts/deployment/parameters.ts'
import { describeDeployment } from '../../scripts/deployment/record.ts'
import type { Kedge } from '../../sdk/chain/index.ts'

/** Nobody's account. */
export const stranger: Address = getAddress(`0x${'ab'.repeat(20)}`)

const deployer = mnemonicToAccount(developmentMnemonic)

/** One contract of a deployment, and the code that creates it. */
export type Making = Construction & { readonly creation: Hex }

/**
 * Deploys as no honest deployer would: each contract may be made otherwise than the parameters say.
 *
 * @param alter - What a contract is made of instead.
 */
export async function deployByHand(
  rpcUrl: string,
  { parameters, document }: Pick<ParametersFile, 'parameters' | 'document'>,
  alter: (making: Making) => Partial<Pick<Making, 'arguments' | 'creation'>> = () => ({}),
): Promise<Kedge> {
  const client = localClient(rpcUrl)
  const nonce = await client.getTransactionCount({ address: deployer.address })
  const { timestamp } = await client.getBlock()
  const contracts = predictAddresses(deployer.address, nonce)
  for (const construction of constructionsOf(
    designOf({ parameters, document }, contracts, Number(timestamp)),
  )) {
    const { abi, bytecode } = await readArtifact(construction.contract)
    const making = { ...construction, creation: bytecode }
    const made = { ...making, ...alter(making) }
    const data = encodeDeployData({ abi, bytecode: made.creation, args: made.arguments })
    const hash = await client.sendTransaction({ account: deployer, chain: null, data, gas: 16_000_000n })
    const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 10 })
    if (status !== 'success') throw new Error(`${construction.title} could not be made`)
  }
  return { rpcUrl, deployment: await describeDeployment(client, contracts) }
}

/** Has a contract of a deployment send a transaction, as nobody could on a real chain. */
export async function sendAs(rpcUrl: string, account: Address, to: Address, data: Hex): Promise<void> {
  const client = localClient(rpcUrl)
  await client.impersonateAccount({ address: account })
  await client.setBalance({ address: account, value: 10n ** 18n })
  // Not what the chain estimates: what is written anew in the next second costs more than in this one.
  const hash = await client.sendTransaction({ account, to, data, chain: null, gas: 2_000_000n })
  const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 10 })
  if (status !== 'success') throw new Error(`the transaction of ${account} failed`)
}
