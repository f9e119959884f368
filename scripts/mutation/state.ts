import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Outcome } from './trial.ts'

interface Entry {
  readonly key: string
  readonly outcome: Outcome
  /** The state of the tests that the outcome was found with. */
  readonly tests: string
}

/**
 * What earlier runs found out about the same contracts. A mutant that a test killed stays dead; one that lived is tried
 * again when the tests have changed.
 */
export class State {
  readonly #path: string
  readonly #tests: string
  readonly #entries = new Map<string, Entry>()

  constructor(path: string, contracts: string, tests: string) {
    this.#path = path
    this.#tests = tests
    const [head, ...lines] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    if (head === contracts) {
      for (const line of lines) this.#take(line)
      return
    }
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${contracts}\n`)
  }

  outcomeOf(key: string): Outcome | undefined {
    const entry = this.#entries.get(key)
    if (entry?.outcome.outcome === 'survived' && entry.tests !== this.#tests) return undefined
    return entry?.outcome
  }

  record(key: string, outcome: Outcome): void {
    const entry: Entry = { key, outcome, tests: this.#tests }
    this.#entries.set(key, entry)
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`)
  }

  /** A line that an interruption cut off says nothing. */
  #take(line: string): void {
    if (!line.endsWith('}')) return
    try {
      const entry: Entry = JSON.parse(line)
      this.#entries.set(entry.key, entry)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
}
