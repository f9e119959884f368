import { resolve } from 'node:path'
import {
  checkBinding,
  checkCoverage,
  digestOf,
  type ParsedManifest,
  parseArtifactStatement,
} from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { checkArtifact } from '../verify/artifact.ts'
import { besideOf } from '../verify/documents.ts'
import { readBytes } from './files.ts'
import { withProgress } from './progress.ts'

/**
 * Whether a directory and the statement beside it are what its manifest says: nobody anchors or signs bytes that were
 * changed since.
 *
 * @throws KedgeError as the check of an artifact does.
 */
export async function checkAgainstDocuments(directory: string, { manifest }: ParsedManifest): Promise<void> {
  const path = besideOf(resolve(directory)).artifact
  const bytes = await readBytes(path)
  const actual = digestOf(bytes)
  if (actual !== manifest.artifact.sha256) {
    throw new KedgeError(
      'MANIFEST_MISMATCH',
      `${path} is not the artifact statement that the manifest names`,
      { path, expected: manifest.artifact.sha256, actual },
      { remedy: 'Write both anew with kedge manifest.' },
    )
  }
  const artifact = parseArtifactStatement(bytes)
  checkBinding(manifest, artifact)
  checkCoverage(manifest, artifact)
  await withProgress(progress =>
    checkArtifact(directory, artifact, {
      totalBytes: BigInt(manifest.artifact.totalBytes),
      onProgress: ({ files, of }) => progress.update(`checking ${directory}: ${files} of ${of} files`),
    }),
  )
}
