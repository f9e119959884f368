import { type Abi, decodeFunctionData } from 'viem'
import { registryAbi, rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { registryEffects } from './registry.ts'
import { rulesEffects } from './rules.ts'
import type { Step, TimedEntry } from './step.ts'
import { createStorage, type Storage } from './storage.ts'

// The section "Replay" of docs/formats.md as a program: entries in, the storage of both contracts out. It asks the chain
// nothing but when each block was.

/** The storage that a log leads to, but for the heads. */
export function replay(entries: readonly TimedEntry[]): Readonly<Record<'Registry' | 'Rules', Storage>> {
  const state = { Registry: createStorage('Registry'), Rules: createStorage('Rules') }
  for (const entry of entries) {
    const effects = entry.contract === 'Registry' ? registryEffects : rulesEffects
    const effect = effects[entry.action]
    if (effect === undefined) throw new Error(`the document has no effect of ${entry.action}`)
    effect({ ...state, entry, time: entry.time, call: argumentsOf(entry) })
  }
  return state
}

function argumentsOf({ contract, action, data }: TimedEntry): Step['call'] {
  if (action === 'Genesis') return {}
  const abi: Abi = contract === 'Registry' ? registryAbi : rulesAbi
  const { functionName, args = [] } = decodeFunctionData({ abi, data })
  const item = abi.find(found => found.type === 'function' && found.name === functionName)
  const inputs = item?.type === 'function' ? item.inputs : []
  return Object.fromEntries(inputs.map(({ name = '' }, index) => [name, args[index]]))
}
