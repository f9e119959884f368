import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** One question to an endpoint, and what the honest one answers. */
export interface Exchange extends Question {
  readonly result: unknown
}

/** An endpoint that lies. */
export interface Proxy {
  readonly url: string
  stop(): Promise<void>
}

/** Returned instead of an answer by who never gives one. */
export const silence: unique symbol = Symbol('silence')

interface Question {
  readonly method: string
  readonly params: readonly unknown[]
}

/** Passes everything on to an honest endpoint, but for what it refuses, and the answers back as they were edited. */
export async function startProxy(
  rpcUrl: string,
  edit: (exchange: Exchange) => unknown,
  {
    refuse = () => false,
    busy = 0,
  }: {
    readonly refuse?: (question: Question) => boolean
    /** How many questions it leaves unanswered at first: half of them are too many, half are broken off. */
    readonly busy?: number
  } = {},
): Promise<Proxy> {
  let asked = 0
  const server = createServer((request, response) => {
    void text(request).then(async body => {
      asked += 1
      if (asked <= busy) return asked % 2 === 1 ? response.writeHead(429).end() : response.destroy()
      const question: Question = JSON.parse(body)
      const headers = { 'content-type': 'application/json' }
      if (refuse(question)) {
        const error = { code: -32000, message: 'missing trie node' }
        return response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id: 1, error }))
      }
      const honest = await fetch(rpcUrl, { method: 'POST', headers, body })
      const answer = (await honest.json()) as { readonly result?: unknown }
      const result = edit({ ...question, result: answer.result })
      if (result === silence) return response
      return response.writeHead(200, headers).end(JSON.stringify({ ...answer, result }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
