import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidOfRawDigest, formatCid } from '../bytes/cid.ts'
import { bytesOfDigest } from './digest.ts'
import {
  buildDocument,
  type DocumentInput,
  MAX_DOCUMENT_BYTES,
  MAX_TEXT_BYTES,
  parseDocument,
  serializeDocument,
  type TestResult,
} from './document.ts'
import {
  type Edits,
  edited,
  sampleEvidence,
  sampleReason,
  sampleTest,
  sha256,
  vector,
  vectorDigest,
} from './samples.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const code = (name: string, facts: object = {}) =>
  expect.objectContaining({ code: name, facts: expect.objectContaining(facts) })

const attachment = { name: 'log.txt', sha256: sha256('log'), cid: cidOfRawDigest(sha256('log')) }
const reason: DocumentInput = { ...sampleReason, attachments: [attachment] }
const person = `0x${'b2'.repeat(32)}` as const

const theVersion = { name: 'silero-vad@6.0.0', digest: { sha256: vectorDigest('b.jcs') } }

describe('document C', () => {
  it.each([
    ['c-reason.jcs', reason],
    ['c-evidence.jcs', sampleEvidence],
  ] as const)('has the bytes that an independent tool made: %s', (name, input) => {
    expect(text(serializeDocument(buildDocument(input)))).toBe(text(vector(name)))
  })

  it('reads as what it says', () => {
    expect(parseDocument(vector('c-reason.jcs'))).toEqual({
      digest: vectorDigest('c-reason.jcs'),
      cid: cidOfRawDigest(vectorDigest('c-reason.jcs')),
      content: {
        kind: 'reason',
        model: 'silero-vad',
        versions: [{ label: '6.0.0', manifestDigest: vectorDigest('b.jcs') }],
        persons: [],
        text: reason.text,
        attachments: [attachment],
        test: null,
        nonce: '000102030405060708090a0b0c0d0e0f',
      },
    })
    expect(parseDocument(vector('c-evidence.jcs')).content.test).toEqual(sampleTest)
  })

  it('is written by the tools that wrote it, whatever the order of its parts', () => {
    const versions = ['a', 'b', 'c'].map(label => ({ label: '1.0.0', manifestDigest: sha256(label) }))
    const bytes = (input: DocumentInput) => serializeDocument(buildDocument(input))
    expect(bytes({ ...reason, versions: versions.toReversed() })).toEqual(bytes({ ...reason, versions }))
  })

  it('reads back everything that it can hold', () => {
    const line = fc.constantFrom('a', 'b é', '😀', 'm@1.0.0', 'x/y')
    const digest = fc.constantFrom('1', '2', '3').map(sha256)
    const input = fc.record({
      kind: fc.constantFrom('reason' as const, 'plan' as const, 'report' as const),
      model: line,
      versions: fc.uniqueArray(
        fc.record({ label: fc.constantFrom('1.0.0', '2.0.0-rc.1+b'), manifestDigest: digest }),
        {
          selector: ({ manifestDigest }) => manifestDigest,
        },
      ),
      persons: fc.uniqueArray(digest.map(hex => `0x${hex}` as const)),
      text: fc.constantFrom('x', 'a\n\tb', 'שלום'),
      attachments: fc.uniqueArray(
        digest.map(hex => ({
          name: `${hex.slice(0, 4)}.bin`,
          sha256: hex,
          cid: formatCid({ codec: 'dag-pb', digest: bytesOfDigest(hex) }),
        })),
        { selector: ({ name }) => name },
      ),
    })
    fc.assert(
      fc.property(input, value => {
        const statement = buildDocument(value)
        const { content } = parseDocument(serializeDocument(statement))
        expect(buildDocument(content)).toEqual(statement)
        expect(content).toMatchObject({ kind: value.kind, model: value.model, text: value.text })
        expect(new Set(content.versions)).toEqual(new Set(value.versions))
        expect(new Set(content.persons)).toEqual(new Set(value.persons))
      }),
    )
  })

  it('may be about a model, about a person, or about both', () => {
    const base = { kind: 'report', text: 'Audit of the year.' } as const
    expect(buildDocument({ ...base, model: 'silero-vad' }).subject).toEqual([
      {
        name: 'silero-vad',
        digest: { keccak256: 'f7209359da9e2bf042a9b46228734c43112472066fa612a540b9dcd1c4b0efa1' },
      },
    ])
    expect(buildDocument({ ...base, model: null, persons: [person] }).subject).toEqual([
      { name: `person:${person}`, digest: { keccak256: 'b2'.repeat(32) } },
    ])
    expect(buildDocument({ ...base, model: 'silero-vad', persons: [person] }).subject).toHaveLength(2)
  })

  it('has a nonce of 128 fresh bits unless one is given', () => {
    const nonces = Array.from({ length: 50 }, () => {
      const { nonce: _, ...input } = sampleReason
      return parseDocument(serializeDocument(buildDocument(input))).content.nonce
    })
    expect(new Set(nonces).size).toBe(50)
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each<[string, Partial<DocumentInput>, string]>([
    ['a reason with a test result', { test: sampleTest }, 'kind'],
    ['evidence without a test result', { kind: 'evidence' }, 'kind'],
    ['evidence without a version', { ...sampleEvidence, versions: [] }, 'versions'],
    ['about nothing', { model: null, versions: [] }, 'model'],
    ['with versions of no model', { model: null, persons: [person] }, 'model'],
    ['with an empty text', { text: '' }, 'text'],
    ['with a blank text', { text: ' \n' }, 'text'],
    ['with a text that reorders', { text: 'a\u202Eb' }, 'text'],
    ['with a text with an escape', { text: 'a\u001b[2Jb' }, 'text'],
    ['with a text with a carriage return', { text: 'a\rb' }, 'text'],
    ['with a text that is not NFC', { text: 'e\u0301' }, 'text'],
    ['with a text too long', { text: 'x'.repeat(MAX_TEXT_BYTES + 1) }, 'text'],
    ['with a short nonce', { nonce: '00' }, 'nonce'],
    ['with a nonce in capitals', { nonce: 'AB'.repeat(16) }, 'nonce'],
    [
      'with a version twice',
      { versions: [...(sampleReason.versions ?? []), ...(sampleReason.versions ?? [])] },
      'versions[1]',
    ],
    ['with a person twice', { persons: [person, person] }, 'persons[1]'],
    [
      'with a label that is none',
      { versions: [{ label: '6', manifestDigest: sha256('') }] },
      'versions[0].label',
    ],
    ['with an attachment twice', { attachments: [attachment, attachment] }, 'attachments[1]'],
    [
      'with an attachment elsewhere',
      { attachments: [{ ...attachment, name: '../x' }] },
      'attachments[0].name',
    ],
    [
      'with an attachment in a folder',
      { attachments: [{ ...attachment, name: 'a/x' }] },
      'attachments[0].name',
    ],
    ['with an attachment without CID', { attachments: [{ ...attachment, cid: 'x' }] }, 'attachments[0].cid'],
    [
      'with an attachment of another CID',
      { attachments: [{ ...attachment, cid: cidOfRawDigest(sha256('x')) }] },
      'attachments[0].cid',
    ],
  ])('is not built %s', (_, change, field) => {
    expect(() => buildDocument({ ...reason, ...change })).toThrow(code('MANIFEST_MALFORMED', { field }))
  })

  it.each<[string, Partial<TestResult>, string]>([
    ['passed while a test failed', { result: 'PASSED', warnedTests: [], failedTests: ['x'] }, 'test.result'],
    ['warned while a test failed', { result: 'WARNED', failedTests: ['x'] }, 'test.result'],
    ['passed while a test warned', { result: 'PASSED' }, 'test.result'],
    ['without any test', { passedTests: [], warnedTests: [] }, 'test'],
    ['with a test twice', { passedTests: ['x', 'x'] }, 'test'],
    [
      'with a test that passed and failed',
      { result: 'FAILED', passedTests: ['x'], failedTests: ['x'] },
      'test',
    ],
    ['without configuration', { configuration: [] }, 'test.configuration'],
    ['with a script for a URL', { url: 'javascript:1' }, 'test.url'],
  ])('is no evidence that %s', (_, change, field) => {
    expect(() => buildDocument({ ...sampleEvidence, test: { ...sampleTest, ...change } })).toThrow(
      code('MANIFEST_MALFORMED', { field }),
    )
  })

  it('may be evidence of a failure', () => {
    const failed = {
      result: 'FAILED',
      passedTests: [],
      warnedTests: [],
      failedTests: ['recall'],
      url: null,
    } as const
    const statement = buildDocument({
      ...sampleEvidence,
      test: { ...sampleTest, ...failed },
    })
    expect('url' in statement.predicate).toBe(false)
    expect(parseDocument(serializeDocument(statement)).content.test).toMatchObject(failed)
  })

  it.each<[string, 'c-reason.jcs' | 'c-evidence.jcs', string, Edits]>([
    ['of another type', 'c-reason.jcs', '_type', { _type: 'x' }],
    [
      'of another predicate',
      'c-reason.jcs',
      'predicateType',
      { predicateType: 'https://kedge.dev/document/v2' },
    ],
    ['of a later schema', 'c-reason.jcs', 'predicate.schemaVersion', { 'predicate.schemaVersion': 2 }],
    ['of an unknown kind', 'c-reason.jcs', 'predicate.kind', { 'predicate.kind': 'note' }],
    ['of kind evidence without a result', 'c-reason.jcs', 'kind', { 'predicate.kind': 'evidence' }],
    ['of kind reason with a result', 'c-evidence.jcs', 'kind', { 'predicate.kedge.kind': 'reason' }],
    ['with an unknown field', 'c-reason.jcs', 'predicate.extra', { 'predicate.extra': 1 }],
    ['with an unknown field in evidence', 'c-evidence.jcs', 'predicate.extra', { 'predicate.extra': 1 }],
    ['without the extension field', 'c-evidence.jcs', 'predicate.kedge', { 'predicate.kedge': undefined }],
    ['without subject', 'c-reason.jcs', 'subject', { subject: [] }],
    ['whose subject is another model', 'c-reason.jcs', 'subject', { 'subject.0.name': 'other@6.0.0' }],
    ['whose subject is no version', 'c-reason.jcs', 'subject', { 'subject.0.name': 'silero-vad' }],
    [
      'whose subject has the model beside a version',
      'c-reason.jcs',
      'subject',
      { 'subject.1': { name: 'silero-vad', digest: { keccak256: sha256('') } } },
    ],
    [
      'whose subject has another model id',
      'c-reason.jcs',
      'subject',
      { subject: [{ name: 'silero-vad', digest: { keccak256: sha256('') } }] },
    ],
    [
      'whose person has two ids',
      'c-reason.jcs',
      'subject',
      { 'subject.1': { name: `person:${person}`, digest: { keccak256: sha256('') } } },
    ],
    [
      'whose person stands before the version',
      'c-reason.jcs',
      'subject',
      { subject: [{ name: `person:${person}`, digest: { keccak256: 'b2'.repeat(32) } }, theVersion] },
    ],
    [
      'whose subject has two digests',
      'c-reason.jcs',
      'subject[0].digest',
      { 'subject.0.digest.keccak256': sha256('') },
    ],
    [
      'whose versions are out of order',
      'c-reason.jcs',
      'versions[1]',
      { 'subject.1': { name: 'silero-vad@5.0.0', digest: { sha256: '0'.repeat(64) } } },
    ],
    [
      'with an attachment of another CID',
      'c-reason.jcs',
      'attachments[0].cid',
      { 'predicate.attachments.0.sha256': sha256('x') },
    ],
    ['with a URL that is null', 'c-evidence.jcs', 'predicate.url', { 'predicate.url': null }],
    ['with a result that is none', 'c-evidence.jcs', 'predicate.result', { 'predicate.result': 'OK' }],
    ['that says it passed', 'c-evidence.jcs', 'test.result', { 'predicate.result': 'PASSED' }],
  ])('is refused %s', (_, name, field, edits) => {
    expect(() => parseDocument(edited(name, edits))).toThrow(code('MANIFEST_MALFORMED', { field }))
  })

  it('is refused when it is too large or spelt in another way', () => {
    expect(() => parseDocument(new Uint8Array(MAX_DOCUMENT_BYTES + 1))).toThrow(code('SIZE_EXCEEDED'))
    expect(() => parseDocument(new TextEncoder().encode(` ${text(vector('c-reason.jcs'))}`))).toThrow(
      code('MANIFEST_MALFORMED', { byte: 0 }),
    )
  })

  it('is not written when it could not be read', () => {
    const statement = buildDocument(reason)
    expect(() => serializeDocument({ ...statement, subject: [] })).toThrow(code('MANIFEST_MALFORMED'))
  })
})
