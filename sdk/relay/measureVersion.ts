import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { digestFile, encodeTree, type ReadProgress } from '../bytes/index.ts'
import {
  type ArtifactContent,
  checkBinding,
  checkCoverage,
  MAX_ARTIFACT_STATEMENT_BYTES,
  MAX_MANIFEST_BYTES,
  type Manifest,
  type MeasuredFile,
  parseArtifactStatement,
  parseManifest,
  walk,
} from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { besideOf } from '../verify/documents.ts'
import { readRegular } from '../verify/readRegular.ts'

/** A version as it lies on the disk, with everything that was measured of it. */
export interface MeasuredVersion {
  readonly directory: string
  readonly files: readonly MeasuredFile[]
  /** Document A's exact bytes. */
  readonly statement: Uint8Array
  /** Document B's exact bytes. */
  readonly manifest: Uint8Array
}

/** Options of {@link measureVersion}. */
export interface MeasureOptions {
  /** Called while a file is read. */
  readonly onRead?: ((progress: ReadProgress & { readonly path: string }) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a directory and the documents beside it, and makes sure that they belong together: a relay is sent nothing that
 * its own documents contradict, and nothing in the clear that they call encrypted.
 *
 * @param directory - The root of the artifact; its documents A and B lie beside it.
 * @param options - {@link MeasureOptions}
 * @throws KedgeError `USAGE` if a document is not there or the artifact is encrypted; `MANIFEST_MALFORMED`,
 * `MANIFEST_MISMATCH`, `COVERAGE_GAP`, `MISSING_FILE`, `EXTRA_FILE`, `DIGEST_MISMATCH`, and as the reading of files.
 *
 * @example
 * ```ts
 * const { files } = await measureVersion('models/silero-vad')
 * ```
 */
export async function measureVersion(
  directory: string,
  options: MeasureOptions = {},
): Promise<MeasuredVersion> {
  const beside = besideOf(directory)
  const manifestBytes = await readBeside(beside.manifest, MAX_MANIFEST_BYTES)
  const statement = await readBeside(beside.artifact, MAX_ARTIFACT_STATEMENT_BYTES)
  const { manifest } = parseManifest(manifestBytes)
  const artifact = parseArtifactStatement(statement)
  checkBinding(manifest, artifact)
  checkCoverage(manifest, artifact)
  if (manifest.artifact.encryption !== null) {
    throw new KedgeError(
      'USAGE',
      `the manifest says that ${directory} is encrypted: its files would be sent in the clear`,
      { directory },
      { remedy: 'Send the ciphertext to POST /files and POST /trees of the relay (docs/relay.md).' },
    )
  }
  // Resolved once, so that a link that is moved meanwhile cannot have one tree measured and another one sent.
  const root = await realpath(directory).catch(() => directory)
  await checkPaths(root, artifact, options)
  const files = await measureFiles(root, artifact, options)
  checkTree(manifest, files)
  return { directory: root, files, statement, manifest: manifestBytes }
}

async function readBeside(path: string, limit: number): Promise<Uint8Array> {
  const bytes = await readRegular(path, limit)
  if (bytes !== undefined) return bytes
  throw new KedgeError(
    'USAGE',
    `there is no ${path}`,
    { path },
    { remedy: 'Name the directory of the version; kedge manifest writes its documents beside it.' },
  )
}

/** Every file of A is there, and no other. */
async function checkPaths(
  root: string,
  artifact: ArtifactContent,
  { signal }: MeasureOptions,
): Promise<void> {
  const missing = new Set(artifact.files.map(({ path }) => path))
  let extra: string | undefined
  for await (const path of walk(root, { ignore: artifact.ignorePaths, ...(signal && { signal }) })) {
    if (!missing.delete(path)) extra ??= path
  }
  const [path] = missing
  if (path !== undefined) throw new KedgeError('MISSING_FILE', `${path} is missing`, { path })
  if (extra !== undefined) {
    throw new KedgeError('EXTRA_FILE', `${extra} is in no document`, { path: extra })
  }
}

async function measureFiles(
  root: string,
  artifact: ArtifactContent,
  { onRead, signal }: MeasureOptions,
): Promise<readonly MeasuredFile[]> {
  const files: MeasuredFile[] = []
  for (const { path, sha256: expected } of artifact.files) {
    const { sha256, cid, size } = await digestFile(join(root, path), {
      signal,
      ...(onRead && { onProgress: progress => onRead({ ...progress, path }) }),
    })
    if (sha256 !== expected) {
      throw new KedgeError('DIGEST_MISMATCH', `${path} is not the file of document A`, {
        path,
        expected,
        actual: sha256,
      })
    }
    files.push({ path, sha256, cid, size })
  }
  return files
}

/** What the manifest says of the tree, which a relay would refuse only after everything was sent. */
function checkTree({ artifact }: Manifest, files: readonly MeasuredFile[]): void {
  const actual = {
    treeCid: encodeTree({ files }).cid,
    totalBytes: String(files.reduce((sum, { size }) => sum + BigInt(size), 0n)),
  }
  for (const field of ['treeCid', 'totalBytes'] as const) {
    if (artifact[field] === actual[field]) continue
    throw new KedgeError('MANIFEST_MISMATCH', 'the manifest says something else of the files', {
      field: `artifact.${field}`,
      manifest: artifact[field],
      artifact: actual[field],
    })
  }
}
