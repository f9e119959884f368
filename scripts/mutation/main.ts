import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compileOriginal, digestOf, readSubject } from '../solidity/subject.ts'
import { writeWhole } from '../wholeFile.ts'
import { Likely } from './likely.ts'
import { chosen, type Mutant, mutantsOf } from './mutants.ts'
import { tryAll } from './pool.ts'
import { aim, type Explanations, report, shareOf, survivorsOf, type Trial, tallyOf } from './report.ts'
import { State } from './state.ts'
import type { Outcome } from './trial.ts'

// Changes the contracts in one place at a time and asks whether a test notices: docs/mutation.md says how and what came
// out. What is known already is kept in .kedge, so that an interrupted run goes on where it stopped.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const { seed, count, only } = readArguments(process.argv.slice(2))

const subject = readSubject(root)
const every = mutantsOf(subject.sources, subject.contracts)
const among = chosen(every, seed).filter(({ file }) => file.includes(only))
const state = new State(
  join(root, '.kedge', 'mutation.jsonl'),
  digestOf(subject.sources, 'contracts/'),
  digestOf(subject.sources, 'test/'),
)

console.log(`${every.length} mutants of ${subject.contracts.length} files; compiling them as they are`)
const original = await compileOriginal(root, subject)
console.log(`${original.tests} tests of ${subject.suites.length} suites pass`)

const wanted = among.slice(0, count)
const likely = new Likely(original.order)
const waiting = wanted.filter(({ key }) => state.outcomeOf(key) === undefined)
let done = wanted.length - waiting.length
for (const mutant of wanted) likely.learn(mutant, state.outcomeOf(mutant.key) ?? { outcome: 'invalid' })
if (done > 0) console.log(`${done} known from earlier runs`)

await tryAll(
  root,
  original,
  waiting,
  mutant => likely.orderFor(mutant),
  (mutant, outcome) => {
    state.record(mutant.key, outcome)
    likely.learn(mutant, outcome)
    done += 1
    console.log(`${done}/${wanted.length} ${told(mutant, outcome)}`)
  },
)

const explanations: Explanations = JSON.parse(
  readFileSync(join(root, 'scripts', 'mutation', 'equivalents.json'), 'utf8'),
)
const trials: readonly Trial[] = wanted.flatMap(mutant => {
  const outcome = state.outcomeOf(mutant.key)
  return outcome === undefined ? [] : [{ mutant, outcome }]
})
await conclude()

async function conclude(): Promise<void> {
  const tally = tallyOf(trials)
  const unexplained = survivorsOf(trials).filter(({ key }) => explanations[key] === undefined)
  const share = shareOf(tally)
  if (only === '') await writeReport()
  for (const { key, file, line } of unexplained) console.log(`not explained: ${file}:${line} ${key}`)
  console.log(
    `${tally.killed} killed, ${tally.survived} survived (${unexplained.length} not explained), ` +
      `${tally.invalid} did not compile: ${(100 * share).toFixed(1)} %, at least ${100 * aim} % wanted`,
  )
  process.exitCode = share < aim || unexplained.length > 0 ? 1 : 0
}

/** The figures stand between two marks; what people wrote around them stays. */
async function writeReport(): Promise<void> {
  const path = join(root, 'docs', 'mutation.md')
  const [begin, end] = ['<!-- figures: npm run mutation -->', '<!-- end of figures -->']
  const text = await readFile(path, 'utf8')
  const before = text.slice(0, text.indexOf(begin) + begin.length)
  const figures = report({ seed, tests: original.tests, all: every.length, trials, explanations })
  await writeWhole(path, `${before}\n\n${figures}\n${text.slice(text.indexOf(end))}`)
  spawnSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', path], { cwd: root })
}

function told({ file, line, key }: Mutant, outcome: Outcome): string {
  const by = outcome.outcome === 'killed' ? ` by ${outcome.by}` : ''
  return `${outcome.outcome}${by}: ${file}:${line} ${key}`
}

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: { seed: { type: 'string' }, count: { type: 'string' }, only: { type: 'string' } },
  })
  return {
    seed: wholeNumber('seed', values.seed ?? '1'),
    count: values.count === undefined ? undefined : wholeNumber('count', values.count),
    only: values.only ?? '',
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) refuse(`--${name} takes a whole number, not ${text}.`)
  return Number(text)
}

function refuse(problem: string): never {
  console.error(`${problem} Usage: npm run mutation -- --seed 1 --count 200`)
  process.exit(2)
}
