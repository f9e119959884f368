import { getCoverageLibrary } from '@nomicfoundation/edr/coverage'
import { readOptions } from '../commandLine.ts'
import { reportError } from '../errors.ts'
import { compile, ofContracts, ofTests, parse } from '../solidity/compiler.ts'
import { type Sources, textOf } from '../solidity/sources.ts'
import { readSubject, runnable, type Subject, taken } from '../solidity/subject.ts'
import { failureIn, runSuites } from '../solidity/suites.ts'
import { hitFile, hitSource, instrument, type Point } from './instrument.ts'
import { belowAim, printed, table } from './report.ts'

// How much of the contracts the Solidity tests run, by line and by branch: docs/coverage.md says what is counted.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()

const help = `Says how much of the contracts the Solidity tests run, by line and by branch, and names what they do not.

usage: npm run coverage [-- --help]

It takes some minutes. docs/coverage.md says what is counted.

exit codes: 0 enough, 1 less than is wanted, 2 the command cannot be understood`

try {
  if (readOptions('coverage', { help: { type: 'boolean' } }).help) console.log(help)
  else await measure()
} catch (error) {
  process.exitCode = reportError(error, line => console.error(line))
}

async function measure(): Promise<void> {
  const subject = readSubject(root)
  const trees = parse(subject.sources, subject.contracts)
  const library = getCoverageLibrary()
  const points: Point[] = []
  const sources = new Map(subject.sources)
  for (const file of subject.contracts) {
    const tree = trees.get(file)
    if (tree === undefined) throw new Error(`the compiler gave no syntax tree of ${file}`)
    const instrumented = instrument(file, textOf(subject.sources, file), tree, points.length)
    points.push(...instrumented.points)
    sources.set(file, instrumented.text)
  }
  sources.set(library.filename, library.content)
  sources.set(hitFile, hitSource(library.filename))
  const hits = await run(subject, sources)
  const rows = table(points, hits)
  console.log(printed(rows, points, hits))
  process.exitCode = belowAim(rows) ? 1 : 0
}

async function run({ deployed, suites }: Subject, instrumented: Sources): Promise<ReadonlySet<number>> {
  const found = new Set<number>()
  const compiled = new Map(
    [...deployed, ...suites].map(file => {
      const settings = file.startsWith('test/') ? ofTests : ofContracts
      return [file, taken(compile(instrumented, [file], settings))]
    }),
  )
  for (const suite of suites) {
    const [artifacts, ids] = runnable(compiled, deployed, suite)
    const results = await runSuites(root, artifacts, ids, point => found.add(point))
    const failed = failureIn(results)
    if (failed !== undefined) throw new Error(`${suite}: ${failed.name} fails: ${failed.reason}`)
  }
  return found
}
