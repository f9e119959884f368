import { BaseError, HttpRequestError, RpcRequestError, TimeoutError } from 'viem'
import { reach } from './send.ts'

/**
 * Asks for a range of blocks, in order, in as few questions as the endpoint bears: first the whole, then, each time
 * that it refuses one as too large, a quarter of that.
 */
export async function inSpans(
  first: bigint,
  last: bigint,
  ask: (from: bigint, to: bigint) => Promise<void>,
): Promise<void> {
  let span = last - first + 1n
  for (let from = first; from <= last; ) {
    const end = from + span - 1n
    const to = end < last ? end : last
    try {
      await ask(from, to)
      from = to + 1n
    } catch (error) {
      if (from === to || !mayBeTooMuch(error)) return await reach(() => Promise.reject(error as Error))
      span = (to - from + 1n) / 4n || 1n
    }
  }
}

/** Endpoints limit blocks, logs, bytes or time, and each says so in words of its own. */
function mayBeTooMuch(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  const cause = error.walk(
    inner =>
      inner instanceof RpcRequestError ||
      inner instanceof TimeoutError ||
      (inner instanceof HttpRequestError && inner.status !== 429),
  )
  if (cause instanceof HttpRequestError) return cause.status !== undefined && cause.status < 500
  return cause !== null
}
