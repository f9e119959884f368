import { assert, asyncProperty, bigInt } from 'fast-check'
import { HttpRequestError, RpcRequestError } from 'viem'
import { describe, expect, it } from 'vitest'
import { inSpans } from './spans.ts'

const tooMuch = new RpcRequestError({
  body: {},
  error: { code: -32005, message: 'query returned more than 10000 results' },
  url: 'http://127.0.0.1/',
})

describe('inSpans', () => {
  it('covers each block once and in order, whatever the endpoint’s limit is', async () => {
    await assert(
      asyncProperty(bigInt(0n, 1000n), bigInt(0n, 300n), bigInt(1n, 400n), async (first, length, limit) => {
        const seen: bigint[] = []
        await inSpans(first, first + length, async (from, to) => {
          if (to - from + 1n > limit) throw tooMuch
          for (let block = from; block <= to; block += 1n) seen.push(block)
        })
        expect(seen).toEqual(Array.from({ length: Number(length) + 1 }, (_, index) => first + BigInt(index)))
      }),
    )
  })

  it('asks once where the endpoint has no limit', async () => {
    let asked = 0
    await inSpans(5n, 1_000_000n, async () => {
      asked += 1
    })
    expect(asked).toBe(1)
  })

  it('asks nothing about a range that is empty', async () => {
    await inSpans(5n, 4n, () => expect.fail('asked'))
  })

  it('gives up at one block', async () => {
    const asked: bigint[] = []
    const refused = inSpans(5n, 8n, async (from, to) => {
      asked.push(to - from + 1n)
      throw tooMuch
    })
    await expect(refused).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      message: 'http://127.0.0.1 refused: query returned more than 10000 results',
    })
    expect(asked).toEqual([4n, 1n])
  })

  it.each([
    ['too many requests', new HttpRequestError({ status: 429, url: 'http://127.0.0.1/' })],
    ['a failing server', new HttpRequestError({ status: 502, url: 'http://127.0.0.1/' })],
    ['nobody there', new HttpRequestError({ url: 'http://127.0.0.1/' })],
  ])('does not ask for less when there is %s', async (_, error) => {
    let asked = 0
    const refused = inSpans(5n, 8n, async () => {
      asked += 1
      throw error
    })
    await expect(refused).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    expect(asked).toBe(1)
  })
})
