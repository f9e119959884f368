import type { Mutant } from './mutants.ts'
import type { Outcome } from './trial.ts'

/** Learns which suites kill which mutants, so that the likeliest goes first. */
export class Likely {
  readonly #order: readonly string[]
  readonly #kills = new Map<string, number>()

  /** @param order - The suites in the order that holds while nothing is known. */
  constructor(order: readonly string[]) {
    this.#order = order
  }

  learn({ place, file }: Mutant, outcome: Outcome): void {
    if (outcome.outcome !== 'killed') return
    for (const where of [place, file]) {
      const known = `${where}\0${outcome.suite}`
      this.#kills.set(known, (this.#kills.get(known) ?? 0) + 1)
    }
  }

  /** Who killed in the same function goes before who killed in the same file. */
  orderFor({ place, file }: Mutant): readonly string[] {
    const kills = (where: string, suite: string) => this.#kills.get(`${where}\0${suite}`) ?? 0
    return this.#order.toSorted(
      (left, right) => kills(place, right) - kills(place, left) || kills(file, right) - kills(file, left),
    )
  }
}
