/** What an answer may cost. */
export interface FetchBounds {
  /** The most bytes of it. */
  readonly limit: number
  /** Milliseconds from the question to the last byte. */
  readonly timeout: number
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Fetches bytes from someone who may lie, hang, or never stop. No redirect is followed: whom to ask is for the trust
 * policy to say, and not for whoever is asked.
 *
 * @param url - Where; `http:` or `https:`.
 * @param init - As for `fetch`.
 * @param bounds - {@link FetchBounds}
 * @returns The whole body of an answer with a status of 200 to 299.
 * @throws Error with a short reason that is safe to print, or the reason of `bounds.signal`.
 *
 * @example
 * ```ts
 * await fetchBounded(new URL('https://gateway.example/ipfs/bafk…?format=raw'), {}, { limit: 1024, timeout: 5_000 })
 * ```
 */
export async function fetchBounded(
  url: URL,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  bounds: FetchBounds,
): Promise<Uint8Array> {
  const { limit, timeout, signal } = bounds
  const deadline = AbortSignal.timeout(timeout)
  const end = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: end })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`status ${response.status}`)
    }
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body ?? []) {
      size += part.length
      if (size > limit) throw new Error(`more than ${limit} bytes`)
      parts.push(part)
    }
    return new Uint8Array(Buffer.concat(parts))
  } catch (cause) {
    signal?.throwIfAborted()
    if (deadline.aborted) throw new Error(`no whole answer within ${timeout} ms`, { cause })
    throw new Error(reasonOf(cause), { cause })
  }
}

/** Why something failed, in a few words. What others wrote must neither flood a log nor steer a terminal. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error))
  // `fetch failed` says nothing; its cause does.
  const { cause } = error
  if (error.message !== 'fetch failed' || !(cause instanceof Error)) return printable(error.message)
  return printable('code' in cause ? String(cause.code) : cause.message)
}

const MAX_REASON = 200

function printable(text: string): string {
  return text
    .slice(0, MAX_REASON)
    .replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .trim()
}

/** How a place is called in errors and logs: without the path, which often holds an API key. */
export function nameOf(url: string): string {
  return new URL(url).host
}
