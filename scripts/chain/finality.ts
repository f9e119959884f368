import type { localClient } from './anvil.ts'

/** Blocks between the newest and the finalized one on anvil, and some. */
export const finalityBlocks = 70
/** Blocks mined at a time: what happened is final after a quarter of a minute, not at once. */
const pace = 8
/** How long there may be no new block, in milliseconds: less than any deploy gate may ask for. */
const longestSilence = 300_000

/**
 * Sets the clock of a chain that was begun in the past to the present, but for the seconds that the blocks to come until
 * finality will take: they are mined faster than a second each, and must not end in the future.
 */
export async function catchUp(client: ReturnType<typeof localClient>): Promise<void> {
  const { timestamp: last } = await client.getBlock()
  const present = BigInt(Math.floor(Date.now() / 1000) - finalityBlocks)
  await client.setNextBlockTimestamp({ timestamp: present > last ? present : last + 1n })
}

/**
 * Mines what a live chain would: after a transaction blocks until it is final, and now and then one so that the chain is
 * never stale. A local chain that mines on demand alone would leave the last act unfinal for ever. Finality itself is
 * anvil's.
 *
 * @returns What to call every two seconds or so.
 */
export function keepAlive(client: ReturnType<typeof localClient>, now = Date.now): () => Promise<void> {
  let seen = -1n
  let seenAt = now()
  let finalAt = 0n
  return async () => {
    const latest = await client.getBlock()
    const first = seen < 0n ? latest.number : seen + 1n
    for (let number = first; number <= latest.number; number++) {
      const count = await client.getBlockTransactionCount({ blockNumber: number })
      if (count > 0) finalAt = number + BigInt(finalityBlocks)
    }
    if (latest.number > seen) seenAt = now()
    seen = latest.number
    const missing = Number(finalAt - latest.number)
    if (missing > 0) await client.mine({ blocks: Math.min(pace, missing) })
    else if (now() - seenAt > longestSilence) await client.mine({ blocks: 1 })
  }
}
