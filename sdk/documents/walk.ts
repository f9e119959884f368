import type { BigIntStats, Dirent } from 'node:fs'
// A namespace, not named imports: bundlers for the browser then drop this file instead of failing on it.
import * as fs from 'node:fs/promises'
import { KedgeError } from '../errors/index.ts'
import { DEFAULT_IGNORE_PATHS } from './ignore.ts'
import { checkPath, collision, foldCase } from './paths.ts'

/** How many files an artifact may have unless the caller says otherwise. */
export const MAX_FILES = 1_000_000

export interface WalkOptions {
  /**
   * Further paths to leave out, relative to the root, each with all that is under it: the signature file, when it
   * lies in the root, or the `ignorePaths` of a foreign statement. No patterns.
   */
  readonly ignore?: readonly string[]
  /** The walk ends with SIZE_EXCEEDED at one file more. */
  readonly maxFiles?: number
  /** Ends the walk with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Lists the regular files of an artifact, in the order in which statement A lists them (by UTF-8 bytes).
 *
 * It holds the names of one directory per level in memory, never the whole list. Nothing is followed: a link ends
 * the walk, and so does a directory that changes while the walk is in it. The root itself may be a link, because
 * the caller named it.
 *
 * @param directory - The root of the artifact.
 * @returns Paths relative to the root, with `/`.
 * @throws SYMLINK; SPECIAL_FILE for devices, pipes, sockets; UNSAFE_PATH, also for names that are not UTF-8;
 * NAME_COLLISION; UNAVAILABLE for what cannot be read; CHANGED_DURING_READ; SIZE_EXCEEDED.
 *
 * @example
 * ```ts
 * for await (const path of walk('models/silero-vad', { ignore: ['model.sig'] })) console.log(path)
 * ```
 */
export async function* walk(
  directory: string,
  options: WalkOptions = {},
): AsyncGenerator<string, void, void> {
  const root = await resolveRoot(directory)
  const { maxFiles = MAX_FILES, signal } = options
  const ignored = new Set<string>([...DEFAULT_IGNORE_PATHS, ...(options.ignore ?? [])])
  let files = 0
  for await (const path of walkDirectory(root, '', ignored, signal)) {
    if (++files > maxFiles) {
      throw new KedgeError('SIZE_EXCEEDED', `The artifact has more than ${maxFiles} files`, {
        limit: maxFiles,
      })
    }
    yield path
  }
}

async function resolveRoot(directory: string): Promise<Buffer> {
  let root: Buffer
  let isDirectory: boolean
  try {
    root = await fs.realpath(directory, { encoding: 'buffer' })
    isDirectory = (await fs.stat(root)).isDirectory()
  } catch (cause) {
    throw new KedgeError(
      'UNAVAILABLE',
      `The artifact ${directory} cannot be read`,
      { path: directory },
      { cause },
    )
  }
  if (!isDirectory) {
    throw new KedgeError('USAGE', `The artifact ${directory} is not a directory`, { path: directory })
  }
  return root
}

async function* walkDirectory(
  directory: Buffer,
  relative: string,
  ignored: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, void> {
  signal?.throwIfAborted()
  const before = await statDirectory(directory, relative)
  const folded = new Map<string, string>()
  for (const entry of sortEntries(await readDirectory(directory, relative))) {
    signal?.throwIfAborted()
    const name = decodeName(entry.name, relative)
    const path = relative === '' ? name : `${relative}/${name}`
    if (ignored.has(path)) continue
    if (entry.isSymbolicLink()) throw symlink(path)
    if (!entry.isFile() && !entry.isDirectory()) {
      throw new KedgeError('SPECIAL_FILE', `${JSON.stringify(path)} is neither a file nor a directory`, {
        path,
      })
    }
    checkPath(path)
    // Looking at siblings is enough: two colliding paths part at one directory, and collide there.
    const other = folded.get(foldCase(name))
    if (other !== undefined) throw collision(other, path)
    folded.set(foldCase(name), path)
    if (entry.isFile()) yield path
    else yield* walkDirectory(join(directory, entry.name), path, ignored, signal)
  }
  const after = await statDirectory(directory, relative)
  if (
    after.dev !== before.dev ||
    after.ino !== before.ino ||
    after.mtimeNs !== before.mtimeNs ||
    after.ctimeNs !== before.ctimeNs
  ) {
    throw changed(relative)
  }
}

/** Looks again, without following: between listing and entering, a directory may have become a link. */
async function statDirectory(directory: Buffer, relative: string): Promise<BigIntStats> {
  let stats: BigIntStats
  try {
    stats = await fs.lstat(directory, { bigint: true })
  } catch (cause) {
    throw unreadable(relative, cause)
  }
  if (stats.isSymbolicLink()) throw symlink(relative)
  return stats
}

async function readDirectory(directory: Buffer, relative: string): Promise<Dirent<Buffer>[]> {
  try {
    return await fs.readdir(directory, { encoding: 'buffer', withFileTypes: true })
  } catch (cause) {
    throw unreadable(relative, cause)
  }
}

/**
 * Sorts the entries of one directory so that a depth-first walk lists whole paths by their bytes: a directory
 * counts as its name with a slash, because that is how the paths under it go on.
 */
function sortEntries(entries: readonly Dirent<Buffer>[]): readonly Dirent<Buffer>[] {
  return entries
    .map(entry => ({
      entry,
      key: entry.isDirectory() ? Buffer.concat([entry.name, SLASH]) : entry.name,
    }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry)
}

const SLASH = Buffer.from('/')

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, SLASH, name])
}

function decodeName(name: Buffer, relative: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name)
  } catch (cause) {
    const path = `${relative === '' ? '' : `${relative}/`}${name.toString('latin1')}`
    const reason = 'it is not UTF-8'
    throw new KedgeError(
      'UNSAFE_PATH',
      `The path ${JSON.stringify(path)} is unsafe: ${reason}`,
      { path, reason, nameBytes: name.toString('hex') },
      { cause },
    )
  }
}

function symlink(path: string): KedgeError {
  return new KedgeError('SYMLINK', `${JSON.stringify(path)} is a symbolic link`, { path })
}

function changed(relative: string): KedgeError {
  const path = relative === '' ? '.' : relative
  return new KedgeError(
    'CHANGED_DURING_READ',
    `The directory ${JSON.stringify(path)} changed while it was listed`,
    {
      path,
    },
  )
}

function unreadable(relative: string, cause: unknown): KedgeError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  // It was there a moment ago, when its parent was listed.
  if (relative !== '' && (code === 'ENOENT' || code === 'ENOTDIR')) return changed(relative)
  const path = relative === '' ? '.' : relative
  return new KedgeError(
    'UNAVAILABLE',
    `The directory ${JSON.stringify(path)} cannot be read`,
    { path },
    { cause },
  )
}
