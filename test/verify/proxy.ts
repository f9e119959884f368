import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeFunctionResult, encodeFunctionResult, type Hex } from 'viem'
import { lensAbi } from '../../sdk/chain/abi/index.ts'
import type { Provenance } from '../../sdk/verify/index.ts'
import { startServer } from '../../sdk/verify/testing/servers.ts'

/** A question to an endpoint. */
export interface Call {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** An endpoint's answer to it. */
export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

/** How an endpoint misbehaves. */
export interface Lie {
  /** Asks the chain something else than it was asked. */
  readonly call?: (call: Call) => Call
  /** Answers something else than the chain did. */
  readonly answer?: (answer: Answer, call: Call) => Answer
  /** Does not answer as an endpoint at all. */
  readonly respond?: (response: ServerResponse) => unknown
}

/** An endpoint in front of a real one. */
export interface TestEndpoint {
  readonly url: string
  readonly name: string
  /** How it misbehaves from now on; undefined makes it honest. */
  lie: Lie | undefined
  /** How many requests it has had. */
  requests: number
  close(): Promise<void>
}

/** Starts an honest endpoint in front of `rpcUrl`. */
export async function startProxy(rpcUrl: string): Promise<TestEndpoint> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    proxy.requests += 1
    const body = Buffer.concat(await request.toArray()).toString()
    const { call, answer: reply, respond } = proxy.lie ?? {}
    if (respond !== undefined) return respond(response)
    const asked: Call[] = JSON.parse(body)
    const forwarded = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call ? asked.map(call) : asked),
    })
    const answers = (await forwarded.json()) as Answer[]
    const byId = new Map(answers.map(one => [one.id, one]))
    const replies = asked.map(one => {
      const honest = byId.get(one.id) ?? { id: one.id }
      return { jsonrpc: '2.0', ...(reply ? reply(honest, one) : honest) }
    })
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(replies))
  }
  const server = await startServer(answer)
  const proxy: TestEndpoint = {
    url: server.url,
    name: server.name,
    lie: undefined,
    requests: 0,
    close: () => server.close(),
  }
  return proxy
}

/** Gives another result to one method. */
export function resultLie(method: string, change: (result: unknown, call: Call) => unknown): Lie {
  return {
    answer: (answer, call) =>
      call.method === method && answer.error === undefined
        ? { ...answer, result: change(answer.result, call) }
        : answer,
  }
}

/** Changes the header of blocks that were asked for by a tag or a number. */
export function headerLie(tag: string, change: object): Lie {
  return resultLie('eth_getBlockByNumber', (result, { params }) =>
    params[0] === tag ? { ...(result as object), ...change } : result,
  )
}

/** Shows blocks as they were: `tag` stands for an older block. Questions by number or hash are answered truly. */
export function olderLie(tags: Readonly<Record<string, bigint>>): Lie {
  return {
    call: call => ({
      ...call,
      params: call.params.map(param => {
        const number = typeof param === 'string' ? tags[param] : undefined
        return number === undefined ? param : `0x${number.toString(16)}`
      }),
    }),
  }
}

/** Alters what the Lens says: at the newest block, which is asked for by its hash, or at the finalized one. */
export function lensLie(
  where: 'latest' | 'finalized' | 'both',
  change: (truth: Provenance) => Provenance,
): Lie {
  return resultLie('eth_call', (result, { params }) => {
    const at = typeof params[1] === 'object' ? 'latest' : 'finalized'
    if (typeof result !== 'string' || result.length < 1000 || (where !== 'both' && where !== at))
      return result
    const abi = { abi: lensAbi, functionName: 'verdict' } as const
    return encodeFunctionResult({
      ...abi,
      result: change(decodeFunctionResult({ ...abi, data: result as Hex })),
    })
  })
}
