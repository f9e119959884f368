import type { Address, Hex } from 'viem'
import type { AuditEntry } from '../../../sdk/chain/index.ts'
import { type Storage, wordOf } from './storage.ts'

/** An entry, of which contract, and the time of its block. */
export interface TimedEntry extends AuditEntry {
  readonly contract: 'Registry' | 'Rules'
  readonly address: Address
  readonly chainId: number
  readonly time: bigint
}

/** What an entry's effect works on. */
export interface Step {
  readonly Registry: Storage
  readonly Rules: Storage
  readonly entry: TimedEntry
  readonly time: bigint
  /** The arguments of the call by name, with the types of the ABI. */
  readonly call: Readonly<Record<string, unknown>>
}

export type Effect = (step: Step) => void

/** The effects of a contract's entries. */
export type Effects = Partial<Record<AuditEntry['action'], Effect>>

export type Changes = Readonly<Record<string, bigint>>

export const hour = 3_600n
export const day = 24n * hour

export const numberOf = (name: string, names: readonly string[]) => BigInt(names.indexOf(name))

/** What an argument leads to, as a number. */
export function numberAt({ call }: Step, path: string): bigint {
  const found = path.split('.').reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), call)
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'bigint')
    return BigInt(found)
  if (typeof found === 'boolean') return found ? 1n : 0n
  throw new Error(`the call has no ${path}`)
}

/** What an argument leads to, as a word. */
export const wordAt = (step: Step, path: string): Hex => wordOf(numberAt(step, path))

/** A member of a word; the table of the document has it. */
export function member(storage: Storage, kind: string, slot: bigint, name: string): bigint {
  const value = storage.read(kind, slot)[name]
  if (value === undefined) throw new Error(`a ${kind} has no ${name}`)
  return value
}
