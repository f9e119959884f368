import { z } from 'zod'
import type { Cid } from '../bytes/cid.ts'
import { cidOfBytes } from '../bytes/cidOfBytes.ts'
import { KedgeError } from '../errors/index.ts'
import { canonicalize, parseCanonical } from './canonical.ts'
import { bytesOfDigest, digestOf, type Sha256 } from './digest.ts'
import { modelField, pathField, sha256Field, sha256SetField, sortedList } from './fields.ts'
import { DEFAULT_IGNORE_PATHS } from './ignore.ts'
import { parseJson } from './json.ts'
import { checkPaths, comparePaths, prefixesOf } from './paths.ts'
import { MODEL_SIGNING_PREDICATE_TYPE, type Reference, STATEMENT_TYPE, type Statement } from './statement.ts'
import { validate } from './validate.ts'

/** The most bytes of a statement A: room for about 100,000 files. */
export const MAX_ARTIFACT_STATEMENT_BYTES = 16 * 1024 * 1024

/** A file of the artifact: its path and the SHA-256 of its bytes. */
export interface ArtifactFile {
  readonly path: string
  readonly sha256: Sha256
}

/** A file as OpenSSF Model Signing writes it. */
export interface ArtifactResource {
  readonly name: string
  readonly digest: Sha256
  readonly algorithm: 'sha256'
}

/** How the files were enumerated, as OpenSSF Model Signing writes it. */
export interface ArtifactSerialization {
  readonly method: 'files'
  readonly hash_type: 'sha256'
  readonly allow_symlinks: false
  readonly ignore_paths: readonly string[]
}

/**
 * Document A: which files an artifact consists of. An OpenSSF Model Signing v1.0 statement, unmodified.
 *
 * @see OpenSSF Model Signing v1.0, sections 5 and 6
 */
export type ArtifactStatement = Statement<
  typeof MODEL_SIGNING_PREDICATE_TYPE,
  Reference,
  {
    readonly resources: readonly ArtifactResource[]
    readonly serialization: ArtifactSerialization
  }
>

/** What a statement A says, whoever wrote it. */
export interface ArtifactContent {
  /** The artifact's digest on the chain: the SHA-256 of the statement's exact bytes. */
  readonly digest: Sha256
  /** The CID of the same bytes as a file: one raw block up to 1 MiB, above it a root with leaves of 1 MiB. */
  readonly cid: Cid
  /** The name in the statement. Informational: nothing may depend on it. */
  readonly model: string
  /** SHA-256 over the raw digests of the files, in listed order. It says nothing of names. */
  readonly root: Sha256
  /** The files, in listed order. */
  readonly files: readonly ArtifactFile[]
  /** What the writer left out, besides the defaults of {@link DEFAULT_IGNORE_PATHS}, which always are. */
  readonly ignorePaths: readonly string[]
  /** `bytes`: sorted as the standard says. `listed`: in an order of the writer's own, which the root follows. */
  readonly order: 'bytes' | 'listed'
}

/** What {@link buildArtifactStatement} needs. */
export interface ArtifactInput {
  /** The model's name. */
  readonly model: string
  /** The files in any order. Further fields, such as size and CID, may be there and are not looked at. */
  readonly files: readonly ArtifactFile[]
  /** Names in the root that were left out besides the defaults: a signature file. */
  readonly ignorePaths?: readonly string[]
}

/**
 * Builds document A.
 *
 * @throws UNSAFE_PATH, NAME_COLLISION; MANIFEST_MALFORMED when there is no file, or a digest is not one.
 *
 * @example
 * ```ts
 * const statement = buildArtifactStatement({
 *   model: 'silero-vad',
 *   files: [{ path: 'model.onnx', sha256: '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f' }],
 * })
 * const bytes = serializeArtifactStatement(statement)
 * ```
 */
export function buildArtifactStatement(input: ArtifactInput): ArtifactStatement {
  checkPaths(input.files.map(file => file.path))
  const files = input.files.toSorted((a, b) => comparePaths(a.path, b.path))
  const ignored = new Set<string>([...DEFAULT_IGNORE_PATHS, ...(input.ignorePaths ?? [])])
  return checkStatement({
    _type: STATEMENT_TYPE,
    subject: [{ name: input.model, digest: { sha256: rootOf(files) } }],
    predicateType: MODEL_SIGNING_PREDICATE_TYPE,
    predicate: {
      resources: files.map(({ path, sha256 }) => ({ name: path, digest: sha256, algorithm: 'sha256' })),
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: [...ignored].toSorted(comparePaths),
      },
    },
  })
}

/**
 * Writes document A: the bytes that are digested, anchored, signed and stored.
 *
 * @throws As {@link parseArtifactStatement}: what this writes, that reads.
 */
export function serializeArtifactStatement(statement: ArtifactStatement): Uint8Array {
  const bytes = canonicalize(checkStatement(statement))
  checkSize(bytes)
  return bytes
}

/**
 * Reads a document A of Kedge's own: canonical JSON, files sorted by UTF-8 bytes, safe paths, no field unknown.
 *
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED, UNSAFE_PATH, NAME_COLLISION, ROOT_MISMATCH.
 */
export function parseArtifactStatement(bytes: Uint8Array): ArtifactContent {
  const value = parseCanonical(bytes, { maxBytes: MAX_ARTIFACT_STATEMENT_BYTES })
  const statement = checkStatement(value)
  return contentOf(statement, bytes)
}

/**
 * Reads an OpenSSF Model Signing statement that another tool wrote, from its exact bytes (see `openEnvelope`).
 *
 * Free here, and fixed in Kedge's own: white space, the order of keys, the order of files (the reference
 * implementation sorts by path components, so `model/x` before `model.bin`; the standard sorts by code points;
 * `order` says which it is), fields that the standard does not know (it has readers ignore them), the ignored
 * paths, `allow_symlinks` (a link counts as the file it led to). Not free: method `files`, SHA-256, one subject,
 * safe paths, and a root that follows from the digests in listed order.
 *
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED, UNSAFE_PATH, NAME_COLLISION, ROOT_MISMATCH.
 */
export function parseForeignArtifactStatement(bytes: Uint8Array): ArtifactContent {
  const value = parseJson(bytes, { maxBytes: MAX_ARTIFACT_STATEMENT_BYTES })
  const statement = validate(foreignSchema, value, 'artifact statement')
  checkFiles(statement)
  return contentOf(statement, bytes)
}

/**
 * The root digest of OpenSSF Model Signing: SHA-256 over the raw 32-byte digests, one after the other. A file of
 * zero bytes counts like any other.
 */
export function rootOf(files: readonly ArtifactFile[]): Sha256 {
  const bytes = new Uint8Array(32 * files.length)
  for (const [index, file] of files.entries()) bytes.set(bytesOfDigest(file.sha256), 32 * index)
  return digestOf(bytes)
}

/** What {@link contentOf} and {@link checkFiles} need of a statement, foreign or not. */
interface AnyStatement {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: Sha256 } }[]
  readonly predicate: {
    readonly resources: readonly ArtifactResource[]
    readonly serialization: { readonly ignore_paths?: readonly string[] | undefined }
  }
}

function contentOf(statement: AnyStatement, bytes: Uint8Array): ArtifactContent {
  const { resources, serialization } = statement.predicate
  const [subject] = statement.subject
  if (subject === undefined)
    throw new KedgeError('MANIFEST_MALFORMED', 'The artifact statement has no subject')
  const files = resources.map(({ name, digest }) => ({ path: name, sha256: digest }))
  return {
    digest: digestOf(bytes),
    cid: cidOfBytes(bytes),
    model: subject.name,
    root: subject.digest.sha256,
    files,
    ignorePaths: serialization.ignore_paths ?? [],
    order: isSorted(files) ? 'bytes' : 'listed',
  }
}

function isSorted(files: readonly ArtifactFile[]): boolean {
  return files.every((file, index) => {
    const previous = files[index - 1]
    return previous === undefined || comparePaths(previous.path, file.path) < 0
  })
}

function checkStatement(value: unknown): ArtifactStatement {
  const statement = validate(ownSchema, value, 'artifact statement')
  checkFiles(statement)
  return statement
}

/** The rules that need more than one field. */
function checkFiles(statement: AnyStatement): void {
  const { resources, serialization } = statement.predicate
  checkPaths(resources.map(resource => resource.name))

  const ignored = new Set<string>([...DEFAULT_IGNORE_PATHS, ...(serialization.ignore_paths ?? [])])
  const contradiction = resources.find(({ name }) => prefixesOf(name).some(prefix => ignored.has(prefix)))
  if (contradiction !== undefined) {
    const path = contradiction.name
    throw new KedgeError(
      'MANIFEST_MALFORMED',
      `The artifact statement lists ${JSON.stringify(path)} and says that it was left out`,
      { path },
    )
  }

  const actual = rootOf(resources.map(({ name, digest }) => ({ path: name, sha256: digest })))
  const expected = statement.subject[0]?.digest.sha256 ?? ''
  if (actual !== expected) {
    throw new KedgeError(
      'ROOT_MISMATCH',
      'The root of the artifact statement does not follow from the digests of its files',
      { expected, actual },
    )
  }
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_ARTIFACT_STATEMENT_BYTES) {
    throw new KedgeError('SIZE_EXCEEDED', 'The artifact statement is larger than it may be', {
      bytes: bytes.length,
      limit: MAX_ARTIFACT_STATEMENT_BYTES,
    })
  }
}

const ignoreNames = sortedList(
  pathField.refine(path => !path.includes('/'), 'must be a name in the root of the artifact'),
  path => path,
).refine(
  paths => DEFAULT_IGNORE_PATHS.every(path => paths.includes(path)),
  `must hold the defaults: ${DEFAULT_IGNORE_PATHS.join(', ')}`,
)

// Paths and order of names are checked by checkPaths and sortedList: the first has error codes of its own.
const ownSchema: z.ZodType<ArtifactStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.strictObject({ name: modelField, digest: sha256SetField })).length(1, 'must be one'),
  predicateType: z.literal(MODEL_SIGNING_PREDICATE_TYPE),
  predicate: z.strictObject({
    resources: sortedList(
      z.strictObject({ name: z.string(), digest: sha256Field, algorithm: z.literal('sha256') }),
      resource => resource.name,
    ).min(1, 'must list at least one file'),
    serialization: z.strictObject({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.literal(false),
      ignore_paths: ignoreNames,
    }),
  }),
})

const foreignSchema = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z
    .array(z.object({ name: z.string().min(1), digest: z.object({ sha256: sha256Field }) }))
    .length(1, 'must be one'),
  predicateType: z.literal(MODEL_SIGNING_PREDICATE_TYPE),
  predicate: z.object({
    resources: z
      .array(z.object({ name: z.string(), digest: sha256Field, algorithm: z.literal('sha256') }))
      .min(1, 'must list at least one file'),
    serialization: z.object({
      method: z.literal('files', 'must be "files": other methods are not supported'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean(),
      ignore_paths: z.array(z.string().min(1)).optional(),
    }),
  }),
})
