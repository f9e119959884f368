import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readArtifact } from '../deployment/artifacts.ts'
import { type ContractName, contractNames } from '../deployment/contracts.ts'

/** Where something lies: the slot, and the byte of it from the right. */
export interface Place {
  readonly slot: number
  readonly offset: number
  readonly name: string
  readonly type: string
}

/** What a contract stores, and how the types of it are laid out. */
export interface Layout {
  readonly storage: readonly Place[]
  readonly types: Readonly<Record<string, Type>>
}

interface Type {
  readonly bytes: number
  readonly members?: readonly Place[]
}

/** As solc describes it. Types go by ids with numbers that change with every edit of any source. */
interface Described {
  readonly storage: readonly DescribedPlace[]
  readonly types: Readonly<Record<string, DescribedType>> | null
}

interface DescribedPlace {
  readonly label: string
  readonly slot: string
  readonly offset: number
  readonly type: string
}

interface DescribedType {
  readonly label: string
  readonly numberOfBytes: string
  readonly members?: readonly DescribedPlace[]
}

interface Input {
  readonly settings: object
}

interface Solc {
  compile(input: string): string
}

const require = createRequire(import.meta.url)
const buildInfos = new URL('../../artifacts/build-info/', import.meta.url)

/**
 * The storage of each contract: the compiler lays out once more what the build compiled, sources and settings as they
 * were, and generates no code.
 */
export async function layouts(): Promise<Readonly<Record<ContractName, Layout>>> {
  const artifacts = await Promise.all(
    contractNames.map(async name => ({ name, ...(await readArtifact(name)) })),
  )
  const builds = new Set(artifacts.map(({ buildInfoId }) => buildInfoId))
  const described = new Map<string, Described>()
  for (const build of builds) {
    for (const [name, layout] of await describe(build)) described.set(`${build} ${name}`, layout)
  }
  const entries = artifacts.map(({ name, buildInfoId }): [ContractName, Layout] => {
    const layout = described.get(`${buildInfoId} ${name}`)
    if (layout === undefined) throw new Error(`the compiler lays out no ${name}`)
    return [name, layoutOf(layout)]
  })
  return Object.fromEntries(entries) as Record<ContractName, Layout>
}

async function describe(build: string): Promise<readonly (readonly [string, Described])[]> {
  const { input } = JSON.parse(await readFile(new URL(`${build}.json`, buildInfos), 'utf8')) as {
    readonly input: Input
  }
  const outputSelection = { '*': { '*': ['storageLayout'] } }
  const solc = require('solc') as Solc
  const output = solc.compile(JSON.stringify({ ...input, settings: { ...input.settings, outputSelection } }))
  const { contracts } = JSON.parse(output) as {
    readonly contracts: Readonly<
      Record<string, Readonly<Record<string, { readonly storageLayout: Described }>>>
    >
  }
  return Object.values(contracts).flatMap(file =>
    Object.entries(file).map(([name, { storageLayout }]) => [name, storageLayout] as const),
  )
}

function layoutOf({ storage, types }: Described): Layout {
  const known = types ?? {}
  const labelOf = (id: string) => known[id]?.label ?? id
  const placeOf = ({ label, slot, offset, type }: DescribedPlace): Place => ({
    slot: Number(slot),
    offset,
    name: label,
    type: labelOf(type),
  })
  const described = Object.values(known).map(({ label, numberOfBytes, members }): [string, Type] => [
    label,
    { bytes: Number(numberOfBytes), ...(members && { members: members.map(placeOf) }) },
  ])
  const sorted = described.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { storage: storage.map(placeOf), types: Object.fromEntries(sorted) }
}

/** A layout as lines of text, one for each fact. */
export function layoutLines({ storage, types }: Layout): readonly string[] {
  const line = (of: string, { slot, offset, name, type }: Place) =>
    `${of}slot ${slot}, byte ${offset}: ${name}, ${type}`
  return [
    ...storage.map(place => line('', place)),
    ...Object.entries(types).flatMap(([name, { bytes, members = [] }]) => [
      `${name}: ${bytes} bytes`,
      ...members.map(member => line(`${name}, `, member)),
    ]),
  ]
}
