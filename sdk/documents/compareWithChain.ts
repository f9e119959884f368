import { labelHashOf, modelIdOf } from '../chain/ids.ts'
import { KedgeError } from '../errors/index.ts'
import type { Risk } from '../policy/words.ts'
import { type Bytes32, toBytes32 } from './digest.ts'
import type { ParsedManifest } from './manifest.ts'

/** What the chain says of a version, as plain data: who reads it, and how, is not decided here. */
export interface ChainFacts {
  readonly modelId: Bytes32
  readonly labelHash: Bytes32
  readonly manifestDigest: Bytes32
  readonly artifactDigest: Bytes32
  /** The manifest digest of the parent version, or null when the version has none. */
  readonly parentManifestDigest: Bytes32 | null
  readonly schema: number
  /** The declared risk, not the effective one. */
  readonly risk: Risk
  readonly author: Bytes32
}

/** A field on which manifest and chain differ. */
export interface Difference {
  readonly field: keyof ChainFacts
  readonly manifest: string
  readonly chain: string
}

const FIELDS = [
  'modelId',
  'labelHash',
  'manifestDigest',
  'artifactDigest',
  'parentManifestDigest',
  'schema',
  'risk',
  'author',
] as const satisfies readonly (keyof ChainFacts)[]

/** The facts that a manifest claims, in the chain's words. */
export function chainFactsOf(parsed: ParsedManifest): ChainFacts {
  const { manifest, digest } = parsed
  return {
    modelId: modelIdOf(manifest.model),
    labelHash: labelHashOf(manifest.label),
    manifestDigest: toBytes32(digest),
    artifactDigest: toBytes32(manifest.artifact.sha256),
    parentManifestDigest: manifest.parent === null ? null : toBytes32(manifest.parent),
    schema: manifest.schema,
    risk: manifest.risk,
    author: manifest.author,
  }
}

/** Every field on which a manifest and the chain differ, in the order of {@link ChainFacts}; empty when none. */
export function differencesFromChain(parsed: ParsedManifest, facts: ChainFacts): readonly Difference[] {
  const claimed = chainFactsOf(parsed)
  return FIELDS.map(field => ({
    field,
    manifest: String(claimed[field]),
    chain: normalize(facts[field]),
  })).filter(({ manifest, chain }) => manifest !== chain)
}

/**
 * Compares what a manifest says with what the chain says.
 *
 * @throws MANIFEST_MISMATCH, naming each field that differs, with both values.
 *
 * @example
 * ```ts
 * compareWithChain(parseManifest(bytesOfB), facts)
 * ```
 */
export function compareWithChain(parsed: ParsedManifest, facts: ChainFacts): void {
  const differences = differencesFromChain(parsed, facts)
  if (differences.length === 0) return
  const fields = differences.map(({ field }) => field)
  throw new KedgeError('MANIFEST_MISMATCH', `Manifest and chain differ in ${fields.join(', ')}`, {
    fields,
    ...Object.fromEntries(
      differences.flatMap(({ field, manifest, chain }) => [
        [`${field}.manifest`, manifest],
        [`${field}.chain`, chain],
      ]),
    ),
  })
}

/** Hex has two spellings; a node or a caller may use either. */
function normalize(value: string | number | null): string {
  const text = String(value)
  return text.startsWith('0x') ? text.toLowerCase() : text
}
