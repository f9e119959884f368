import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ArtifactResolver,
  type DeploymentResult,
  DeploymentResultType,
  deploy as ignite,
  trackTransaction,
} from '@nomicfoundation/ignition-core'
import {
  type Account,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  type PublicClient,
  publicActions,
} from 'viem'
import type { Deployment } from '../../sdk/chain/deployment.ts'
import { reach } from '../../sdk/chain/send.ts'
import { SetupError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { artifactUrl, readArtifact } from './artifacts.ts'
import { assertDeployment } from './check/check.ts'
import {
  type Construction,
  type ContractName,
  constructionsOf,
  contractNames,
  designOf,
  predictAddresses,
} from './contracts.ts'
import { assertFunds, type Bytecode, gasOf } from './gas.ts'
import { kedgeModule } from './module.ts'
import { type ParametersFile, readParameters } from './parameters.ts'
import { assertInTime, assertSame, type Plan, readPlan, writePlan } from './plan.ts'
import { describeDeployment } from './record.ts'
import { tellWaiting, type Waiting } from './waiting.ts'

const artifactResolver: ArtifactResolver = {
  loadArtifact: async name => JSON.parse(await readFile(artifactUrl(name as ContractName), 'utf8')),
  getBuildInfo: async () => undefined,
}

/**
 * Deploys the twelve contracts, or goes on where an earlier run was interrupted, and asserts on the chain that
 * nobody but the committees and the people of the parameters file has any right. What can be checked is checked before
 * the first transaction.
 *
 * @param options.journal - The directory of the plan and of Ignition's journal; the same one resumes.
 * @param options.requiredConfirmations - How many blocks a transaction must be deep before the next one is sent.
 * @throws SetupError `PARAMETERS_INVALID`, `PARAMETERS_CHANGED`, `JOURNAL_UNUSABLE`, `FUNDS_INSUFFICIENT`,
 * `DEPLOYMENT_STOPPED`, `DEPLOYMENT_FAILED`, `DEPLOYMENT_DEVIATES`; KedgeError `RPC_UNAVAILABLE`.
 */
export async function deployKedge(options: Options): Promise<Deployment> {
  const say = options.onProgress ?? (() => undefined)
  const client = createWalletClient({ account: options.deployer, transport: http(options.rpcUrl) }).extend(
    publicActions,
  )
  const file = await readParameters(options.parametersPath)
  const { plan, addresses, constructions } = await prepare(client, options, file)
  await sendAll(options, plan, constructions, say)
  say('deployed; checking every role, seat and setting on the chain')
  const deployment = await describeDeployment(client, addresses)
  await assertDeployment({ rpcUrl: options.rpcUrl, deployment }, file)
  return deployment
}

interface Options {
  readonly rpcUrl: string
  readonly deployer: Account
  readonly parametersPath: string
  readonly journal: string
  readonly requiredConfirmations: number
  readonly onProgress?: (message: string) => void
}

type Client = Pick<
  PublicClient,
  'getBalance' | 'getBlock' | 'getCode' | 'getGasPrice' | 'getTransactionCount'
> & { readonly account: Account }

/** What will be deployed, as it was begun if it was, and nothing in the way of it. */
async function prepare(client: Client, { journal, parametersPath }: Options, file: ParametersFile) {
  const planPath = join(journal, 'plan.json')
  const { address: deployer } = client.account
  const begun = await readPlan(planPath)
  const [{ hash: genesisHash }, { timestamp }] = await reach(() =>
    Promise.all([client.getBlock({ blockNumber: 0n }), client.getBlock()]),
  )
  if (begun !== undefined) assertSame(begun, { journal, parametersPath, deployer, genesisHash, file })
  const plan = begun ?? (await newPlan(client, file, genesisHash))
  const design = designOf(file, predictAddresses(deployer, plan.firstNonce), plan.now)
  const constructions = constructionsOf(design)
  const done = begun === undefined ? 0 : await countDeployed(client, begun, constructions, journal)
  const rules = constructions.findIndex(({ contract }) => contract === 'Rules')
  if (done <= rules) assertInTime(plan, { journal, now: Number(timestamp) })
  const gas = gasOf(await readBytecodes(), design).slice(done)
  const [balance, price] = await reach(() =>
    Promise.all([client.getBalance({ address: deployer }), client.getGasPrice()]),
  )
  assertFunds({ account: deployer, balance, price, gas })
  await writePlan(planPath, plan)
  return { plan, addresses: design.addresses, constructions }
}

/** Sends what is not sent yet, and waits until all of it is deployed. */
async function sendAll(
  { rpcUrl, deployer, journal, requiredConfirmations }: Options,
  plan: Plan,
  constructions: readonly Construction[],
  say: (message: string) => void,
): Promise<void> {
  const waiting = tellWaiting(say, requiredConfirmations)
  const onSent = (nonce: number, transaction: Hex) => {
    const step = nonce - plan.firstNonce + 1
    const what = `contract ${step} of ${constructions.length}: ${constructions[step - 1]?.title}`
    say(`${what}, transaction ${transaction}`)
    waiting.transaction(transaction, what)
  }
  const provider = signingProvider(rpcUrl, deployer, { journal, onSent, waiting })
  const run = () =>
    ignite({
      artifactResolver,
      provider,
      deploymentDir: journal,
      ignitionModule: kedgeModule(constructions),
      deploymentParameters: {},
      accounts: [deployer.address],
      defaultSender: deployer.address,
      config: {
        requiredConfirmations,
        blockPollingInterval: requiredConfirmations > 1 ? 1000 : 20,
      },
    })
  try {
    const result = await run()
      .catch(async (error: Error) => {
        if (!isUnjournaled(error)) throw error
        await trackTransaction(journal, await lastSigned(journal), provider, requiredConfirmations)
        return await run()
      })
      .catch((cause: Error) => {
        throw new SetupError('DEPLOYMENT_STOPPED', cause.message, { journal }, { cause })
      })
    assertDeployed(result, journal)
  } finally {
    waiting.stop()
  }
}

async function newPlan(
  client: Client,
  { written, document }: ParametersFile,
  genesisHash: Hex,
): Promise<Plan> {
  const { address } = client.account
  const [firstNonce, pending, { timestamp }] = await reach(() =>
    Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
      client.getBlock(),
    ]),
  )
  if (pending !== firstNonce) {
    const problem = `${address} has ${pending - firstNonce} transactions that are in no block yet`
    const remedy =
      'Wait until they are, then run the same command again; use the key for nothing else meanwhile.'
    throw new SetupError('DEPLOYMENT_STOPPED', problem, { account: address }, { remedy })
  }
  const parameters = written as Plan['parameters']
  return { deployer: address, firstNonce, now: Number(timestamp), genesisHash, document, parameters }
}

/**
 * How many of the twelve an earlier run has deployed. The addresses follow from the nonces: with a transaction of
 * another kind in between, none of the further contracts would be where the others look for it.
 */
async function countDeployed(
  client: Client,
  { deployer, firstNonce }: Plan,
  constructions: readonly Construction[],
  journal: string,
): Promise<number> {
  const nonce = await reach(() => client.getTransactionCount({ address: deployer }))
  const used = Math.min(nonce - firstNonce, constructions.length)
  for (const [index, { address, title }] of constructions.slice(0, used).entries()) {
    const code = await reach(() => client.getCode({ address }))
    if (code !== undefined) continue
    throw new SetupError(
      'DEPLOYMENT_FAILED',
      `the transaction ${firstNonce + index} of ${deployer} should have deployed ${title}, and did not: ` +
        `the addresses of the others no longer fit. The journal is ${journal}`,
      { journal, account: deployer },
    )
  }
  return used
}

async function readBytecodes(): Promise<Record<ContractName, Bytecode>> {
  const entry = async (name: ContractName) => [name, await readArtifact(name)] as const
  return Object.fromEntries(await Promise.all(contractNames.map(entry))) as unknown as Record<
    ContractName,
    Bytecode
  >
}

/** What Ignition reports about the transactions, in sentences. */
function assertDeployed(result: DeploymentResult, journal: string): void {
  if (result.type === DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return
  const problems =
    result.type === DeploymentResultType.EXECUTION_ERROR
      ? [
          ...result.failed.map(({ futureId, error }) => `${titleOf(futureId)}: ${error}`),
          ...result.timedOut.map(({ futureId }) => `${titleOf(futureId)}: no block took its transaction`),
          ...result.held.map(({ futureId, reason }) => `${titleOf(futureId)}: ${reason}`),
        ]
      : Object.entries(result.errors).flatMap(([futureId, errors]) =>
          errors.map(error => `${titleOf(futureId)}: ${error}`),
        )
  const list = problems.map(problem => `\n- ${problem}`).join('')
  throw new SetupError(
    'DEPLOYMENT_FAILED',
    `the deployment cannot go on, whose journal is ${journal}:${list}`,
    { journal, problems },
  )
}

/** "Kedge#SeatsAssembly" -> "SeatsAssembly". */
function titleOf(futureId: string): string {
  return futureId.replace(/^Kedge#/, '')
}

/** Ignition asks its provider to send; this one signs with the deployer's key and sends raw. */
function signingProvider(
  rpcUrl: string,
  account: Account,
  options: {
    readonly journal: string
    readonly onSent: (nonce: number, transaction: Hex) => void
    readonly waiting: Waiting
  },
) {
  const { journal, onSent, waiting } = options
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
      if (method !== 'eth_sendTransaction') {
        const answer: unknown = await client.request({ method, params } as never)
        observe(waiting, method, params, answer)
        return answer
      }
      const [{ data, to, gas, nonce, value, maxFeePerGas, maxPriorityFeePerGas }] = params as [
        Record<string, Hex | undefined>,
      ]
      const quantity = (hex: Hex | undefined) => (hex === undefined ? undefined : BigInt(hex))
      const request = await client.prepareTransactionRequest({
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
      const serializedTransaction = await client.signTransaction(request as never)
      // Before anyone has it: whatever happens from now on, the next run knows what to ask the chain for.
      const transaction = keccak256(serializedTransaction)
      await writeWhole(lastSignedPath(journal), `${transaction}\n`)
      await client.sendRawTransaction({ serializedTransaction })
      if (nonce !== undefined) onSent(Number(nonce), transaction)
      return transaction
    },
  }
}

const lastSignedPath = (journal: string) => join(journal, 'last-signed')

async function lastSigned(journal: string): Promise<string> {
  return (await readFile(lastSignedPath(journal), 'utf8')).trim()
}

/** An earlier run ended after it had sent a transaction, and before Ignition wrote down which. */
function isUnjournaled(error: Error): boolean {
  return 'errorCode' in error && error.errorCode === 'HHE10410'
}

/** What Ignition asks while it waits, and what it is told, is what a person wants to know. */
function observe(waiting: Waiting, method: string, params: unknown, answer: unknown): void {
  const { blockNumber, number } = (answer ?? {}) as Record<string, Hex | undefined>
  if (method === 'eth_getBlockByNumber' && number !== undefined) waiting.head(Number(number))
  if (method !== 'eth_getTransactionReceipt') return
  waiting.transaction((params as readonly [string])[0])
  waiting.minedIn(blockNumber === undefined ? undefined : Number(blockNumber))
}
