import type { Mutant } from './mutants.ts'
import type { Original } from './subject.ts'
import { tryMutant } from './trial.ts'

// A process that tries one mutant after the other, so that one which never ends can be ended from outside.

/** What a worker is told: first all that it works with, then mutant by mutant. */
export type Order =
  | { readonly root: string; readonly original: Original }
  | { readonly mutant: Mutant; readonly order: readonly string[] }

let given: { readonly root: string; readonly original: Original } | undefined

process.on('message', async (message: Order) => {
  if ('original' in message) given = message
  else if (given === undefined) throw new Error('a mutant came before the contracts')
  else process.send?.(await tryMutant(given.root, given.original, message.mutant, message.order))
})
