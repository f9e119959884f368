import { type Hex, hexToBytes, size } from 'viem'
import type { Sample, Touches } from './evm.ts'

// The arithmetic floor of an act: what the EVM charges for what the act must touch, whatever the code between does.
// Every price is that of the yellow paper and of the EIP named.

const prices = {
  transaction: 21_000,
  creation: 32_000,
  codeByte: 200,
  /** EIP-3860, for each word of initialisation code. */
  initcodeWord: 2,
  /** EIP-7623: a byte that is zero is one token, any other four; a token costs 4, and in all at least 10. */
  token: 4,
  leastToken: 10,
  /** EIP-2929. */
  coldAccount: 2_600,
  read: 2_100,
  create: 22_100,
  change: 5_000,
  /** EIP-3529: what a slot that becomes zero gives back. */
  refund: 4_800,
  log: 375,
  topic: 375,
  logByte: 8,
  recovery: 3_000,
  /** EIP-7951. */
  passkey: 6_900,
  hash: 30,
  hashWord: 6,
} as const

type Access = 'read' | 'create' | 'change' | 'clear'

/** One slot, written as in the source: `Registry._versions[version].word`. Each bracket is a hash of two words. */
export interface Slot {
  readonly access: Access
  readonly name: string
}

/** What an act must touch. */
export interface Work {
  /** The contracts beside the one that is called. */
  readonly contracts?: readonly string[]
  readonly slots: readonly Slot[]
  /** How many ECDSA signatures it must check. */
  readonly recoveries?: number
  /** How many P-256 signatures, where the EVM has a precompile for them. */
  readonly passkeys?: number
  /** What must be hashed, beside the keys of mappings. */
  readonly hashes?: readonly Hash[]
  /** Whether it leaves an entry in an audit chain, which hashes the whole call. */
  readonly audited?: boolean
}

/** Something that must be hashed: how many bytes, and how often. */
export interface Hash {
  readonly what: string
  readonly bytes: number
  readonly times?: number
}

/** One line of an act's floor. */
export interface Item {
  readonly what: string
  readonly gas: number
}

export interface Floor {
  readonly gas: number
  readonly items: readonly Item[]
}

/** Slots of one access, such as `read('Rules._policy', 'Rules._people[person].standing')`. */
export const read = (...names: readonly string[]) => slots('read', names)
export const create = (...names: readonly string[]) => slots('create', names)
export const change = (...names: readonly string[]) => slots('change', names)
export const clear = (...names: readonly string[]) => slots('clear', names)

function slots(access: Access, names: readonly string[]): readonly Slot[] {
  return names.map(name => ({ access, name }))
}

/** The floor of a call, from what it must touch and from the bytes that it was given and that it logged. */
export function floorOf(sample: Sample, work: Work): Floor {
  const { contracts = [], recoveries = 0, passkeys = 0, hashes = [], audited = false } = work
  const parts: Item[] = [
    { what: 'the transaction', gas: prices.transaction },
    { what: `calldata, ${size(sample.input)} bytes`, gas: prices.token * tokensOf(sample.input) },
    ...contracts.map(name => ({ what: `${name}, cold`, gas: prices.coldAccount })),
    ...work.slots.map(({ access, name }) => ({ what: `${access} ${name}`, gas: priceOf(access) })),
    ...sample.logs.map(log => ({ what: `a log of ${size(log.data)} bytes`, gas: logPrice(log) })),
  ]
  const mappings = new Set(work.slots.flatMap(({ name }) => bracketsOf(name))).size
  if (mappings > 0) parts.push({ what: `${mappings} keys of mappings`, gas: mappings * hashPrice(64) })
  const entry: readonly Hash[] = [
    { what: 'the call', bytes: size(sample.input) },
    { what: 'the audit entry', bytes: 256 },
  ]
  for (const { what, bytes, times = 1 } of [...hashes, ...(audited ? entry : [])]) {
    parts.push({
      what: `the hash of ${what}${times > 1 ? `, ${times} times` : ''}`,
      gas: times * hashPrice(bytes),
    })
  }
  if (recoveries > 0) {
    parts.push({ what: `${recoveries} recovered signatures`, gas: recoveries * prices.recovery })
  }
  if (passkeys > 0) parts.push({ what: `${passkeys} P-256 signatures`, gas: passkeys * prices.passkey })
  const cleared = work.slots.filter(({ access }) => access === 'clear').length
  if (cleared > 0) parts.push({ what: `${cleared} refunds`, gas: -cleared * prices.refund })
  const gas = parts.reduce((sum, part) => sum + part.gas, 0)
  const least = prices.transaction + prices.leastToken * tokensOf(sample.input)
  if (gas >= least) return { gas, items: parts }
  return { gas: least, items: [...parts, { what: 'up to what EIP-7623 charges at least', gas: least - gas }] }
}

/** The floor of a deployment: the code alone, without what the constructor does. */
export function deploymentFloorOf(sample: Sample, code: Hex): Floor {
  const items = [
    { what: 'the transaction', gas: prices.transaction },
    { what: 'a new contract', gas: prices.creation },
    {
      what: `calldata, ${size(sample.input)} bytes`,
      gas: prices.token * tokensOf(sample.input) + prices.initcodeWord * Math.ceil(size(sample.input) / 32),
    },
    { what: `code, ${size(code)} bytes`, gas: prices.codeByte * size(code) },
  ]
  return { gas: items.reduce((sum, { gas }) => sum + gas, 0), items }
}

/** What a transaction must touch, counted as {@link Touches} counts what it did. */
export function touchesOf({ slots: touched }: Work): Touches {
  const count = (...kinds: readonly Access[]) => touched.filter(({ access }) => kinds.includes(access)).length
  return { reads: count('read'), creates: count('create'), changes: count('change', 'clear') }
}

function priceOf(access: Access): number {
  return access === 'clear' ? prices.change : prices[access]
}

function tokensOf(data: Hex): number {
  return hexToBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 1 : 4), 0)
}

function logPrice({ topics, data }: Sample['logs'][number]): number {
  return prices.log + prices.topic * topics.length + prices.logByte * size(data)
}

function hashPrice(bytes: number): number {
  return prices.hash + prices.hashWord * Math.ceil(bytes / 32)
}

/** `a[b][c].d` -> `a[b]`, `a[b][c]`. */
function bracketsOf(name: string): readonly string[] {
  return [...name.matchAll(/\]/g)].map(({ index }) => name.slice(0, index + 1))
}
