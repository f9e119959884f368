import { resolve } from 'node:path'
import type { Hex } from 'viem'
import { type Cid, cidOfRawDigest, maxBlockSize, readFileDag } from '../bytes/index.ts'
import { type Identity, labelHashOf, modelIdOf, none, versionIdOf } from '../chain/ids.ts'
import {
  type ArtifactContent,
  digestOf,
  MAX_ARTIFACT_STATEMENT_BYTES,
  MAX_MANIFEST_BYTES,
  type ManifestArtifact,
  type ParsedManifest,
  parseArtifactStatement,
  parseManifest,
  type Sha256,
} from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { type FetchBounds, fetchBounded, nameOf, reasonOf } from './fetchBounded.ts'
import { readRegular } from './readRegular.ts'
import type { Trust } from './trust.ts'

/**
 * Where the documents of an artifact lie: beside its directory, never inside.
 *
 * @param directory - The root of the artifact.
 * @returns The absolute paths of documents A and B.
 *
 * @example
 * ```ts
 * besideOf('/models/silero-vad').manifest // '/models/silero-vad.manifest.json'
 * ```
 */
export function besideOf(directory: string): { readonly artifact: string; readonly manifest: string } {
  const path = resolve(directory)
  return { artifact: `${path}.artifact.json`, manifest: `${path}.manifest.json` }
}

/**
 * What a manifest's identity is on the chain, from the document alone.
 *
 * @param parsed - Document B.
 * @returns Everything that the version id commits to, but chain and registry.
 *
 * @example
 * ```ts
 * const { manifestDigest } = identityOf(parseManifest(bytesOfB))
 * ```
 */
export function identityOf({ manifest, digest }: ParsedManifest): Identity {
  return {
    model: modelIdOf(manifest.model),
    label: labelHashOf(manifest.label),
    manifestDigest: `0x${digest}`,
    artifactDigest: `0x${manifest.artifact.sha256}`,
    parent: manifest.parent === null ? none : `0x${manifest.parent}`,
    schema: manifest.schema,
    risk: manifest.risk,
    author: manifest.author,
  }
}

/**
 * The id of the version that a manifest describes, on the trusted chain.
 *
 * @param trust - Names chain and registry.
 * @param manifest - Document B.
 * @returns The version id. Whether there is such a version, the chain knows.
 *
 * @example
 * ```ts
 * const version = versionOfManifest(trust, parseManifest(bytesOfB))
 * ```
 */
export function versionOfManifest(trust: Trust, manifest: ParsedManifest): Hex {
  return versionIdOf({
    chainId: trust.chainId,
    registry: trust.registry.address,
    identity: identityOf(manifest),
  })
}

/**
 * The manifest that lies beside an artifact. Nothing vouches for it yet.
 *
 * @param directory - The root of the artifact.
 * @returns Document B; undefined if there is none.
 * @throws KedgeError `MANIFEST_MALFORMED`, `SIZE_EXCEEDED`, `SPECIAL_FILE`, `UNAVAILABLE`.
 *
 * @example
 * ```ts
 * const manifest = await readManifestBeside('models/silero-vad')
 * ```
 */
export async function readManifestBeside(directory: string): Promise<ParsedManifest | undefined> {
  const bytes = await readRegular(besideOf(directory).manifest, MAX_MANIFEST_BYTES)
  return bytes === undefined ? undefined : parseManifest(bytes)
}

/**
 * The manifest with a digest: from beside the artifact, or from the first gateway that has it.
 *
 * @throws KedgeError `SIZE_EXCEEDED`, `UNAVAILABLE`, `MANIFEST_MISMATCH`, `MANIFEST_MALFORMED`, `SPECIAL_FILE`.
 */
export async function obtainManifest(
  trust: Trust,
  directory: string,
  digest: Sha256,
  signal?: AbortSignal,
): Promise<ParsedManifest> {
  const path = besideOf(directory).manifest
  const cid = cidOfRawDigest(digest)
  return parseManifest(await obtain({ trust, path, digest, cid, limit: MAX_MANIFEST_BYTES, signal }))
}

/**
 * The artifact statement that a manifest names: from beside the artifact, or from the first gateway that has it.
 *
 * @throws KedgeError `SIZE_EXCEEDED`, `UNAVAILABLE`, `MANIFEST_MISMATCH`, `MANIFEST_MALFORMED`, `UNSAFE_PATH`,
 * `NAME_COLLISION`, `ROOT_MISMATCH`, `SPECIAL_FILE`.
 */
export async function obtainArtifact(
  trust: Trust,
  directory: string,
  { sha256: digest, cid }: Pick<ManifestArtifact, 'sha256' | 'cid'>,
  signal?: AbortSignal,
): Promise<ArtifactContent> {
  const path = besideOf(directory).artifact
  return parseArtifactStatement(
    await obtain({ trust, path, digest, cid, limit: MAX_ARTIFACT_STATEMENT_BYTES, signal }),
  )
}

async function obtain(parameters: {
  readonly trust: Trust
  readonly path: string
  readonly digest: Sha256
  readonly cid: string
  readonly limit: number
  readonly signal: AbortSignal | undefined
}): Promise<Uint8Array> {
  const { trust, path, digest, cid, limit, signal } = parameters
  const local = await readRegular(path, limit)
  if (local !== undefined) {
    const actual = digestOf(local)
    if (actual === digest) return local
    throw new KedgeError('MANIFEST_MISMATCH', `${path} is not the document that was approved`, {
      path,
      expected: digest,
      actual,
    })
  }
  const places = [`${path}: not there`]
  for (const gateway of trust.gateways) {
    try {
      const parts: Uint8Array[] = []
      const source = (block: Cid) => fetchBlock(gateway, block, { timeout: trust.timeout, signal })
      for await (const piece of readFileDag(cid, source, { maxSize: limit, signal })) parts.push(piece.bytes)
      const bytes = new Uint8Array(Buffer.concat(parts))
      if (digestOf(bytes) === digest) return bytes
      places.push(`${nameOf(gateway)}: the manifest gives another document's CID`)
    } catch (error) {
      signal?.throwIfAborted()
      places.push(`${nameOf(gateway)}: ${reasonOf(error)}`)
    }
  }
  throw new KedgeError('UNAVAILABLE', `the document ${digest} cannot be had`, { digest, places })
}

/** One block over the trustless gateway protocol. Whether it is the right one, who asked for it checks. */
async function fetchBlock(
  gateway: string,
  cid: Cid,
  bounds: Omit<FetchBounds, 'limit'>,
): Promise<Uint8Array> {
  const url = new URL(gateway)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/ipfs/${cid}`
  url.searchParams.set('format', 'raw')
  const headers = { accept: 'application/vnd.ipld.raw' }
  return await fetchBounded(url, { headers }, { ...bounds, limit: maxBlockSize })
}
