import { renameSync, rmSync } from 'node:fs'
import { type FileHandle, open, realpath, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KedgeError, systemReason } from '../errors/index.ts'

/** The most bytes of any file that an argument names and that is not hashed piece by piece. */
const MAX_BYTES = 64 * 1024 * 1024

/** The bytes of a file that an argument names. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r')
    const parts: Buffer[] = []
    let size = 0
    // A stream, not a size: the argument may be a pipe of the shell.
    for await (const part of file.createReadStream()) {
      parts.push(part as Buffer)
      size += (part as Buffer).length
      if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    }
    return new Uint8Array(Buffer.concat(parts))
  } catch (cause) {
    const remedy = 'Check the path and its permissions.'
    throw new KedgeError(
      'USAGE',
      `${path} cannot be read: ${systemReason(cause)}`,
      { path },
      { cause, remedy },
    )
  }
}

/** The text of a file that an argument names. */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new KedgeError('USAGE', `${path} is not text in UTF-8`, { path }, { cause, remedy: 'Convert it.' })
  }
}

/** The value in a JSON file that an argument names. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const remedy = 'Check that the path is right, and that whatever wrote the file came to its end.'
    const what = text.trim() === '' ? 'is empty' : 'is not JSON'
    throw new KedgeError('USAGE', `${path} ${what}`, { path }, { cause, remedy })
  }
}

/** Runs what makes something of a file that a person wrote; what is wrong with it then names the file. */
export function blaming<T>(path: string, remedy: string, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof KedgeError)) throw cause
    const { code, message, facts } = cause
    throw new KedgeError(code, `${path}: ${message}`, { ...facts, file: path }, { cause, remedy })
  }
}

/** A file to be written. */
export interface NewFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * Writes files so that afterwards all of them are there whole, or nothing has changed. What stands there with other
 * bytes is replaced only if that is asked for.
 *
 * @throws KedgeError `USAGE` for a file that would be replaced, `UNAVAILABLE` if they cannot be written.
 */
export async function writeWhole(
  files: readonly NewFile[],
  options: { readonly overwrite?: boolean | undefined } = {},
): Promise<void> {
  const moves: { readonly draft: string; readonly target: string }[] = []
  let at = files[0]?.path ?? ''
  try {
    for (const { path, bytes } of files) {
      at = path
      const place = await placeOf(path, bytes)
      if (place.state === 'same') continue
      if (place.state === 'special') {
        await writeInto(place.target, 'w', bytes)
        continue
      }
      if (place.state === 'other' && options.overwrite !== true) {
        throw new KedgeError(
          'USAGE',
          `${path} is there already, with other content`,
          { path },
          { remedy: 'Name another file, or give --overwrite if nobody needs the old one any more.' },
        )
      }
      const draft = `${place.target}.${process.pid}.draft`
      drafts.add(draft)
      moves.push({ draft, target: place.target })
      await writeInto(draft, 'wx', bytes)
    }
    // In one go: no signal is heard between two of them.
    for (const { draft, target } of moves) {
      at = target
      renameSync(draft, target)
      drafts.delete(draft)
    }
  } catch (cause) {
    for (const { draft } of moves) {
      await rm(draft, { force: true }).catch(() => undefined)
      drafts.delete(draft)
    }
    if (cause instanceof KedgeError) throw cause
    throw new KedgeError(
      'UNAVAILABLE',
      `${at} cannot be written: ${systemReason(cause)}`,
      { path: at, directory: dirname(at) },
      { cause, remedy: 'Nothing was changed. Make room, or allow writing there, then try again.' },
    )
  }
}

/** Drafts that exist right now. */
const drafts = new Set<string>()

/** Removes what is half written, when the process must end at once. */
export function removeDrafts(): void {
  for (const draft of drafts) rmSync(draft, { force: true })
  drafts.clear()
}

interface Place {
  /** Where a link leads: the link stays. */
  readonly target: string
  /** A device or a pipe is `special`: it is written into, not replaced. */
  readonly state: 'free' | 'same' | 'other' | 'special'
}

async function placeOf(path: string, bytes: Uint8Array): Promise<Place> {
  let target: string
  try {
    target = await realpath(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { target: path, state: 'free' }
    throw error
  }
  const stats = await stat(target)
  if (stats.isDirectory()) throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' })
  if (!stats.isFile()) return { target, state: 'special' }
  const same = stats.size === bytes.length && Buffer.from(await readBytes(target)).equals(bytes)
  return { target, state: same ? 'same' : 'other' }
}

async function writeInto(path: string, flag: 'w' | 'wx', bytes: Uint8Array): Promise<void> {
  const file: FileHandle = await open(path, flag)
  try {
    await file.writeFile(bytes)
    if (flag === 'wx') await file.sync()
  } finally {
    await file.close()
  }
}
