import { z } from 'zod'
import { cidOfRawDigest, parseCid } from '../bytes/cid.ts'
import { modelIdOf } from '../chain/ids.ts'
import { KedgeError } from '../errors/index.ts'
import { canonicalize, formatTrail, parseCanonical } from './canonical.ts'
import { type Bytes32, digestOf, type Sha256 } from './digest.ts'
import {
  bytes32Field,
  cidField,
  labelField,
  lineField,
  modelField,
  pathField,
  proseField,
  referenceField,
  sha256Field,
  sha256SetField,
  sortedList,
  uriField,
} from './fields.ts'
import { comparePaths } from './paths.ts'
import {
  DOCUMENT_PREDICATE_TYPE,
  type Reference,
  type Sha256Set,
  STATEMENT_TYPE,
  type Statement,
  TEST_RESULT_PREDICATE_TYPE,
} from './statement.ts'
import { validate } from './validate.ts'

/** The most bytes of a document C. What is longer is an attachment. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024

/** The most bytes of a document's text. */
export const MAX_TEXT_BYTES = 256 * 1024

/** What a document C can be. */
export const DOCUMENT_KINDS = ['evidence', 'reason', 'plan', 'report'] as const

export type DocumentKind = (typeof DOCUMENT_KINDS)[number]

/** A version that a document is about. */
export interface VersionSubject {
  readonly label: string
  readonly manifestDigest: Sha256
}

/** A file that belongs to a document. */
export interface Attachment {
  readonly name: string
  readonly sha256: Sha256
  /** Raw for a file of one block, dag-pb for a larger one. */
  readonly cid: string
}

/** The result of testing a version: what promotion requires. */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED'
  /** What the tests were run with: criteria, suites, data. */
  readonly configuration: readonly Reference[]
  /** Where the run can be seen, or null. */
  readonly url: string | null
  readonly passedTests: readonly string[]
  readonly warnedTests: readonly string[]
  readonly failedTests: readonly string[]
}

/** What a document C says. */
export interface DocumentContent {
  readonly kind: DocumentKind
  /** The model it is about, or null when it is about persons only. */
  readonly model: string | null
  /** The versions of that model it is about. Evidence is about at least one. */
  readonly versions: readonly VersionSubject[]
  /** The persons it is about. */
  readonly persons: readonly Bytes32[]
  readonly text: string
  readonly attachments: readonly Attachment[]
  /** The test result of evidence; null for every other kind. */
  readonly test: TestResult | null
  /** 128 random bits in hex: without them, the text of a confidential document could be guessed from its digest. */
  readonly nonce: string
}

/** What {@link buildDocument} needs. */
export type DocumentInput = Pick<DocumentContent, 'kind' | 'model' | 'text'> &
  Partial<Omit<DocumentContent, 'kind' | 'model' | 'text'>>

/** A version or a model or a person, as the subject of an in-toto Statement. */
export interface DocumentSubject {
  readonly name: string
  readonly digest: Sha256Set | { readonly keccak256: string }
}

/** The fields that every document C has. In evidence they are in-toto's test result's extension field `kedge`. */
export interface DocumentFields {
  readonly schemaVersion: 1
  readonly kind: DocumentKind
  readonly model: string | null
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly nonce: string
}

/** The predicate of evidence. */
export interface EvidencePredicate {
  readonly result: TestResult['result']
  readonly configuration: readonly Reference[]
  readonly url?: string | undefined
  readonly passedTests: readonly string[]
  readonly warnedTests: readonly string[]
  readonly failedTests: readonly string[]
  readonly kedge: DocumentFields
}

/** Document C in its statement. */
export type DocumentStatement =
  | Statement<typeof DOCUMENT_PREDICATE_TYPE, DocumentSubject, DocumentFields>
  | Statement<typeof TEST_RESULT_PREDICATE_TYPE, DocumentSubject, EvidencePredicate>

/** A document C that was read from its bytes. */
export interface ParsedDocument {
  /** The digest that the chain holds: the SHA-256 of the exact bytes. */
  readonly digest: Sha256
  /** The CID of the same bytes, as one raw block. */
  readonly cid: string
  readonly content: DocumentContent
}

/**
 * Builds document C: evidence, a reason, a plan or a report.
 *
 * @throws MANIFEST_MALFORMED, naming each field that is wrong.
 *
 * @see in-toto test result v0.1, for evidence
 * @example
 * ```ts
 * const statement = buildDocument({
 *   kind: 'reason',
 *   model: 'silero-vad',
 *   versions: [{ label: '6.0.0', manifestDigest }],
 *   text: 'Misses quiet speech in the ward. Back to 5.1.2 until it is understood.',
 * })
 * ```
 */
export function buildDocument(input: DocumentInput): DocumentStatement {
  const content = checkContent({
    ...input,
    versions: sortBy(input.versions ?? [], ({ manifestDigest }) => manifestDigest),
    persons: sortBy(input.persons ?? [], person => person),
    attachments: sortBy(input.attachments ?? [], ({ name }) => name),
    test: input.test ?? null,
    nonce: input.nonce ?? randomNonce(),
  })
  return toStatement(content)
}

/**
 * Writes document C: the bytes whose SHA-256 the chain holds.
 *
 * @throws MANIFEST_MALFORMED, SIZE_EXCEEDED.
 */
export function serializeDocument(statement: DocumentStatement): Uint8Array {
  const bytes = canonicalize(statement)
  parseDocument(bytes)
  return bytes
}

/**
 * Reads document C: canonical JSON of at most 1 MiB, every field there, none unknown, none at odds with another.
 *
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED.
 */
export function parseDocument(bytes: Uint8Array): ParsedDocument {
  const value = parseCanonical(bytes, { maxBytes: MAX_DOCUMENT_BYTES })
  const content = checkContent(fromStatement(validate(statementSchema, value, 'document')))
  const digest = digestOf(bytes)
  return { digest, cid: cidOfRawDigest(digest), content }
}

function randomNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

function sortBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => comparePaths(key(a), key(b)))
}

function toStatement(content: DocumentContent): DocumentStatement {
  const { kind, model, text, attachments, nonce, test } = content
  const fields: DocumentFields = { schemaVersion: 1, kind, model, text, attachments, nonce }
  const subject = subjectOf(content)
  if (test === null) {
    return { _type: STATEMENT_TYPE, subject, predicateType: DOCUMENT_PREDICATE_TYPE, predicate: fields }
  }
  const { url, ...rest } = test
  return {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: TEST_RESULT_PREDICATE_TYPE,
    predicate: { ...rest, ...(url === null ? {} : { url }), kedge: fields },
  }
}

/** Versions by their manifest digest; the model itself only when no version is named; then persons. */
function subjectOf({ model, versions, persons }: DocumentContent): readonly DocumentSubject[] {
  const subject: DocumentSubject[] = versions.map(({ label, manifestDigest }) => ({
    name: `${model}@${label}`,
    digest: { sha256: manifestDigest },
  }))
  if (model !== null && versions.length === 0) {
    subject.push({ name: model, digest: { keccak256: modelIdOf(model).slice(2) } })
  }
  for (const person of persons)
    subject.push({ name: `person:${person}`, digest: { keccak256: person.slice(2) } })
  return subject
}

function fromStatement(statement: DocumentStatement): DocumentContent {
  const isEvidence = statement.predicateType === TEST_RESULT_PREDICATE_TYPE
  const fields = isEvidence ? statement.predicate.kedge : statement.predicate
  const { kind, model, text, attachments, nonce } = fields
  const content: DocumentContent = {
    kind,
    model,
    ...readSubject(statement.subject),
    text,
    attachments,
    test: isEvidence ? testOf(statement.predicate) : null,
    nonce,
  }
  // The subject repeats what the fields say. Writing it again finds every way in which the two could differ.
  const expected = subjectOf(content)
  if (JSON.stringify(canonicalSubject(expected)) !== JSON.stringify(canonicalSubject(statement.subject))) {
    throw malformed('subject', 'must be the versions as model@label, or the model, and then the persons')
  }
  return content
}

function testOf({
  result,
  configuration,
  url,
  passedTests,
  warnedTests,
  failedTests,
}: EvidencePredicate): TestResult {
  return { result, configuration, url: url ?? null, passedTests, warnedTests, failedTests }
}

function canonicalSubject(subject: readonly DocumentSubject[]): readonly unknown[] {
  return subject.map(({ name, digest }) => [
    name,
    'sha256' in digest ? digest.sha256 : `keccak256:${digest.keccak256}`,
  ])
}

function readSubject(subject: readonly DocumentSubject[]): Pick<DocumentContent, 'versions' | 'persons'> {
  const versions: VersionSubject[] = []
  const persons: Bytes32[] = []
  for (const { name, digest } of subject) {
    if ('sha256' in digest) {
      // A label holds no "@", a model's name may.
      versions.push({ label: name.slice(name.lastIndexOf('@') + 1), manifestDigest: digest.sha256 })
    } else if (name.startsWith('person:')) {
      persons.push(`0x${digest.keccak256}`)
    }
  }
  return { versions, persons }
}

function checkContent(value: unknown): DocumentContent {
  const content = validate<DocumentContent>(contentSchema, value, 'document')
  const { kind, model, versions, persons, test, attachments } = content
  if ((kind === 'evidence') !== (test !== null)) {
    throw malformed('kind', 'must be evidence when there is a test result, and only then')
  }
  if (kind === 'evidence' && versions.length === 0)
    throw malformed('versions', 'evidence must name a version')
  if (model === null && versions.length > 0) throw malformed('model', 'versions need a model')
  if (model === null && persons.length === 0) throw malformed('model', 'the document must be about something')
  for (const [index, { cid, sha256 }] of attachments.entries()) {
    if (parseCid(cid).codec === 'raw' && cid !== cidOfRawDigest(sha256)) {
      throw malformed(`attachments[${index}].cid`, 'a raw CID must be that of the attachment’s sha256')
    }
  }
  if (test !== null) checkTest(test, ['test'])
  return content
}

/**
 * Checks a test result by itself, as the file of whoever ran the tests holds it.
 *
 * @throws MANIFEST_MALFORMED, naming each field that is wrong.
 *
 * @example
 * ```ts
 * const test = parseTestResult(JSON.parse(await readFile('results.json', 'utf8')))
 * ```
 */
export function parseTestResult(value: unknown): TestResult {
  const test = validate<TestResult>(testSchema, value, 'test result')
  checkTest(test, [])
  return test
}

/** in-toto leaves the relation of `result` to the lists open; evidence that contradicts itself is none. */
function checkTest(
  { result, passedTests, warnedTests, failedTests }: TestResult,
  trail: readonly string[],
): void {
  const whole = formatTrail(trail)
  const resultField = formatTrail([...trail, 'result'])
  const names = [...passedTests, ...warnedTests, ...failedTests]
  if (names.length === 0) throw malformed(whole, 'must name at least one test')
  if (new Set(names).size !== names.length) throw malformed(whole, 'must name each test once')
  if (result !== 'FAILED' && failedTests.length > 0)
    throw malformed(resultField, 'must be FAILED: a test failed')
  if (result === 'PASSED' && warnedTests.length > 0)
    throw malformed(resultField, 'must be WARNED: a test warned')
}

function malformed(field: string, problem: string): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', `The document is malformed: ${field}: ${problem}`, {
    field,
    problem,
  })
}

const kindField = z.enum(DOCUMENT_KINDS)
const nonceField = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits')
const textField = proseField(MAX_TEXT_BYTES)
const tests = z.array(lineField(1024))

const attachmentsField: z.ZodType<readonly Attachment[]> = sortedList(
  z.strictObject({
    name: pathField.refine(name => !name.includes('/'), 'must be a file name'),
    sha256: sha256Field,
    cid: cidField(),
  }),
  ({ name }) => name,
)

const testFields = {
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(referenceField).min(1, 'must hold at least one'),
  passedTests: tests,
  warnedTests: tests,
  failedTests: tests,
}

const testSchema: z.ZodType<TestResult> = z.strictObject({ ...testFields, url: uriField.nullable() })

const contentSchema: z.ZodType<DocumentContent> = z.strictObject({
  kind: kindField,
  model: modelField.nullable(),
  versions: sortedList(
    z.strictObject({ label: labelField, manifestDigest: sha256Field }),
    ({ manifestDigest }) => manifestDigest,
  ),
  persons: sortedList(bytes32Field, person => person),
  text: textField,
  attachments: attachmentsField,
  test: testSchema.nullable(),
  nonce: nonceField,
})

const fieldsSchema: z.ZodType<DocumentFields> = z.strictObject({
  schemaVersion: z.literal(1),
  kind: kindField,
  model: modelField.nullable(),
  text: textField,
  attachments: attachmentsField,
  nonce: nonceField,
})

const subjectSchema: z.ZodType<readonly DocumentSubject[]> = z.array(
  z.strictObject({
    name: lineField(512),
    digest: z.union(
      [sha256SetField, z.strictObject({ keccak256: sha256Field })],
      'must be { sha256 } or { keccak256 }',
    ),
  }),
)

const statementSchema: z.ZodType<DocumentStatement> = z.discriminatedUnion('predicateType', [
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: subjectSchema,
    predicateType: z.literal(DOCUMENT_PREDICATE_TYPE),
    predicate: fieldsSchema,
  }),
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: subjectSchema,
    predicateType: z.literal(TEST_RESULT_PREDICATE_TYPE),
    predicate: z.strictObject({ ...testFields, url: uriField.optional(), kedge: fieldsSchema }),
  }),
])
