/** Where progress is shown: stderr, or what a test puts in its place. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** Tells how far long work has come. */
export interface Progress {
  update(text: string): void
  /** Clears what is shown; the work is over. */
  end(): void
}

/**
 * On a terminal one line that is rewritten ten times a second; elsewhere a line of its own every ten seconds, so that
 * a log shows that the work goes on and short work leaves no trace.
 */
export function createProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const terminal = stream.isTTY === true
  const interval = terminal ? 100 : 10_000
  let last = terminal ? -interval : now()
  let shown = false
  return {
    update(text) {
      if (now() - last < interval) return
      last = now()
      shown = terminal
      stream.write(terminal ? `\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`)
    },
    end() {
      if (shown) stream.write('\r\u001b[K')
      shown = false
    },
  }
}

/** Runs work with progress, and clears the line however it ends. */
export async function withProgress<T>(work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = createProgress()
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}

/** A number of bytes for people, in powers of 1000. */
export function bytesText(bytes: number | bigint): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = Number(bytes)
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`
}
