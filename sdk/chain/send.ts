import {
  type Abi,
  type Address,
  BaseError,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  InsufficientFundsError,
  keccak256,
  type LocalAccount,
  publicActions,
  RawContractError,
  RpcRequestError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  type TransactionSerializable,
} from 'viem'
import { KedgeError } from '../errors/index.ts'
import type { Deployment } from './deployment.ts'
import { transportOf, unavailable } from './endpoint.ts'
import { refusalOf } from './refusals.ts'

/** A chain and a deployment on it. */
export interface Kedge {
  readonly rpcUrl: string
  readonly deployment: Deployment
}

/** A call to a contract. */
export interface Call {
  readonly to: Address
  readonly data: Hex
}

/** Encodes a call. */
export function callOf(to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Call {
  return { to, data: encodeFunctionData({ abi, functionName, args }) }
}

/** Options of {@link send}. */
export interface SendOptions {
  /** Called when an endpoint has the transaction: from now on it may happen, whatever becomes of this process. */
  readonly onSent?: ((transaction: Hex) => void) | undefined
  /** How long to wait for a block that holds it, in milliseconds. Five minutes unless told otherwise. */
  readonly patience?: number | undefined
  /** How long one answer of the endpoint may take, in milliseconds. */
  readonly timeout?: number | undefined
}

/**
 * Sends a call as a transaction and waits until it is in a block. It is simulated first, so that a refusal costs
 * nothing and is known by its name. It is signed here and sent once under one nonce, so that a broken connection can
 * not make it happen twice.
 *
 * @throws KedgeError `REFUSED` with the contract's named error and its values; `RPC_UNAVAILABLE` and `WRONG_NETWORK`,
 * after which nothing was sent; `KEY_UNUSABLE` for an account that cannot pay; `TRANSACTION_LOST` if it was sent and
 * nobody can say what became of it.
 */
export async function send(
  kedge: Kedge,
  account: LocalAccount,
  call: Call,
  options: SendOptions = {},
): Promise<TransactionReceipt> {
  const client = clientOf(kedge, account, options)
  const chainId = await reach(() => client.getChainId())
  if (chainId !== kedge.deployment.chainId) {
    throw new KedgeError(
      'WRONG_NETWORK',
      `the endpoint serves chain ${chainId}, not ${kedge.deployment.chainId}`,
      { expected: kedge.deployment.chainId, actual: chainId },
    )
  }
  await reach(() => client.call({ account, to: call.to, data: call.data }))
  const signed = await sign(client, account, call, chainId)
  const { hash: transaction } = signed
  await broadcast(client, signed)
  options.onSent?.(transaction)
  const receipt = await awaitReceipt(client, signed, options.patience ?? 300_000)
  if (receipt.status === 'success') return receipt
  // What was true when it was simulated no longer was: at the end of its block, the contract says why.
  const { blockNumber } = receipt
  await reach(() => client.call({ account, to: call.to, data: call.data, blockNumber }))
  throw new KedgeError(
    'REFUSED',
    `the transaction ${transaction} failed, but the same call would succeed now`,
    { transaction },
    { remedy: 'Look at kedge status, then repeat the act if it is still wanted.' },
  )
}

type Client = ReturnType<typeof clientOf>

function clientOf(kedge: Kedge, account: LocalAccount, { timeout }: SendOptions) {
  const transport = transportOf(kedge.rpcUrl, { timeout })
  return createWalletClient({ account, transport, cacheTime: 0, pollingInterval: 100 }).extend(publicActions)
}

/** A transaction that was signed. */
interface Sent {
  readonly bytes: Hex
  readonly hash: Hex
  readonly from: Address
  readonly nonce: number
}

async function sign(client: Client, account: LocalAccount, call: Call, chainId: number): Promise<Sent> {
  try {
    const { to, data } = call
    const request = await client.prepareTransactionRequest({ account, chain: null, chainId, to, data })
    // An estimate is exact, for the second at which it was made: a later block's time may take another branch.
    const gas = (request.gas * 6n) / 5n
    const bytes = await account.signTransaction({ ...request, gas } as TransactionSerializable)
    return { bytes, hash: keccak256(bytes), from: account.address, nonce: request.nonce }
  } catch (error) {
    throw unaffordable(error, account.address) ?? refused(error) ?? unavailable(error)
  }
}

async function broadcast(client: Client, sent: Sent): Promise<void> {
  try {
    await client.sendRawTransaction({ serializedTransaction: sent.bytes })
  } catch (error) {
    // "Already known", "nonce too low" or a broken connection can all mean that an earlier attempt arrived.
    if (await isKnown(client, sent.hash)) return
    throw unaffordable(error, sent.from) ?? lost(error, sent)
  }
}

async function isKnown(client: Client, hash: Hex): Promise<boolean> {
  try {
    await client.getTransaction({ hash })
    return true
  } catch {
    return false
  }
}

function unaffordable(error: unknown, account: Address): KedgeError | undefined {
  if (!(error instanceof BaseError)) return undefined
  const { nodeMessage } = InsufficientFundsError
  const poor = error.walk(
    inner => inner instanceof InsufficientFundsError || nodeMessage.test((inner as BaseError).details ?? ''),
  )
  if (poor === null) return undefined
  return new KedgeError(
    'KEY_UNUSABLE',
    `the account ${account} has too little to pay for the transaction`,
    { account },
    {
      cause: error,
      remedy: 'Send it some of the chain’s own currency, or let another account carry the act.',
    },
  )
}

function lost(error: unknown, { hash, from }: Sent): KedgeError {
  const answered =
    error instanceof BaseError && error.walk(inner => inner instanceof RpcRequestError) !== null
  const did = answered ? 'did not take' : 'fell silent while it was given'
  return new KedgeError(
    'TRANSACTION_LOST',
    `the endpoint ${did} the transaction ${hash}: ${unavailable(error).message}`,
    { transaction: hash, account: from },
    {
      cause: error,
      remedy: answered
        ? 'Another program may use the same key at the same time: wait until it is done, then repeat the act.'
        : undefined,
    },
  )
}

/**
 * Asks for the receipt until it is there. An endpoint that fails meanwhile is asked again: the transaction does not
 * depend on it any more.
 */
async function awaitReceipt(client: Client, sent: Sent, patience: number): Promise<TransactionReceipt> {
  const { hash, from, nonce } = sent
  const deadline = Date.now() + patience
  let pause = client.pollingInterval
  let trouble: unknown
  let replaced = 0
  for (;;) {
    try {
      // First the count: a receipt that is missing after it was used up belongs to another transaction.
      const used = await client.getTransactionCount({ address: from, blockTag: 'latest' })
      replaced = used > nonce ? replaced + 1 : 0
      return await client.getTransactionReceipt({ hash })
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) trouble = error
    }
    // An endpoint of several machines may contradict itself for a moment.
    if (replaced >= 5) {
      throw new KedgeError(
        'TRANSACTION_LOST',
        `another transaction of ${from} took the place of ${hash}, which will never happen`,
        { transaction: hash, account: from },
        {
          remedy:
            'Somebody else uses this key, or you replaced it: check what was done, then repeat the act.',
        },
      )
    }
    if (Date.now() > deadline) {
      const why = trouble === undefined ? '' : `; ${unavailable(trouble).message}`
      throw new KedgeError(
        'TRANSACTION_LOST',
        `no block held the transaction ${hash} within ${Math.round(patience / 1000)} seconds${why}`,
        { transaction: hash, account: from },
        { cause: trouble },
      )
    }
    await new Promise(resolve => setTimeout(resolve, pause))
    pause = Math.min(pause * 1.5, 3_000)
  }
}

/** Asks an endpoint; what keeps it from answering becomes `RPC_UNAVAILABLE`, a refusal of a contract `REFUSED`. */
export async function reach<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw refused(error) ?? unavailable(error)
  }
}

function refused(error: unknown): KedgeError | undefined {
  const data = revertData(error)
  return data === undefined ? undefined : refusalOf(data, error)
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
