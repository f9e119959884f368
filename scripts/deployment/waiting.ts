/** Says what a deployment waits for, and for how long, so that nobody takes waiting for hanging. */
export interface Waiting {
  /** A transaction was sent, or one of an earlier run is asked for. */
  transaction(hash: string, what?: string): void
  /** The block that holds it, or nothing yet. */
  minedIn(block: number | undefined): void
  head(block: number): void
  stop(): void
}

/** How often it says so, in milliseconds. */
const interval = 10_000

export function tellWaiting(say: (line: string) => void, confirmations: number): Waiting {
  let hash: string | undefined
  let what = ''
  let since = Date.now()
  let mined: number | undefined
  let newest = 0
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - since) / 1000)
    if (hash === undefined) return say(`  waiting for the endpoint for ${seconds} s`)
    const state =
      mined === undefined
        ? 'in no block yet'
        : `in block ${mined}, ${Math.max(1, newest - mined + 1)} of ${confirmations} confirmations`
    say(`  waiting for ${what} for ${seconds} s: ${state}`)
  }, interval)
  return {
    transaction(next, name = `transaction ${next} of an earlier run`) {
      if (next === hash) return
      hash = next
      what = name
      since = Date.now()
      mined = undefined
    },
    minedIn(block) {
      mined = block
    },
    head(block) {
      newest = block
    },
    stop() {
      clearInterval(timer)
    },
  }
}
