import { KedgeError } from '../errors/index.ts'
import { type Cid, parseCid } from './cid.ts'
import { assertSegment, type DirectoryEntry, type DirectoryRoot, encodeDirectory } from './directoryDag.ts'
import { fileDagSize, type NodeBlock } from './fileDag.ts'
import { maxDirectoryDepth, unixfsProfile } from './profile.ts'

/** A file of a tree. */
export interface TreeFile {
  /** Relative, segments separated by `/`. */
  readonly path: string
  /** The file's CID under the profile. */
  readonly cid: Cid
  /** Bytes of the file. What its blocks take in all follows from this. */
  readonly size: number
}

/** Parameters of {@link encodeTree}. */
export interface EncodeTreeParameters {
  readonly files: readonly TreeFile[]
  /** Directories that hold nothing, or that exist in any case; those that files imply need not be listed. */
  readonly directories?: readonly string[] | undefined
}

/** What {@link encodeTree} returns. */
export interface EncodeTreeResult extends DirectoryRoot {
  /** Every directory block once, children before their parents, the root last. */
  readonly blocks: readonly NodeBlock[]
}

/**
 * The CID of a directory tree, from the CIDs and sizes of its files. Nothing is left out: a dot file or an empty
 * directory is part of the tree if it is listed.
 *
 * @param parameters - {@link EncodeTreeParameters}; the order of the lists does not matter.
 * @returns The root directory's CID, its cumulative size, and the directory blocks.
 * @throws {@link KedgeError} `UNSAFE_PATH` for a path that is absolute, empty, holds `.`, `..`, NUL, a backslash or half a
 * surrogate pair, or is more than 128 directories deep; `NAME_COLLISION` when a path occurs twice or is both file and
 * directory; `MANIFEST_MALFORMED` for a bad CID or one that does not fit the size; `SIZE_EXCEEDED`.
 * @example
 * ```ts
 * const { cid, blocks } = encodeTree({
 *   files: [{ path: 'config/.keep', cid: cidOfRawDigest(sha256OfNothing), size: 0 }],
 *   directories: ['logs'],
 * })
 * ```
 * @see https://specs.ipfs.tech/ipips/ipip-0499/
 */
export function encodeTree({ files, directories = [] }: EncodeTreeParameters): EncodeTreeResult {
  const root: Directory = new Map()
  for (const path of directories) directoryAt(root, path.split('/'), path)
  for (const file of files) {
    const segments = file.path.split('/')
    const name = segments.pop() ?? ''
    assertSegment(name, file.path)
    const parent = directoryAt(root, segments, file.path)
    if (parent.has(name)) throw collision(file.path)
    parent.set(name, checked(file))
  }
  const blocks = new Map<Cid, NodeBlock>()
  const result = encodeMap(root, block => blocks.set(block.cid, block))
  return { ...result, blocks: [...blocks.values()] }
}

type Directory = Map<string, Directory | TreeFile>

function directoryAt(root: Directory, segments: readonly string[], path: string): Directory {
  if (segments.length > maxDirectoryDepth) {
    throw new KedgeError('UNSAFE_PATH', `a path is more than ${maxDirectoryDepth} directories deep`, {
      path: path.slice(0, 200),
    })
  }
  return segments.reduce((directory, name) => {
    assertSegment(name, path)
    const found = directory.get(name)
    if (found instanceof Map) return found
    if (found !== undefined) throw collision(path)
    const created: Directory = new Map()
    directory.set(name, created)
    return created
  }, root)
}

/** A file of one chunk is a raw leaf, a longer one a node; anything else was made under another profile. */
function checked(file: TreeFile): TreeFile {
  const { codec } = parseCid(file.cid)
  if ((codec === 'raw') === file.size <= unixfsProfile.chunkSize) return file
  throw new KedgeError('MANIFEST_MALFORMED', 'a CID of the profile would have another codec at this size', {
    path: file.path,
    cid: file.cid,
    size: file.size,
  })
}

function encodeMap(directory: Directory, visit: (block: NodeBlock) => void): DirectoryRoot {
  const entries = [...directory].map(
    ([name, child]): DirectoryEntry =>
      child instanceof Map
        ? { name, ...encodeMap(child, visit) }
        : { name, cid: child.cid, dagSize: fileDagSize(child.size) },
  )
  return encodeDirectory(entries, { visit })
}

function collision(path: string): KedgeError {
  return new KedgeError('NAME_COLLISION', 'a path occurs twice, or as file and as directory', { path })
}
