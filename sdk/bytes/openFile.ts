import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { KedgeError } from '../errors/index.ts'

/** A file to read: its path, or a descriptor that is open for reading (it stays open, its position is not moved). */
export type FileSource = string | number

/** Options of everything that reads a file. */
export interface ReadFileOptions {
  /** Bytes; a larger file is refused before anything of it is read. */
  readonly maxSize?: number | undefined
  /** Called now and then while the file is read. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  /** Stops the reading; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** How far the reading of a file has come. */
export interface ReadProgress {
  /** Bytes read. */
  readonly done: number
  /** Bytes of the file. */
  readonly total: number
}

/** A file while it is read. */
export interface OpenFile {
  readonly fd: number
  /** Bytes, when it was opened. */
  readonly size: number
  /** What to call it in a message. */
  readonly name: string
}

/**
 * Opens a file, has it read, and makes sure that it did not change meanwhile: size, inode and both times must be the
 * same before and after. This catches whatever writes through the file system, as a download that still runs
 * or a file that was replaced; it cannot catch a write within the same tick of the clock as the first look.
 *
 * @param source - A path (never a symbolic link in its last part: a link may lead anywhere) or a descriptor.
 * @param options - {@link ReadFileOptions}
 * @param read - Reads `size` bytes from `fd`, by position.
 * @returns What `read` returned.
 * @throws {@link KedgeError} `SYMLINK`, `SPECIAL_FILE`, `UNAVAILABLE`, `SIZE_EXCEEDED`, `CHANGED_DURING_READ`
 */
export async function withOpenFile<result>(
  source: FileSource,
  options: ReadFileOptions,
  read: (file: OpenFile) => Promise<result>,
): Promise<result> {
  options.signal?.throwIfAborted()
  const name = typeof source === 'string' ? source : `descriptor ${source}`
  const fd = typeof source === 'string' ? open(source) : source
  try {
    const before = look(fd, name)
    if (!before.isFile()) throw new KedgeError('SPECIAL_FILE', `${name} is not a file`, { path: name })
    const { maxSize = Number.MAX_SAFE_INTEGER } = options
    if (before.size > maxSize) {
      throw new KedgeError('SIZE_EXCEEDED', `${name} is larger than allowed`, {
        path: name,
        limit: maxSize,
        size: before.size.toString(),
      })
    }
    const size = Number(before.size)
    const result = await read({ fd, size, name })
    // Some files are longer than they say (/proc), and some grow without a new time (mapped memory).
    if (readAt(name, fd, new Uint8Array(1), size) !== 0) throw changedDuringRead(name)
    // By path, so that a file which was replaced or removed meanwhile is noticed too.
    const after =
      typeof source === 'string'
        ? statSync(source, { bigint: true, throwIfNoEntry: false })
        : fstatSync(source, { bigint: true })
    if (after === undefined || !isSame(before, after)) throw changedDuringRead(name)
    return result
  } finally {
    if (typeof source === 'string') closeSync(fd)
  }
}

/**
 * Fills `target` from the file.
 *
 * @throws {@link KedgeError} `CHANGED_DURING_READ` when the file ends before `target` is full, `UNAVAILABLE` when it
 * cannot be read.
 */
export function fillFrom(file: OpenFile, target: Uint8Array, position: number): void {
  let filled = 0
  while (filled < target.length) {
    const count = readAt(file.name, file.fd, target.subarray(filled), position + filled)
    if (count === 0) throw changedDuringRead(file.name)
    filled += count
  }
}

/** The file is not what it was when it was opened. */
export function changedDuringRead(name: string): KedgeError {
  return new KedgeError('CHANGED_DURING_READ', `${name} changed while it was read`, { path: name })
}

/** The system refuses to open or read a file. */
export function unreadable(name: string, cause: unknown): KedgeError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new KedgeError('UNAVAILABLE', `${name} cannot be read`, { path: name, reason }, { cause })
}

function open(path: string): number {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ELOOP') {
      throw new KedgeError('SYMLINK', `${path} is a symbolic link`, { path }, { cause })
    }
    throw unreadable(path, cause)
  }
}

function readAt(name: string, fd: number, target: Uint8Array, position: number): number {
  try {
    return readSync(fd, target, 0, target.length, position)
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

function look(fd: number, name: string): BigIntStats {
  try {
    return fstatSync(fd, { bigint: true })
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

/** What must not change while a file is read. */
export type FileState = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

/** Whether two looks at a file saw the same file in the same state. */
export function isSame(before: FileState, after: FileState): boolean {
  return (
    before.dev === after.dev &&
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs
  )
}
