import { setTimeout } from 'node:timers/promises'
import { createPublicClient, http } from 'viem'
import { type Reader, reach } from '../../../sdk/chain/index.ts'

/** An endpoint that is asked, and what it is called: keys of providers stand in paths and queries. */
export interface Endpoint {
  readonly name: string
  readonly client: Reader
  /** How long one answer may take, in milliseconds. */
  readonly timeout: number
}

const usualTimeout = 15_000
const attempts = 4
const pause = 500

/** A client of an endpoint. Whoever is busy or breaks off is asked again, who is silent is not: that takes minutes. */
export function persistentReader(rpcUrl: string, timeout = usualTimeout): Reader {
  return createPublicClient({ transport: http(rpcUrl, { timeout, retryCount: 0, fetchFn }), cacheTime: 0 })
}

/** Several endpoints, each under a name of its own. */
export function endpointsOf(rpcUrls: readonly string[], timeout = usualTimeout): readonly Endpoint[] {
  const origins = rpcUrls.map(url => (URL.canParse(url) ? new URL(url).origin : 'the endpoint'))
  return rpcUrls.map((url, index) => {
    const origin = origins[index] ?? ''
    const alone = origins.filter(other => other === origin).length === 1
    const name = alone ? origin : `${origin} (number ${index + 1})`
    return { name, client: persistentReader(url, timeout), timeout }
  })
}

/** The newest block of an endpoint: everything that it is asked is read there. */
export interface View {
  readonly endpoint: string
  readonly block: bigint
  /** The block's time, in seconds since 1970. */
  readonly time: number
}

/** @throws KedgeError `RPC_UNAVAILABLE`. */
export async function viewOf({ name, client }: Endpoint): Promise<View> {
  const { number, timestamp } = await reach(() => client.getBlock())
  return { endpoint: name, block: number, time: Number(timestamp) }
}

async function fetchFn(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt === attempts
    try {
      const response = await fetch(input, init)
      if (last || !busy.has(response.status)) return response
    } catch (error) {
      if (last || init?.signal?.aborted) throw error
    }
    await setTimeout(pause * attempt)
  }
}

/** Too many requests, or what stands before the endpoint does not reach it. */
const busy: ReadonlySet<number> = new Set([429, 502, 503, 504])
