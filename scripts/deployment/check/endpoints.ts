import { setTimeout } from 'node:timers/promises'
import { createPublicClient, http } from 'viem'
import type { Reader } from '../../../sdk/chain/index.ts'

/** An endpoint that is asked, and what it is called: keys of providers stand in paths and queries. */
export interface Endpoint {
  readonly name: string
  readonly client: Reader
  /** How long one answer may take, in milliseconds. */
  readonly timeout: number
}

const attempts = 4
const pause = 500

/** Clients of endpoints. Who answers "too many requests" is asked again, who is silent is not: that would take minutes. */
export function endpointsOf(rpcUrls: readonly string[], timeout = 15_000): readonly Endpoint[] {
  const origins = rpcUrls.map(url => (URL.canParse(url) ? new URL(url).origin : 'the endpoint'))
  return rpcUrls.map((url, index) => {
    const origin = origins[index] ?? ''
    const alone = origins.filter(other => other === origin).length === 1
    const transport = http(url, { timeout, retryCount: 0, fetchFn })
    const client = createPublicClient({ transport, cacheTime: 0 })
    return { name: alone ? origin : `${origin} (--rpc ${index + 1})`, client, timeout }
  })
}

async function fetchFn(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(input, init)
    if (response.status !== 429 || attempt === attempts) return response
    await setTimeout(pause * attempt)
  }
}
