import type { Mutant } from './mutants.ts'
import type { Original } from '../solidity/subject.ts'
import { Bench } from './trial.ts'

// A process that tries one mutant after the other, so that one which never ends can be ended from outside.

/** What a worker is told: first all that it works with; then mutant by mutant, each with those it is compiled with. */
export type Order =
  | { readonly root: string; readonly original: Original }
  | { readonly batch: Batch; readonly mutant: Mutant; readonly order: readonly string[] }

/** Mutants of one file. */
export interface Batch {
  readonly number: number
  readonly mutants: readonly Mutant[]
}

let bench: Bench | undefined

process.on('message', async (message: Order) => {
  if ('original' in message) {
    bench = new Bench(message.root, message.original)
    return
  }
  if (bench === undefined) throw new Error('a mutant came before the contracts')
  await bench.prepare(message.batch.number, message.batch.mutants)
  process.send?.(await bench.try(message.mutant, message.order))
})
