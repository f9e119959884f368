import {
  BaseError,
  ContractFunctionZeroDataError,
  createPublicClient,
  HttpRequestError,
  type HttpTransport,
  http,
  type PublicClient,
  RpcRequestError,
  TimeoutError,
} from 'viem'
import { KedgeError } from '../errors/index.ts'

/** How an endpoint is asked. */
export interface EndpointOptions {
  /** How long one answer may take, in milliseconds. */
  readonly timeout?: number | undefined
  /** How often a question is repeated when no answer came, or "too many requests". */
  readonly retries?: number | undefined
}

/** The transport to an endpoint. */
export function transportOf(rpcUrl: string, { timeout = 15_000, retries = 3 }: EndpointOptions = {}) {
  return http(rpcUrl, { timeout, retryCount: retries })
}

/** A client of an endpoint that reads. */
export type Reader = PublicClient<HttpTransport>

/** A client that reads. Nothing is cached: every answer is asked for. */
export function readerOf(rpcUrl: string, options: EndpointOptions = {}): Reader {
  return createPublicClient({ transport: transportOf(rpcUrl, options), cacheTime: 0 })
}

/**
 * What kept an endpoint from answering, in one sentence. Of its address only the origin is told: keys of providers
 * stand in paths and queries.
 */
export function unavailable(error: unknown): KedgeError {
  const [detail, remedy] = diagnose(error)
  return new KedgeError('RPC_UNAVAILABLE', detail, {}, { cause: error, remedy })
}

type Diagnosis = readonly [detail: string, remedy: string]

const checkNetwork = 'Check the network and the URL of the endpoint, then ask again.'
const checkUrl = 'Check the URL of the endpoint.'
const askAgain = 'Ask again later, or use another endpoint.'

function diagnose(error: unknown): Diagnosis {
  if (!(error instanceof BaseError)) return [`the endpoint answers with nonsense: ${textOf(error)}`, checkUrl]
  const find = <T>(kind: abstract new (...args: never[]) => T) =>
    error.walk(inner => inner instanceof kind) as T | null
  if (find(ContractFunctionZeroDataError) !== null) {
    return ['there is no contract at this address', 'Check that the deployment file is that of this chain.']
  }
  const timedOut = find(TimeoutError)
  if (timedOut !== null) return [`${originOf(timedOut)} did not answer in time`, askAgain]
  const refused = find(RpcRequestError)
  if (refused !== null) return [`${originOf(refused)} refused: ${refused.details}`, askAgain]
  const failed = find(HttpRequestError)
  if (failed !== null) return failedRequest(failed)
  return [`the endpoint answers with nonsense: ${error.shortMessage}`, checkUrl]
}

function failedRequest(error: HttpRequestError): Diagnosis {
  const origin = originOf(error)
  const { status } = error
  if (status === 429) return [`${origin} has had too many requests (HTTP 429)`, askAgain]
  if (status === 401 || status === 403)
    return [`${origin} lets only its customers in (HTTP ${status})`, checkUrl]
  if (status === 404) return [`${origin} has nothing at this path (HTTP 404)`, checkUrl]
  if (status !== undefined) return [`${origin} failed (HTTP ${status})`, askAgain]
  if (error.cause instanceof SyntaxError) return [`${origin} answers, but not in JSON-RPC`, checkUrl]
  const code = codeOf(error)
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET')
    return [`${origin} broke the connection off`, askAgain]
  return [`nothing answers at ${origin}${code === undefined ? '' : ` (${code})`}`, checkNetwork]
}

/** The code of the system's own error, which fetch hides below its "fetch failed". */
function codeOf(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ('code' in inner && typeof inner.code === 'string') return inner.code
  }
  return undefined
}

function originOf(error: { readonly url?: string | undefined }): string {
  return error.url !== undefined && URL.canParse(error.url) ? new URL(error.url).origin : 'the endpoint'
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
