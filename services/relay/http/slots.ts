import { RelayError } from '../errors.ts'

/** Runs no more acts at a time than it was made for, so that memory and descriptors stay bounded. */
export interface Slots {
  /** @throws RelayError `BUSY`. */
  readonly run: <T>(act: () => Promise<T>) => Promise<T>
  /** Resolves when nothing runs. */
  readonly idle: () => Promise<void>
}

/** @param limit - Acts at a time. */
export function createSlots(limit: number): Slots {
  const running = new Set<Promise<unknown>>()
  return {
    run: async act => {
      if (running.size >= limit) {
        throw new RelayError('BUSY', `the relay takes no more than ${limit} uploads at a time`, { limit })
      }
      const result = act()
      running.add(result)
      try {
        return await result
      } finally {
        running.delete(result)
      }
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}
