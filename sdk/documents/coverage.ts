import { KedgeError } from '../errors/index.ts'
import type { ArtifactContent } from './artifact.ts'
import { KINDS, type Kind } from './kinds.ts'
import type { Absent, Manifest } from './manifest.ts'
import { prefixesOf } from './paths.ts'
import type { Reference } from './statement.ts'

/** The most paths that one error names. */
const MAX_NAMED = 10

/**
 * Checks that the manifest speaks of this artifact: the digest and the CID of A, the number of its files, and the
 * digests of those that it names.
 *
 * @throws MANIFEST_MISMATCH.
 */
export function checkBinding(manifest: Manifest, artifact: ArtifactContent): void {
  const { sha256, cid, fileCount } = manifest.artifact
  if (sha256 !== artifact.digest) {
    throw new KedgeError('MANIFEST_MISMATCH', 'The manifest belongs to another artifact statement', {
      field: 'artifact.sha256',
      manifest: sha256,
      artifact: artifact.digest,
    })
  }
  if (cid !== artifact.cid) {
    throw new KedgeError('MANIFEST_MISMATCH', 'The manifest names another CID of the artifact statement', {
      field: 'artifact.cid',
      manifest: cid,
      artifact: artifact.cid,
    })
  }
  const actual = String(artifact.files.length)
  if (fileCount !== actual) {
    throw new KedgeError(
      'MANIFEST_MISMATCH',
      'The manifest counts other files than the artifact statement lists',
      {
        field: 'artifact.fileCount',
        manifest: fileCount,
        artifact: actual,
      },
    )
  }
  checkReferences(manifest, artifact)
}

/** A reference that has the name of a file of A is read as that file: it must have its digest. */
function checkReferences(manifest: Manifest, { files }: ArtifactContent): void {
  const digests = new Map(files.map(({ path, sha256 }) => [path, sha256]))
  for (const [field, reference] of Object.entries(referencesOf(manifest))) {
    if ('absent' in reference) continue
    const { name, digest } = reference
    const listed = digests.get(name)
    if (listed === undefined || listed === digest.sha256) continue
    throw new KedgeError(
      'MANIFEST_MISMATCH',
      `The manifest gives ${name} another digest than the artifact statement does`,
      { field: `${field}.digest.sha256`, path: name, manifest: digest.sha256, artifact: listed },
    )
  }
}

/** What the manifest names by a digest and may be a file of the artifact, by its field. */
function referencesOf(manifest: Manifest): Readonly<Record<string, Reference | Absent>> {
  const { criteria, results } = manifest.evaluation
  const documents = 'documents' in results ? results.documents : []
  return {
    'evaluation.criteria': criteria,
    ...Object.fromEntries(
      documents.map((document, index) => [`evaluation.results.documents[${index}]`, document]),
    ),
    'training.configuration': manifest.training.configuration,
    'runtime.lockfile': manifest.runtime.lockfile,
  }
}

/**
 * Checks that the kinds of the manifest divide the artifact: every file falls in exactly one kind, and every prefix
 * covers a file. A prefix covers the file of that path and everything in the directory of that path.
 *
 * @throws COVERAGE_GAP with the paths that fall in no kind (`uncovered`), in several (`ambiguous`), and the prefixes
 * that cover nothing (`empty`).
 *
 * @example
 * ```ts
 * checkCoverage(parseManifest(bytesOfB).manifest, parseArtifactStatement(bytesOfA))
 * ```
 */
export function checkCoverage(
  manifest: Pick<Manifest, 'kinds'>,
  artifact: Pick<ArtifactContent, 'files'>,
): void {
  const kindsOfPrefix = new Map<string, Set<Kind>>()
  for (const kind of KINDS) {
    const coverage = manifest.kinds[kind]
    if (!('paths' in coverage)) continue
    for (const prefix of coverage.paths) {
      kindsOfPrefix.set(prefix, (kindsOfPrefix.get(prefix) ?? new Set<Kind>()).add(kind))
    }
  }

  const empty = new Set(kindsOfPrefix.keys())
  const uncovered: string[] = []
  const ambiguous: string[] = []
  for (const { path } of artifact.files) {
    const kinds = new Set<Kind>()
    for (const prefix of prefixesOf(path)) {
      for (const kind of kindsOfPrefix.get(prefix) ?? []) kinds.add(kind)
      empty.delete(prefix)
    }
    if (kinds.size === 0) uncovered.push(path)
    if (kinds.size > 1) ambiguous.push(`${path} (${[...kinds].toSorted().join(', ')})`)
  }

  if (uncovered.length + ambiguous.length + empty.size > 0) {
    throw new KedgeError(
      'COVERAGE_GAP',
      'The kinds of the manifest do not divide the files of the artifact',
      {
        uncovered: uncovered.slice(0, MAX_NAMED),
        ambiguous: ambiguous.slice(0, MAX_NAMED),
        empty: [...empty].slice(0, MAX_NAMED),
        uncoveredCount: uncovered.length,
        ambiguousCount: ambiguous.length,
        emptyCount: empty.size,
      },
    )
  }
}
