/**
 * What a version is made of: the artifact statement (A), the manifest (B), and the documents that evidence,
 * reasons, plans and reports are (C); their canonical bytes, their digests, and the checks between them.
 *
 * Everything but `walk` and `describeArtifact`, which read directories, runs in a browser as well as in Node.
 *
 * @packageDocumentation
 */
export {
  type ArtifactContent,
  type ArtifactFile,
  type ArtifactInput,
  type ArtifactResource,
  type ArtifactSerialization,
  type ArtifactStatement,
  buildArtifactStatement,
  MAX_ARTIFACT_STATEMENT_BYTES,
  parseArtifactStatement,
  parseForeignArtifactStatement,
  rootOf,
  serializeArtifactStatement,
} from './artifact.ts'
export { canonicalize, parseCanonical } from './canonical.ts'
export { checkBinding, checkCoverage } from './coverage.ts'
export { type DescribedArtifact, describeArtifact, type MeasuredFile } from './describeArtifact.ts'
export { type Bytes32, bytesOfDigest, digestOf, type Sha256 } from './digest.ts'
export {
  type Attachment,
  buildDocument,
  DOCUMENT_KINDS,
  type DocumentContent,
  type DocumentFields,
  type DocumentInput,
  type DocumentKind,
  type DocumentStatement,
  type DocumentSubject,
  type EvidencePredicate,
  MAX_DOCUMENT_BYTES,
  MAX_TEXT_BYTES,
  type ParsedDocument,
  parseDocument,
  parseTestResult,
  serializeDocument,
  type TestResult,
  type VersionSubject,
} from './document.ts'
export { MAX_ENVELOPE_BYTES, type OpenedEnvelope, openEnvelope } from './envelope.ts'
export { DEFAULT_IGNORE_PATHS } from './ignore.ts'
export { type Json, type JsonLimits, MAX_DEPTH, parseJson } from './json.ts'
export { KINDS, type Kind } from './kinds.ts'
export {
  type Absent,
  buildManifest,
  type Encryption,
  type ExternalReference,
  type KindCoverage,
  MAX_MANIFEST_BYTES,
  type Manifest,
  type ManifestArtifact,
  type ManifestInput,
  type ManifestStatement,
  type ParsedManifest,
  parseManifest,
  type Recipient,
  type Snapshot,
  serializeManifest,
  type Tensor,
} from './manifest.ts'
export {
  checkPath,
  checkPaths,
  comparePaths,
  foldCase,
  MAX_NAME_BYTES,
  MAX_PATH_BYTES,
  prefixCovers,
  unsafePathReason,
} from './paths.ts'
export {
  APPROVED_STAGES,
  type ApprovedStage,
  type ApprovingAuthority,
  approvalFloor,
} from './policy.ts'
export {
  DOCUMENT_PREDICATE_TYPE,
  MANIFEST_PREDICATE_TYPE,
  MODEL_SIGNING_PREDICATE_TYPE,
  type Reference,
  type Sha256Set,
  STATEMENT_MEDIA_TYPE,
  STATEMENT_TYPE,
  type Statement,
  TEST_RESULT_PREDICATE_TYPE,
} from './statement.ts'
export { MAX_FILES, type WalkOptions, walk } from './walk.ts'
