import { join } from 'node:path'
import { hashFile } from '../bytes/index.ts'
import { type ArtifactContent, walk } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'

/** Options of {@link checkArtifact}. */
export interface CheckArtifactOptions {
  /** Called after each file. */
  readonly onProgress?: (progress: { readonly files: number; readonly of: number }) => void
  readonly signal?: AbortSignal
}

/**
 * Whether a directory holds exactly the files of document A: none missing, none more, each with its bytes.
 *
 * @throws KedgeError `UNSAFE_PATH`, `NAME_COLLISION`, `SYMLINK`, `SPECIAL_FILE`, `MISSING_FILE`, `EXTRA_FILE`,
 * `DIGEST_MISMATCH`, `CHANGED_DURING_READ`, `UNAVAILABLE`.
 */
export async function checkArtifact(
  directory: string,
  artifact: ArtifactContent,
  options: CheckArtifactOptions = {},
): Promise<void> {
  const { signal, onProgress } = options
  const expected = new Map(artifact.files.map(({ path, sha256 }) => [path, sha256]))
  const found: string[] = []
  // One file more than expected is enough to say no: a directory of millions need not be listed.
  for await (const path of walk(directory, { ignore: artifact.ignorePaths, ...(signal && { signal }) })) {
    if (!expected.has(path)) throw new KedgeError('EXTRA_FILE', `${path} was not approved`, { path })
    found.push(path)
  }
  const present = new Set(found)
  for (const path of expected.keys()) {
    if (!present.has(path)) throw new KedgeError('MISSING_FILE', `${path} is missing`, { path })
  }
  for (const [index, path] of found.entries()) {
    const { sha256 } = await hashFile(join(directory, path), { signal })
    if (sha256 !== expected.get(path)) {
      throw new KedgeError('DIGEST_MISMATCH', `${path} is not the approved file`, {
        path,
        expected: expected.get(path) ?? '',
        actual: sha256,
      })
    }
    onProgress?.({ files: index + 1, of: found.length })
  }
}
