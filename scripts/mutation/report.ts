import type { Mutant } from './mutants.ts'
import { operators } from './operators.ts'
import type { Outcome } from './trial.ts'

/** What became of a mutant. */
export interface Trial {
  readonly mutant: Mutant
  readonly outcome: Outcome
}

/** Why a mutant that lives is no hole in the tests, by the mutant's key. */
export type Explanations = Readonly<Record<string, string>>

export interface Run {
  readonly seed: number
  readonly tests: number
  /** Mutants that there are. */
  readonly all: number
  readonly trials: readonly Trial[]
  readonly explanations: Explanations
}

/** At least this share of the mutants must be killed. */
export const aim = 0.95

interface Tally {
  readonly killed: number
  readonly survived: number
  readonly invalid: number
}

export function tallyOf(trials: readonly Trial[]): Tally {
  const count = (outcome: Outcome['outcome']) =>
    trials.filter(trial => trial.outcome.outcome === outcome).length
  return { killed: count('killed'), survived: count('survived'), invalid: count('invalid') }
}

/** Killed of those that are programs; one where there is none to kill. */
export function shareOf({ killed, survived }: Tally): number {
  return killed + survived === 0 ? 1 : killed / (killed + survived)
}

export function survivorsOf(trials: readonly Trial[]): readonly Mutant[] {
  return trials.filter(({ outcome }) => outcome.outcome === 'survived').map(({ mutant }) => mutant)
}

/** A run as a part of docs/mutation.md. */
export function report({ seed, tests, all, trials, explanations }: Run): string {
  const tally = tallyOf(trials)
  const contracts = [...new Set(trials.map(({ mutant }) => mutant.file))].toSorted()
  return [
    `Seed ${seed}: ${tally.killed + tally.survived} mutants tried of ${all} (${tally.invalid} more did not compile), ` +
      `${tests} tests, **${tally.killed} killed, ${tally.survived} survived: ${percent(shareOf(tally))}**.`,
    '',
    ...table('contract', contracts, name => trials.filter(({ mutant }) => mutant.file === name)),
    '',
    ...table('operator', operators, name => trials.filter(({ mutant }) => mutant.operator === name)),
    '',
    ...survivors(trials, explanations),
    '',
  ].join('\n')
}

function table(of: string, names: readonly string[], trialsOf: (name: string) => readonly Trial[]) {
  const rows = names.map(name => ({ name, tally: tallyOf(trialsOf(name)) }))
  return [
    `| ${of} | killed | survived | share | not compiled |`,
    '|---|---:|---:|---:|---:|',
    ...rows.map(({ name, tally }) => {
      return `| ${name} | ${tally.killed} | ${tally.survived} | ${percent(shareOf(tally))} | ${tally.invalid} |`
    }),
  ]
}

function survivors(trials: readonly Trial[], explanations: Explanations): readonly string[] {
  const living = survivorsOf(trials).toSorted((left, right) => (left.key < right.key ? -1 : 1))
  if (living.length === 0) return ['No mutant survived.']
  return [
    '| survivor | change | why no test can notice |',
    '|---|---|---|',
    ...living.map(({ key }) => {
      const [place = '', line = '', change = ''] = key.split(' | ')
      return `| ${cell(place)}: ${code(line)} | ${code(change)} | ${explanations[key] ?? '**not explained**'} |`
    }),
  ]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function code(text: string): string {
  return `\`${cell(text)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
