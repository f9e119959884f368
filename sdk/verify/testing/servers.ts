import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on 127.0.0.1 that does whatever a test wants. */
export interface TestServer {
  readonly url: string
  /** Host and port, as errors name it. */
  readonly name: string
  close(): Promise<void>
}

/** What a server does with a request. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** Starts a server on a free port. Closing it breaks off what is still going on. */
export async function startServer(listener: Listener): Promise<TestServer> {
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    name: `127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
