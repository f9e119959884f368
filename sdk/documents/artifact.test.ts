import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidOfRawDigest } from '../bytes/cid.ts'
import {
  type ArtifactStatement,
  buildArtifactStatement,
  MAX_ARTIFACT_STATEMENT_BYTES,
  parseArtifactStatement,
  parseForeignArtifactStatement,
  rootOf,
  serializeArtifactStatement,
} from './artifact.ts'
import { canonicalize } from './canonical.ts'
import { openEnvelope } from './envelope.ts'
import { sampleFiles, sha256, vector, vectorDigest } from './samples.ts'

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, undefined, 2))
const code = (name: string, facts: object = {}) =>
  expect.objectContaining({ code: name, facts: expect.objectContaining(facts) })

const sample = () =>
  buildArtifactStatement({ model: 'silero-vad', files: sampleFiles, ignorePaths: ['model.sig'] })

/** The sample with changes anywhere in it, and its root made to follow again unless `keepRoot`. */
function altered(change: (statement: Mutable<ArtifactStatement>) => void, keepRoot = false): unknown {
  const statement = structuredClone(sample()) as Mutable<ArtifactStatement>
  change(statement)
  const subject = statement.subject[0]
  if (!keepRoot && subject !== undefined) {
    const files = statement.predicate.resources.map(({ name, digest }) => ({ path: name, sha256: digest }))
    subject.digest = { sha256: rootOf(files) }
  }
  return statement
}

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> }

describe('statement A', () => {
  it('has the bytes that an independent tool made', () => {
    expect(new TextDecoder().decode(serializeArtifactStatement(sample()))).toBe(
      new TextDecoder().decode(vector('a.jcs')),
    )
  })

  it('reads as what it says', () => {
    expect(parseArtifactStatement(vector('a.jcs'))).toEqual({
      digest: vectorDigest('a.jcs'),
      cid: cidOfRawDigest(vectorDigest('a.jcs')),
      model: 'silero-vad',
      root: 'c60882e1e744e1b17847cae1f75b1c80b7b947f793ee6affeb2736d6814648b9',
      files: [
        '.empty',
        'config.json',
        'inference/run.py',
        'metrics/～.json',
        'metrics/😀.json',
        'weights.json',
        'weights/model.onnx',
      ].map(path => sampleFiles.find(file => file.path === path)),
      ignorePaths: ['.git', '.gitattributes', '.github', '.gitignore', 'model.sig'],
      order: 'bytes',
    })
  })

  it('does not depend on the order in which the files are given', () => {
    const expected = serializeArtifactStatement(sample())
    fc.assert(
      fc.property(fc.shuffledSubarray([...sampleFiles], { minLength: sampleFiles.length }), files => {
        const statement = buildArtifactStatement({ model: 'silero-vad', files, ignorePaths: ['model.sig'] })
        expect(serializeArtifactStatement(statement)).toEqual(expected)
      }),
    )
  })

  it('has a root that says nothing of names, so the digest must', () => {
    const one = buildArtifactStatement({ model: 'm', files: [{ path: 'a', sha256: sha256('x') }] })
    const two = buildArtifactStatement({ model: 'm', files: [{ path: 'b', sha256: sha256('x') }] })
    expect(one.subject).toEqual(two.subject)
    expect(parseArtifactStatement(serializeArtifactStatement(one)).digest).not.toBe(
      parseArtifactStatement(serializeArtifactStatement(two)).digest,
    )
  })

  it.each<[string, Parameters<typeof buildArtifactStatement>[0], string]>([
    ['no file', { model: 'm', files: [] }, 'MANIFEST_MALFORMED'],
    ['an unsafe path', { model: 'm', files: [{ path: '../a', sha256: sha256('') }] }, 'UNSAFE_PATH'],
    [
      'a path twice',
      {
        model: 'm',
        files: [
          { path: 'a', sha256: sha256('') },
          { path: 'a', sha256: sha256('b') },
        ],
      },
      'NAME_COLLISION',
    ],
    ['a digest that is none', { model: 'm', files: [{ path: 'a', sha256: 'AB' }] }, 'MANIFEST_MALFORMED'],
    [
      'an upper-case digest',
      { model: 'm', files: [{ path: 'a', sha256: sha256('').toUpperCase() }] },
      'MANIFEST_MALFORMED',
    ],
    ['a nameless model', { model: '', files: sampleFiles }, 'MANIFEST_MALFORMED'],
    [
      'a listed file that was left out',
      { model: 'm', files: sampleFiles, ignorePaths: ['config.json'] },
      'MANIFEST_MALFORMED',
    ],
    [
      'a file of a default exclusion',
      { model: 'm', files: [{ path: '.git/HEAD', sha256: sha256('') }] },
      'MANIFEST_MALFORMED',
    ],
    [
      'an exclusion below the root',
      { model: 'm', files: sampleFiles, ignorePaths: ['sub/x'] },
      'MANIFEST_MALFORMED',
    ],
    ['an unsafe exclusion', { model: 'm', files: sampleFiles, ignorePaths: ['..'] }, 'MANIFEST_MALFORMED'],
  ])('is not built with %s', (_, input, expected) => {
    expect(() => buildArtifactStatement(input)).toThrow(code(expected))
  })

  it('is not written with a root that does not follow', () => {
    const statement = altered(({ subject }) => {
      if (subject[0]) subject[0].digest = { sha256: sha256('other') }
    }, true) as ArtifactStatement
    expect(() => serializeArtifactStatement(statement)).toThrow(code('ROOT_MISMATCH'))
  })

  it.each<[string, unknown, string, object]>([
    [
      'another statement type',
      altered(s => Object.assign(s, { _type: 'https://in-toto.io/Statement/v0.1' })),
      'MANIFEST_MALFORMED',
      { field: '_type' },
    ],
    [
      'another predicate type',
      altered(s => Object.assign(s, { predicateType: 'https://model_signing/Digests/v0.1' })),
      'MANIFEST_MALFORMED',
      { field: 'predicateType' },
    ],
    [
      'no subject',
      altered(s => Object.assign(s, { subject: [] })),
      'MANIFEST_MALFORMED',
      { field: 'subject' },
    ],
    [
      'two subjects',
      altered(s => s.subject.push({ name: 'x', digest: { sha256: sha256('') } })),
      'MANIFEST_MALFORMED',
      { field: 'subject' },
    ],
    [
      'an unknown field',
      altered(s => Object.assign(s.predicate, { note: 1 })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.note', problem: 'is not a known field' },
    ],
    [
      'an unknown field of a file',
      altered(s => Object.assign(s.predicate.resources[2] ?? {}, { uri: 'x' })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.resources[2].uri' },
    ],
    [
      'no file',
      altered(s => s.predicate.resources.splice(0)),
      'MANIFEST_MALFORMED',
      { field: 'predicate.resources' },
    ],
    [
      'files out of order',
      altered(s => Object.assign(s.predicate, { resources: s.predicate.resources.toReversed() })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.resources[1]' },
    ],
    [
      'a file twice',
      altered(s => s.predicate.resources.unshift(...s.predicate.resources.slice(0, 1))),
      'MANIFEST_MALFORMED',
      { field: 'predicate.resources[1]' },
    ],
    [
      'another hash',
      altered(s => Object.assign(s.predicate.resources[0] ?? {}, { algorithm: 'blake3' })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.resources[0].algorithm' },
    ],
    [
      'shards',
      altered(s => Object.assign(s.predicate.serialization, { method: 'shards', shard_size: 1 })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.serialization.method' },
    ],
    [
      'another hash type',
      altered(s => Object.assign(s.predicate.serialization, { hash_type: 'blake2b' })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.serialization.hash_type' },
    ],
    [
      'links that were followed',
      altered(s => Object.assign(s.predicate.serialization, { allow_symlinks: true })),
      'MANIFEST_MALFORMED',
      { field: 'predicate.serialization.allow_symlinks' },
    ],
    [
      'a default exclusion missing',
      altered(s => s.predicate.serialization.ignore_paths.shift()),
      'MANIFEST_MALFORMED',
      { field: 'predicate.serialization.ignore_paths' },
    ],
    [
      'exclusions out of order',
      altered(({ predicate: { serialization } }) =>
        Object.assign(serialization, { ignore_paths: serialization.ignore_paths.toReversed() }),
      ),
      'MANIFEST_MALFORMED',
      { field: 'predicate.serialization.ignore_paths[1]' },
    ],
    [
      'an unsafe path',
      altered(s => Object.assign(s.predicate.resources[0] ?? {}, { name: '../x' })),
      'UNSAFE_PATH',
      { path: '../x' },
    ],
    [
      'a colliding path',
      altered(s => Object.assign(s.predicate.resources[0] ?? {}, { name: 'Config.json' })),
      'NAME_COLLISION',
      { first: 'Config.json' },
    ],
    [
      'a file that was left out',
      altered(s => Object.assign(s.predicate.resources[0] ?? {}, { name: '.gitignore' })),
      'MANIFEST_MALFORMED',
      { path: '.gitignore' },
    ],
    [
      'a digest altered',
      altered(s => Object.assign(s.predicate.resources[3] ?? {}, { digest: sha256('evil') }), true),
      'ROOT_MISMATCH',
      { expected: sample().subject[0]?.digest.sha256 },
    ],
    ['an array', [], 'MANIFEST_MALFORMED', { field: '(document)' }],
    ['null', null, 'MANIFEST_MALFORMED', { field: '(document)' }],
  ])('is refused with %s', (_, value, expected, facts) => {
    expect(() => parseArtifactStatement(canonicalize(value))).toThrow(code(expected, facts))
  })

  it('is refused in any other spelling', () => {
    const spaced = encode(JSON.parse(new TextDecoder().decode(vector('a.jcs'))))
    expect(() => parseArtifactStatement(spaced)).toThrow(code('MANIFEST_MALFORMED', { byte: 1 }))
    expect(parseForeignArtifactStatement(spaced).files).toEqual(parseArtifactStatement(vector('a.jcs')).files)
  })

  it('is refused when it is too large', () => {
    const bytes = new Uint8Array(MAX_ARTIFACT_STATEMENT_BYTES + 1)
    expect(() => parseArtifactStatement(bytes)).toThrow(code('SIZE_EXCEEDED'))
    expect(() => parseForeignArtifactStatement(bytes)).toThrow(code('SIZE_EXCEEDED'))
  })

  it('is not written when it is too large', () => {
    const digest = sha256('')
    const files = Array.from({ length: 100_000 }, (_, i) => ({
      path: `${'x'.repeat(60)}${i}`,
      sha256: digest,
    }))
    const statement = buildArtifactStatement({ model: 'm', files })
    expect(() => serializeArtifactStatement(statement)).toThrow(code('SIZE_EXCEEDED'))
  })

  it('names each of many problems, up to a limit', () => {
    const value = altered(s => {
      for (const resource of s.predicate.resources) Object.assign(resource, { digest: 'x' })
      Object.assign(s, { predicateType: 'x' })
    }, true)
    expect(() => parseArtifactStatement(canonicalize(value))).toThrow(
      code('MANIFEST_MALFORMED', {
        problems: expect.arrayContaining([expect.stringContaining('resources[6].digest')]),
      }),
    )
  })
})

describe('a statement that the reference implementation signed', () => {
  const bundle = readFileSync(new URL('./fixtures/model-signing/bundle.json', import.meta.url))
  const { payload } = openEnvelope(bundle)
  const content = parseForeignArtifactStatement(payload)

  it('is read in its own order, which is by path components', () => {
    expect(content.order).toBe('listed')
    expect(content.files.map(file => file.path)).toEqual([
      '.hidden',
      'empty.txt',
      'model/config.json',
      'model.safetensors',
      'sub/.git/HEAD',
      'é.txt',
      'ｚ.txt',
      '😀.txt',
    ])
    expect(content.model).toBe('model')
    expect(content.root).toBe('cb47681784790519f28ba9efebf701852de477732c55f9e587b09967ba64a1db')
    expect(content.files[1]?.sha256).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(new Set(content.ignorePaths)).toEqual(
      new Set(['.git', '.gitattributes', '.github', '.gitignore', 'model.sig']),
    )
    expect(content.digest).toBe(sha256(new TextDecoder().decode(payload)))
  })

  it('differs from ours in the order of the files and nothing else', () => {
    const theirs = JSON.parse(new TextDecoder().decode(payload)) as Mutable<ArtifactStatement>
    const ours = structuredClone(
      buildArtifactStatement({ model: 'model', files: content.files, ignorePaths: ['model.sig'] }),
    ) as Mutable<ArtifactStatement>
    expect(ours.predicate.resources.map(({ name }) => name)).toEqual([
      '.hidden',
      'empty.txt',
      'model.safetensors',
      'model/config.json',
      'sub/.git/HEAD',
      'é.txt',
      'ｚ.txt',
      '😀.txt',
    ])
    const swapped = theirs.predicate.resources.splice(2, 2)
    theirs.predicate.resources.splice(2, 0, ...swapped.toReversed())
    theirs.predicate.serialization.ignore_paths.sort()
    theirs.subject = ours.subject
    expect(ours).toEqual(theirs)
  })

  it('is not one of ours', () => {
    expect(() => parseArtifactStatement(payload)).toThrow(code('MANIFEST_MALFORMED'))
  })

  const altered = (change: (statement: Mutable<ArtifactStatement>) => void): Uint8Array => {
    const statement = JSON.parse(new TextDecoder().decode(payload)) as Mutable<ArtifactStatement>
    change(statement)
    return encode(statement)
  }

  it('may hold fields that the standard does not know', () => {
    const bytes = altered(s => {
      Object.assign(s, { extra: 1 })
      Object.assign(s.predicate.resources[0] ?? {}, { annotations: { a: 1 } })
      Object.assign(s.predicate.serialization, { allow_symlinks: true })
      Reflect.deleteProperty(s.predicate.serialization, 'ignore_paths')
    })
    expect(parseForeignArtifactStatement(bytes)).toMatchObject({ files: content.files, ignorePaths: [] })
  })

  it.each<[string, (s: Mutable<ArtifactStatement>) => unknown, string]>([
    [
      'the files are put in another order',
      s => Object.assign(s.predicate, { resources: s.predicate.resources.toReversed() }),
      'ROOT_MISMATCH',
    ],
    ['a file is taken away', s => s.predicate.resources.pop(), 'ROOT_MISMATCH'],
    [
      'a path leads out',
      s => Object.assign(s.predicate.resources[0] ?? {}, { name: '../../etc/passwd' }),
      'UNSAFE_PATH',
    ],
    [
      'a file stands twice',
      s => Object.assign(s.predicate.resources[0] ?? {}, { name: 'empty.txt' }),
      'NAME_COLLISION',
    ],
    [
      'a listed file was left out',
      s => s.predicate.serialization.ignore_paths.push('sub'),
      'MANIFEST_MALFORMED',
    ],
    [
      'it has shards',
      s => Object.assign(s.predicate.serialization, { method: 'shards', shard_size: 9 }),
      'MANIFEST_MALFORMED',
    ],
    [
      'it has another hash',
      s => Object.assign(s.predicate.resources[0] ?? {}, { algorithm: 'blake3' }),
      'MANIFEST_MALFORMED',
    ],
    [
      'it has another hash type',
      s => Object.assign(s.predicate.serialization, { hash_type: 'blake3' }),
      'MANIFEST_MALFORMED',
    ],
    ['its subject has no name', s => Object.assign(s.subject[0] ?? {}, { name: '' }), 'MANIFEST_MALFORMED'],
    ['an ignored path is empty', s => s.predicate.serialization.ignore_paths.push(''), 'MANIFEST_MALFORMED'],
    ['it has no file', s => s.predicate.resources.splice(0), 'MANIFEST_MALFORMED'],
    [
      'it has two subjects',
      s => s.subject.push({ name: 'x', digest: { sha256: sha256('') } }),
      'MANIFEST_MALFORMED',
    ],
    [
      'it has another predicate',
      s => Object.assign(s, { predicateType: 'https://model_signing/Digests/v0.1' }),
      'MANIFEST_MALFORMED',
    ],
    [
      'it is another type',
      s => Object.assign(s, { _type: 'https://in-toto.io/Statement/v0.1' }),
      'MANIFEST_MALFORMED',
    ],
  ])('is refused when %s', (_, change, expected) => {
    expect(() => parseForeignArtifactStatement(altered(change))).toThrow(code(expected))
  })

  it('is refused when a key stands twice, which other readers let pass', () => {
    const text = new TextDecoder()
      .decode(payload)
      .replace('"name": ".hidden"', '"name": ".visible", "name": ".hidden"')
    expect(JSON.parse(text)).toEqual(JSON.parse(new TextDecoder().decode(payload)))
    expect(() => parseForeignArtifactStatement(new TextEncoder().encode(text))).toThrow(
      'the key "name" stands twice',
    )
  })
})
