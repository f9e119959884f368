/** Where a leaf lies: in which file, and as which of its leaves. */
export interface LeafPlace {
  readonly file: number
  readonly leaf: number
}

/** Finds leaves by their digest. */
export interface LeafIndex {
  /**
   * Adds the leaves of a file.
   *
   * @param file - A number of the caller's.
   * @param digests - 32 bytes for each leaf, in order; kept, not copied.
   */
  readonly add: (file: number, digests: Uint8Array) => void
  /** The first place that was added for this digest. */
  readonly find: (digest: Uint8Array) => LeafPlace | undefined
}

/**
 * An index of leaves in 48 to 64 bytes for each: the digests of a file in one piece, and an open-addressed table of
 * (file, leaf). A terabyte has a million leaves; a Map with a key for each would take several times as much.
 */
export function createLeafIndex(): LeafIndex {
  const digestsOf = new Map<number, Uint8Array>()
  let count = 0
  // Two words for each slot: file + 1 (zero: free), leaf.
  let table = new Uint32Array(2 * 1024)

  const slotOf = (digest: Uint8Array, at: number): number => {
    const slots = table.length / 2
    const view = new DataView(digest.buffer, digest.byteOffset + at, 32)
    let slot = view.getUint32(0) & (slots - 1)
    while (table[2 * slot] !== 0) {
      const known = digestsOf.get((table[2 * slot] ?? 0) - 1)
      const start = 32 * (table[2 * slot + 1] ?? 0)
      if (known !== undefined && sameDigest(known, start, digest, at)) return slot
      slot = (slot + 1) & (slots - 1)
    }
    return slot
  }

  const insert = (file: number, leaf: number, digests: Uint8Array): void => {
    const slot = slotOf(digests, 32 * leaf)
    if (table[2 * slot] !== 0) return
    table[2 * slot] = file + 1
    table[2 * slot + 1] = leaf
    count++
  }

  const grow = (): void => {
    const old = table
    table = new Uint32Array(2 * old.length)
    count = 0
    for (let at = 0; at < old.length; at += 2) {
      const file = (old[at] ?? 0) - 1
      const digests = digestsOf.get(file)
      if (digests !== undefined) insert(file, old[at + 1] ?? 0, digests)
    }
  }

  return {
    add: (file, digests) => {
      digestsOf.set(file, digests)
      for (let leaf = 0; leaf < digests.length / 32; leaf++) {
        if (4 * count >= table.length) grow()
        insert(file, leaf, digests)
      }
    },
    find: digest => {
      const slot = slotOf(digest, 0)
      const file = table[2 * slot] ?? 0
      return file === 0 ? undefined : { file: file - 1, leaf: table[2 * slot + 1] ?? 0 }
    },
  }
}

function sameDigest(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let index = 0; index < 32; index++) if (a[atA + index] !== b[atB + index]) return false
  return true
}
