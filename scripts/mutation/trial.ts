import type { Original } from '../solidity/subject.ts'
import type { Mutant } from './mutants.ts'
import { firstFailure, type Program, programOf, programsOf } from './program.ts'
import type { Switchable } from './switched.ts'

/** How a mutant fared: found by a test, found by none, or no program at all. */
export type Outcome =
  | { readonly outcome: 'killed'; readonly suite: string; readonly by: string }
  | { readonly outcome: 'survived' }
  | { readonly outcome: 'invalid' }

/** Tries mutants. Those of one batch share what was compiled for them. */
export class Bench {
  readonly #root: string
  readonly #original: Original
  #batch = -1
  #programs: readonly Program[] = []

  constructor(root: string, original: Original) {
    this.#root = root
    this.#original = original
  }

  /** Compiles many mutants of one file together. */
  async prepare(batch: number, mutants: readonly Mutant[]): Promise<void> {
    if (batch === this.#batch) return
    this.#programs = await programsOf(this.#root, this.#original, mutants.filter(isSwitchable))
    this.#batch = batch
  }

  /** Runs the suites in the given order against the mutant, until a test fails. */
  async try(mutant: Mutant, order: readonly string[]): Promise<Outcome> {
    const number = ({ mutants }: Program) => mutants.findIndex(({ key }) => key === mutant.key) + 1
    const shared = this.#programs.find(program => number(program) > 0)
    const program = shared ?? programOf(this.#original, mutant)
    if (program === undefined) return { outcome: 'invalid' }
    const failure = await firstFailure(this.#root, this.#original, program, number(program), order)
    return failure === undefined ? { outcome: 'survived' } : { outcome: 'killed', ...failure }
  }
}

function isSwitchable(mutant: Mutant): mutant is Switchable {
  return mutant.guard !== undefined
}
