import type { Sample } from './evm.ts'
import type { Work } from './floor.ts'
import type { PeerName } from './peers/acts.ts'

/** One of our acts, measured twice. */
export interface Operation {
  /** Begins with the function's name. */
  readonly name: string
  /** The first time that anything of its kind happens: slots are created that later are only changed. */
  readonly firstUse: Sample
  /** As it happens day by day. */
  readonly steady: Sample
  /** What the steady one must touch. */
  readonly work: Work
  /** What comes nearest among the peers, if anything does. */
  readonly peer?: PeerName
}

/** A sample that must have been taken. */
export function at(samples: readonly Sample[], index: number): Sample {
  const found = samples.at(index)
  if (found === undefined) throw new Error(`sample ${index} was never taken`)
  return found
}

/** The first of its kind, and the last. */
export function firstAndLast(samples: readonly Sample[]) {
  return { firstUse: at(samples, 0), steady: at(samples, -1) }
}
