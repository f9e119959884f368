import type { Kedge } from '@kedge/sdk/chain'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import { answerOf, RelayError } from '../errors.ts'
import type { ArtifactStore } from '../store/artifactStore.ts'
import { gatewayRoutes } from './gateway.ts'
import { readRoutes } from './reads.ts'
import type { Slots } from './slots.ts'
import { uploadRoutes } from './uploads.ts'

/** What the relay answers from. */
export interface AppParameters {
  readonly store: ArtifactStore
  readonly kedge: Kedge
  readonly slots: Slots
  readonly log: (error: unknown) => void
}

/** How long the body of a refused request is still read, so that the client gets to see the answer. */
const lingerMilliseconds = 2_000

/** The HTTP interface of the relay. */
export function createApp({ store, kedge, slots, log }: AppParameters): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('json replacer', (_key: string, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  app.use(protect)
  app.use(uploadRoutes(store, slots))
  app.use(gatewayRoutes(store, log))
  app.use(readRoutes(kedge, store))
  app.use(request => {
    throw new RelayError('NOT_FOUND', `there is no ${request.method} ${request.path}`)
  })
  app.use(answerError(log))
  return app
}

const protect: RequestHandler = (request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  })
  if (!['GET', 'HEAD'].includes(request.method) && isForeign(request)) {
    throw new RelayError('CROSS_ORIGIN', 'a page of another origin may not write here', {
      origin: request.get('origin') ?? '',
    })
  }
  next()
}

/** Whether a page elsewhere sent it: programs send no Origin. */
function isForeign(request: Request): boolean {
  const origin = request.get('origin')
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== request.get('host')
}

function answerError(log: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    // Who broke off is not there to be told, and it is no fault of the relay.
    if (request.destroyed && !request.complete) return
    const { status, body } = answerOf(httpError(error))
    if (status >= 500) log(error)
    if (response.headersSent) {
      response.destroy()
      return
    }
    for (const name of ['ETag', 'Content-Disposition', 'Content-Length', 'Vary']) response.removeHeader(name)
    response.status(status).set('Cache-Control', 'no-store')
    if (status === 503) response.set('Retry-After', '5')
    if (request.complete || request.method === 'GET' || request.method === 'HEAD') {
      response.json(body)
      return
    }
    const text = Buffer.from(JSON.stringify(body))
    response.set({
      Connection: 'close',
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(text.length),
    })
    // A connection that is closed while the client still sends is reset, and the answer is lost.
    response.write(text)
    const end = () => {
      clearTimeout(timer)
      response.end()
    }
    const timer = setTimeout(end, lingerMilliseconds)
    request.once('end', end).once('close', end).resume()
  }
}

/** Express throws its own errors for addresses that are not well-formed. */
function httpError(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error) || error instanceof RelayError) return error
  return error.status === 400 ? new RelayError('BAD_REQUEST', error.message, {}, { cause: error }) : error
}
