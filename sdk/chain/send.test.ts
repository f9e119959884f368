import { encodeErrorResult, type Hex, keccak256, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, describe, expect, it } from 'vitest'
import { registryAbi } from './abi/index.ts'
import type { Deployment } from './deployment.ts'
import { send } from './send.ts'
import {
  endpointKey,
  type FakeEndpoint,
  type Handler,
  RpcFailure,
  silence,
  startFakeEndpoint,
} from './testing/fakeEndpoint.ts'

const account = privateKeyToAccount(`0x${'2b'.repeat(32)}`)
const call = { to: `0x${'aa'.repeat(20)}`, data: '0x12345678' } as const
const deployment = { chainId: 7 } as Deployment

let endpoint: FakeEndpoint | undefined

afterEach(async () => {
  await endpoint?.stop()
  endpoint = undefined
})

/** A node with one account, whose transactions get into a block at once. */
function node(overrides: Readonly<Record<string, Handler>> = {}) {
  const sent: Hex[] = []
  const receipt = (hash: Hex) => ({
    transactionHash: hash,
    blockNumber: '0x5',
    status: '0x1',
    gasUsed: '0x5208',
    logs: [],
  })
  const handlers: Readonly<Record<string, Handler>> = {
    eth_chainId: () => '0x7',
    eth_call: () => '0x',
    eth_getTransactionCount: () => `0x${sent.length.toString(16)}`,
    eth_getBlockByNumber: () => ({ number: '0x4', baseFeePerGas: '0x1', transactions: [] }),
    eth_maxPriorityFeePerGas: () => '0x1',
    eth_estimateGas: () => '0x5208',
    eth_sendRawTransaction: ([bytes = '0x']) => {
      sent.push(bytes)
      return keccak256(bytes)
    },
    eth_getTransactionByHash: ([hash = '0x']) =>
      sent.some(bytes => keccak256(bytes) === hash) ? { hash } : null,
    eth_getTransactionReceipt: ([hash = '0x']) =>
      sent.some(bytes => keccak256(bytes) === hash) ? receipt(hash) : null,
    ...overrides,
  }
  return { handlers, sent, receipt }
}

async function sendTo(handlers: Readonly<Record<string, Handler>>, options: { patience?: number } = {}) {
  endpoint = await startFakeEndpoint(handlers)
  return await send({ rpcUrl: endpoint.url, deployment }, account, call, { timeout: 250, ...options })
}

/** What a person is told when sending fails. */
async function told(handlers: Readonly<Record<string, Handler>>, options: { patience?: number } = {}) {
  const error = await sendTo(handlers, options).then(
    () => expect.fail('it was sent'),
    thrown => thrown,
  )
  const { code, message, remedy } = error
  const text = [code, message, remedy].join('\n')
  expect(text).not.toContain(endpointKey)
  return text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/0x[0-9a-f]{64}/g, 'HASH')
}

const fail =
  (message: string, code = -32000, data?: string): Handler =>
  () => {
    throw new RpcFailure(code, message, data)
  }

describe('send', () => {
  it('sends once, and says the hash before it waits', async () => {
    const { handlers, sent } = node()
    endpoint = await startFakeEndpoint(handlers)
    const hashes: string[] = []
    const receipt = await send({ rpcUrl: endpoint.url, deployment }, account, call, {
      onSent: hash => hashes.push(`${hash} before ${endpoint?.calls.includes('eth_getTransactionReceipt')}`),
    })
    expect(sent).toHaveLength(1)
    expect(hashes).toEqual([`${keccak256(sent[0] ?? '0x')} before false`])
    expect(receipt.transactionHash).toBe(keccak256(sent[0] ?? '0x'))
  })

  it('leaves room above the estimate, which holds for the second at which it was made', async () => {
    const { handlers, sent } = node({ eth_estimateGas: () => '0x186a0' })
    await sendTo(handlers)
    expect(parseTransaction(sent[0] ?? '0x').gas).toBe(120_000n)
  })

  it('sends nothing to another chain', async () => {
    const { handlers, sent } = node({ eth_chainId: () => '0x8' })
    expect(await told(handlers)).toMatch(/^WRONG_NETWORK\nthe endpoint serves chain 8, not 7\n/)
    expect(sent).toEqual([])
  })

  it('sends nothing that the contract would refuse, and names the error', async () => {
    const data = encodeErrorResult({ abi: registryAbi, errorName: 'RegistryNoTrigger' })
    const { handlers, sent } = node({ eth_call: fail('execution reverted', 3, data) })
    expect(await told(handlers)).toMatch(
      /^REFUSED\nthe contract refused with RegistryNoTrigger: there is no trigger/,
    )
    expect(sent).toEqual([])
  })

  it.each([
    ['when gas is estimated', 'eth_estimateGas'],
    ['when it is sent', 'eth_sendRawTransaction'],
  ])('tells an account that cannot pay: %s', async (_, method) => {
    const { handlers } = node({ [method]: fail('insufficient funds for gas * price + value') })
    expect(await told(handlers)).toBe(
      `KEY_UNUSABLE\nthe account ${account.address} has too little to pay for the transaction\n` +
        'Send it some of the chain’s own currency, or let another account carry the act.',
    )
  })

  it.each(['nonce too low', 'replacement transaction underpriced'])(
    'tells a key that something else uses too: %s',
    async message => {
      const { handlers } = node({ eth_sendRawTransaction: fail(message) })
      expect(await told(handlers)).toBe(
        `TRANSACTION_LOST\nthe endpoint did not take the transaction HASH: http://HOST refused: ${message}\n` +
          'Another program may use the same key at the same time: wait until it is done, then repeat the act.',
      )
    },
  )

  it('does not take a repeated delivery for a failure', async () => {
    const { handlers, sent } = node()
    const deliver = handlers['eth_sendRawTransaction'] as Handler
    const receipt = await sendTo({
      ...handlers,
      eth_sendRawTransaction: (parameters, response) => {
        deliver(parameters, response)
        throw new RpcFailure(-32000, 'already known')
      },
    })
    expect(sent).toHaveLength(1)
    expect(receipt.status).toBe('success')
  })

  it('says that it may still happen when the endpoint falls silent on delivery', async () => {
    const { handlers } = node({ eth_sendRawTransaction: () => silence })
    expect(await told(handlers)).toBe(
      'TRANSACTION_LOST\n' +
        'the endpoint fell silent while it was given the transaction HASH: http://HOST did not answer in time\n' +
        'Look the transaction up before you repeat the act: it may still happen.',
    )
  })

  it('goes on asking for the receipt when the endpoint stumbles', async () => {
    const { handlers } = node()
    const answer = handlers['eth_getTransactionReceipt'] as Handler
    let asked = 0
    const receipt = await sendTo({
      ...handlers,
      eth_getTransactionReceipt: (parameters, response) => {
        asked += 1
        if (asked === 1) throw new RpcFailure(-32603, 'internal error')
        return asked === 2 ? null : answer(parameters, response)
      },
    })
    expect(receipt.status).toBe('success')
  })

  it('gives up waiting in the end, with the hash', async () => {
    const { handlers } = node({
      eth_getTransactionReceipt: () => null,
      eth_getTransactionCount: () => '0x0',
    })
    expect(await told(handlers, { patience: 300 })).toBe(
      'TRANSACTION_LOST\nno block held the transaction HASH within 0 seconds\n' +
        'Look the transaction up before you repeat the act: it may still happen.',
    )
  })

  it('tells that another transaction took its place', async () => {
    const { handlers } = node({ eth_getTransactionReceipt: () => null })
    expect(await told(handlers)).toMatch(
      new RegExp(`^TRANSACTION_LOST\nanother transaction of ${account.address} took the place of HASH`),
    )
  })

  it('tells why a transaction failed although it was simulated', async () => {
    const data = encodeErrorResult({ abi: registryAbi, errorName: 'RegistryNoTrigger' })
    const { handlers, receipt } = node()
    const failed = {
      ...handlers,
      eth_getTransactionReceipt: ([hash = '0x']: readonly Hex[]) => ({ ...receipt(hash), status: '0x0' }),
    }
    const late: Handler = ([, block]) => {
      if (block === '0x5') throw new RpcFailure(3, 'execution reverted', data)
      return '0x'
    }
    expect(await told({ ...failed, eth_call: late })).toMatch(/^REFUSED\n.*RegistryNoTrigger/)
    await endpoint?.stop()
    expect(await told(failed)).toMatch(
      /^REFUSED\nthe transaction HASH failed, but the same call would succeed now/,
    )
  })
})
