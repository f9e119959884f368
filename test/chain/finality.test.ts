import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import { keepAlive } from '../../scripts/chain/finality.ts'
import { carrier } from '../../scripts/life/society.ts'

let chain: LocalChain
let client: ReturnType<typeof localClient>

beforeAll(async () => {
  chain = await startAnvil()
  client = localClient(chain.rpcUrl)
})
afterAll(() => chain.stop())

it('mines until a transaction is final, and then rests', async () => {
  const breathe = keepAlive(client)
  await breathe()
  expect(await client.getBlockNumber()).toBe(0n)
  const hash = await client.sendTransaction({ account: carrier, to: carrier.address, value: 1n })
  const { blockNumber } = await client.waitForTransactionReceipt({ hash })
  for (let breath = 0; breath < 20; breath++) await breathe()
  const finalized = await client.getBlock({ blockTag: 'finalized' })
  expect(finalized.number).toBeGreaterThanOrEqual(blockNumber)
  const rested = await client.getBlockNumber()
  await breathe()
  expect(await client.getBlockNumber()).toBe(rested)
})

it('mines a block when there was none for five minutes, and only then', async () => {
  let time = 0
  const breathe = keepAlive(client, () => time)
  await breathe()
  const first = await client.getBlockNumber()
  time += 300_000
  await breathe()
  expect(await client.getBlockNumber()).toBe(first)
  time += 1
  await breathe()
  expect(await client.getBlockNumber()).toBe(first + 1n)
  await breathe()
  expect(await client.getBlockNumber()).toBe(first + 1n)
})
