import { concatHex, type Hex, hexToBigInt, keccak256, numberToHex } from 'viem'
import { tableUnder } from '../readDocument.ts'

// Storage as docs/formats.md lays it out: its tables say where everything is, and nothing else does.

/** The members of a packed word, or of one word of a struct, by name. */
export type Members = Readonly<Record<string, bigint>>

interface Field {
  readonly member: string
  readonly first: number
  readonly bits: number
}

/** What a mapping is asked for: a word. */
export type Key = Hex | bigint

/** The words of a contract that are not zero, by slot. */
export interface Storage {
  readonly words: Map<bigint, bigint>
  /** Where a variable starts, in its mappings by these keys. */
  slotOf(variable: string, ...keys: readonly Key[]): bigint
  get(slot: bigint): bigint
  set(slot: bigint, value: bigint | Hex): void
  /** The members that a word has by the table of its kind: `ModelWord`, or `Incident 0`, its first word. */
  read(kind: string, slot: bigint): Members
  /** Replaces some of them. */
  change(kind: string, slot: bigint, changes: Members): void
}

/** Empty storage of a contract. */
export function createStorage(contract: 'Registry' | 'Rules'): Storage {
  const words = new Map<bigint, bigint>()
  const variables = tableUnder(`### ${contract}`)
  const get = (slot: bigint) => words.get(slot) ?? 0n
  const set = (slot: bigint, value: bigint | Hex) => {
    const word = BigInt(value)
    if (word === 0n) words.delete(slot)
    else words.set(slot, word)
  }
  return {
    words,
    slotOf(variable, ...keys) {
      const row = variables.find(found => found['variable'] === variable)
      if (row === undefined) throw new Error(`${contract} has no ${variable}`)
      return keys.reduce<bigint>(inMapping, BigInt(row['slot'] ?? ''))
    },
    get,
    set,
    read: (kind, slot) => membersOf(get(slot), fieldsOf(kind)),
    change(kind, slot, changes) {
      const word = fieldsOf(kind).reduce((sum, { member, first, bits }) => {
        const value = changes[member]
        if (value === undefined) return sum
        if (value >> BigInt(bits) !== 0n) throw new Error(`${kind} has no room for a ${member} of ${value}`)
        return (sum & ~(mask(bits) << BigInt(first))) | (value << BigInt(first))
      }, get(slot))
      set(slot, word)
    },
  }
}

/** A word of the chain by the table of its kind. */
export function membersOf(word: bigint, fields: readonly Field[]): Members {
  return Object.fromEntries(
    fields.map(({ member, first, bits }) => [member, (word >> BigInt(first)) & mask(bits)]),
  )
}

/** Where the members of a kind of word stand: by `### ModelWord`, or for `Incident 0` by `### Structs`. */
export function fieldsOf(kind: string): readonly Field[] {
  const known = kinds.get(kind) ?? readFields(kind)
  kinds.set(kind, known)
  return known
}

const kinds = new Map<string, readonly Field[]>()

function readFields(kind: string): readonly Field[] {
  const [struct, word] = kind.split(' ')
  if (word === undefined) {
    return tableUnder(`### ${kind}`).flatMap(({ bits = '', member = '' }) => {
      const [first = 0, last = 0] = bits.split('–').map(Number)
      return member === '' ? [] : [{ member, first, bits: last - first + 1 }]
    })
  }
  const rows = tableUnder('### Structs').filter(row => row['struct'] === struct && row['word'] === word)
  if (rows.length === 0) throw new Error(`no struct has the word ${kind}`)
  return rows.flatMap(({ member = '', offset, type = '' }) => {
    const [, of = '', count] = /^(\w+)(?:\[(\d+)\])?$/.exec(type) ?? []
    const bits = bitsOf(of)
    const first = 8 * Number(offset)
    if (count === undefined) return [{ member, first, bits }]
    return Array.from({ length: Number(count) }, (_, index) => ({
      member: `${member}[${index}]`,
      first: first + bits * index,
      bits,
    }))
  })
}

/** Enumerations take a byte, what the document describes by bits a word, but for the matrix. */
function bitsOf(type: string): number {
  const sizes: Readonly<Record<string, number>> = { address: 160, bytes32: 256, Matrix: 192 }
  const integer = /^uint(\d+)$/.exec(type)?.[1]
  return integer === undefined ? (sizes[type] ?? (type.endsWith('Word') ? 256 : 8)) : Number(integer)
}

function inMapping(slot: bigint, key: Key): bigint {
  return hexToBigInt(keccak256(concatHex([wordOf(BigInt(key)), wordOf(slot)])))
}

export function wordOf(value: bigint): Hex {
  return numberToHex(value, { size: 32 })
}

const mask = (bits: number) => (1n << BigInt(bits)) - 1n
