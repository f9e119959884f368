import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArtifactResolver, DeploymentResultType, deploy as ignite } from '@nomicfoundation/ignition-core'
import { type Account, type Address, createWalletClient, type Hex, http, publicActions } from 'viem'
import type { Deployment } from '../../sdk/chain/deployment.ts'
import { personIdOf } from '../../sdk/chain/ids.ts'
import { assertDeployment } from './check.ts'
import { kedgeModule, type PersonIds, predictAddresses } from './module.ts'
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
  await mkdir(directory, { recursive: true })
  await writeFile(path, `${JSON.stringify(plan, null, 2)}\n`)
  return plan
}

/**
 * Deploys the twelve contracts, or goes on where an earlier run was interrupted, and asserts on the chain that
 * nobody but the committees and the people of the parameters file has any right.
 *
 * @param parameters.journal - The directory of Ignition's journal; the same one resumes.
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
  const plan = await planOf(journal, async () => ({
    deployer: deployer.address,
    firstNonce: await client.getTransactionCount({ address: deployer.address }),
    now: Number((await client.getBlock()).timestamp),
  }))
  if (plan.deployer !== deployer.address) {
    throw new Error(
      `this deployment was begun by ${plan.deployer}; go on with its key, or use another journal`,
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
    provider: signingProvider(options.rpcUrl, deployer),
    deploymentDir: journal,
    ignitionModule: kedgeModule(parameters, genesis, addresses, people),
    deploymentParameters: {},
    accounts: [deployer.address],
    defaultSender: deployer.address,
    config: {
      requiredConfirmations: options.requiredConfirmations,
      blockPollingInterval: options.requiredConfirmations > 1 ? 1000 : 20,
    },
  })
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new Error(`the deployment stopped (${result.type}): ${JSON.stringify(result, null, 2)}`)
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
function signingProvider(rpcUrl: string, account: Account) {
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
      return await client.sendTransaction({
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
    },
  }
}
