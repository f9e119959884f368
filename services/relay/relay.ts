import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Kedge } from '@kedge/sdk/chain'
import { systemReason } from '@kedge/sdk/errors'
import { RelayError } from './errors.ts'
import { createApp } from './http/app.ts'
import { createSlots } from './http/slots.ts'
import { openEmbeddedStore } from './store/embeddedStore.ts'

/** Options of {@link createRelay}. */
export interface RelayOptions {
  /** Where the store is. */
  readonly directory: string
  /** The chain and the deployment that are read. */
  readonly kedge: Kedge
  /** `127.0.0.1` if left out. The relay asks nobody who they are: put something before it that does. */
  readonly host?: string
  /** Zero, or left out, takes a free one. */
  readonly port?: number
  /** Uploads at a time; 16 if left out. */
  readonly maxUploads?: number
  /** How long an upload may send nothing, in milliseconds; two minutes if left out. */
  readonly idleTimeout?: number
  /** How long running requests may still take when the relay is closed, in milliseconds; ten seconds if left out. */
  readonly grace?: number
  /** Takes what the relay cannot tell its clients. */
  readonly log?: (error: unknown) => void
}

/** A running relay. */
export interface Relay {
  readonly url: string
  /** Takes no more requests, lets running ones end within the grace, and closes the store. */
  readonly close: () => Promise<void>
}

/**
 * Starts a relay in this process.
 *
 * @throws RelayError `STORE_LOCKED`, `STORE_UNUSABLE`, `STORE_FOREIGN`, `STORE_CORRUPT`, `STORE_FULL`, `PORT_TAKEN`,
 * `ADDRESS_UNUSABLE`.
 * @example
 * ```ts
 * const relay = await createRelay({ directory: 'data', kedge: { rpcUrl, deployment } })
 * await fetch(`${relay.url}/health`)
 * await relay.close()
 * ```
 */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { directory, kedge, host = '127.0.0.1', port = 0, maxUploads = 16, grace = 10_000 } = options
  const log = options.log ?? (error => console.error(error))
  const store = await openEmbeddedStore(directory)
  const slots = createSlots(maxUploads)
  const server = createServer(createApp({ store, kedge, slots, log }))
  // An upload takes as long as it takes; what must not be is a connection on which nothing happens.
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  server.timeout = options.idleTimeout ?? 120_000
  try {
    await listen(server, host, port)
  } catch (error) {
    store.close()
    throw error
  }
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  let closing: Promise<void> | undefined
  const close = async () => {
    const closed = new Promise(resolve => server.close(resolve))
    // A connection whose last request has just ended is kept for the next one, which will not be taken.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    const timer = setTimeout(() => server.closeAllConnections(), grace)
    await closed
    clearInterval(idle)
    clearTimeout(timer)
    await slots.idle()
    store.close()
  }
  return { url: `http://${name}:${address.port}`, close: () => (closing ??= close()) }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => reject(cannotListen(host, port, cause)))
    server.listen(port, host, resolve)
  })
}

const reasons: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'it is no address of this machine',
  EAI_AGAIN: 'its name cannot be looked up now',
  ENOTFOUND: 'its name leads nowhere',
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): RelayError {
  if (cause.code === 'EADDRINUSE') {
    return new RelayError(
      'PORT_TAKEN',
      `something else listens on ${host}:${port}`,
      { host, port },
      { cause },
    )
  }
  const reason = reasons[cause.code ?? ''] ?? systemReason(cause)
  const message = `the relay cannot listen on ${host}:${port}: ${reason}`
  return new RelayError('ADDRESS_UNUSABLE', message, { host, port, reason }, { cause })
}
