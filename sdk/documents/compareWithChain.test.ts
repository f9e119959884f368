import { describe, expect, it } from 'vitest'
import { labelHashOf, modelIdOf } from '../chain/ids.ts'
import { type ChainFacts, chainFactsOf, compareWithChain, differencesFromChain } from './compareWithChain.ts'
import { parseManifest } from './manifest.ts'
import { sha256, vector } from './samples.ts'

const parsed = parseManifest(vector('b.jcs'))

/** The hashes are those that `cast keccak silero-vad` and `cast keccak 6.0.0` print. */
const facts: ChainFacts = {
  modelId: '0xf7209359da9e2bf042a9b46228734c43112472066fa612a540b9dcd1c4b0efa1',
  labelHash: '0xbb9fbeeafde97428c4ee083fe06ae9148103e97da92bc9e928f1f055b19943b2',
  manifestDigest: '0x66a83525c12612110ff9b9ba17d416f9487954b9cda3fae6e59717d26bd7574f',
  artifactDigest: '0x66fdcbf8871b02eaca0c9c306ee79677717fff4668a5b5e61b39a3e65f85d97c',
  parentManifestDigest: '0xe47125968b3b71049fbc4802d1e40a71ea1359decfabacf70b34588037d4ff0c',
  schema: 0,
  risk: 'High',
  author: '0xaecc1f96008111352c080594f84978f1b50f13951e1a4935f6dc7f95443d283c',
}

describe('compareWithChain', () => {
  it('knows what the chain should say', () => {
    expect(chainFactsOf(parsed)).toEqual(facts)
    expect(modelIdOf('silero-vad')).toBe(facts.modelId)
    expect(labelHashOf('6.0.0')).toBe(facts.labelHash)
  })

  it('accepts a chain that agrees, in either spelling of hex', () => {
    expect(() => compareWithChain(parsed, facts)).not.toThrow()
    const upper = (value: `0x${string}`) => `0x${value.slice(2).toUpperCase()}` as const
    expect(differencesFromChain(parsed, { ...facts, author: upper(facts.author) })).toEqual([])
  })

  it.each<[keyof ChainFacts, Partial<ChainFacts>]>([
    ['modelId', { modelId: modelIdOf('silero-vad ') }],
    ['labelHash', { labelHash: labelHashOf('6.0.1') }],
    ['manifestDigest', { manifestDigest: `0x${sha256('x')}` }],
    ['artifactDigest', { artifactDigest: `0x${sha256('x')}` }],
    ['parentManifestDigest', { parentManifestDigest: null }],
    ['parentManifestDigest', { parentManifestDigest: `0x${sha256('x')}` }],
    ['schema', { schema: 1 }],
    ['risk', { risk: 'Critical' }],
    ['author', { author: `0x${'a2'.repeat(32)}` }],
  ])('names %s when it differs', (field, change) => {
    const other = { ...facts, ...change }
    expect(() => compareWithChain(parsed, other)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_MISMATCH',
        facts: {
          fields: [field],
          [`${field}.manifest`]: String(facts[field]),
          [`${field}.chain`]: String(other[field]),
        },
      }),
    )
  })

  it('names every field that differs', () => {
    expect(() => compareWithChain(parsed, { ...facts, schema: 3, risk: 'Low' })).toThrow(
      'Manifest and chain differ in schema, risk',
    )
  })
})
