import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Hex } from 'viem'
import { cidOfRawDigest } from '../bytes/cid.ts'
import { type Identity, labelHashOf, modelIdOf, none, versionIdOf } from '../chain/ids.ts'
import {
  type ArtifactContent,
  digestOf,
  MAX_ARTIFACT_STATEMENT_BYTES,
  MAX_MANIFEST_BYTES,
  type ParsedManifest,
  parseArtifactStatement,
  parseManifest,
  type Sha256,
} from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import type { Trust } from './trust.ts'

/** Where the documents of an artifact lie: beside its directory, never inside. */
export function besideOf(directory: string): { readonly artifact: string; readonly manifest: string } {
  const path = resolve(directory)
  return { artifact: `${path}.artifact.json`, manifest: `${path}.manifest.json` }
}

/** What a manifest's identity is on the chain, from the document alone. */
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

/** The id of the version that a manifest describes, on the trusted chain. */
export function versionOfManifest(trust: Trust, manifest: ParsedManifest): Hex {
  return versionIdOf({
    chainId: trust.chainId,
    registry: trust.registry.address,
    identity: identityOf(manifest),
  })
}

/**
 * The manifest that lies beside an artifact; undefined if there is none.
 *
 * @throws KedgeError `MANIFEST_MALFORMED`, `SIZE_EXCEEDED`, `UNAVAILABLE`.
 */
export async function readManifestBeside(directory: string): Promise<ParsedManifest | undefined> {
  const bytes = await readBounded(besideOf(directory).manifest, MAX_MANIFEST_BYTES)
  return bytes === undefined ? undefined : parseManifest(bytes)
}

/**
 * The manifest with a digest: from beside the artifact, or from the first gateway that has it.
 *
 * @throws KedgeError `UNAVAILABLE`, `MANIFEST_MISMATCH`, `MANIFEST_MALFORMED`.
 */
export async function obtainManifest(
  trust: Trust,
  directory: string,
  digest: Sha256,
): Promise<ParsedManifest> {
  const path = besideOf(directory).manifest
  return parseManifest(await obtain(trust, path, digest, MAX_MANIFEST_BYTES, 'MANIFEST_MISMATCH'))
}

/**
 * The artifact statement with a digest: from beside the artifact, or from the first gateway that has it.
 *
 * @throws KedgeError `UNAVAILABLE`, `MANIFEST_MISMATCH`, `MANIFEST_MALFORMED`, `ROOT_MISMATCH`.
 */
export async function obtainArtifact(
  trust: Trust,
  directory: string,
  digest: Sha256,
): Promise<ArtifactContent> {
  const path = besideOf(directory).artifact
  const bytes = await obtain(trust, path, digest, MAX_ARTIFACT_STATEMENT_BYTES, 'MANIFEST_MISMATCH')
  return parseArtifactStatement(bytes)
}

async function obtain(
  trust: Trust,
  path: string,
  digest: Sha256,
  limit: number,
  code: 'MANIFEST_MISMATCH',
): Promise<Uint8Array> {
  const local = await readBounded(path, limit)
  if (local !== undefined) {
    const actual = digestOf(local)
    if (actual === digest) return local
    throw new KedgeError(code, `${path} is not the document that was approved`, {
      path,
      expected: digest,
      actual,
    })
  }
  const reasons: string[] = []
  for (const gateway of trust.gateways) {
    const fetched = await fetchBlock(gateway, digest, limit, trust.timeout).catch((error: Error) => error)
    if (fetched instanceof Uint8Array) return fetched
    reasons.push(`${gateway}: ${fetched.message}`)
  }
  const places = [`${path}: not there`, ...reasons]
  throw new KedgeError('UNAVAILABLE', `the document ${digest} cannot be had`, { digest, places })
}

async function readBounded(path: string, limit: number): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path)
    if (bytes.length <= limit) return new Uint8Array(bytes)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new KedgeError('UNAVAILABLE', `${path} cannot be read`, { path }, { cause })
  }
  throw new KedgeError('SIZE_EXCEEDED', `${path} is larger than ${limit} bytes`, { path, limit })
}

/** One raw block over the trustless gateway protocol. The digest decides, whatever the gateway says. */
async function fetchBlock(
  gateway: string,
  digest: Sha256,
  limit: number,
  timeout: number,
): Promise<Uint8Array> {
  const url = new URL(`/ipfs/${cidOfRawDigest(digest)}?format=raw`, gateway)
  const response = await fetch(url, {
    headers: { accept: 'application/vnd.ipld.raw' },
    signal: AbortSignal.timeout(timeout),
  })
  if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > limit) throw new Error(`more than ${limit} bytes`)
    parts.push(part)
  }
  const bytes = new Uint8Array(Buffer.concat(parts))
  if (digestOf(bytes) !== digest) throw new Error('the bytes do not have the digest')
  return bytes
}
