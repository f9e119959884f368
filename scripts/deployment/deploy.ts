import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArtifactResolver, DeploymentResultType, deploy as ignite } from '@nomicfoundation/ignition-core'
import { type Account, type Address, createWalletClient, type Hex, http, publicActions } from 'viem'
import type { Deployment } from '../../sdk/chain/deployment.ts'
import { personIdOf } from '../../sdk/chain/ids.ts'
import { reach } from '../../sdk/chain/send.ts'
import { SetupError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { assertDeployment } from './check.ts'
import { deploymentOrder, kedgeModule, type PersonIds, predictAddresses } from './module.ts'
import { type Genesis, genesisOf, readParameters } from './parameters.ts'

const artifactsRoot = new URL('../../artifacts/', import.meta.url)

const artifactResolver: ArtifactResolver = {
  async loadArtifact(name) {
    const folders: Record<string, string> = {
      TimelockController: '@openzeppelin/contracts/governance',
      Seats: 'contracts/governance',
      Committee: 'contracts/governance',
    }
    const path = `${folders[name] ?? 'contracts'}/${name}.sol/${name}.json`
    return JSON.parse(await readFile(new URL(path, artifactsRoot), 'utf8'))
  },
  getBuildInfo: async () => undefined,
}

/** What must not change between an interrupted deployment and its resumption. */
interface Plan {
  readonly deployer: Address
  readonly firstNonce: number
  readonly now: number
}

async function planOf(directory: string, fresh: () => Promise<Plan>): Promise<Plan> {
  const path = join(directory, 'plan.json')
  const saved = await readFile(path, 'utf8').catch(() => undefined)
  if (saved !== undefined) return JSON.parse(saved)
  const plan = await fresh()
  await writeWhole(path, `${JSON.stringify(plan, null, 2)}\n`)
  return plan
}

/**
 * Deploys the twelve contracts, or goes on where an earlier run was interrupted, and asserts on the chain that
 * nobody but the committees and the people of the parameters file has any right.
 *
 * @param options.journal - The directory of Ignition's journal; the same one resumes.
 * @param options.requiredConfirmations - How many blocks a transaction must be deep before the next one is sent.
 * @throws SetupError `PARAMETERS_INVALID`, `DEPLOYMENT_STOPPED`, `DEPLOYMENT_DEVIATES`; KedgeError `RPC_UNAVAILABLE`.
 */
export async function deployKedge(options: {
  readonly rpcUrl: string
  readonly deployer: Account
  readonly parametersPath: string
  readonly journal: string
  readonly requiredConfirmations: number
  readonly onProgress?: (message: string) => void
}): Promise<Deployment> {
  const { deployer, journal } = options
  const client = createWalletClient({ account: deployer, transport: http(options.rpcUrl) }).extend(
    publicActions,
  )
  const { parameters, document } = await readParameters(options.parametersPath)
  const plan = await planOf(journal, () =>
    reach(async () => ({
      deployer: deployer.address,
      firstNonce: await client.getTransactionCount({ address: deployer.address }),
      now: Number((await client.getBlock()).timestamp),
    })),
  )
  if (plan.deployer !== deployer.address) {
    throw new SetupError(
      'DEPLOYMENT_STOPPED',
      `this deployment was begun by ${plan.deployer}: go on with its key`,
      {
        journal,
      },
    )
  }
  const genesis: Genesis = genesisOf(parameters, document, plan.now)
  const people: PersonIds = new Map(
    genesis.people.map((person, index) => [
      parameters.people[index]?.name as string,
      personIdOf(person.signer, person.salt),
    ]),
  )
  const addresses = predictAddresses(deployer.address, plan.firstNonce)
  const result = await ignite({
    artifactResolver,
    provider: signingProvider(options.rpcUrl, deployer, (nonce, transaction) => {
      const step = nonce - plan.firstNonce + 1
      options.onProgress?.(
        `contract ${step} of ${deploymentOrder.length}: ${deploymentOrder[step - 1]}, transaction ${transaction}`,
      )
    }),
    deploymentDir: journal,
    ignitionModule: kedgeModule(parameters, genesis, addresses, people),
    deploymentParameters: {},
    accounts: [deployer.address],
    defaultSender: deployer.address,
    config: {
      requiredConfirmations: options.requiredConfirmations,
      blockPollingInterval: options.requiredConfirmations > 1 ? 1000 : 20,
    },
  }).catch((cause: Error) => {
    throw new SetupError('DEPLOYMENT_STOPPED', cause.message, { journal }, { cause })
  })
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new SetupError('DEPLOYMENT_STOPPED', `${result.type}: ${JSON.stringify(result, null, 2)}`, {
      journal,
    })
  }
  options.onProgress?.('deployed; checking every role, seat and setting on the chain')
  return await assertDeployment({
    client,
    parameters,
    genesis,
    people,
    addresses,
    deployer: deployer.address,
  })
}

/** Ignition asks its provider to send; this one signs with the deployer's key and sends raw. */
function signingProvider(
  rpcUrl: string,
  account: Account,
  onSent: (nonce: number, transaction: Hex) => void,
) {
  const client = createWalletClient({ account, transport: http(rpcUrl) }).extend(publicActions)
  return {
    async request({
      method,
      params,
    }: {
      method: string
      params?: readonly unknown[] | object
    }): Promise<unknown> {
      if (method === 'eth_accounts') return [account.address]
      if (method !== 'eth_sendTransaction') return await client.request({ method, params } as never)
      const [{ data, to, gas, nonce, value, maxFeePerGas, maxPriorityFeePerGas }] = params as [
        Record<string, Hex | undefined>,
      ]
      const quantity = (hex: Hex | undefined) => (hex === undefined ? undefined : BigInt(hex))
      const transaction = await client.sendTransaction({
        account,
        chain: null,
        data,
        to: to ?? null,
        gas: quantity(gas),
        nonce: nonce === undefined ? undefined : Number(nonce),
        value: quantity(value),
        maxFeePerGas: quantity(maxFeePerGas),
        maxPriorityFeePerGas: quantity(maxPriorityFeePerGas),
      } as never)
      if (nonce !== undefined) onSent(Number(nonce), transaction)
      return transaction
    },
  }
}
