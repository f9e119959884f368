import { changeIn, type Mutant } from './mutants.ts'
import { operators } from './operators.ts'
import type { Outcome } from './trial.ts'

/** What became of a mutant. */
export interface Trial {
  readonly mutant: Mutant
  readonly outcome: Outcome
}

/** Why a mutant that lives is no hole in the tests, by the mutant's key. */
export type Explanations = Readonly<Record<string, string>>

/** A run that tried every mutant. */
export interface Run {
  /** What the state of the contracts is known by. */
  readonly contracts: string
  readonly tests: number
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

/**
 * The explanations that explain nothing: there is no such mutant, or of those that were tried it did not survive.
 *
 * @param all - Every mutant that there is.
 */
export function idleIn(
  explanations: Explanations,
  all: readonly Mutant[],
  trials: readonly Trial[],
): readonly string[] {
  const outcomes = new Map(trials.map(({ mutant, outcome }) => [mutant.key, outcome.outcome]))
  const keys = new Set(all.map(({ key }) => key))
  return Object.keys(explanations).filter(
    key => !keys.has(key) || (outcomes.get(key) ?? 'survived') !== 'survived',
  )
}

/** The contracts that a report is about; undefined if it does not say. */
export function contractsOf(text: string): string | undefined {
  return /^Contracts `([0-9a-f]{64})`/m.exec(text)?.[1]
}

/** A run as a part of docs/mutation.md. */
export function report({ contracts, tests, trials, explanations }: Run): string {
  const tally = tallyOf(trials)
  const files = [...new Set(trials.map(({ mutant }) => mutant.file))].toSorted()
  return [
    `Contracts \`${contracts}\`: ${tally.killed + tally.survived} mutants (${tally.invalid} more did not compile), ` +
      `${tests} tests, **${tally.killed} killed, ${tally.survived} survived: ${percent(shareOf(tally))}**.`,
    '',
    ...table('contract', files, name => trials.filter(({ mutant }) => mutant.file === name)),
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
    ...living.map(mutant => {
      const why = explanations[mutant.key] ?? '**not explained**'
      return `| ${cell(mutant.place)}: ${code(mutant.context)} | ${code(changeIn(mutant))} | ${why} |`
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
