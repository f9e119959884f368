import { describe, expect, it } from 'vitest'
import { cidOfRawDigest } from '../bytes/cid.ts'
import { parseArtifactStatement } from './artifact.ts'
import {
  buildManifest,
  MAX_MANIFEST_BYTES,
  type ManifestInput,
  parseManifest,
  serializeManifest,
} from './manifest.ts'
import { approvalFloor } from './policy.ts'
import {
  type Edits,
  edited,
  fieldsOf,
  sampleManifest,
  sampleTotalBytes,
  sha256,
  vector,
  vectorDigest,
  vectors,
} from './samples.ts'

const artifact = parseArtifactStatement(vector('a.jcs'))
const { treeCid } = vectors.artifact
const input: ManifestInput = { ...sampleManifest, artifact, treeCid, totalBytes: sampleTotalBytes }
const code = (name: string, facts: object = {}) =>
  expect.objectContaining({ code: name, facts: expect.objectContaining(facts) })

describe('manifest B', () => {
  it('has the bytes that an independent tool made', () => {
    expect(new TextDecoder().decode(serializeManifest(buildManifest(input)))).toBe(
      new TextDecoder().decode(vector('b.jcs')),
    )
  })

  it('reads as what it says', () => {
    const parsed = parseManifest(vector('b.jcs'))
    expect(parsed.digest).toBe(vectorDigest('b.jcs'))
    expect(parsed.cid).toBe(cidOfRawDigest(vectorDigest('b.jcs')))
    expect(parsed.manifest).toEqual(buildManifest(input).predicate)
  })

  it('may have no parent', () => {
    expect(
      parseManifest(serializeManifest(buildManifest({ ...input, parent: null }))).manifest.parent,
    ).toBeNull()
  })

  it.each([
    ['no kinds', undefined],
    ['kinds that are a text', 'x'],
    ['a kind that is null', { ...input.kinds, weights: null }],
    ['paths that are a text', { ...input.kinds, weights: { paths: 'LICENSE' } }],
    ['paths that are no texts', { ...input.kinds, weights: { paths: [1] } }],
  ])('is refused with %s, as JSON from anywhere may have it', (_, kinds) => {
    expect(() => buildManifest({ ...input, kinds } as never)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MALFORMED' }),
    )
  })

  it('may be of a model that a foreign statement calls otherwise', () => {
    const statement = buildManifest({ ...input, model: 'org/Silero VAD' })
    expect(statement.subject[0]?.name).toBe('org/Silero VAD')
    expect(parseManifest(serializeManifest(statement)).manifest.model).toBe('org/Silero VAD')
  })

  it('may be of an encrypted artifact', () => {
    const encryption = {
      scheme: 'aes-256-gcm-segments',
      keyCommitment: sha256('key'),
      recipients: [
        { name: 'auditor', key: 'age1auditor', auditor: true },
        { name: 'ward', key: 'age1ward', auditor: false },
      ],
    } as const
    const statement = buildManifest({ ...input, encryption })
    expect(parseManifest(serializeManifest(statement)).manifest.artifact.encryption).toEqual(encryption)
  })

  it('may lack what cannot be had, with the reason', () => {
    const absent = { absent: 'The publisher does not say.' }
    const statement = buildManifest({
      ...input,
      training: { data: absent, hyperparameters: absent, configuration: absent },
      runtime: { ...input.runtime, image: absent, lockfile: absent },
      evaluation: { ...input.evaluation, results: absent },
    })
    expect(parseManifest(serializeManifest(statement)).manifest.training.data).toEqual(absent)
  })

  it('is not built when the kinds leave a file out', () => {
    const kinds = { ...input.kinds, metrics: { absent: 'Forgotten.' } }
    expect(() => buildManifest({ ...input, kinds })).toThrow(code('COVERAGE_GAP'))
  })

  it('is not built when it gives a file another digest than the statement does', () => {
    const criteria = { name: 'config.json', digest: { sha256: sha256('another') } }
    expect(() => buildManifest({ ...input, evaluation: { ...input.evaluation, criteria } })).toThrow(
      code('MANIFEST_MISMATCH', { field: 'evaluation.criteria.digest.sha256' }),
    )
  })

  it.each<[string, Partial<ManifestInput>]>([
    ['label', { label: 'one' }],
    ['risk', { risk: 'Grave' as never }],
    ['featureSchema.number', { schema: 3 }],
    ['evaluation.criteria.name', { evaluation: { ...input.evaluation, criteria: { name: '' } as never } }],
    ['kinds.prompts.absent', { kinds: { ...input.kinds, prompts: { absent: '' } } }],
    ['approvingAuthority.Production', { risk: 'Critical' }],
    ['schemaVersion', { schemaVersion: 2 } as never],
    ['licence', { licence: 'MIT' } as never],
  ])('names the field of what was given: %s', (field, changes) => {
    expect(() => buildManifest({ ...input, ...changes })).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MALFORMED',
        message: expect.stringContaining(`The manifest is malformed: ${field}: `),
        facts: expect.objectContaining({ field }),
      }),
    )
  })

  it('is not written when it does not fit into one block', () => {
    const uri = (i: number) => `https://example.org/${'x'.repeat(1900)}/${String(i).padStart(4, '0')}`
    const baseModels = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ uri: uri(i), digest: { sha256: sha256('') } }))
    const build = (count: number) =>
      buildManifest({ ...input, closure: { baseModels: baseModels(count), remoteCode: [] } })
    expect(serializeManifest(build(100)).length).toBeLessThan(MAX_MANIFEST_BYTES)
    expect(() => serializeManifest(build(600))).toThrow(code('SIZE_EXCEEDED'))
  })

  it('is refused when it is too large or spelt in another way', () => {
    expect(() => parseManifest(new Uint8Array(MAX_MANIFEST_BYTES + 1))).toThrow(code('SIZE_EXCEEDED'))
    expect(() =>
      parseManifest(new TextEncoder().encode(`${new TextDecoder().decode(vector('b.jcs'))}\n`)),
    ).toThrow(code('MANIFEST_MALFORMED'))
  })

  const fields = fieldsOf('b.jcs').filter(({ path }) => !path.includes('values.'))

  it('is refused when any field is missing', () => {
    const names = fields.map(({ path }) => path).filter(path => path !== '' && !/\d$/.test(path))
    expect(names.length).toBeGreaterThan(60)
    for (const name of names) {
      const bytes = edited('b.jcs', { [name]: undefined })
      expect(() => parseManifest(bytes), name).toThrow(code('MANIFEST_MALFORMED'))
    }
  })

  it('is refused when any object has a field more', () => {
    const objects = fields.filter(({ isObject, path }) => isObject && !path.endsWith('values'))
    expect(objects.length).toBeGreaterThan(35)
    for (const { path } of objects) {
      const bytes = edited('b.jcs', { [path === '' ? 'zzz' : `${path}.zzz`]: 'x' })
      expect(() => parseManifest(bytes), path).toThrow(code('MANIFEST_MALFORMED'))
    }
  })

  it.each<[string, string, Edits]>([
    ['of another type', '_type', { _type: 'https://in-toto.io/Statement/v0.1' }],
    ['of another predicate', 'predicateType', { predicateType: 'https://kedge.dev/manifest/v2' }],
    ['of a later schema', 'predicate.schemaVersion', { 'predicate.schemaVersion': 2 }],
    ['about another artifact', 'subject[0].digest.sha256', { 'subject.0.digest.sha256': sha256('x') }],
    ['about another model', 'subject[0].name', { 'subject.0.name': 'x' }],
    [
      'about two artifacts',
      'subject',
      { 'subject.1': { name: 'silero-vad', digest: { sha256: artifact.digest } } },
    ],
    ['with a model of two lines', 'predicate.model', { 'predicate.model': 'a\nb' }],
    ['with a model that is not trimmed', 'predicate.model', { 'predicate.model': ' a' }],
    ['with a model that is not NFC', 'predicate.model', { 'predicate.model': 'e\u0301' }],
    ['with a model that reorders', 'predicate.model', { 'predicate.model': 'a\u202Eb' }],
    ['with a model too long', 'predicate.model', { 'predicate.model': 'é'.repeat(65) }],
    ['with a label of two parts', 'predicate.label', { 'predicate.label': '6.0' }],
    ['with a label with a v', 'predicate.label', { 'predicate.label': 'v6.0.0' }],
    ['with a label with a leading zero', 'predicate.label', { 'predicate.label': '6.00.0' }],
    ['with a label with a zero in front of a number', 'predicate.label', { 'predicate.label': '6.0.0-01' }],
    ['with a label with an empty part', 'predicate.label', { 'predicate.label': '6.0.0-a..b' }],
    ['with a label with a line feed', 'predicate.label', { 'predicate.label': '6.0.0\n' }],
    ['with a label too long', 'predicate.label', { 'predicate.label': `6.0.0-${'a'.repeat(130)}` }],
    ['with a parent that is no digest', 'predicate.parent', { 'predicate.parent': '5.1.2' }],
    [
      'with a parent spelt as on the chain',
      'predicate.parent',
      { 'predicate.parent': `0x${sha256('parent')}` },
    ],
    [
      'with another CID of A',
      'predicate.artifact.cid',
      { 'predicate.artifact.cid': cidOfRawDigest(sha256('x')) },
    ],
    [
      'with a tree that is a block',
      'predicate.artifact.treeCid',
      { 'predicate.artifact.treeCid': cidOfRawDigest(sha256('tree')) },
    ],
    ['with no file', 'predicate.artifact.fileCount', { 'predicate.artifact.fileCount': '0' }],
    ['with a count that is a number', 'predicate.artifact.fileCount', { 'predicate.artifact.fileCount': 7 }],
    [
      'with a size with a leading zero',
      'predicate.artifact.totalBytes',
      { 'predicate.artifact.totalBytes': '055' },
    ],
    ['with a size in hex', 'predicate.artifact.totalBytes', { 'predicate.artifact.totalBytes': '0x37' }],
    ['with a negative size', 'predicate.artifact.totalBytes', { 'predicate.artifact.totalBytes': '-1' }],
    [
      'with a size beyond 2^63',
      'predicate.artifact.totalBytes',
      { 'predicate.artifact.totalBytes': '9223372036854775808' },
    ],
    [
      'with a kind that is two things',
      'predicate.kinds.weights',
      { 'predicate.kinds.weights': { paths: ['a'], absent: 'x' } },
    ],
    ['with a kind that is nothing', 'predicate.kinds.weights', { 'predicate.kinds.weights': {} }],
    [
      'with a kind of no prefix',
      'predicate.kinds.weights.paths',
      { 'predicate.kinds.weights': { paths: [] } },
    ],
    [
      'with prefixes out of order',
      'predicate.kinds.weights.paths[1]',
      { 'predicate.kinds.weights.paths': ['weights.json', 'weights'] },
    ],
    [
      'with a prefix twice',
      'predicate.kinds.weights.paths[1]',
      { 'predicate.kinds.weights.paths': ['a', 'a'] },
    ],
    [
      'with a prefix that ends in a slash',
      'predicate.kinds.weights.paths[0]',
      { 'predicate.kinds.weights.paths': ['weights/'] },
    ],
    [
      'with a prefix that leads out',
      'predicate.kinds.weights.paths[0]',
      { 'predicate.kinds.weights.paths': ['..'] },
    ],
    [
      'with an absence without reason',
      'predicate.kinds.prompts.absent',
      { 'predicate.kinds.prompts.absent': '' },
    ],
    [
      'with an absence with a blank reason',
      'predicate.kinds.prompts.absent',
      { 'predicate.kinds.prompts.absent': ' ' },
    ],
    [
      'with a script for a URI',
      'predicate.kinds.training-code.external.uri',
      { 'predicate.kinds.training-code.external.uri': 'javascript:alert(1)' },
    ],
    [
      'with a file for a URI',
      'predicate.kinds.training-code.external.uri',
      { 'predicate.kinds.training-code.external.uri': 'file:///x' },
    ],
    [
      'with a relative URI',
      'predicate.kinds.training-code.external.uri',
      { 'predicate.kinds.training-code.external.uri': '/x' },
    ],
    [
      'with a URI with a space',
      'predicate.kinds.training-code.external.uri',
      { 'predicate.kinds.training-code.external.uri': 'https://a b' },
    ],
    ['with no snapshot', 'predicate.training.data.snapshots', { 'predicate.training.data.snapshots': [] }],
    [
      'with a snapshot twice',
      'predicate.training.data.snapshots[1]',
      { 'predicate.training.data.snapshots.1': { id: 'speech-2026-01', digest: { sha256: sha256('') } } },
    ],
    [
      'with no hyperparameter',
      'predicate.training.hyperparameters.values',
      { 'predicate.training.hyperparameters.values': {} },
    ],
    [
      'with a hyperparameter that is a list',
      'predicate.training.hyperparameters.values.epochs',
      { 'predicate.training.hyperparameters.values.epochs': [1] },
    ],
    [
      'with a schema beyond a byte',
      'predicate.featureSchema.number',
      { 'predicate.schema': 256, 'predicate.featureSchema.number': 256 },
    ],
    [
      'with a negative schema',
      'predicate.featureSchema.number',
      { 'predicate.schema': -1, 'predicate.featureSchema.number': -1 },
    ],
    [
      'with no result',
      'predicate.evaluation.results.documents',
      { 'predicate.evaluation.results.documents': [] },
    ],
    ['with a negative schema number beside a good one', 'predicate.schema', { 'predicate.schema': -1 }],
    ['with a schema that is a text', 'predicate.schema', { 'predicate.schema': '0' }],
    ['with a schema number beyond a byte beside a good one', 'predicate.schema', { 'predicate.schema': 256 }],
    ['with two schema numbers', 'predicate.featureSchema.number', { 'predicate.schema': 1 }],
    ['without inputs', 'predicate.featureSchema.inputs', { 'predicate.featureSchema.inputs': [] }],
    ['without outputs', 'predicate.featureSchema.outputs', { 'predicate.featureSchema.outputs': [] }],
    [
      'with a negative dimension',
      'predicate.featureSchema.inputs[0].shape[1]',
      { 'predicate.featureSchema.inputs.0.shape.1': -1 },
    ],
    [
      'with base models out of order',
      'predicate.closure.baseModels[1]',
      {
        'predicate.closure.baseModels': ['b:1', 'a:1'].map(uri => ({ uri, digest: { sha256: sha256('') } })),
      },
    ],
    ['with an unknown risk', 'predicate.risk', { 'predicate.risk': 'none' }],
    ['with a risk in small letters', 'predicate.risk', { 'predicate.risk': 'high' }],
    [
      'with a time with an offset',
      'predicate.createdAt',
      { 'predicate.createdAt': '2026-01-31T09:30:00+00:00' },
    ],
    [
      'with a time with fractions',
      'predicate.createdAt',
      { 'predicate.createdAt': '2026-01-31T09:30:00.000Z' },
    ],
    [
      'with a time on a day that is none',
      'predicate.createdAt',
      { 'predicate.createdAt': '2026-02-30T09:30:00Z' },
    ],
    [
      'with a year of six digits',
      'predicate.createdAt',
      { 'predicate.createdAt': '+012026-01-31T09:30:00Z' },
    ],
    ['with an hour that is none', 'predicate.createdAt', { 'predicate.createdAt': '2026-01-31T24:00:00Z' }],
    ['with an author without 0x', 'predicate.author', { 'predicate.author': 'a1'.repeat(32) }],
    ['with an author in capitals', 'predicate.author', { 'predicate.author': `0x${'A1'.repeat(32)}` }],
    ['with an author that is an address', 'predicate.author', { 'predicate.author': `0x${'a1'.repeat(20)}` }],
    [
      'with an unknown role',
      'predicate.approvingAuthority.Staging[0]',
      { 'predicate.approvingAuthority.Staging': ['Intern'] },
    ],
    [
      'with a role twice',
      'predicate.approvingAuthority.Staging',
      { 'predicate.approvingAuthority.Staging': ['ResponsibleAIOfficer', 'ResponsibleAIOfficer'] },
    ],
    [
      'with roles out of order',
      'predicate.approvingAuthority.Production',
      { 'predicate.approvingAuthority.Production': ['DomainLead', 'ResponsibleAIOfficer'] },
    ],
    [
      'with fewer roles than the policy demands',
      'predicate.approvingAuthority.Production',
      { 'predicate.approvingAuthority.Production': ['ResponsibleAIOfficer'] },
    ],
    [
      'with no role to enter Validation',
      'predicate.approvingAuthority.Validation',
      { 'predicate.approvingAuthority.Validation': [] },
    ],
    [
      'with a risk raised and the roles left',
      'predicate.approvingAuthority.Production',
      { 'predicate.risk': 'Critical' },
    ],
    [
      'with one recipient',
      'predicate.artifact.encryption.recipients',
      { 'predicate.artifact.encryption': encryptedFor([{ name: 'a', key: 'k', auditor: true }]) },
    ],
    [
      'with no auditor',
      'predicate.artifact.encryption.recipients',
      {
        'predicate.artifact.encryption': encryptedFor([
          { name: 'a', key: 'k', auditor: false },
          { name: 'b', key: 'l', auditor: false },
        ]),
      },
    ],
    [
      'with one key for two recipients',
      'predicate.artifact.encryption.recipients',
      {
        'predicate.artifact.encryption': encryptedFor([
          { name: 'a', key: 'k', auditor: true },
          { name: 'b', key: 'k', auditor: false },
        ]),
      },
    ],
    [
      'with another encryption',
      'predicate.artifact.encryption.scheme',
      {
        'predicate.artifact.encryption': {
          ...encryptedFor([
            { name: 'a', key: 'k', auditor: true },
            { name: 'b', key: 'l', auditor: false },
          ]),
          scheme: 'rot13',
        },
      },
    ],
    ['that names a chain', 'predicate.chainId', { 'predicate.chainId': 1 }],
    ['that names its version id', 'predicate.versionId', { 'predicate.versionId': input.author }],
  ])('is refused %s', (_, field, edits) => {
    expect(() => parseManifest(edited('b.jcs', edits))).toThrow(code('MANIFEST_MALFORMED', { field }))
  })

  it.each([
    '0.0.0',
    '1.0.0-alpha.1',
    '1.0.0-0A.is.legal',
    '1.0.0+build.1',
    '1.0.0-a-b.1+001',
    '99999999.0.0',
  ])('takes the label %s', label => {
    expect(buildManifest({ ...input, label }).predicate.label).toBe(label)
  })

  it.each<[Edits, string]>([
    [
      { 'predicate.kinds.weights': { paths: [] } },
      'The manifest is malformed: predicate.kinds.weights.paths: must hold at least one prefix',
    ],
    [
      { 'predicate.kinds.weights': { path: ['a'] } },
      'The manifest is malformed: predicate.kinds.weights: must be exactly one of { paths }, { external } and { absent }',
    ],
    [
      { 'predicate.runtime.lockfile': { name: 'x' } },
      'The manifest is malformed: predicate.runtime.lockfile',
    ],
    [{ 'predicate.chainId': 1 }, 'The manifest is malformed: predicate.chainId: is not a known field'],
  ])('says in words what is wrong: %j', (edits, message) => {
    expect(() => parseManifest(edited('b.jcs', edits))).toThrow(message)
  })
})

function encryptedFor(recipients: readonly object[]): object {
  return { scheme: 'aes-256-gcm-segments', keyCommitment: sha256('key'), recipients }
}

describe('approvalFloor', () => {
  it('is the table of policy 5.1', () => {
    expect({
      Low: approvalFloor('Low'),
      Medium: approvalFloor('Medium'),
      High: approvalFloor('High'),
      Critical: approvalFloor('Critical'),
    }).toEqual({
      Low: { Validation: ['TechnicalLead'], Staging: ['TechnicalLead'], Production: ['TechnicalLead'] },
      Medium: {
        Validation: ['ResponsibleAIOfficer'],
        Staging: ['ResponsibleAIOfficer'],
        Production: ['ResponsibleAIOfficer'],
      },
      High: {
        Validation: ['ResponsibleAIOfficer'],
        Staging: ['ResponsibleAIOfficer'],
        Production: ['ResponsibleAIOfficer', 'DomainLead'],
      },
      Critical: {
        Validation: ['ResponsibleAIOfficer'],
        Staging: ['ResponsibleAIOfficer'],
        Production: ['ResponsibleAIOfficer', 'DomainLead', 'OversightCommittee'],
      },
    })
  })
})
