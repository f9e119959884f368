import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { fetchBounded, nameOf, reasonOf } from './fetchBounded.ts'
import { type Listener, startServer, type TestServer } from './testing/servers.ts'

const servers: TestServer[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())))

async function serve(listener: Listener): Promise<URL> {
  const server = await startServer(listener)
  servers.push(server)
  return new URL(server.url)
}

const bounds = { limit: 1000, timeout: 10_000 }

describe('fetchBounded', () => {
  it('gives back what it is sent', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1000)))
    expect((await fetchBounded(url, {}, bounds)).length).toBe(1000)
    const empty = await serve((_, response) => response.writeHead(204).end())
    expect((await fetchBounded(empty, {}, bounds)).length).toBe(0)
  })

  it('stops at the limit, however much there is', async () => {
    let ended: () => void
    const broken = new Promise<void>(resolve => {
      ended = resolve
    })
    const url = await serve((_, response) => {
      response.once('close', ended)
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    })
    await expect(fetchBounded(url, {}, bounds)).rejects.toThrow('more than 1000 bytes')
    await broken
  })

  it('counts bytes as they are unpacked', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(100_000)))
    })
    await expect(fetchBounded(url, {}, bounds)).rejects.toThrow('more than 1000 bytes')
  })

  it('does not wait longer than it must, before the answer or within it', async () => {
    const silent = await serve(() => undefined)
    await expect(fetchBounded(silent, {}, { limit: 1000, timeout: 50 })).rejects.toThrow(
      'no whole answer within 50 ms',
    )
    const slow = await serve((_, response) => response.write('x'))
    await expect(fetchBounded(slow, {}, { limit: 1000, timeout: 50 })).rejects.toThrow(
      'no whole answer within 50 ms',
    )
  })

  it('follows nobody elsewhere', async () => {
    let asked = 0
    const elsewhere = await serve((_, response) => {
      asked += 1
      response.end('secret')
    })
    const url = await serve((_, response) => response.writeHead(307, { location: elsewhere.href }).end())
    await expect(fetchBounded(url, {}, bounds)).rejects.toThrow('status 307')
    expect(asked).toBe(0)
  })

  it('takes half an answer for none', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy())
    })
    await expect(fetchBounded(url, {}, bounds)).rejects.toThrow()
  })

  it('says why nobody answered', async () => {
    await expect(fetchBounded(new URL('http://127.0.0.1:9'), {}, bounds)).rejects.toThrow(
      /ECONNREFUSED|bad port/,
    )
  })

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const url = await serve(() => abort.abort(reason))
    await expect(fetchBounded(url, {}, { ...bounds, signal: abort.signal })).rejects.toBe(reason)
  })
})

describe('reasonOf', () => {
  it('neither floods a log nor steers a terminal', () => {
    expect(reasonOf(new Error(`\u001B[2J${'x'.repeat(1e6)}`))).toMatch(/^\[2Jx{196}$/)
    expect(reasonOf('a\r\nb\u202Ec')).toBe('a b c')
  })
})

describe('nameOf', () => {
  it('leaves out what may be a key', () => {
    expect(nameOf('https://mainnet.example:8443/v3/0123456789abcdef?key=1')).toBe('mainnet.example:8443')
  })
})
