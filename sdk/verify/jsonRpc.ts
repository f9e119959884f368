import { type FetchBounds, fetchBounded, reasonOf } from './fetchBounded.ts'

/** One question of a batch. */
export interface RpcRequest {
  readonly method: string
  readonly params: readonly unknown[]
}

/** One answer of a batch: whatever the endpoint calls a result, or why there is none. */
export type RpcAnswer = { readonly result: unknown } | { readonly error: string }

/** Three contracts' code and three blocks with their transactions' hashes fit in many times over. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * Asks a JSON-RPC endpoint several questions in one round trip. Nothing that comes back is believed to have any shape.
 *
 * @param endpoint - URL.
 * @param requests - The questions.
 * @param bounds - Milliseconds for all of it, and a signal.
 * @returns One answer per question, in their order.
 * @throws Error with a short reason when the endpoint does not answer, or not with a batch.
 *
 * @example
 * ```ts
 * await requestBatch('http://127.0.0.1:8545', [{ method: 'eth_chainId', params: [] }], { timeout: 5_000 })
 * // [{ result: '0x7a69' }]
 * ```
 */
export async function requestBatch(
  endpoint: string,
  requests: readonly RpcRequest[],
  bounds: Omit<FetchBounds, 'limit'>,
): Promise<readonly RpcAnswer[]> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requests.map((request, id) => ({ jsonrpc: '2.0', id, ...request }))),
  }
  const begun = performance.now()
  const ask = (timeout: number) =>
    fetchBounded(new URL(endpoint), init, { ...bounds, limit: MAX_ANSWER_BYTES, timeout })
  // A connection that was kept open may have been closed at the other end just now: that is worth one more try.
  const bytes = await ask(bounds.timeout).catch((error: Error) => {
    const left = Math.floor(bounds.timeout - (performance.now() - begun))
    if (!isDropped(error) || left <= 0) throw error
    return ask(left)
  })
  return answersOf(bytes, requests.length)
}

function isDropped(error: Error): boolean {
  const failed = error.cause
  const cause = failed instanceof Error ? failed.cause : undefined
  return (
    cause instanceof Error &&
    'code' in cause &&
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(String(cause.code))
  )
}

function answersOf(bytes: Uint8Array, count: number): readonly RpcAnswer[] {
  let batch: unknown
  try {
    batch = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new Error('the answer is not JSON', { cause })
  }
  if (!Array.isArray(batch)) throw new Error(`no batch, but ${reasonFrom(batch)}`)
  const byId = new Map(batch.map(item => [field(item, 'id'), item as unknown]))
  return Array.from({ length: count }, (_, id) => {
    const answer = byId.get(id)
    if (field(answer, 'error') !== undefined) return { error: reasonFrom(answer) }
    const result = field(answer, 'result')
    return result === undefined ? { error: 'no answer' } : { result }
  })
}

function reasonFrom(answer: unknown): string {
  const message = field(field(answer, 'error'), 'message')
  return typeof message === 'string' ? reasonOf(new Error(message)) : 'an error without a message'
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}
