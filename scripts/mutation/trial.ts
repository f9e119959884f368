import type { Artifact } from '@nomicfoundation/edr'
import { compile, ofContracts, ofTests } from './compiler.ts'
import { type Mutant, mutated } from './mutants.ts'
import { closure, type Sources, textOf } from './sources.ts'
import { type Original, runnable } from './subject.ts'
import { runSuites } from './suites.ts'

/** How a mutant fared: found by a test, found by none, or no program at all. */
export type Outcome =
  | { readonly outcome: 'killed'; readonly suite: string; readonly by: string }
  | { readonly outcome: 'survived' }
  | { readonly outcome: 'invalid' }

/** What needs no contract deployed needs none compiled: such suites go first. */
const deploysFrom = 'test/contracts/Society.sol'

/** Runs the suites in the given order against the mutant, until a test fails. */
export async function tryMutant(
  root: string,
  original: Original,
  mutant: Mutant,
  order: readonly string[],
): Promise<Outcome> {
  const { subject } = original
  const changed = mutated(textOf(subject.sources, mutant.file), mutant)
  const sources: Sources = new Map([...subject.sources, [mutant.file, changed]])
  const concerns = (file: string) => closure(sources, file).has(mutant.file)
  const bare = order.filter(file => concerns(file) && !closure(sources, file).has(deploysFrom))
  const others = order.filter(file => !bare.includes(file))
  const compiled = new Map(original.compiled)

  const recompile = (file: string): boolean => {
    const compilation = compile(sources, [file], file.startsWith('test/') ? ofTests : ofContracts)
    if ('refused' in compilation) return false
    compiled.set(file, compilation.artifacts)
    return true
  }
  const judge = async (suite: string): Promise<Outcome | undefined> => {
    if (concerns(suite) && !recompile(suite)) return { outcome: 'invalid' }
    const by = await firstFailure(root, ...runnable(compiled, subject.deployed, suite))
    return by === undefined ? undefined : { outcome: 'killed', suite, by }
  }

  for (const suite of bare) {
    const outcome = await judge(suite)
    if (outcome !== undefined) return outcome
  }
  if (!subject.deployed.filter(concerns).every(recompile)) return { outcome: 'invalid' }
  for (const suite of others) {
    const outcome = await judge(suite)
    if (outcome !== undefined) return outcome
  }
  return { outcome: 'survived' }
}

async function firstFailure(
  root: string,
  artifacts: readonly Artifact[],
  suites: readonly Artifact['id'][],
): Promise<string | undefined> {
  const results = await runSuites(root, artifacts, suites)
  return results.flatMap(({ testResults }) => testResults).find(({ status }) => status === 'Failure')?.name
}
