import { afterEach, describe, expect, it } from 'vitest'
import { readerOf } from './endpoint.ts'
import { reach } from './send.ts'
import {
  endpointKey,
  type FakeEndpoint,
  type Handler,
  RpcFailure,
  silence,
  startFakeEndpoint,
} from './testing/fakeEndpoint.ts'

let endpoint: FakeEndpoint | undefined

afterEach(async () => {
  await endpoint?.stop()
  endpoint = undefined
})

/** What a person is told when an endpoint behaves like this. */
async function told(handler: Handler): Promise<string> {
  endpoint = await startFakeEndpoint({ '*': handler })
  return await complaintOf(endpoint.url)
}

async function complaintOf(url: string): Promise<string> {
  const client = readerOf(url, { timeout: 250, retries: 0 })
  const error = await reach(() => client.getChainId()).then(
    () => expect.fail('it answered'),
    thrown => thrown,
  )
  expect(error.code).toBe('RPC_UNAVAILABLE')
  const text = `${error.message}. ${error.remedy}`
  expect(text).not.toContain(endpointKey)
  return text.replace(/127\.0\.0\.1:\d+/, 'HOST')
}

const status = (code: number, body: string, type: string) => (_: unknown, response: Parameters<Handler>[1]) =>
  response.writeHead(code, { 'content-type': type }).end(body)

describe('an endpoint that cannot be asked', () => {
  it.each<[string, Handler, string]>([
    [
      'a web page',
      status(200, '<html>Welcome</html>', 'text/html'),
      'http://HOST answers, but not in JSON-RPC. Check the URL of the endpoint.',
    ],
    [
      'a web page that calls itself JSON',
      status(200, '<html>Welcome</html>', 'application/json'),
      'http://HOST answers, but not in JSON-RPC. Check the URL of the endpoint.',
    ],
    [
      'HTTP 429',
      status(429, 'slow down', 'text/plain'),
      'http://HOST has had too many requests (HTTP 429). Ask again later, or use another endpoint.',
    ],
    [
      'HTTP 500',
      status(500, 'boom', 'text/plain'),
      'http://HOST failed (HTTP 500). Ask again later, or use another endpoint.',
    ],
    [
      'HTTP 401',
      status(401, '{"error":"no key"}', 'application/json'),
      'http://HOST lets only its customers in (HTTP 401). Check the URL of the endpoint.',
    ],
    [
      'HTTP 404',
      status(404, 'nothing here', 'text/plain'),
      'http://HOST has nothing at this path (HTTP 404). Check the URL of the endpoint.',
    ],
    [
      'no answer at all',
      () => silence,
      'http://HOST did not answer in time. Ask again later, or use another endpoint.',
    ],
    [
      'a connection that breaks',
      (_, response) => response.destroy(),
      'http://HOST broke the connection off. Ask again later, or use another endpoint.',
    ],
    [
      'an error of its own',
      () => {
        throw new RpcFailure(-32000, 'header not found')
      },
      'http://HOST refused: header not found. Ask again later, or use another endpoint.',
    ],
    [
      'a result that is none',
      () => 'zz',
      'the endpoint answers with nonsense: Cannot convert zz to a BigInt. Check the URL of the endpoint.',
    ],
  ])('tells %s', async (_, handler, expected) => {
    expect(await told(handler)).toBe(expected)
  })

  it('tells a port at which nothing listens, and a name that does not exist', async () => {
    expect(await complaintOf('http://nowhere.invalid/')).toMatch(
      /^nothing answers at http:\/\/nowhere\.invalid \(\w+\)\. Check the network/,
    )
  })

  it('asks again when there were too many requests', async () => {
    let asked = 0
    endpoint = await startFakeEndpoint({
      eth_chainId: (_, response) => {
        asked += 1
        if (asked === 1) response.writeHead(429).end()
        return '0x1'
      },
    })
    expect(await readerOf(endpoint.url).getChainId()).toBe(1)
  })
})
