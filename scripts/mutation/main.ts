import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readOptions, usage } from '../commandLine.ts'
import { reportError } from '../errors.ts'
import { compileOriginal, digestOf, type Original, readSubject } from '../solidity/subject.ts'
import { writeWhole } from '../wholeFile.ts'
import { Likely } from './likely.ts'
import { chosen, type Mutant, mutantsOf } from './mutants.ts'
import { tryAll } from './pool.ts'
import {
  aim,
  type Explanations,
  idleIn,
  report,
  shareOf,
  survivorsOf,
  type Trial,
  tallyOf,
} from './report.ts'
import { State } from './state.ts'
import type { Outcome } from './trial.ts'

// Changes the contracts in one place at a time and asks whether a test notices: docs/mutation.md says how and what came
// out. What is known already is kept in .kedge, so that an interrupted run goes on where it stopped.

const command = 'mutation'
const root = process.env['KEDGE_ROOT'] ?? process.cwd()

const help = `Changes the contracts in one place at a time and asks whether a test notices.

usage: npm run mutation [-- options]

  --seed <n>     the order in which the mutants are tried; 1 if left out
  --count <n>    the first so many of that order; all if left out
  --only <text>  only those of files whose path contains it
  --help         this text

All of them take hours. What is known is kept in .kedge/mutation.jsonl: an interrupted run goes on where it stopped. A
run of all writes the figures into docs/mutation.md; of a part, they stay as they are.

exit codes: 0 at least ${100 * aim} % are noticed, what is not is explained, and each explanation is of one that is not;
1 otherwise, 2 the command cannot be understood`

interface Wanted {
  readonly seed: number
  readonly count: number | undefined
  readonly only: string
}

try {
  const options = parse()
  if (options.help) console.log(help)
  else await run(options)
} catch (error) {
  process.exitCode = reportError(error, line => console.error(line))
}

async function run({ seed, count, only }: Wanted): Promise<void> {
  const subject = readSubject(root)
  const every = mutantsOf(subject.sources, subject.contracts)
  const among = chosen(every, seed).filter(({ file }) => file.includes(only))
  const contracts = digestOf(subject.sources, 'contracts/')
  const state = new State(
    join(root, '.kedge', 'mutation.jsonl'),
    contracts,
    digestOf(subject.sources, 'test/'),
  )
  console.log(`${every.length} mutants of ${subject.contracts.length} files; compiling them as they are`)
  const original = await compileOriginal(root, subject)
  console.log(`${original.tests} tests of ${subject.suites.length} suites pass`)
  const trials = await tryEach(among.slice(0, count), original, state)
  const explanations: Explanations = JSON.parse(
    readFileSync(join(root, 'scripts', 'mutation', 'equivalents.json'), 'utf8'),
  )
  if (trials.length === every.length) {
    await writeReport(report({ contracts, tests: original.tests, trials, explanations }))
  }
  conclude(trials, explanations, idleIn(explanations, every, trials))
}

/** What became of each mutant, in this run or in an earlier one. */
async function tryEach(
  wanted: readonly Mutant[],
  original: Original,
  state: State,
): Promise<readonly Trial[]> {
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
  return wanted.flatMap(mutant => {
    const outcome = state.outcomeOf(mutant.key)
    return outcome === undefined ? [] : [{ mutant, outcome }]
  })
}

function conclude(trials: readonly Trial[], explanations: Explanations, idle: readonly string[]): void {
  const tally = tallyOf(trials)
  const unexplained = survivorsOf(trials).filter(({ key }) => explanations[key] === undefined)
  const share = shareOf(tally)
  for (const { key, file, line } of unexplained) console.log(`not explained: ${file}:${line} ${key}`)
  for (const key of idle) console.log(`explained, but no survivor: ${key}`)
  console.log(
    `${tally.killed} killed, ${tally.survived} survived (${unexplained.length} not explained), ` +
      `${tally.invalid} did not compile: ${(100 * share).toFixed(1)} %, at least ${100 * aim} % wanted`,
  )
  process.exitCode = share < aim || unexplained.length > 0 || idle.length > 0 ? 1 : 0
}

/** The figures stand between two marks; what people wrote around them stays. */
async function writeReport(figures: string): Promise<void> {
  const path = join(root, 'docs', 'mutation.md')
  const [begin, end] = ['<!-- figures: npm run mutation -->', '<!-- end of figures -->']
  const text = await readFile(path, 'utf8')
  const before = text.slice(0, text.indexOf(begin) + begin.length)
  await writeWhole(path, `${before}\n\n${figures}\n${text.slice(text.indexOf(end))}`)
  spawnSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', path], { cwd: root })
}

function told({ file, line, key }: Mutant, outcome: Outcome): string {
  const by = outcome.outcome === 'killed' ? ` by ${outcome.by}` : ''
  return `${outcome.outcome}${by}: ${file}:${line} ${key}`
}

function parse() {
  const values = readOptions(command, {
    help: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    count: { type: 'string' },
    only: { type: 'string', default: '' },
  })
  const { count } = values
  return {
    ...values,
    seed: wholeNumber('seed', values.seed),
    count: count === undefined ? undefined : wholeNumber('count', count),
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(command, `--${name} takes a whole number, not ${text}`)
  return Number(text)
}
