import { writeFile } from 'node:fs/promises'
import type { Hex } from 'viem'
import { type Identity, versionIdOf } from '../../sdk/chain/index.ts'
import {
  buildDocument,
  buildManifest,
  type DescribedArtifact,
  type DocumentInput,
  describeArtifact,
  digestOf,
  type ParsedManifest,
  parseManifest,
  serializeDocument,
  serializeManifest,
} from '../../sdk/documents/index.ts'
import { besideOf, identityOf } from '../../sdk/verify/index.ts'
import type { Artifact } from '../models/artifact.ts'
import { manifestFields, type VersionFacts } from './manifest.ts'
import type { Society } from './society.ts'

/** A version of the life: its bytes, its documents and its place on the chain. */
export interface LifeVersion {
  readonly model: string
  readonly directory: string
  readonly described: DescribedArtifact
  /** Document B's exact bytes. */
  readonly manifestBytes: Uint8Array
  readonly manifest: ParsedManifest
  readonly identity: Identity
  readonly id: Hex
}

/** Makes documents A and B of an artifact, writes them beside it, and works out the version's id. */
export async function describeVersion(
  society: Society,
  model: string,
  artifact: Artifact<unknown>,
  facts: VersionFacts,
): Promise<LifeVersion> {
  const { directory } = artifact
  const described = await describeArtifact(directory, { model })
  const manifestBytes = serializeManifest(
    buildManifest({
      ...manifestFields(artifact, facts),
      artifact: described.content,
      treeCid: described.treeCid,
      totalBytes: described.totalBytes,
    }),
  )
  const beside = besideOf(directory)
  await writeFile(beside.artifact, described.bytes)
  await writeFile(beside.manifest, manifestBytes)
  const manifest = parseManifest(manifestBytes)
  const identity = identityOf(manifest)
  const { chainId, contracts } = society.kedge.deployment
  const id = versionIdOf({ chainId, registry: contracts.registry, identity })
  return { model, directory, described, manifestBytes, manifest, identity, id }
}

/** A version as the steps call it. Every row of the table names what it is about, so that it can be read alone. */
export function nameOf({ model, manifest }: LifeVersion): string {
  return `${model} ${manifest.manifest.label}`
}

/** A document C of the life, with the digest that the chain holds. */
export interface LifeDocument {
  readonly bytes: Uint8Array
  readonly digest: Hex
}

/** Makes a document C. Its nonce is random: no two lives have the same. */
export function makeDocument(input: DocumentInput): LifeDocument {
  const bytes = serializeDocument(buildDocument(input))
  return { bytes, digest: `0x${digestOf(bytes)}` }
}

/** The subject of a document that is about versions. */
export function about(...versions: readonly LifeVersion[]) {
  const [first] = versions
  return {
    model: first?.model ?? null,
    versions: versions.map(({ manifest }) => ({
      label: manifest.manifest.label,
      manifestDigest: manifest.digest,
    })),
  }
}
