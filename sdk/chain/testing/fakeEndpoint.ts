import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Hex } from 'viem'

/** What a fake endpoint does with one request; throwing {@link RpcFailure} answers with a JSON-RPC error. */
export type Handler = (parameters: readonly Hex[], response: ServerResponse) => unknown

/** A JSON-RPC error to answer with. */
export class RpcFailure extends Error {
  readonly code: number
  readonly data: string | undefined
  constructor(code: number, message: string, data?: string) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** An endpoint that says what a test wants it to say. */
export interface FakeEndpoint {
  /** With a key in it that must never be printed. */
  readonly url: string
  /** The methods that were called, in order. */
  readonly calls: readonly string[]
  stop(): Promise<void>
}

/** The key that stands in the URL of each fake endpoint. */
export const endpointKey = 'hushhush'

interface Question {
  readonly id: number
  readonly method: string
  readonly params?: readonly Hex[]
}

/** Answers each method by its handler; `*` is for those without one. A handler that ends the response has spoken. */
export async function startFakeEndpoint(handlers: Readonly<Record<string, Handler>>): Promise<FakeEndpoint> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    void text(request).then(body => answer(JSON.parse(body), response))
  })
  function answer({ id, method, params = [] }: Question, response: ServerResponse): void {
    calls.push(method)
    const outcome = outcomeOf(() => (handlers[method] ?? handlers['*'] ?? unknown(method))(params, response))
    if (response.writableEnded || response.destroyed || outcome === silence) return
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }))
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/${endpointKey}?key=${endpointKey}`,
    calls,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Returned by a handler that never answers. */
export const silence: unique symbol = Symbol('silence')

function outcomeOf(handle: () => unknown): object | typeof silence {
  try {
    const result = handle()
    return result === silence ? silence : { result: result ?? null }
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error
    const { code, message, data } = error
    return { error: { code, message, ...(data !== undefined && { data }) } }
  }
}

function unknown(method: string): Handler {
  return () => {
    throw new RpcFailure(-32601, `the method ${method} does not exist`)
  }
}
