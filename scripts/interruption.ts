import { constants } from 'node:os'

/** What ends a script from outside: Ctrl-C, or whoever stops services. */
export type Interruption = 'SIGINT' | 'SIGTERM'

/** Settles at the first interruption. A second one ends the process at once, as if nobody had listened. */
export function untilSignal(): Promise<Interruption> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

/** The exit code that a shell gives to who was ended by a signal: 130 for Ctrl-C. */
export function exitCodeOf(signal: Interruption): number {
  return 128 + constants.signals[signal]
}
