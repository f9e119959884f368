import { type ChildProcess, fork } from 'node:child_process'
import type { Mutant } from './mutants.ts'
import type { Original } from './subject.ts'
import type { Outcome } from './trial.ts'

/** Longer than any mutant takes that ends; what takes longer is killed, and counted so. */
const patience = 5 * 60_000

/** Two at a time: each compiles on one processor and needs most of a gigabyte. */
const workers = 2

/** Tries every mutant. An outcome is handed over as soon as it is known. */
export async function tryAll(
  root: string,
  original: Original,
  mutants: readonly Mutant[],
  orderFor: (mutant: Mutant) => readonly string[],
  know: (mutant: Mutant, outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...mutants]
  const lane = async () => {
    let worker = start(root, original)
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const outcome = await ask(worker, mutant, orderFor(mutant))
      if (outcome.outcome === 'killed' && outcome.suite === timedOut.suite) {
        worker.kill('SIGKILL')
        worker = start(root, original)
      }
      know(mutant, outcome)
    }
    worker.disconnect()
  }
  await Promise.all(Array.from({ length: Math.min(workers, mutants.length) }, lane))
}

const timedOut = { outcome: 'killed', suite: '', by: 'its time' } as const

function start(root: string, original: Original): ChildProcess {
  const worker = fork(new URL('./worker.ts', import.meta.url), { serialization: 'advanced' })
  worker.send({ root, original })
  return worker
}

function ask(worker: ChildProcess, mutant: Mutant, order: readonly string[]): Promise<Outcome> {
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
    worker.send({ mutant, order })
  })
}
