import { type ChildProcess, fork } from 'node:child_process'
import type { Original } from '../solidity/subject.ts'
import type { Mutant } from './mutants.ts'
import type { Outcome } from './trial.ts'
import type { Batch } from './worker.ts'

/** Longer than any mutant takes that ends, with the compilation of its batch; longer is killed, and counted so. */
const patience = 10 * 60_000

/** Two at a time: each compiles on one processor and needs most of a gigabyte. */
const workers = 2

/** So many share a compilation. */
const batchSize = 120

/** Tries every mutant. An outcome is handed over as soon as it is known. */
export async function tryAll(
  root: string,
  original: Original,
  mutants: readonly Mutant[],
  orderFor: (mutant: Mutant) => readonly string[],
  know: (mutant: Mutant, outcome: Outcome) => void,
): Promise<void> {
  const waiting = batchesOf(mutants)
  const lane = async () => {
    let worker = start(root, original)
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      for (const mutant of batch.mutants) {
        const outcome = await ask(worker, batch, mutant, orderFor(mutant))
        if (outcome === timedOut) {
          worker.kill('SIGKILL')
          worker = start(root, original)
        }
        know(mutant, outcome)
      }
    }
    worker.disconnect()
  }
  await Promise.all(Array.from({ length: Math.min(workers, waiting.length) }, lane))
}

function batchesOf(mutants: readonly Mutant[]): Batch[] {
  const files = Object.values(Object.groupBy(mutants, ({ file }) => file))
  return files
    .flatMap((ofFile = []) => {
      const count = Math.ceil(ofFile.length / batchSize)
      return Array.from({ length: count }, (_, index) =>
        ofFile.slice(index * batchSize, (index + 1) * batchSize),
      )
    })
    .map((ofBatch, number) => ({ number, mutants: ofBatch }))
}

const timedOut: Outcome = { outcome: 'killed', suite: '', by: 'its time' }

function start(root: string, original: Original): ChildProcess {
  const worker = fork(new URL('./worker.ts', import.meta.url), { serialization: 'advanced' })
  worker.send({ root, original })
  return worker
}

function ask(worker: ChildProcess, batch: Batch, mutant: Mutant, order: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      worker.off('message', answered).off('exit', ended).off('error', failed)
      act()
    }
    const answered = (outcome: Outcome) => settle(() => resolve(outcome))
    const failed = (error: Error) => settle(() => reject(error))
    const ended = () => settle(() => reject(new Error(`the worker ended over ${mutant.key}`)))
    const timer = setTimeout(() => settle(() => resolve(timedOut)), patience)
    worker.on('message', answered).on('exit', ended).on('error', failed)
    worker.send({ batch, mutant, order })
  })
}
