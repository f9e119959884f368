import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** What an endpoint makes of an honest answer. */
export type Alteration = (
  question: { readonly method: string; readonly params: readonly [{ readonly data?: string }] },
  answer: { result: unknown },
) => void

/** Answers as the endpoint at a URL does, altered. */
export function liar(rpcUrl: string, alter: Alteration) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(rpcUrl, { method: 'POST', headers, body })
    const answer = (await reply.json()) as { result: unknown }
    alter(JSON.parse(body), answer)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  }
}
