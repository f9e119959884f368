import { gunzipSync } from 'node:zlib'
import type { Address } from 'viem'
import { expect } from 'vitest'
import type { Society } from '../../../scripts/life/society.ts'
import { auditEntries, type Call, headOf } from '../../../sdk/chain/index.ts'
import { replay } from './replay.ts'
import type { TimedEntry } from './step.ts'
import { wordOf } from './storage.ts'

/** Lets an account make a call, also one that has no key: a committee's timelock. */
export async function speak({ client }: Society, account: Address, call: Call): Promise<void> {
  await client.setBalance({ address: account, value: 10n ** 18n })
  await client.impersonateAccount({ address: account })
  const hash = await client.sendTransaction({ account, to: call.to, data: call.data, chain: null })
  const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  await client.stopImpersonatingAccount({ address: account })
  expect(status).toBe('success')
}

/** That the entries of both contracts lead, by the document, to every word that they hold, and to no other. */
export async function expectReplay(society: Society): Promise<void> {
  const { contracts } = society.kedge.deployment
  const entries = await timedEntries(society)
  const state = replay(entries)
  for (const contract of ['Registry', 'Rules'] as const) {
    const storage = state[contract]
    storage.set(storage.slotOf('_log'), headOf(entries.filter(entry => entry.contract === contract)))
    const address = contract === 'Registry' ? contracts.registry : contracts.rules
    expect([contract, inOrder(storage.words)]).toEqual([contract, inOrder(await wordsOf(society, address))])
  }
}

/** Both logs as one, in the order in which the entries came. */
async function timedEntries({ kedge, client }: Society): Promise<readonly TimedEntry[]> {
  const { chainId, contracts } = kedge.deployment
  const found: TimedEntry[] = []
  for (const contract of ['Registry', 'Rules'] as const) {
    const address = contract === 'Registry' ? contracts.registry : contracts.rules
    for (const entry of await auditEntries(kedge, address)) {
      const { timestamp } = await client.getBlock({ blockNumber: entry.block })
      found.push({ ...entry, contract, address, chainId, time: timestamp })
    }
  }
  return found.toSorted((a, b) => Number(a.block - b.block) || a.logIndex - b.logIndex)
}

/** Every word of a contract that is not zero, from the chain's own dump of its state. */
async function wordsOf({ client }: Society, address: Address): Promise<ReadonlyMap<bigint, bigint>> {
  const dump = gunzipSync(Buffer.from((await client.dumpState()).slice(2), 'hex')).toString()
  const { accounts } = JSON.parse(dump) as {
    readonly accounts: Readonly<Record<string, { readonly storage: Readonly<Record<string, string>> }>>
  }
  const storage = Object.entries(accounts).find(([key]) => key.toLowerCase() === address.toLowerCase())?.[1]
    .storage
  const words = Object.entries(storage ?? {}).map(([slot, word]) => [BigInt(slot), BigInt(word)] as const)
  return new Map(words.filter(([, word]) => word !== 0n))
}

function inOrder(words: ReadonlyMap<bigint, bigint>) {
  const bySlot = [...words].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(bySlot.map(([slot, word]) => [wordOf(slot), wordOf(word)]))
}
