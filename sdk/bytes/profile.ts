/**
 * The numbers of the CID profile `unixfs-v1-2025`. They are part of every CID that Kedge anchors: another
 * value gives another CID for the same bytes, so none of them is an option.
 *
 * @see https://specs.ipfs.tech/ipips/ipip-0499/
 */
export const unixfsProfile = {
  name: 'unixfs-v1-2025',
  /** Bytes per leaf; only a file's last leaf may be shorter. */
  chunkSize: 1_048_576,
  /** Children per interior node of a file; only the last node of each level may have fewer. */
  width: 1_024,
  /** A directory whose single block would be larger than this many bytes becomes a HAMT. */
  directoryLimit: 262_144,
  /** Slots per HAMT node. */
  fanout: 256,
} as const

/** No block of the profile is larger: a leaf is the largest that there is. */
export const maxBlockSize = unixfsProfile.chunkSize

/** Directories below directories. File systems end far sooner; without a bound a listing could exhaust the stack. */
export const maxDirectoryDepth = 128
