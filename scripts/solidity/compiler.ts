import { createRequire } from 'node:module'
import type { Artifact } from '@nomicfoundation/edr'
import { closure, type Sources, textOf } from './sources.ts'
import type { Node } from './syntax.ts'

/** The compiler itself, loaded once: a process of its own for each mutant would take longer than the compilation. */
const solc: { compile(input: string): string; version(): string } = createRequire(import.meta.url)('solc')

const shared = { evmVersion: 'prague', metadata: { bytecodeHash: 'none', appendCBOR: false } } as const

/**
 * Contracts are compiled by way of the intermediate language, as those that are deployed are, for the old way runs out
 * of stack; but with the few steps of the optimiser that pay for themselves in the time to generate code.
 */
export const ofContracts = {
  ...shared,
  viaIR: true,
  optimizer: {
    enabled: true,
    runs: 1,
    details: { cse: false, constantOptimizer: false, yulDetails: { optimizerSteps: 'dhfoDvulLu:fDnTOcmu' } },
  },
} as const

/** Tests are compiled as `npm test` does it: plainly. */
export const ofTests = { ...shared, viaIR: false, optimizer: { enabled: false } } as const

export type Settings = typeof ofContracts | typeof ofTests

/** What the compiler made of some files, or why it refused them. */
export type Compilation =
  | { readonly artifacts: readonly Artifact[] }
  | { readonly refusals: readonly Refusal[] }

export interface Refusal {
  readonly message: string
  /** The file, and the byte of it; most have both. */
  readonly file: string | undefined
  readonly start: number
}

interface Output {
  readonly errors?: readonly Complaint[]
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, Contract>>>>
  readonly sources?: Readonly<Record<string, { readonly ast?: Node }>>
}

interface Complaint {
  readonly severity: string
  readonly formattedMessage: string
  readonly sourceLocation?: { readonly file: string; readonly start: number }
}

interface Contract {
  readonly abi: unknown
  readonly evm: { readonly bytecode: Code; readonly deployedBytecode: Code }
}

interface Code {
  readonly object: string
  readonly linkReferences: NonNullable<Artifact['contract']['linkReferences']>
}

/** Compiles the contracts that the named files define. */
export function compile(sources: Sources, files: readonly string[], settings: Settings): Compilation {
  const wanted = ['abi', 'evm.bytecode', 'evm.deployedBytecode'] as const
  const selected = Object.fromEntries(files.map(file => [file, { '*': wanted }]))
  const output = run(sources, files, { ...settings, outputSelection: selected })
  const refusals = refusalsIn(output)
  if (refusals.length > 0) return { refusals }
  const artifacts = files.flatMap(file =>
    Object.entries(output.contracts?.[file] ?? {}).map(([name, contract]) => artifact(file, name, contract)),
  )
  return { artifacts }
}

/** The syntax trees of the named files, with the types that the compiler found. */
export function parse(sources: Sources, files: readonly string[]): ReadonlyMap<string, Node> {
  const selected = Object.fromEntries(files.map(file => [file, { '': ['ast'] }]))
  const output = run(sources, files, { ...ofTests, outputSelection: selected })
  const [refused] = refusalsIn(output)
  if (refused !== undefined) throw new Error(refused.message)
  const trees = Object.entries(output.sources ?? {})
  return new Map(trees.flatMap(([file, { ast }]) => (ast === undefined ? [] : [[file, ast]])))
}

/** All that the compiler says of sources without generating code, with what it was asked. */
export function parseAll(sources: Sources) {
  const selected = { '*': { '': ['ast'], '*': ['abi', 'userdoc', 'devdoc'] } }
  const texts = Object.fromEntries([...sources].map(([name, content]) => [name, { content }]))
  const input = { language: 'Solidity', sources: texts, settings: { ...ofTests, outputSelection: selected } }
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input)))
  return { input, output, version: solc.version().replace(/\+.*/, '') }
}

function run(sources: Sources, files: readonly string[], settings: object): Output {
  const needed = new Set(files.flatMap(file => [...closure(sources, file)]))
  const texts = [...needed].toSorted().map(name => [name, { content: textOf(sources, name) }])
  return JSON.parse(
    solc.compile(JSON.stringify({ language: 'Solidity', sources: Object.fromEntries(texts), settings })),
  )
}

function refusalsIn({ errors = [] }: Output): readonly Refusal[] {
  return errors
    .filter(({ severity }) => severity === 'error')
    .map(({ formattedMessage, sourceLocation }) => ({
      message: formattedMessage,
      file: sourceLocation?.file,
      start: sourceLocation?.start ?? 0,
    }))
}

function artifact(source: string, name: string, { abi, evm }: Contract): Artifact {
  return {
    id: { name, source, solcVersion: solc.version().replace(/\+.*/, '') },
    contract: {
      abi: JSON.stringify(abi),
      bytecode: `0x${evm.bytecode.object}`,
      linkReferences: evm.bytecode.linkReferences,
      deployedBytecode: `0x${evm.deployedBytecode.object}`,
      deployedLinkReferences: evm.deployedBytecode.linkReferences,
    },
  }
}
