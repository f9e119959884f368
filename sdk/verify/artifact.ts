import { lstatSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hashFile, type ReadProgress } from '../bytes/index.ts'
import { type ArtifactContent, walk } from '../documents/index.ts'
import { KedgeError, systemReason } from '../errors/index.ts'

/** Options of {@link checkArtifact}. */
export interface CheckArtifactOptions {
  /** Bytes of all the files together, as the manifest declares them. */
  readonly totalBytes?: bigint
  /** Called after each file. */
  readonly onProgress?: (progress: { readonly files: number; readonly of: number }) => void
  /** Called while a file is read. */
  readonly onRead?: ((progress: ReadProgress & { readonly path: string }) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** More strays than this are not counted. */
const MAX_STRAYS = 1000

/**
 * Whether a directory holds exactly the files of document A: none missing, none more, each with its bytes, and all of
 * them still the same when the last one was read. The directory may be named by a link; nothing in it may be one. A
 * file may have further names elsewhere (hard links): what is written through them is noticed as long as this runs.
 *
 * What A leaves out, by its `ignorePaths` and the defaults of OpenSSF Model Signing, is not looked at and must not be
 * loaded.
 *
 * @param directory - The root of the artifact.
 * @param artifact - Document A.
 * @param options - {@link CheckArtifactOptions}
 * @throws KedgeError `SIZE_EXCEEDED` for a file that is larger than what is left of `totalBytes`, `MANIFEST_MISMATCH`
 * when the files are smaller than that together, `UNSAFE_PATH`, `NAME_COLLISION`, `SYMLINK`, `SPECIAL_FILE`,
 * `MISSING_FILE`, `EXTRA_FILE`, `DIGEST_MISMATCH`, `CHANGED_DURING_READ`, `UNAVAILABLE`.
 *
 * @example
 * ```ts
 * await checkArtifact('models/silero-vad', parseArtifactStatement(bytesOfA))
 * ```
 */
export async function checkArtifact(
  directory: string,
  artifact: ArtifactContent,
  options: CheckArtifactOptions = {},
): Promise<void> {
  const { totalBytes, signal, onProgress } = options
  // Resolved once, so that a link that is moved meanwhile cannot have one tree listed and another one read. What
  // cannot be resolved is the walk's to complain about.
  const root = await realpath(directory).catch(() => directory)
  const before = await list(root, artifact, signal)
  let left = totalBytes
  for (const [index, { path, sha256 }] of artifact.files.entries()) {
    const actual = await hash(root, path, left, options)
    if (actual.sha256 !== sha256) {
      throw new KedgeError('DIGEST_MISMATCH', `${path} is not the approved file`, {
        path,
        expected: sha256,
        actual: actual.sha256,
      })
    }
    if (left !== undefined) left -= BigInt(actual.size)
    onProgress?.({ files: index + 1, of: artifact.files.length })
  }
  if (left !== undefined && left > 0n) {
    throw new KedgeError('MANIFEST_MISMATCH', 'the manifest declares more bytes than the artifact has', {
      field: 'artifact.totalBytes',
      manifest: `${totalBytes}`,
      artifact: `${(totalBytes ?? 0n) - left}`,
    })
  }
  const after = await list(root, artifact, signal)
  for (const [path, state] of before) {
    if (after.get(path) !== state) throw changed(path)
  }
}

/**
 * Whether there is anything to load at all, before documents of it are looked for.
 *
 * @throws KedgeError `UNAVAILABLE`.
 */
export async function requireArtifact(directory: string): Promise<void> {
  try {
    await stat(directory)
  } catch (cause) {
    const path = resolve(directory)
    throw new KedgeError(
      'UNAVAILABLE',
      `there is no artifact at ${path}: ${systemReason(cause)}`,
      { path },
      { cause, remedy: 'Name the directory that is to be loaded.' },
    )
  }
}

/** Every file of A with its state: there is no other, and none is missing. */
async function list(
  root: string,
  artifact: ArtifactContent,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const expected = new Set(artifact.files.map(({ path }) => path))
  const states = new Map<string, string>()
  let stray: string | undefined
  let strays = 0
  for await (const path of walk(root, { ignore: artifact.ignorePaths, ...(signal && { signal }) })) {
    if (expected.has(path)) {
      states.set(path, stateOf(root, path))
      continue
    }
    stray ??= path
    strays += 1
    // Some are listed to the end, so that a renamed file is called missing; a directory of millions need not be.
    if (strays > MAX_STRAYS) break
  }
  if (strays <= MAX_STRAYS) {
    for (const path of expected) {
      if (!states.has(path)) throw new KedgeError('MISSING_FILE', `${path} is missing`, { path })
    }
  }
  if (stray !== undefined) throw new KedgeError('EXTRA_FILE', `${stray} was not approved`, { path: stray })
  return states
}

/** What changes when a file is written or replaced. */
function stateOf(root: string, path: string): string {
  const stats = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) throw changed(path)
  const { dev, ino, size, mtimeNs, ctimeNs } = stats
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/**
 * Every file before this one was the approved one, so `left` is what this one and those after it have together: a file
 * that is larger is not the approved one, however long it would take to read.
 */
async function hash(
  root: string,
  path: string,
  left: bigint | undefined,
  { signal, onRead }: CheckArtifactOptions,
): Promise<{ readonly sha256: string; readonly size: number }> {
  try {
    return await hashFile(join(root, path), {
      signal,
      onProgress: onRead && (progress => onRead({ ...progress, path })),
      maxSize: left === undefined ? undefined : Number(left),
    })
  } catch (cause) {
    if (!(cause instanceof KedgeError)) throw cause
    const { code, message, facts } = cause
    // It was there a moment ago, when its directory was listed.
    const isGone = code === 'UNAVAILABLE' && (facts['reason'] === 'ENOENT' || facts['reason'] === 'ENOTDIR')
    throw isGone ? changed(path, cause) : new KedgeError(code, message, { ...facts, path }, { cause })
  }
}

function changed(path: string, cause?: unknown): KedgeError {
  return new KedgeError(
    'CHANGED_DURING_READ',
    `${path} changed while the artifact was read`,
    { path },
    { cause },
  )
}
