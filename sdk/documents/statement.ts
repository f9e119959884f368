import type { Sha256 } from './digest.ts'

/** The type of every document of Kedge: an in-toto Statement, version 1. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** The media type of an in-toto Statement inside a DSSE envelope. */
export const STATEMENT_MEDIA_TYPE = 'application/vnd.in-toto+json'

/** The predicate of A, the artifact statement: OpenSSF Model Signing v1.0. */
export const MODEL_SIGNING_PREDICATE_TYPE = 'https://model_signing/signature/v1.0'

/** The predicate of B, the manifest. */
export const MANIFEST_PREDICATE_TYPE = 'https://kedge.dev/manifest/v1'

/** The predicate of a document C that is a reason, a plan or a report. */
export const DOCUMENT_PREDICATE_TYPE = 'https://kedge.dev/document/v1'

/** The predicate of a document C that is evidence: in-toto's test result. */
export const TEST_RESULT_PREDICATE_TYPE = 'https://in-toto.io/attestation/test-result/v0.1'

/** A digest set of in-toto with the one algorithm that Kedge uses for bytes. */
export interface Sha256Set {
  readonly sha256: Sha256
}

/** Bytes that are named here and kept elsewhere: a resource descriptor of in-toto. */
export interface Reference {
  readonly name: string
  readonly digest: Sha256Set
}

/** An in-toto Statement v1. */
export interface Statement<Type extends string, Subject, Predicate> {
  readonly _type: typeof STATEMENT_TYPE
  readonly subject: readonly Subject[]
  readonly predicateType: Type
  readonly predicate: Predicate
}
