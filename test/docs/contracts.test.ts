import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Abi, concat, type Hex, keccak256, pad, stringToHex, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi } from '../../sdk/chain/abi/index.ts'

// docs/contracts.md says who may do what, and where the facts lie: a change of the code alone fails here.

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const text = read('docs/contracts.md')

const contracts: readonly (readonly [name: string, file: string, abi: Abi])[] = [
  ['Registry', 'contracts/Registry.sol', registryAbi],
  ['Rules', 'contracts/Rules.sol', rulesAbi],
  ['Seats', 'contracts/governance/Seats.sol', seatsAbi],
  ['Committee', 'contracts/governance/Committee.sol', committeeAbi],
]

describe('who may do what', () => {
  it.each(contracts)('each function of %s that changes something, and no other', (name, _file, abi) => {
    const rows = rowsUnder(`### ${name}`)
    const described = rows.map(([cell = '']) => cell.replaceAll('`', ''))
    // What only ever refuses the compiler lets be pure: then it is said to be nobody's.
    const nobodys = described.filter((_, index) => rows[index]?.[1] === 'nobody')
    const found = abi.flatMap(item =>
      item.type === 'function' &&
      (!['view', 'pure'].includes(item.stateMutability) || nobodys.includes(item.name))
        ? [item.name]
        : [],
    )
    expect(described.toSorted()).toEqual([...new Set(found)].toSorted())
  })

  it('the action of each act, and no action is forgotten', () => {
    const named = ['Registry', 'Rules'].flatMap(name =>
      rowsUnder(`### ${name}`).flatMap(cells => cells.at(-1)?.split(', ') ?? []),
    )
    const [, members = ''] = /enum Action \{([^}]*)\}/.exec(read('contracts/types/Types.sol')) ?? []
    const actions = [...members.replaceAll(/\/\/.*/g, '').matchAll(/\w+/g)].map(([action]) => action)
    expect([...new Set(['Genesis', ...named])].toSorted()).toEqual(actions.toSorted())
  })

  it('without a gap: everybody who may call something is named', () => {
    for (const [name] of contracts)
      for (const [what, who] of rowsUnder(`### ${name}`)) expect(who, what).not.toBe('')
  })
})

describe('the storage', () => {
  const described = rowsUnder('## 7. Storage')
  const layouts = storageLayouts()

  it.each(['Registry', 'Rules'])('of %s, slot by slot', name => {
    const rows = described.filter(([contract]) => contract === name)
    expect(rows.map(([, slot, variable]) => [slot, variable?.replaceAll('`', '')])).toEqual(layouts[name])
  })

  it.each(['Seats', 'Committee'])('of %s, as far as it is told', name => {
    const rows = described.filter(([contract]) => contract === name)
    expect(rows.length).toBeGreaterThan(0)
    for (const [, slot, variable] of rows)
      expect(layouts[name]).toContainEqual([slot, variable?.replaceAll('`', '')])
  })

  it('lies where the worked example says', () => {
    const model = keccak256(stringToHex('silero-vad'))
    const environment = keccak256(stringToHex('production'))
    const slots = [
      model,
      environment,
      index(model, slotOf('Registry', '_models')),
      index(environment, index(model, slotOf('Registry', '_active'))),
      index(environment, index(model, slotOf('Registry', '_required'))),
      index(environment, slotOf('Rules', '_places')),
    ]
    expect([...text.matchAll(/0x[0-9a-f]{64}/g)].map(([found]) => found)).toEqual(slots)
  })

  function slotOf(contract: string, variable: string): Hex {
    const [slot] = layouts[contract]?.find(([, label]) => label === variable) ?? []
    if (slot === undefined) throw new Error(`${contract} has no ${variable}`)
    return toHex(BigInt(slot), { size: 32 })
  }
})

/** Where a mapping at `slot` holds the value of a key. */
function index(key: Hex, slot: Hex): Hex {
  return keccak256(concat([pad(key), slot]))
}

/** The cells of the first table under a heading. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section] = text.split(`\n${heading}\n`)
  if (section === undefined) throw new Error(`docs/contracts.md has no "${heading}"`)
  const lines = section.split('\n')
  const start = lines.findIndex(line => line.startsWith('|'))
  const length = lines.slice(start).findIndex(line => !line.startsWith('|'))
  return lines.slice(start + 2, start + length).map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  )
}

/** Slot and name of each variable as the compiler lays them out; the build leaves the layouts out. */
function storageLayouts(): Readonly<Record<string, readonly (readonly [slot: string, label: string])[]>> {
  const solc = createRequire(import.meta.url)('solc') as {
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string
  }
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(contracts.map(([, file]) => [file, { content: read(file) }])),
    settings: { outputSelection: { '*': { '*': ['storageLayout'] } } },
  }
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), {
      import: path => ({ contents: read(path.startsWith('@') ? `node_modules/${path}` : path) }),
    }),
  ) as {
    contracts: Record<
      string,
      Record<string, { storageLayout: { storage: readonly { slot: string; label: string }[] } }>
    >
  }
  return Object.fromEntries(
    contracts.map(([name, file]) => [
      name,
      (output.contracts[file]?.[name]?.storageLayout.storage ?? []).map(
        ({ slot, label }) => [slot, label] as const,
      ),
    ]),
  )
}
