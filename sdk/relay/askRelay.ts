import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { KedgeError } from '../errors/index.ts'
import { nameOf, reasonOf } from '../verify/fetchBounded.ts'

/** Options of everything that is asked of a relay. */
export interface AskOptions {
  /** How long the relay may be silent, in milliseconds; two minutes if left out: it flushes large files before it answers. */
  readonly patience?: number | undefined
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What is asked of a relay. */
export interface RelayQuestion {
  readonly method: 'GET' | 'POST'
  /** Below the relay's address. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly bytes: AsyncIterable<Uint8Array>; readonly size: number }
}

/** What a relay answered, not yet believed. */
export interface RelayAnswer {
  readonly status: number
  /** Of the JSON. */
  readonly content: unknown
}

/** No answer about an upload is longer. */
const maxAnswerBytes = 65_536

/**
 * Asks a relay. The body is streamed as fast as the relay takes it, and an answer that comes before its end is heard: with
 * `fetch` it would be lost, and the length could not be announced.
 *
 * @throws KedgeError `RELAY_UNAVAILABLE`; whatever the body throws; the reason of `signal`.
 */
export async function askRelay(
  relay: string,
  question: RelayQuestion,
  { patience = 120_000, signal }: AskOptions = {},
): Promise<RelayAnswer> {
  signal?.throwIfAborted()
  const url = addressOf(relay, question.path)
  const { method, headers, body } = question
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  try {
    return await new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method,
        headers: { accept: 'application/json', ...(body && { 'content-length': body.size }), ...headers },
        timeout: patience,
        ...(signal && { signal }),
      })
      let answered = false
      const fail = (error: unknown) => {
        // Who has answered may stop listening: then what it said counts, not that the rest could not be sent.
        if (!answered) reject(error)
      }
      outgoing.once('timeout', () => outgoing.destroy(new Silence(patience)))
      outgoing.on('error', fail)
      outgoing.once('response', incoming => {
        answered = true
        readAnswer(incoming)
          .then(resolve, reject)
          .finally(() => outgoing.writableFinished || outgoing.destroy())
      })
      pipeline(body?.bytes ?? [], outgoing).catch(fail)
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof KedgeError ? error : unavailable(relay, error)
  }
}

/** A relay may have its place below a path. */
function addressOf(relay: string, path: string): URL {
  const url = new URL(relay)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`
  return url
}

async function readAnswer(incoming: IncomingMessage): Promise<RelayAnswer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > maxAnswerBytes) throw new Strange(`more than ${maxAnswerBytes} bytes`)
    parts.push(part)
  }
  const { statusCode: status = 0 } = incoming
  try {
    return { status, content: JSON.parse(Buffer.concat(parts).toString()) }
  } catch {
    throw new Strange(`HTTP ${status} without JSON`)
  }
}

function unavailable(relay: string, cause: unknown): KedgeError {
  const name = nameOf(relay)
  const facts = { relay: name }
  if (cause instanceof Strange) {
    const remedy = 'Check the URL of the relay, and what stands before it.'
    const message = `${name} does not answer as a relay does: ${cause.message}`
    return new KedgeError('RELAY_UNAVAILABLE', message, facts, { cause, remedy })
  }
  return new KedgeError('RELAY_UNAVAILABLE', `${name} ${failureOf(cause)}`, facts, { cause })
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'does not answer: nothing listens there',
  ECONNRESET: 'broke the connection off',
  EPIPE: 'broke the connection off',
  ENOTFOUND: 'does not answer: its name leads nowhere',
  EAI_AGAIN: 'does not answer: its name cannot be looked up now',
}

function failureOf(error: unknown): string {
  if (error instanceof Silence) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return failures[code] ?? `does not answer: ${reasonOf(error)}`
}

/** Nothing came and nothing was taken for too long. */
class Silence extends Error {
  constructor(patience: number) {
    super(`was silent for ${patience / 1000} seconds`)
  }
}

/** Whoever answered is no relay. */
class Strange extends Error {}
