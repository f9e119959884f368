import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { requestBatch } from './jsonRpc.ts'
import { type Listener, startServer, type TestServer } from './testing/servers.ts'

const servers: TestServer[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())))

async function serve(listener: Listener): Promise<string> {
  const server = await startServer(listener)
  servers.push(server)
  return server.url
}

const requests = [
  { method: 'one', params: [] },
  { method: 'two', params: ['0x1'] },
]
const bounds = { timeout: 10_000 }
const json = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value))

describe('requestBatch', () => {
  it('asks all in one round trip, and gives answers in the order of the questions', async () => {
    const heard: string[] = []
    const url = await serve(async (request, response) => {
      heard.push(Buffer.concat(await request.toArray()).toString())
      json(response, [
        { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'no such\u0007block' } },
        { jsonrpc: '2.0', id: 0, result: null },
        { jsonrpc: '2.0', id: 7, result: 'unasked' },
      ])
    })
    expect(await requestBatch(url, requests, bounds)).toEqual([{ result: null }, { error: 'no such block' }])
    expect(heard.map(text => JSON.parse(text) as unknown)).toMatchInlineSnapshot(`
      [
        [
          {
            "id": 0,
            "jsonrpc": "2.0",
            "method": "one",
            "params": [],
          },
          {
            "id": 1,
            "jsonrpc": "2.0",
            "method": "two",
            "params": [
              "0x1",
            ],
          },
        ],
      ]
    `)
  })

  it('makes no answer out of what is none', async () => {
    const url = await serve((_, response) =>
      json(response, [null, 5, { id: 0 }, { id: '1', result: 1 }, { id: 1, error: {} }]),
    )
    expect(await requestBatch(url, requests, bounds)).toEqual([
      { error: 'no answer' },
      { error: 'an error without a message' },
    ])
  })

  it.each<[string, (response: ServerResponse) => unknown, RegExp]>([
    ['a page', response => response.end('<!doctype html><title>Login</title>'), /^the answer is not JSON$/],
    [
      'one error for all',
      response => json(response, { error: { message: 'batches cost extra' } }),
      /^no batch, but batches cost extra$/,
    ],
    ['a number', response => json(response, 5), /^no batch, but an error without a message$/],
    ['a refusal', response => response.writeHead(429, { 'retry-after': '100000' }).end(), /^status 429$/],
    [
      'an endless answer',
      response => {
        const more = () => {
          while (response.write(' '.repeat(1_048_576)));
          response.once('drain', more)
        }
        more()
      },
      /^more than 16777216 bytes$/,
    ],
  ])('gives up on %s', async (_, answer, message) => {
    const url = await serve((_, response) => answer(response))
    await expect(requestBatch(url, requests, bounds)).rejects.toThrow(message)
  })

  it('tries once more when the connection is dropped, and only once', async () => {
    let dropped = 0
    const times = (most: number) =>
      serve((_, response) => {
        dropped += 1
        if (dropped > most)
          json(response, [
            { id: 0, result: 'a' },
            { id: 1, result: 'b' },
          ])
        else response.destroy()
      })
    expect(await requestBatch(await times(1), requests, bounds)).toEqual([{ result: 'a' }, { result: 'b' }])
    dropped = 0
    await expect(requestBatch(await times(2), requests, bounds)).rejects.toThrow()
    expect(dropped).toBe(2)
  })

  it.each<[string, number, Listener, RegExp]>([
    ['a time-out', 50, () => undefined, /^no whole answer within 50 ms$/],
    ['a refusal', 10_000, (_, response) => response.writeHead(500).end(), /^status 500$/],
  ])('takes %s for an answer, and does not ask again', async (_, timeout, listener, message) => {
    let asked = 0
    const url = await serve((request, response) => {
      asked += 1
      listener(request, response)
    })
    await expect(requestBatch(url, requests, { timeout })).rejects.toThrow(message)
    expect(asked).toBe(1)
  })
})
