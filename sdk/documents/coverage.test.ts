import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCid } from '../bytes/cid.ts'
import { parseArtifactStatement } from './artifact.ts'
import { checkBinding, checkCoverage } from './coverage.ts'
import { KINDS } from './kinds.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { prefixCovers } from './paths.ts'
import { sha256, vector } from './samples.ts'
import type { Reference } from './statement.ts'

const absent = { absent: 'Not part of this test.' }

function kinds(paths: Partial<Record<(typeof KINDS)[number], readonly string[]>>): Pick<Manifest, 'kinds'> {
  const coverage = Object.fromEntries(
    KINDS.map(kind => {
      const prefixes = paths[kind] ?? []
      return [kind, prefixes.length > 0 ? { paths: prefixes } : absent]
    }),
  )
  return { kinds: coverage as Manifest['kinds'] }
}

const files = (...paths: readonly string[]) => ({
  files: paths.map(path => ({ path, sha256: sha256(path) })),
})

const gap = (facts: object) =>
  expect.objectContaining({ code: 'COVERAGE_GAP', facts: expect.objectContaining(facts) })

describe('checkCoverage', () => {
  it('accepts kinds that divide the files', () => {
    expect(() =>
      checkCoverage(
        kinds({ weights: ['w', 'x.bin'], metrics: ['m/e'] }),
        files('w/1', 'w/2/3', 'x.bin', 'm/e/f'),
      ),
    ).not.toThrow()
    expect(() =>
      checkCoverage(parseManifest(vector('b.jcs')).manifest, parseArtifactStatement(vector('a.jcs'))),
    ).not.toThrow()
  })

  it('accepts prefixes of one kind inside one another', () => {
    expect(() => checkCoverage(kinds({ weights: ['w', 'w/1'] }), files('w/1', 'w/2'))).not.toThrow()
  })

  it.each<[string, Parameters<typeof kinds>[0], readonly string[], object]>([
    [
      'a file in no kind',
      { weights: ['w'] },
      ['w/1', 'readme'],
      { uncovered: ['readme'], uncoveredCount: 1 },
    ],
    [
      'a file beside a prefix',
      { weights: ['w'] },
      ['w/1', 'w2/1', 'w.bin'],
      { uncovered: ['w2/1', 'w.bin'] },
    ],
    [
      'a prefix in two kinds',
      { weights: ['w'], metrics: ['w'] },
      ['w/1'],
      { ambiguous: ['w/1 (metrics, weights)'] },
    ],
    [
      'a prefix of one kind inside another',
      { weights: ['w'], metrics: ['w/m'] },
      ['w/1', 'w/m/1'],
      { ambiguous: ['w/m/1 (metrics, weights)'], ambiguousCount: 1 },
    ],
    [
      'a prefix that covers nothing',
      { weights: ['w'], metrics: ['m'] },
      ['w/1'],
      { empty: ['m'], emptyCount: 1 },
    ],
    ['a prefix in another case', { weights: ['W'] }, ['w/1'], { uncovered: ['w/1'], empty: ['W'] }],
  ])('refuses %s', (_, paths, listed, facts) => {
    expect(() => checkCoverage(kinds(paths), files(...listed))).toThrow(gap(facts))
  })

  it('names ten paths at most, and counts all', () => {
    const many = Array.from({ length: 25 }, (_, i) => `f${i}`)
    expect(() => checkCoverage(kinds({ weights: ['w'] }), files('w', ...many))).toThrow(
      gap({ uncovered: many.slice(0, 10), uncoveredCount: 25 }),
    )
  })

  it('says the same as the definition', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
      .map(names => names.join('/'))
    const prefixes = fc.uniqueArray(path, { maxLength: 3 })
    fc.assert(
      fc.property(prefixes, prefixes, fc.uniqueArray(path, { maxLength: 6 }), (weights, metrics, listed) => {
        const covers = (list: readonly string[], file: string) =>
          list.some(prefix => prefixCovers(prefix, file))
        const divides = listed.every(file => covers(weights, file) !== covers(metrics, file))
        const allUsed = [...weights, ...metrics].every(prefix =>
          listed.some(file => prefixCovers(prefix, file)),
        )
        const check = () => checkCoverage(kinds({ weights, metrics }), files(...listed))
        if (divides && allUsed) expect(check).not.toThrow()
        else expect(check).toThrow(gap({}))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('checkBinding', () => {
  const { manifest } = parseManifest(vector('b.jcs'))
  const artifact = parseArtifactStatement(vector('a.jcs'))

  it('accepts the artifact that the manifest names', () => {
    expect(() => checkBinding(manifest, artifact)).not.toThrow()
  })

  it('refuses another artifact', () => {
    expect(() => checkBinding(manifest, { ...artifact, digest: sha256('x') })).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MISMATCH',
        facts: { field: 'artifact.sha256', manifest: artifact.digest, artifact: sha256('x') },
      }),
    )
  })

  it('refuses another CID of the statement, which a raw one cannot be but a root could', () => {
    const cid = formatCid({ codec: 'dag-pb', digest: new Uint8Array(32) })
    const claims = { ...manifest, artifact: { ...manifest.artifact, cid } }
    expect(() => checkBinding(claims, artifact)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MISMATCH',
        facts: { field: 'artifact.cid', manifest: cid, artifact: artifact.cid },
      }),
    )
  })

  it('refuses another number of files', () => {
    const claims = { ...manifest, artifact: { ...manifest.artifact, fileCount: '8' } }
    expect(() => checkBinding(claims, artifact)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MISMATCH',
        facts: { field: 'artifact.fileCount', manifest: '8', artifact: '7' },
      }),
    )
  })

  it.each<[string, (listed: Reference) => Partial<Manifest>]>([
    ['evaluation.criteria', criteria => ({ evaluation: { ...manifest.evaluation, criteria } })],
    [
      'evaluation.results.documents[1]',
      listed => {
        const other = { name: '.elsewhere', digest: { sha256: sha256('x') } }
        return { evaluation: { ...manifest.evaluation, results: { documents: [other, listed] } } }
      },
    ],
    ['training.configuration', configuration => ({ training: { ...manifest.training, configuration } })],
    ['runtime.lockfile', lockfile => ({ runtime: { ...manifest.runtime, lockfile } })],
  ])('refuses another digest of a file that %s names', (field, changes) => {
    const file = artifact.files.find(({ path }) => path === 'config.json')
    const right = { name: 'config.json', digest: { sha256: file?.sha256 ?? '' } }
    expect(() => checkBinding({ ...manifest, ...changes(right) }, artifact)).not.toThrow()
    const wrong = { name: 'config.json', digest: { sha256: sha256('another') } }
    expect(() => checkBinding({ ...manifest, ...changes(wrong) }, artifact)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MISMATCH',
        message: expect.stringContaining('config.json'),
        facts: {
          field: `${field}.digest.sha256`,
          path: 'config.json',
          manifest: sha256('another'),
          artifact: file?.sha256,
        },
      }),
    )
  })
})
