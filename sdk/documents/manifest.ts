import { cidOfRawDigest, parseCid } from '../bytes/cid.ts'
import { KedgeError } from '../errors/index.ts'
import type { Risk } from '../policy/words.ts'
import type { ArtifactContent } from './artifact.ts'
import { canonicalize, parseCanonical } from './canonical.ts'
import { checkBinding, checkCoverage } from './coverage.ts'
import { type Bytes32, digestOf, type Sha256 } from './digest.ts'
import type { Kind } from './kinds.ts'
import { manifestFieldsSchema, manifestSchema } from './manifestSchema.ts'
import { comparePaths } from './paths.ts'
import type { ApprovingAuthority } from './policy.ts'
import {
  MANIFEST_PREDICATE_TYPE,
  type Reference,
  type Sha256Set,
  STATEMENT_TYPE,
  type Statement,
} from './statement.ts'
import { validate } from './validate.ts'

/** The most bytes of a manifest: it must fit into one IPFS block. */
export const MAX_MANIFEST_BYTES = 1024 * 1024

/** Something is not there, and this is why. A blank would say neither. */
export interface Absent {
  readonly absent: string
}

/** Something that is kept elsewhere. */
export interface ExternalReference {
  readonly uri: string
  readonly digest: Sha256Set
}

/** Where the files of one kind are: under these prefixes of the artifact, elsewhere, or nowhere. */
export type KindCoverage =
  | { readonly paths: readonly string[] }
  | { readonly external: ExternalReference }
  | Absent

/** A snapshot of training data. */
export interface Snapshot {
  readonly id: string
  readonly digest: Sha256Set
}

/** An input or an output of the model. A dimension is a size, or a name when it varies. */
export interface Tensor {
  readonly name: string
  readonly type: string
  readonly shape: readonly (number | string)[]
}

/** Who can decrypt the artifact. */
export interface Recipient {
  readonly name: string
  /** The recipient's public key, in the form its key type uses. */
  readonly key: string
  readonly auditor: boolean
}

/** How a confidential artifact is encrypted before it is chunked. */
export interface Encryption {
  readonly scheme: 'aes-256-gcm-segments'
  /** GCM does not commit to its key: one ciphertext can open to two plaintexts under two keys. This pins the key. */
  readonly keyCommitment: Sha256
  /** At least two, one of them an auditor. */
  readonly recipients: readonly Recipient[]
}

/** The bytes of a version. */
export interface ManifestArtifact {
  /** The SHA-256 of statement A's exact bytes. */
  readonly sha256: Sha256
  /** The CID of the same bytes as a file: up to 1 MiB the raw CID of `sha256`. */
  readonly cid: string
  /** The UnixFS root of the files: of their ciphertext, when `encryption` is not null. */
  readonly treeCid: string
  /** How many files A lists, in decimal. */
  readonly fileCount: string
  /** The sum of their sizes as plaintext, in decimal. */
  readonly totalBytes: string
  readonly encryption: Encryption | null
}

/** What a version is, field by field: policy 4.1 and 4.2. */
export interface Manifest {
  readonly schemaVersion: 1
  /** The model's name, whose keccak256 is its id. */
  readonly model: string
  /** The version's label, Semantic Versioning 2.0.0. */
  readonly label: string
  readonly architecture: string
  /** The manifest digest of the version that this one was made from. */
  readonly parent: Sha256 | null
  readonly artifact: ManifestArtifact
  readonly kinds: Readonly<Record<Kind, KindCoverage>>
  readonly training: {
    readonly data: { readonly snapshots: readonly Snapshot[] } | Absent
    /** Decimal fractions are strings: documents hold no floats. */
    readonly hyperparameters:
      | { readonly values: Readonly<Record<string, string | number | boolean>> }
      | Absent
    /** The configuration and its checksum. */
    readonly configuration: Reference | Absent
  }
  readonly featureSchema: {
    /** The same number as `schema`. */
    readonly number: number
    readonly name: string
    readonly digest: Sha256Set
    readonly inputs: readonly Tensor[]
    readonly outputs: readonly Tensor[]
  }
  readonly preprocessingVersion: string
  readonly runtime: {
    readonly image: Reference | Absent
    readonly lockfile: Reference | Absent
    readonly framework: { readonly name: string; readonly version: string }
    readonly accelerator: string
  }
  /** What the version needs that is no file of it. Empty lists say that there is nothing. */
  readonly closure: {
    readonly baseModels: readonly ExternalReference[]
    readonly remoteCode: readonly ExternalReference[]
  }
  readonly evaluation: {
    /** By what the version is judged: fixed before the results are known. */
    readonly criteria: Reference
    readonly results: { readonly documents: readonly Reference[] } | Absent
  }
  /** The number of the model's feature schema on the chain, 0 to 255. */
  readonly schema: number
  /** The declared risk. The effective risk on the chain may be higher. */
  readonly risk: Risk
  /** RFC 3339, UTC, whole seconds. */
  readonly createdAt: string
  /** The PersonId of who made the version. */
  readonly author: Bytes32
  /** The roles that must approve it. Who they were stands on the chain. */
  readonly approvingAuthority: ApprovingAuthority
}

/** Document B: the manifest in its statement, whose subject is document A. */
export type ManifestStatement = Statement<typeof MANIFEST_PREDICATE_TYPE, Reference, Manifest>

/** A manifest that was read from its bytes. */
export interface ParsedManifest {
  /** The version's manifest digest on the chain: the SHA-256 of the exact bytes. */
  readonly digest: Sha256
  /** The CID of the same bytes, as one raw block. */
  readonly cid: string
  readonly manifest: Manifest
}

/** What {@link buildManifest} needs: the fields of the manifest, less those that follow from A. */
export type ManifestInput = Omit<Manifest, 'schemaVersion' | 'model' | 'artifact'> & {
  /** Document A, as `parseArtifactStatement` returned it. */
  readonly artifact: ArtifactContent
  /** The model's name, when A is a foreign statement that calls it otherwise. */
  readonly model?: string
  readonly treeCid: string
  readonly totalBytes: bigint
  readonly encryption?: Encryption
}

/**
 * Builds document B for a document A.
 *
 * @throws MANIFEST_MALFORMED, naming each field that is wrong; MANIFEST_MISMATCH for a digest that is not A's;
 * COVERAGE_GAP.
 *
 * @example
 * ```ts
 * const statement = buildManifest({ artifact: parseArtifactStatement(bytesOfA), treeCid, totalBytes, ...facts })
 * const { digest } = parseManifest(serializeManifest(statement))
 * ```
 */
export function buildManifest(input: ManifestInput): ManifestStatement {
  const { artifact, model = artifact.model, treeCid, totalBytes, encryption = null, kinds, ...rest } = input
  const fields: unknown = {
    schemaVersion: 1,
    ...rest,
    model,
    artifact: {
      sha256: artifact.digest,
      cid: artifact.cid,
      treeCid,
      fileCount: String(artifact.files.length),
      totalBytes: String(totalBytes),
      encryption,
    },
    kinds: sortKinds(kinds),
  }
  // Checked by themselves, so that an error names the field as it was given.
  const predicate = validate<Manifest>(manifestFieldsSchema, fields, 'manifest')
  checkSchemaNumber(predicate)
  checkBinding(predicate, artifact)
  checkCoverage(predicate, artifact)
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: model, digest: { sha256: artifact.digest } }],
    predicateType: MANIFEST_PREDICATE_TYPE,
    predicate,
  }
}

/**
 * Writes document B: the bytes whose SHA-256 is the manifest digest.
 *
 * @throws MANIFEST_MALFORMED, SIZE_EXCEEDED.
 */
export function serializeManifest(statement: ManifestStatement): Uint8Array {
  const bytes = canonicalize(checkStatement(statement))
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new KedgeError('SIZE_EXCEEDED', 'The manifest does not fit into one block', {
      bytes: bytes.length,
      limit: MAX_MANIFEST_BYTES,
    })
  }
  return bytes
}

/**
 * Reads document B: canonical JSON of at most 1 MiB, every field there, none unknown, none at odds with another.
 *
 * Whether it is the anchored one, and agrees with the chain, is for who reads the chain; whether it agrees with the
 * files, for `checkBinding` and `checkCoverage`.
 *
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED.
 */
export function parseManifest(bytes: Uint8Array): ParsedManifest {
  const statement = checkStatement(parseCanonical(bytes, { maxBytes: MAX_MANIFEST_BYTES }))
  const digest = digestOf(bytes)
  return { digest, cid: cidOfRawDigest(digest), manifest: statement.predicate }
}

/** The rules that need more than one field stand here; each names the field that should be changed. */
function checkStatement(value: unknown): ManifestStatement {
  const statement = validate<ManifestStatement>(manifestSchema, value, 'manifest')
  const { subject, predicate } = statement
  const { artifact, model } = predicate
  if (subject[0]?.digest.sha256 !== artifact.sha256) {
    throw malformed('subject[0].digest.sha256', 'must equal predicate.artifact.sha256')
  }
  if (subject[0].name !== model) throw malformed('subject[0].name', 'must equal predicate.model')
  if (parseCid(artifact.cid).codec === 'raw' && artifact.cid !== cidOfRawDigest(artifact.sha256)) {
    throw malformed('predicate.artifact.cid', 'a raw CID must be that of predicate.artifact.sha256')
  }
  checkSchemaNumber(predicate, 'predicate.')
  return statement
}

function checkSchemaNumber({ featureSchema, schema }: Manifest, within = ''): void {
  if (featureSchema.number === schema) return
  throw malformed(`${within}featureSchema.number`, `must equal ${within}schema`)
}

function malformed(field: string, problem: string): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', `The manifest is malformed: ${field}: ${problem}`, {
    field,
    problem,
  })
}

/** Whoever calls from JSON may give anything: what has no paths to sort is left for the schema to refuse. */
function sortKinds(kinds: unknown): unknown {
  if (typeof kinds !== 'object' || kinds === null) return kinds
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, coverage]: [string, { readonly paths?: unknown } | null]) => {
      const paths = coverage?.paths
      const sortable = Array.isArray(paths) && paths.every(path => typeof path === 'string')
      return [kind, sortable ? { ...coverage, paths: paths.toSorted(comparePaths) } : coverage]
    }),
  )
}
