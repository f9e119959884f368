import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { toFunctionSelector } from 'viem'
import { describe, expect, it } from 'vitest'
import { scopesOf } from '../../scripts/deployment/scopes.ts'
import {
  committeeAbi,
  lensAbi,
  registryAbi,
  rulesAbi,
  seatsAbi,
  timelockAbi,
} from '../../sdk/chain/abi/index.ts'
import { committeeNames, proposalStates, votes } from '../../sdk/chain/index.ts'
import { approvalFloor, canonicalize, KINDS } from '../../sdk/documents/index.ts'
import { errorRegistry, exitCodes } from '../../sdk/errors/index.ts'
import { actions, modelStates, risks, roles, stages, triggers } from '../../sdk/policy/words.ts'
import { parseTrust } from '../../sdk/verify/index.ts'
import { example, named, type Row, tablesUnder, tableUnder, text } from './readDocument.ts'
import { vectors } from './vectors.ts'

// docs/formats.md says what the code says: a change of the one without the other fails here.

const columns = (rows: readonly Row[], ...names: readonly string[]) =>
  rows.map(row => names.map(name => row[name]))

describe('the enumerations', () => {
  it.each([
    ['### Risk', risks],
    ['### Stage', stages],
    ['### Role', roles],
    ['### Trigger', triggers],
    ['### ModelState', modelStates],
    ['### ProposalState', proposalStates],
    ['### Vote', votes],
  ] as const)('%s', (heading, words) => {
    expect(columns(tableUnder(heading), 'number', 'name')).toEqual(
      words.map((word, number) => [String(number), word]),
    )
  })

  it('Action, and each has an entry', () => {
    const found = columns(tableUnder('### Entries'), 'number', 'action').map(row => row.join(' '))
    // Several calls leave the same action.
    expect([...new Set(found)]).toEqual(actions.map((action, number) => `${number} ${action}`))
  })

  it('are those of the contracts', () => {
    const source = readFileSync(new URL('../../contracts/types/Types.sol', import.meta.url), 'utf8')
    const declared = Object.fromEntries(
      [...source.matchAll(/^enum (\w+) \{([^}]+)\}/gm)].map(([, name, body]) => [
        name,
        (body ?? '')
          .replaceAll(/\/\/.*$/gm, '')
          .split(',')
          .map(word => word.trim()),
      ]),
    )
    expect(declared).toEqual({
      Risk: risks,
      Stage: stages,
      Role: roles,
      Trigger: triggers,
      ModelState: modelStates,
      Action: actions,
    })
  })

  it('which roles a committee holds', () => {
    const held = tableUnder('### Role').filter(row => row['held by'] === 'committee')
    expect(held.map(row => row['name'])).toEqual(['OversightCommittee', 'EmergencyCommittee', 'Assembly'])
  })

  it('the kinds of a manifest', () => {
    const sentence = /`kinds` has exactly the keys ([^.]+)\./.exec(text)?.[1] ?? ''
    expect([...sentence.matchAll(/`([^`]+)`/g)].map(([, kind]) => kind)).toEqual([...KINDS])
  })
})

describe('the policy', () => {
  it('the floor, row by row', () => {
    const table = tablesUnder('## 4. Policy')[0] ?? []
    expect(table).toEqual(
      risks.map(risk => {
        const floor = approvalFloor(risk)
        return {
          risk,
          ...Object.fromEntries(Object.entries(floor).map(([stage, names]) => [stage, names.join(', ')])),
        }
      }),
    )
  })

  it('what each committee may propose', () => {
    const address = (n: number) => `0x${n.toString(16).padStart(40, '0')}` as const
    const three = (n: number) => ({
      assembly: address(n),
      oversight: address(n + 1),
      emergency: address(n + 2),
    })
    const contracts = {
      rules: address(1),
      registry: address(2),
      lens: address(3),
      timelocks: three(4),
      seats: three(7),
      committees: three(10),
    }
    const targets = [
      ['Rules', rulesAbi, [contracts.rules]],
      ['Registry', registryAbi, [contracts.registry]],
      ['Seats of each', seatsAbi, Object.values(contracts.seats)],
      ['Committee, each', committeeAbi, Object.values(contracts.committees)],
    ] as const
    const scopes = scopesOf(contracts)
    const reach = (name: (typeof committeeNames)[number], target: string, selector: string) =>
      scopes[name].some(
        scope => scope.target === target && scope.selectors.includes(selector as `0x${string}`),
      )
    const found = targets.flatMap(([title, abi, addresses]) =>
      abi.flatMap(item => {
        if (item.type !== 'function') return []
        const may = committeeNames.map(name => {
          const reached = addresses.map(target => reach(name, target, toFunctionSelector(item)))
          // Seats and settings of all three or of none.
          expect(new Set(reached).size).toBe(1)
          return reached[0] ? 'yes' : 'no'
        })
        return may.includes('yes') ? [[title, item.name, ...may]] : []
      }),
    )
    const table = tablesUnder('## 7. Committees')[1] ?? []
    const rows = columns(table, 'target', 'function', 'Assembly', 'Oversight', 'Emergency')
    expect(sorted(rows)).toEqual(sorted(found))
  })
})

describe('the storage', () => {
  const layouts = storageLayouts()

  it.each(['Registry', 'Rules'] as const)('of %s', name => {
    const { storage, types } = layouts[name]
    expect(columns(tableUnder(`### ${name}`), 'slot', 'offset', 'variable', 'type')).toEqual(
      storage.map(({ slot, offset, label, type }) => [
        slot,
        String(offset),
        label,
        plain(types[type]?.label),
      ]),
    )
  })

  it('of the structs', () => {
    const members = new Map<string, string[]>()
    for (const { types } of Object.values(layouts)) {
      for (const type of Object.values(types)) {
        for (const { slot, offset, label, type: of } of type.members ?? []) {
          const row = [plain(type.label), slot, String(offset), label, plain(types[of]?.label)]
          members.set(row.join(), row)
        }
      }
    }
    const rows = columns(tableUnder('### Structs'), 'struct', 'word', 'offset', 'member', 'type')
    expect(sorted(rows)).toEqual(sorted([...members.values()]))
  })

  it('has a vector of each packed word', () => {
    expect(sorted(Object.keys(vectors.words))).toEqual(sorted(packedWords()))
  })

  it.each(packedWords())('of a %s, bit by bit', name => {
    const { word = '0x', ...members } = vectors.words[name] ?? {}
    const rows = tableUnder(`### ${name}`)
    const bits = rows.map(row => (row['bits'] ?? '').split('–').map(Number))
    // Every bit is said to be something, once.
    expect(bits.map(([first]) => first)).toEqual([0, ...bits.slice(0, -1).map(([, last]) => (last ?? 0) + 1)])
    expect(bits.at(-1)?.[1]).toBe(255)
    const read = rows.map((row, index) => {
      const [first = 0, last = 0] = bits[index] ?? []
      return [row['member'], (BigInt(word) >> BigInt(first)) & ((1n << BigInt(last - first + 1)) - 1n)]
    })
    const expected = Object.entries(members).map(([member, value]) => [member, BigInt(value)])
    expect(read.filter(([member]) => member !== '')).toEqual(expected)
    expect(read.filter(([member]) => member === '').map(([, value]) => value)).not.toContain(1n)
    // A member that is zero in the vector shows nothing.
    expect(expected.filter(([, value]) => value === 0n)).toEqual([])
  })
})

describe('calls and answers', () => {
  const abis = { Registry: registryAbi, Rules: rulesAbi } as const

  it('every call that makes an entry, with its arguments', () => {
    const entries = columns(tableUnder('### Entries'), 'contract', 'call').filter(([, call]) => call !== '')
    const structs = [...text.matchAll(/^`(\w+)` is `(\([^`]+\))`/gm)]
    const rows = columns(tableUnder('### Calls'), 'contract', 'call')
    const calls = rows.map(([contract, call]) => `${contract} ${call?.replace(/\(.*/, '')}`)
    expect(calls).toEqual([...new Set(entries.map(row => row.join(' ')))])
    for (const [contract, call] of rows) {
      const name = call?.replace(/\(.*/, '')
      const abi = abis[contract as keyof typeof abis]
      const item = abi.find(found => found.type === 'function' && found.name === name)
      const inputs = item?.type === 'function' ? item.inputs : []
      const written = structs.reduce((line, [, struct, members]) => {
        return line.replaceAll(`(${struct} `, `(${members} `)
      }, call ?? '')
      expect(written).toBe(`${name}(${parametersOf(inputs)})`)
    }
  })

  it('every function that changes something is a call of an entry', () => {
    const said = new Set(columns(tableUnder('### Entries'), 'contract', 'call').map(row => row.join()))
    for (const [contract, abi] of Object.entries(abis)) {
      for (const item of abi) {
        if (item.type !== 'function' || item.stateMutability !== 'nonpayable') continue
        expect(said).toContain(`${contract},${item.name}`)
      }
    }
  })

  it('every action has its effect', () => {
    const effects = (tablesUnder('### Replay')[0] ?? []).flatMap(({ action = '' }) =>
      action.replaceAll(/ \(\w+\)/g, '').split(', '),
    )
    // Both contracts have a genesis; everything else is one contract's.
    expect(sorted(effects)).toEqual(sorted(['Genesis', ...actions]))
  })

  it('the two events', () => {
    const block = /```solidity\n([\s\S]*?)```/.exec(text)?.[1]?.trim()
    for (const abi of Object.values(abis)) {
      const found = abi.flatMap(item =>
        item.type === 'event' && item.name !== 'EIP712DomainChanged'
          ? [`event ${item.name}(${item.inputs.map(eventParameter).join(', ')})`]
          : [],
      )
      expect(sorted(block?.split('\n') ?? [])).toEqual(sorted(found))
    }
  })

  it('what the Lens answers', () => {
    for (const name of ['provenance', 'verdict'] as const) {
      const item = lensAbi.find(found => found.type === 'function' && found.name === name)
      const [output] = item?.type === 'function' ? item.outputs : []
      const components = output !== undefined && 'components' in output ? output.components : []
      expect(columns(tableUnder('### Asking the chain'), 'member', 'type')).toEqual(membersOf(components, ''))
    }
  })
})

describe('the errors', () => {
  const [codes = [], classes = []] = tablesUnder('### SDK and CLI')

  it('of the SDK, in their order', () => {
    expect(codes).toEqual(
      Object.entries(errorRegistry).map(([code, { class: kind, meaning, remedy }]) => ({
        code,
        class: kind,
        'exit code': String(exitCodes[kind]),
        meaning,
        'what to do': remedy,
      })),
    )
    expect(columns(classes, 'class', 'exit code')).toEqual(
      Object.entries(exitCodes).map(([kind, code]) => [kind, String(code)]),
    )
  })

  it('of the contracts, with their values', () => {
    const abis = {
      Registry: registryAbi,
      Rules: rulesAbi,
      Committee: committeeAbi,
      Seats: seatsAbi,
      Lens: lensAbi,
    }
    const isOwn = (signature: string) => /^(?:Registry|Rules|Committee|Seats|Lens)/.test(signature)
    const said = (heading: string) => sorted(tableUnder(heading).map(row => row['error']))
    for (const [name, abi] of Object.entries(abis)) {
      const own = signaturesOf(abi).filter(signature => signature.startsWith(name))
      expect(said(`### Errors of ${name}`)).toEqual(sorted(own))
    }
    const all = [...Object.values(abis), timelockAbi].flatMap(abi => signaturesOf(abi))
    const others = new Set(all.filter(signature => !isOwn(signature)))
    expect(said('### Errors of OpenZeppelin')).toEqual(sorted([...others]))
  })

  it('by which a block denies, in the order of all codes', () => {
    const judging = tableUnder('### Judging')
    const denials = Object.entries(errorRegistry).flatMap(([code, { class: kind }]) =>
      kind === 'not-permitted' && code !== 'INCOMPATIBLE' && code !== 'REFUSED' ? [code] : [],
    )
    expect(judging.map(row => row['code'])).toEqual(denials)
  })

  it('every code that the document names exists', () => {
    const known = new Set<string>(Object.keys(errorRegistry))
    const mentioned = text.match(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g) ?? []
    const foreign = ['KEDGE_APPROVED_AND_ACTIVE', 'XDG_STATE_HOME', 'KEDGE_PRIVATE_KEY', 'CERTIFICATE_GRACE']
    expect(mentioned.filter(word => !known.has(word) && !foreign.includes(word))).toEqual([])
  })
})

describe('the typed data', () => {
  const [types = [], fields = []] = tablesUnder('## 6. Signatures')
  const written = types.map(row => row['type'] ?? '')

  it('is written in the sources as it is in the document', () => {
    // Not those of OpenZeppelin's Votes: nobody delegates.
    const places = [...soliditySources(), 'node_modules/@openzeppelin/contracts/governance/Governor.sol']
    const sources = places
      .map(path => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
      .join('')
    const inSources = [...sources.matchAll(/keccak256\(\s*"(\w+\([^"]+\))"/g)].map(([, type]) => type)
    expect(sorted(written)).toEqual(sorted(inSources))
  })

  it('has a vector of each type, by its name', () => {
    const named = Object.fromEntries(written.map(type => [type.replace(/\(.*/, ''), type]))
    const found = Object.entries(vectors.typedData).map(([name, { type }]) => [name, type])
    expect(Object.fromEntries(found)).toEqual(named)
  })

  it('has a field for each of its names', () => {
    const explained = fields.flatMap(row => [...(row['field'] ?? '').matchAll(/\w+/g)].map(([name]) => name))
    const names = written.flatMap(type => [...type.matchAll(/\w+ (\w+)/g)].map(([, name]) => name))
    expect(new Set(explained)).toEqual(new Set(names))
  })
})

describe('the vectors', () => {
  it('in the document are those of the file', () => {
    const blocks = named().filter(({ kind }) => kind === 'vectors.json')
    expect(blocks.length).toBe(text.match(/<!-- vectors\.json: /g)?.length)
    for (const { name, content } of blocks) {
      const vector = name.split('.').reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), vectors)
      if ('json' in content) expect([name, content.json]).toEqual([name, vector])
      else expect([name, content.rows]).toEqual([name, asRows(vector, content.rows)])
    }
  })

  it('the trust policy of the example has the digest that is in the receipt', () => {
    const digest = createHash('sha256')
      .update(canonicalize(parseTrust(example('trust'))))
      .digest('hex')
    expect(example('receipt')).toMatchObject({ predicate: { policy: { digest: { sha256: digest } } } })
  })
})

/** A list of vectors as the table of the columns that the document shows. */
function asRows(vector: unknown, rows: readonly Row[]): readonly Row[] {
  const heads = Object.keys(rows[0] ?? {})
  const items = vector === vectors.acts ? entriesOfActs() : (vector as readonly Item[])
  return items.map(item => Object.fromEntries(heads.map(head => [head, String(item[head])])))
}

type Item = Readonly<Record<string, unknown>>

/** Each entry with who sent the act that left it. */
function entriesOfActs(): readonly Item[] {
  return vectors.acts.flatMap(({ from, entries }) => entries.map(entry => ({ from, ...entry })))
}

/** The sources of the contracts, from the root of the repository. */
function soliditySources(): readonly string[] {
  return readdirSync(new URL('../../contracts/', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.sol'))
    .map(path => `contracts/${path}`)
}

/** The types that pack several members into one word. */
function packedWords(): readonly string[] {
  return soliditySources().flatMap(path => {
    const source = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    return [...source.matchAll(/^type (\w+) is uint\d+;/gm)].map(([, name = '']) => name)
  })
}

interface StorageLayout {
  readonly storage: readonly {
    readonly slot: string
    readonly offset: number
    readonly label: string
    readonly type: string
  }[]
  readonly types: Readonly<
    Record<string, { readonly label: string; readonly members?: StorageLayout['storage'] }>
  >
}

/** What the compiler says; the build leaves the layouts out. */
function storageLayouts(): Readonly<Record<'Registry' | 'Rules', StorageLayout>> {
  const require = createRequire(import.meta.url)
  const solc = require('solc') as {
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string
  }
  const root = new URL('../../', import.meta.url)
  const read = (path: string) =>
    readFileSync(new URL(path.startsWith('@') ? `node_modules/${path}` : path, root), 'utf8')
  const paths = ['contracts/Registry.sol', 'contracts/Rules.sol']
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(paths.map(path => [path, { content: read(path) }])),
    settings: { outputSelection: Object.fromEntries(paths.map(path => [path, { '*': ['storageLayout'] }])) },
  }
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: path => ({ contents: read(path) }) }),
  )
  return {
    Registry: output.contracts['contracts/Registry.sol'].Registry.storageLayout,
    Rules: output.contracts['contracts/Rules.sol'].Rules.storageLayout,
  }
}

/** A type without the words that say where it is declared. */
function plain(label = ''): string {
  return label.replaceAll(/(?:struct |enum )(?:\w+\.)?/g, '')
}

interface Parameter {
  readonly name?: string
  readonly type: string
  readonly internalType?: string
  readonly indexed?: boolean
  readonly components?: readonly Parameter[]
}

function parametersOf(inputs: readonly Parameter[]): string {
  return inputs.map(input => `${typeOf(input)} ${input.name}`).join(', ')
}

function typeOf(input: Parameter): string {
  if (input.components === undefined) return input.type
  return `(${parametersOf(input.components)})${input.type.slice('tuple'.length)}`
}

function eventParameter(input: Parameter): string {
  return `${input.type}${input.indexed ? ' indexed' : ''} ${input.name}`
}

function membersOf(components: readonly Parameter[], prefix: string): readonly (readonly string[])[] {
  return components.flatMap(component => {
    const member = `${prefix}${component.name}`
    if (component.components !== undefined) return membersOf(component.components, `${member}.`)
    const { internalType = '', type } = component
    return [[member, internalType.startsWith('enum ') ? internalType.slice('enum '.length) : type]]
  })
}

function signaturesOf(abi: readonly object[]): readonly string[] {
  return abi.flatMap(item => {
    const { type, name, inputs } = item as { type: string; name: string; inputs: readonly Parameter[] }
    return type === 'error' ? [`${name}(${parametersOf(inputs)})`] : []
  })
}

/** For lists whose order means nothing. */
function sorted(list: readonly unknown[]): readonly string[] {
  const texts = list.map(item => JSON.stringify(item) ?? '')
  return texts.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
}
