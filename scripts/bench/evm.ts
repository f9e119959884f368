import { join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import {
  type Abi,
  type Address,
  createTestClient,
  custom,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  publicActions,
  type TransactionReceipt,
} from 'viem'
import { hardhat } from 'viem/chains'
import hardhatConfig, { settings } from '../../hardhat.config.ts'

/** What was compiled: what it takes to deploy and to call it. */
export interface Artifact {
  readonly abi: Abi
  readonly bytecode: Hex
}

/** A contract on the bench. */
export interface Contract {
  readonly address: Address
  readonly abi: Abi
}

/** What a transaction did to storage, each slot once. */
export interface Touches {
  /** Slots that were only read. */
  readonly reads: number
  /** Slots that went from zero to something. */
  readonly creates: number
  /** Slots that went from something to something else, or to zero. */
  readonly changes: number
}

/** What was measured of one transaction. */
export interface Sample {
  readonly gas: number
  readonly input: Hex
  readonly logs: TransactionReceipt['logs']
  /** Whatever was created, for a deployment. */
  readonly address: Address | undefined
  readonly touches: Touches
}

export type Evm = Awaited<ReturnType<typeof startEvm>>

/** Compiled for, and measured at the prices of, one and the same hardfork. */
export const hardfork = settings.evmVersion

/** The first block's time: a fixed one, so that each run measures the very same bytes. */
const foundedAt = 1_767_225_600
const secondsPerBlock = 12

/**
 * Starts an EVM within this process. Everything that gas depends on is fixed: keys, addresses, times, signatures.
 *
 * @param fork - The hardfork by its name, such as `prague`.
 */
export async function startEvm(fork: string) {
  const machine = await open(fork)
  const { now, pass, transact } = clockwork(machine)
  return {
    client: machine.client,
    /** The time of the newest block. */
    now,
    /** Lets time pass before the next transaction. */
    pass,
    async deploy(
      from: Address,
      artifact: Artifact,
      args: readonly unknown[],
    ): Promise<Sample & { readonly contract: Contract }> {
      const data = encodeDeployData({ ...artifact, args: [...args] })
      const sample = await transact('a deployment', from, undefined, data)
      return { ...sample, contract: { abi: artifact.abi, address: sample.address as Address } }
    },
    async send(
      from: Address,
      { abi, address }: Contract,
      functionName: string,
      args: readonly unknown[],
    ): Promise<Sample> {
      return await transact(functionName, from, address, encodeFunctionData({ abi, functionName, args }))
    },
    async read({ abi, address }: Contract, functionName: string, args: readonly unknown[]): Promise<unknown> {
      return await machine.client.readContract({ abi, address, functionName, args })
    },
    stop: () => machine.close(),
  }
}

type Machine = Awaited<ReturnType<typeof open>>

async function open(fork: string) {
  const root = join(import.meta.dirname, '../..')
  const environment = await createHardhatRuntimeEnvironment(hardhatConfig, {}, root)
  const connection = await environment.network.create({
    network: 'default',
    override: {
      hardfork: fork,
      initialDate: new Date(foundedAt * 1000),
      initialBaseFeePerGas: 0,
      blockGasLimit: 100_000_000,
    },
  })
  const { provider } = connection
  const transport = custom({ request: request => provider.request(request) })
  const client = createTestClient({ chain: hardhat, mode: 'hardhat', transport, cacheTime: 0 }).extend(
    publicActions,
  )
  return { provider, client, close: () => connection.close() }
}

/** Sends each transaction in a block of its own, at a time that it sets. */
function clockwork({ provider, client }: Machine) {
  let time = foundedAt
  const unlocked = new Set<Address>()

  /** Lets anyone send, a contract too: what an act costs in itself does not depend on how its sender was moved. */
  async function unlock(sender: Address): Promise<void> {
    if (unlocked.has(sender)) return
    await client.impersonateAccount({ address: sender })
    unlocked.add(sender)
  }

  async function transact(what: string, from: Address, to: Address | undefined, input: Hex): Promise<Sample> {
    await unlock(from)
    time += secondsPerBlock
    await client.setNextBlockTimestamp({ timestamp: BigInt(time) })
    const transaction = { from, ...(to && { to }), data: input, gas: '0xf00000', gasPrice: '0x0' } as const
    const hash = (await provider
      .request({ method: 'eth_sendTransaction', params: [transaction] })
      .catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`${what} was refused: ${why}`, { cause })
      })) as Hex
    const { gasUsed, logs, contractAddress } = await client.getTransactionReceipt({ hash })
    const address = contractAddress ?? undefined
    return { gas: Number(gasUsed), input, logs, address, touches: touchesOf(await traceOf(provider, hash)) }
  }

  return {
    now: () => time,
    pass: (seconds: number) => {
      time += seconds
    },
    transact,
  }
}

async function traceOf(provider: Machine['provider'], hash: Hex): Promise<readonly Step[]> {
  const options = { disableMemory: true, disableStack: true, disableStorage: true }
  const trace = await provider.request({ method: 'debug_traceTransaction', params: [hash, options] })
  return (trace as { readonly structLogs: readonly Step[] }).structLogs
}

interface Step {
  readonly op: string
  readonly gasCost: number
}

/** EIP-2929 and EIP-2200 price a slot by what happens to it, so its price tells. */
function touchesOf(steps: readonly Step[]): Touches {
  const count = (op: string, ...prices: readonly number[]) =>
    steps.filter(step => step.op === op && prices.includes(step.gasCost)).length
  const creates = count('SSTORE', 22_100, 20_000)
  const changes = count('SSTORE', 5_000, 2_900)
  const first = count('SLOAD', 2_100) + count('SSTORE', 22_100, 5_000, 2_200)
  return { reads: first - creates - changes, creates, changes }
}
