import type { Artifact } from '@nomicfoundation/edr'
import { compile, ofContracts, ofTests, type Refusal } from '../solidity/compiler.ts'
import { closure, type Sources, textOf } from '../solidity/sources.ts'
import { type Original, runnable } from '../solidity/subject.ts'
import { failureIn, runSuites } from '../solidity/suites.ts'
import { type Mutant, mutated } from './mutants.ts'
import { linked, type Switchable, switched, switchFile, switchSource } from './switched.ts'

/** Contracts and tests with some mutants of one file in them, compiled. */
export interface Program {
  readonly mutants: readonly Mutant[]
  readonly compiled: ReadonlyMap<string, readonly Artifact[]>
}

/** A mutant alone, without any switch; nothing if that is no program. */
export function programOf(original: Original, mutant: Mutant): Program | undefined {
  const text = mutated(textOf(original.subject.sources, mutant.file), mutant)
  const built = build(original, mutant.file, text)
  return 'compiled' in built ? { mutants: [mutant], compiled: built.compiled } : undefined
}

/**
 * Programs of many mutants each, all of one file. Who keeps the others from compiling, or from working while every
 * mutant is switched off, is in none.
 */
export async function programsOf(
  root: string,
  original: Original,
  mutants: readonly Switchable[],
): Promise<readonly Program[]> {
  const [first] = mutants
  if (first === undefined) return []
  const text = switched(textOf(original.subject.sources, first.file), mutants)
  const built = build(original, first.file, text)
  if ('refusals' in built) {
    const culprits = new Set(built.refusals.map(refusal => culpritOf(refusal, first.file, text, mutants)))
    const others = mutants.filter(mutant => !culprits.has(mutant))
    if (others.length < mutants.length) return programsOf(root, original, others)
    return halves(root, original, mutants)
  }
  const program: Program = { mutants, compiled: built.compiled }
  const sound = (await firstFailure(root, original, program, 0, original.order)) === undefined
  return sound ? [program] : halves(root, original, mutants)
}

/** The first test that fails with the mutant of this number switched on, and its suite. */
export async function firstFailure(
  root: string,
  { subject }: Original,
  { compiled }: Program,
  number: number,
  order: readonly string[],
): Promise<{ readonly suite: string; readonly by: string } | undefined> {
  for (const suite of order) {
    const [artifacts, suites] = runnable(compiled, subject.deployed, suite)
    const results = await runSuites(
      root,
      artifacts.map(artifact => withNumber(artifact, number)),
      suites,
    )
    const failed = failureIn(results)
    if (failed !== undefined) return { suite, by: failed.name }
  }
  return undefined
}

async function halves(
  root: string,
  original: Original,
  mutants: readonly Switchable[],
): Promise<readonly Program[]> {
  if (mutants.length < 2) return []
  const middle = Math.ceil(mutants.length / 2)
  const left = await programsOf(root, original, mutants.slice(0, middle))
  return [...left, ...(await programsOf(root, original, mutants.slice(middle)))]
}

/** Compiles whatever imports the changed file, tests too; the rest is as it was. */
function build(
  original: Original,
  file: string,
  text: string,
): Pick<Program, 'compiled'> | { readonly refusals: readonly Refusal[] } {
  const { sources: before, deployed, suites } = original.subject
  const sources: Sources = new Map([...before, [file, text], [switchFile, switchSource]])
  const compiled = new Map(original.compiled)
  for (const entry of [...deployed, ...suites].filter(entry => closure(sources, entry).has(file))) {
    const compilation = compile(sources, [entry], entry.startsWith('test/') ? ofTests : ofContracts)
    if ('refusals' in compilation) return compilation
    compiled.set(entry, compilation.artifacts)
  }
  return { compiled }
}

/** Whose change the compiler refused: the one whose switch stands last before the place that it names. */
function culpritOf(
  { file, start }: Refusal,
  changed: string,
  text: string,
  mutants: readonly Switchable[],
): Switchable | undefined {
  if (file !== changed) return undefined
  const before = Buffer.from(text).subarray(0, start).toString()
  const number = [...before.matchAll(/_mutant\((\d+)\)/g)].at(-1)?.[1]
  return number === undefined ? undefined : mutants[Number(number) - 1]
}

function withNumber({ id, contract }: Artifact, number: number): Artifact {
  const bytecode = linked(contract.bytecode ?? '', number)
  const deployedBytecode = linked(contract.deployedBytecode ?? '', number)
  return {
    id,
    contract: {
      abi: contract.abi,
      bytecode,
      deployedBytecode,
      linkReferences: {},
      deployedLinkReferences: {},
    },
  }
}
