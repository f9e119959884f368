import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Artifact } from '@nomicfoundation/edr'
import { type Compilation, compile, ofContracts, ofTests } from './compiler.ts'
import { readSources, type Sources, solidityIn, textOf } from './sources.ts'
import { failureIn, isSuite, runSuites } from './suites.ts'

/** Everything that is under test, and what tests it. */
export interface Subject {
  readonly sources: Sources
  /** The files that are mutated. */
  readonly contracts: readonly string[]
  /** The files whose contracts the tests deploy. */
  readonly deployed: readonly string[]
  readonly suites: readonly string[]
}

/** A subject as it is, compiled. */
export interface Original {
  readonly subject: Subject
  /** What each file's contracts became. */
  readonly compiled: ReadonlyMap<string, readonly Artifact[]>
  /** The tests' files, the quickest first. */
  readonly order: readonly string[]
  readonly tests: number
}

/** What tests may fetch by name from the build, besides the contracts of this repository. */
const foreign = [
  '@openzeppelin/contracts/governance/TimelockController.sol',
  '@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol',
]

/**
 * The invariant tests take minutes; and that the code is the one which is deployed, no mutant and no instrumented code
 * can be.
 */
const leftOut = ['test/contracts/invariants/', 'test/contracts/Build.t.sol']

export function readSubject(root: string): Subject {
  const contracts = solidityIn(root, 'contracts').filter(file => !file.startsWith('contracts/interfaces/'))
  const suites = solidityIn(root, 'test/contracts').filter(
    file => file.endsWith('.t.sol') && !leftOut.some(path => file.startsWith(path)),
  )
  const sources = readSources(root, [...contracts, ...suites, ...foreign])
  const own = contracts.filter(file => /^contract /m.test(textOf(sources, file)))
  const tests = [...sources].filter(([file]) => file.startsWith('test/')).map(([, text]) => text)
  const fetched = foreign.filter(file => tests.some(text => text.includes(`"${basename(file, '.sol')}"`)))
  return { sources, contracts, deployed: [...own, ...fetched], suites }
}

/** What a state of the contracts, or of the tests, is known by. */
export function digestOf(sources: Sources, folder: 'contracts/' | 'test/'): string {
  const hash = createHash('sha256')
  for (const [name, text] of [...sources].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    if (name.startsWith(folder)) hash.update(`${name}\0${text}\0`)
  }
  return hash.digest('hex')
}

/** @throws Error when something does not compile, or a test fails although nothing was changed. */
export async function compileOriginal(root: string, subject: Subject): Promise<Original> {
  const { sources, deployed, suites } = subject
  const compiled = new Map<string, readonly Artifact[]>()
  for (const file of deployed) compiled.set(file, taken(compile(sources, [file], ofContracts)))
  for (const file of suites) compiled.set(file, taken(compile(sources, [file], ofTests)))
  const durations = new Map<string, bigint>()
  let tests = 0
  for (const file of suites) {
    const results = await runSuites(root, ...runnable(compiled, deployed, file))
    const failed = failureIn(results)
    if (failed !== undefined) throw new Error(`${file}: ${failed.name} fails although nothing was changed`)
    tests += results.flatMap(({ testResults }) => testResults).length
    durations.set(
      file,
      results.reduce((sum, { durationNs }) => sum + durationNs, 0n),
    )
  }
  const duration = (file: string) => Number(durations.get(file))
  return { subject, compiled, order: suites.toSorted((a, b) => duration(a) - duration(b)), tests }
}

/** What the machine needs to run one file's suites: all artifacts, and which of them are suites. */
export function runnable(
  compiled: ReadonlyMap<string, readonly Artifact[]>,
  deployed: readonly string[],
  suite: string,
): [Artifact[], Artifact['id'][]] {
  const own = compiled.get(suite) ?? []
  const artifacts = [...deployed.flatMap(file => compiled.get(file) ?? []), ...own]
  return [artifacts, own.filter(isSuite).map(({ id }) => id)]
}

/** @throws Error that says what the compiler refused. */
export function taken(compilation: Compilation): readonly Artifact[] {
  if ('refusals' in compilation) throw new Error(compilation.refusals[0]?.message)
  return compilation.artifacts
}
