import { KedgeError } from '../../sdk/errors/index.ts'
import { writeWhole } from '../wholeFile.ts'

/** One line of the life: what was tried, by whom, and how it came out. */
export interface Step {
  readonly number: number
  readonly chapter: string
  readonly title: string
  readonly who: string
  /** What came out: `done`, `refused: <named error>`, or the exit code of a verification. */
  readonly result: string
  /** Whether it came out as it must. */
  readonly asExpected: boolean
  readonly transaction: string | null
  readonly gas: string | null
  readonly milliseconds: number
}

/** What an act leaves behind. */
export interface Outcome {
  readonly transactionHash?: string | undefined
  readonly gasUsed?: bigint | undefined
  /** What to print instead of `done`. */
  readonly note?: string | undefined
}

/** Keeps every step, prints it as it happens, and knows whether all came out as they must. */
export interface LifeRecord {
  chapter(title: string): void
  /** An act that must succeed. A failure is recorded and thrown: nothing after it would make sense. */
  act<T extends Outcome>(who: string, title: string, perform: () => Promise<T>): Promise<T>
  /** An act that must be refused with this named error or code. */
  refused(who: string, title: string, expected: string, perform: () => Promise<unknown>): Promise<void>
  /** A statement about the outcome that must hold. */
  expect(title: string, note: string, holds: boolean, milliseconds?: number): void
  readonly steps: readonly Step[]
  readonly failures: readonly Step[]
}

/** A new record. `print` receives one line per step. */
export function startRecord(print: (line: string) => void): LifeRecord {
  const steps: Step[] = []
  let chapter = ''
  const add = (step: Omit<Step, 'number' | 'chapter'>) => {
    const full = { number: steps.length + 1, chapter, ...step }
    steps.push(full)
    print(lineOf(full))
  }
  return {
    steps,
    get failures() {
      return steps.filter(step => !step.asExpected)
    },
    chapter(title) {
      chapter = title
      print(`\n${title}`)
    },
    async act(who, title, perform) {
      const begun = performance.now()
      try {
        const outcome = await perform()
        const { transactionHash = null, gasUsed, note = 'done' } = outcome
        const milliseconds = Math.round(performance.now() - begun)
        const gas = gasUsed === undefined ? null : gasUsed.toString()
        add({ title, who, result: note, asExpected: true, transaction: transactionHash, gas, milliseconds })
        return outcome
      } catch (error) {
        const milliseconds = Math.round(performance.now() - begun)
        const result = `FAILED: ${nameOf(error)}`
        add({ title, who, result, asExpected: false, transaction: null, gas: null, milliseconds })
        throw error
      }
    },
    async refused(who, title, expected, perform) {
      const begun = performance.now()
      const name = await perform().then(() => 'nothing: it went through', nameOf)
      const milliseconds = Math.round(performance.now() - begun)
      const result = `refused: ${name}`
      add({ title, who, result, asExpected: name === expected, transaction: null, gas: null, milliseconds })
    },
    expect(title, note, holds, milliseconds = 0) {
      add({
        title,
        who: 'anyone',
        result: note,
        asExpected: holds,
        transaction: null,
        gas: null,
        milliseconds,
      })
    },
  }
}

/** The name of a refusal: the contract's error if it was one, otherwise the code. */
function nameOf(error: unknown): string {
  if (!(error instanceof KedgeError)) return error instanceof Error ? error.message : String(error)
  return typeof error.facts['error'] === 'string' ? error.facts['error'] : error.code
}

function lineOf(step: Step): string {
  const mark = step.asExpected ? ' ' : '!'
  return `${mark} ${String(step.number).padStart(3)}  ${step.who.padEnd(14)} ${step.title} — ${step.result}`
}

/** The summary: one row per step, aligned. */
export function tableOf(steps: readonly Step[]): string {
  const head = ['#', 'step', 'who', 'transaction', 'gas', 'ms', 'result']
  const rows = steps.map(step => [
    String(step.number),
    step.title,
    step.who,
    step.transaction === null ? '' : `${step.transaction.slice(0, 10)}…`,
    step.gas ?? '',
    String(step.milliseconds),
    step.asExpected ? step.result : `${step.result}  (NOT AS IT MUST BE)`,
  ])
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)),
  )
  const right = new Set([0, 4, 5])
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** Writes the steps as JSON: the whole file, or none. */
export async function writeRecord(path: string, steps: readonly Step[]): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ steps }, null, 2)}\n`)
}
