import type { Original } from '../solidity/subject.ts'
import type { Mutant } from './mutants.ts'
import { Bench } from './trial.ts'

// A process that tries one mutant after the other, so that one which never ends can be ended from outside.

/** What a worker is told: first all that it works with; then mutant by mutant, each with those it is compiled with. */
export type Order = { readonly root: string; readonly original: Original } | Question

/** A mutant, those it is compiled with, and the suites in the order in which they are to run. */
export interface Question {
  readonly batch: Batch
  readonly mutant: Mutant
  readonly order: readonly string[]
}

/** Mutants of one file. */
export interface Batch {
  readonly number: number
  readonly mutants: readonly Mutant[]
}

let bench: Bench | undefined

process.on('disconnect', () => process.exit())
process.on('message', (message: Order) => {
  if ('original' in message) bench = new Bench(message.root, message.original)
  else answer(message).catch(fail)
})

async function answer({ batch, mutant, order }: Question): Promise<void> {
  if (bench === undefined) throw new Error('a mutant came before the contracts')
  await bench.prepare(batch.number, batch.mutants)
  process.send?.(await bench.try(mutant, order))
}

function fail(error: unknown): never {
  console.error(error)
  process.exit(1)
}
