import type { Cid } from '@kedge/sdk/bytes'

/** A file that the store holds. */
export interface StoredFile {
  /** SHA-256 of the file, 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** UnixFS root under the profile `unixfs-v1-2025`. */
  readonly cid: Cid
  /** Bytes. */
  readonly size: number
}

/** What an upload says about itself; where it is not so, nothing is stored. */
export interface FileClaim {
  readonly sha256?: string | undefined
  readonly cid?: string | undefined
  readonly size?: number | undefined
}

/** A block to be stored as it is: a document, or a node of a directory. */
export interface Block {
  readonly cid: string
  readonly bytes: Uint8Array
}

/**
 * Where the bytes of artifacts and documents are. What was stored is on the disk when the promise resolves, and stays:
 * there is no way to delete, so whatever is stored is pinned.
 */
export interface ArtifactStore {
  /**
   * Stores a file that arrives in pieces, in constant memory. Storing the same file again is no error, and mends a
   * damaged one.
   *
   * @throws KedgeError `DIGEST_MISMATCH`, `ROOT_MISMATCH`, `SIZE_EXCEEDED`; RelayError `STORE_FULL`. Nothing is kept then.
   */
  readonly putFile: (bytes: AsyncIterable<Uint8Array>, claim?: FileClaim) => Promise<StoredFile>
  /**
   * Stores blocks as they are.
   *
   * @throws KedgeError `DIGEST_MISMATCH` when a block is not the one that its CID names; RelayError `STORE_FULL`.
   */
  readonly putBlocks: (blocks: readonly Block[]) => Promise<void>
  /** The file with this SHA-256, if it is there. */
  readonly fileOf: (sha256: string) => Promise<StoredFile | undefined>
  /** The file with this UnixFS root, if it is there. */
  readonly fileAt: (cid: string) => Promise<StoredFile | undefined>
  /** The bytes of a block without reading it, or undefined if it is not there. */
  readonly sizeOf: (cid: string) => Promise<number | undefined>
  /**
   * A block, or undefined if it is not there.
   *
   * @throws KedgeError `DIGEST_MISMATCH` when the disk no longer holds what was stored.
   */
  readonly block: (cid: string) => Promise<Uint8Array | undefined>
  /** Files of more than one block. */
  readonly count: () => number
  /** Lets go of the directory. What is still being stored must have ended before. */
  readonly close: () => void
}
