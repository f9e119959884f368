import { cidOfBytes, maxBlockSize, readFileDag } from '@kedge/sdk/bytes'
import {
  type ArtifactContent,
  checkBinding,
  checkCoverage,
  digestOf,
  MAX_ARTIFACT_STATEMENT_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_MANIFEST_BYTES,
  type Manifest,
  parseArtifactStatement,
  parseDocument,
  parseManifest,
} from '@kedge/sdk/documents'
import { type Fact, KedgeError } from '@kedge/sdk/errors'
import { RelayError } from '../errors.ts'
import type { ArtifactStore, Block } from '../store/artifactStore.ts'
import { pathsOfTree, treeOfArtifact } from './tree.ts'

/** The documents that a relay takes, by the names in its addresses: A, B and C. */
export const documentKinds = ['artifact', 'manifest', 'document'] as const
export type DocumentKind = (typeof documentKinds)[number]

/** The most bytes of each. */
export const documentLimits = {
  artifact: MAX_ARTIFACT_STATEMENT_BYTES,
  manifest: MAX_MANIFEST_BYTES,
  document: MAX_DOCUMENT_BYTES,
} as const satisfies Record<DocumentKind, number>

/** What a client says a document is. */
export interface DocumentClaim {
  readonly sha256?: string | undefined
  readonly cid?: string | undefined
}

/** A document that the store holds. */
export interface StoredDocument {
  readonly sha256: string
  readonly cid: string
}

/**
 * Checks a document against its format, what is claimed of it, and what the store holds, and stores it: as one raw block, or
 * if it is a document A of more than 1 MiB as a file.
 *
 * @throws KedgeError and RelayError as the checks of each kind; nothing of the document is stored then.
 */
export async function acceptDocument(
  store: ArtifactStore,
  kind: DocumentKind,
  bytes: Uint8Array,
  claim: DocumentClaim = {},
): Promise<StoredDocument> {
  const sha256 = digestOf(bytes)
  const cid = cidOfBytes(bytes)
  for (const [field, expected, actual] of [
    ['sha256', claim.sha256, sha256],
    ['cid', claim.cid, cid],
  ] as const) {
    if (expected === undefined || expected === actual) continue
    throw new KedgeError('DIGEST_MISMATCH', 'the document is not the one that was announced', {
      field,
      expected,
      actual,
    })
  }
  if (kind === 'artifact') parseArtifactStatement(bytes)
  if (kind === 'document') parseDocument(bytes)
  const directories = kind === 'manifest' ? await checkManifest(store, parseManifest(bytes).manifest) : []
  if (bytes.length > maxBlockSize) await store.putFile(asPieces(bytes), { sha256, cid })
  else await store.putBlocks([...directories, { cid, bytes }])
  return { sha256, cid }
}

/**
 * A manifest is accepted when everything that it binds is there and is as it says: document A, each file, the tree. Whether
 * it is the one that is anchored, is for who reads the chain.
 *
 * @returns The directories of its tree.
 */
async function checkManifest(store: ArtifactStore, manifest: Manifest): Promise<readonly Block[]> {
  const artifact = await readArtifact(store, manifest)
  checkBinding(manifest, artifact)
  checkCoverage(manifest, artifact)
  if (manifest.artifact.encryption !== null) {
    await checkCiphertext(store, manifest, artifact)
    return []
  }
  const { cid, blocks, totalBytes } = await treeOfArtifact(store, artifact.files)
  if (cid !== manifest.artifact.treeCid) {
    throw mismatch('The files of the artifact make up another tree than the manifest says', {
      field: 'artifact.treeCid',
      manifest: manifest.artifact.treeCid,
      artifact: cid,
    })
  }
  if (String(totalBytes) !== manifest.artifact.totalBytes) {
    throw mismatch('The files of the artifact have another size than the manifest says', {
      field: 'artifact.totalBytes',
      manifest: manifest.artifact.totalBytes,
      artifact: String(totalBytes),
    })
  }
  return blocks
}

async function readArtifact(store: ArtifactStore, manifest: Manifest): Promise<ArtifactContent> {
  const { cid, sha256 } = manifest.artifact
  if ((await store.sizeOf(cid)) === undefined) {
    throw new RelayError('NOT_STORED', 'the artifact statement of this manifest is not in the store', {
      sha256,
      cid,
    })
  }
  const pieces: Uint8Array[] = []
  const limits = { maxSize: MAX_ARTIFACT_STATEMENT_BYTES }
  for await (const { bytes } of readFileDag(cid, block => store.block(block), limits)) pieces.push(bytes)
  return parseArtifactStatement(new Uint8Array(Buffer.concat(pieces)))
}

async function checkCiphertext(
  store: ArtifactStore,
  manifest: Manifest,
  artifact: ArtifactContent,
): Promise<void> {
  const paths = await pathsOfTree(store, manifest.artifact.treeCid)
  const missing = artifact.files.map(({ path }) => path).filter(path => !paths.has(path))
  if (missing.length === 0 && paths.size === artifact.files.length) return
  throw mismatch('The encrypted tree has other paths than the artifact statement lists', {
    field: 'artifact.treeCid',
    missing: missing.slice(0, 10),
    listed: artifact.files.length,
    found: paths.size,
  })
}

async function* asPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function mismatch(detail: string, facts: Readonly<Record<string, Fact>>): KedgeError {
  return new KedgeError('MANIFEST_MISMATCH', detail, facts)
}
