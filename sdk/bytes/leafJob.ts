/** Leaves that a thread reads from the file itself. */
export interface FileLeafJob {
  readonly kind: 'file'
  /** Threads share descriptors, so all read from the one that was opened and looked at. */
  readonly fd: number
  /** Bytes of the file. */
  readonly size: number
  readonly chunkSize: number
  readonly bufferSize: number
  readonly leavesPerClaim: number
  /** Shared numbers, by the names in {@link controlIndex}. */
  readonly control: Int32Array
  /** Shared: 32 bytes for each leaf. */
  readonly digests: Uint8Array
}

/** Leaves that another thread reads and puts into a ring of shared slots. */
export interface RingLeafJob {
  readonly kind: 'ring'
  /** Bytes of the file. */
  readonly size: number
  readonly chunkSize: number
  readonly control: Int32Array
  readonly digests: Uint8Array
  /** Shared: slot n holds leaf n, n + slots, n + 2 slots … in turn. */
  readonly ring: Uint8Array
}

/** What a thread that hashes leaves is given. */
export type LeafJob = FileLeafJob | RingLeafJob

/** What it tells: bytes hashed, or why it gave up. */
export type LeafReport = { readonly bytes: number } | { readonly failure: string }

/** Where each number stands in the shared control words. */
export const controlIndex = {
  /** The next leaf that no thread has claimed. */
  claimed: 0,
  /** Not zero when the threads must stop. */
  stop: 1,
  /** Leaves put into the ring. */
  filled: 2,
  /** Leaves of the ring that are hashed. */
  hashed: 3,
} as const

/** What a thread reports when the file ended before its size. */
export const endedEarly = 'ENDED_EARLY'
