import {
  type Abi,
  type Account,
  type Address,
  BaseError,
  createWalletClient,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  http,
  publicActions,
  RawContractError,
  type TransactionReceipt,
} from 'viem'
import { type Fact, KedgeError } from '../errors/index.ts'
import { committeeAbi, lensAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi } from './abi/index.ts'
import type { Deployment } from './deployment.ts'

/** A chain and a deployment on it. */
export interface Kedge {
  readonly rpcUrl: string
  readonly deployment: Deployment
}

/** A client that reads. Nothing is cached: every answer is asked for. */
export function readerOf(rpcUrl: string) {
  return createWalletClient({ transport: http(rpcUrl), cacheTime: 0 }).extend(publicActions)
}

/** The errors of all contracts: a committee's call passes on those of its target. */
const errorAbi: Abi = [committeeAbi, lensAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi]
  .flatMap((abi: Abi) => abi.filter(item => item.type === 'error'))
  .filter(
    (item, index, all) => all.findIndex(other => JSON.stringify(other) === JSON.stringify(item)) === index,
  )

/** A call to a contract. */
export interface Call {
  readonly to: Address
  readonly data: Hex
}

/** Encodes a call. */
export function callOf(to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Call {
  return { to, data: encodeFunctionData({ abi, functionName, args }) }
}

/**
 * Sends a call as a transaction and waits until it is in a block. It is simulated first, so that a refusal costs
 * nothing and is known by its name.
 *
 * @throws KedgeError `REFUSED` with the contract's named error and its values, `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function send(kedge: Kedge, account: Account, call: Call): Promise<TransactionReceipt> {
  const client = createWalletClient({ account, transport: http(kedge.rpcUrl), cacheTime: 0 }).extend(
    publicActions,
  )
  const chainId = await reach(() => client.getChainId())
  if (chainId !== kedge.deployment.chainId) {
    throw new KedgeError(
      'WRONG_NETWORK',
      `the endpoint serves chain ${chainId}, not ${kedge.deployment.chainId}`,
      {
        expected: kedge.deployment.chainId,
        actual: chainId,
      },
    )
  }
  await simulate(() => client.call({ account, to: call.to, data: call.data }))
  const hash = await reach(() =>
    client.sendTransaction({ account, chain: null, to: call.to, data: call.data }),
  )
  const receipt = await reach(() => client.waitForTransactionReceipt({ hash, pollingInterval: 100 }))
  if (receipt.status === 'success') return receipt
  await simulate(() =>
    client.call({ account, to: call.to, data: call.data, blockNumber: receipt.blockNumber }),
  )
  throw new KedgeError('REFUSED', 'the transaction failed, but the same call now succeeds', {
    transaction: hash,
  })
}

async function simulate(request: () => Promise<unknown>): Promise<void> {
  try {
    await request()
  } catch (error) {
    const data = revertData(error)
    if (data === undefined) throw unavailable(error)
    throw refusal(data, error)
  }
}

/** Asks an endpoint; a failure to answer becomes `RPC_UNAVAILABLE`. */
export async function reach<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    const data = revertData(error)
    throw data === undefined ? unavailable(error) : refusal(data, error)
  }
}

function unavailable(error: unknown): KedgeError {
  const detail = error instanceof BaseError ? error.shortMessage : String(error)
  return new KedgeError('RPC_UNAVAILABLE', `the endpoint did not answer: ${detail}`, {}, { cause: error })
}

function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined
  const found = error.walk(inner => inner instanceof RawContractError || hasData(inner))
  const data = found === null ? undefined : (found as { data?: Hex | { data?: Hex } }).data
  return typeof data === 'string' ? data : data?.data
}

function hasData(error: unknown): boolean {
  const data = (error as { data?: unknown }).data
  return typeof data === 'string' && data.startsWith('0x')
}

/** A refusal by its name: `RegistryLabelTaken` and its values rather than bytes. */
function refusal(data: Hex, cause: unknown): KedgeError {
  try {
    const { abiItem, args, errorName } = decodeErrorResult({ abi: errorAbi, data })
    const inputs = abiItem.type === 'error' ? abiItem.inputs : []
    const facts: Record<string, Fact> = { error: errorName }
    for (const [index, input] of inputs.entries()) facts[input.name ?? `${index}`] = fact(args?.[index])
    return new KedgeError('REFUSED', `the contract refused: ${errorName}`, facts, { cause })
  } catch {
    return new KedgeError('REFUSED', 'the contract refused with an unknown error', { data }, { cause })
  }
}

function fact(value: unknown): Fact {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return String(value)
}
