import type { Hex } from 'viem'
import {
  approvalFloor,
  KINDS,
  type Kind,
  type KindCoverage,
  type ManifestInput,
} from '../../sdk/documents/index.ts'
import type { Risk } from '../../sdk/policy/words.ts'
import type { Artifact } from '../models/artifact.ts'

/** What the manifest of the life says that its artifact cannot: who, when, how dangerous, from what. */
export interface VersionFacts {
  readonly label: string
  readonly architecture: string
  /** The parent's manifest digest in hex, or null. */
  readonly parent: string | null
  /** The number and the name of the schema on the chain. */
  readonly schema: number
  readonly schemaName: string
  readonly risk: Risk
  readonly author: Hex
  readonly createdAt: Date
  readonly framework: { readonly name: string; readonly version: string }
  /** Why a kind has no files, for those that have none. */
  readonly absent: Partial<Record<Kind, string>>
}

/** The fields of a manifest, read off an artifact wherever it can say them itself. */
export function manifestFields(
  artifact: Artifact<unknown>,
  facts: VersionFacts,
): Omit<ManifestInput, 'artifact' | 'treeCid' | 'totalBytes'> {
  const digestOf = (path: string) => {
    const file = artifact.files.find(candidate => candidate.path === path)
    if (file === undefined) throw new Error(`the artifact has no file ${path}`)
    return { sha256: file.sha256 }
  }
  const unknown = 'The package that publishes the model does not say.'
  return {
    label: facts.label,
    architecture: facts.architecture,
    parent: facts.parent,
    kinds: Object.fromEntries(KINDS.map(kind => [kind, coverage(artifact, kind, facts)])) as Record<
      Kind,
      KindCoverage
    >,
    training: {
      data: { absent: unknown },
      hyperparameters: { absent: unknown },
      configuration: { absent: unknown },
    },
    featureSchema: {
      number: facts.schema,
      name: facts.schemaName,
      digest: digestOf('schema.json'),
      inputs: artifact.schema.inputs,
      outputs: artifact.schema.outputs,
    },
    preprocessingVersion: facts.label,
    runtime: {
      image: { absent: 'The local chain runs the model in the process of its scripts.' },
      lockfile: { absent: 'The artifact names the one package that it needs in runtime.framework.' },
      framework: facts.framework,
      accelerator: 'cpu',
    },
    closure: { baseModels: [], remoteCode: [] },
    evaluation: {
      criteria: { name: 'evaluation/criteria.json', digest: digestOf('evaluation/criteria.json') },
      results: {
        documents: [{ name: 'evaluation/results.json', digest: digestOf('evaluation/results.json') }],
      },
    },
    schema: facts.schema,
    risk: facts.risk,
    createdAt: `${facts.createdAt.toISOString().slice(0, 19)}Z`,
    author: facts.author,
    approvingAuthority: approvalFloor(facts.risk),
  }
}

function coverage(artifact: Artifact<unknown>, kind: Kind, facts: VersionFacts): KindCoverage {
  const paths = artifact.files.filter(file => file.kind === kind).map(({ path }) => path)
  if (paths.length > 0) return { paths }
  const reason = facts.absent[kind]
  if (reason === undefined) throw new Error(`no file of kind ${kind}, and no reason why`)
  return { absent: reason }
}
