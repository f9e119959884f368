import { cp, writeFile } from 'node:fs/promises'
import type { Hex } from 'viem'
import { describeVersion, type LifeVersion } from '../../scripts/life/version.ts'
import { type PromptVersion, writePromptArtifact } from '../../scripts/models/prompt.ts'
import { cidOfRawDigest } from '../../sdk/bytes/index.ts'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  type HaltOrder,
  type Identity,
  lensAbi,
  modelIdOf,
  promoteCall,
  type Role,
  registerCall,
  resumeCall,
  type Stage,
  signSignOff,
  versionIdOf,
} from '../../sdk/chain/index.ts'
import { canonicalize, digestOf, type Json } from '../../sdk/documents/index.ts'
import { besideOf } from '../../sdk/verify/index.ts'
import type { FoundedSociety } from '../life/society.ts'

/** A digest of no document in particular. */
export const anyDigest: Hex = `0x${'5a'.repeat(32)}`

/** A version with its documents beside its directory. */
export interface TestVersion {
  readonly model: string
  readonly directory: string
  /** Document A's bytes. */
  readonly statement: Uint8Array
  /** Document B's bytes. */
  readonly manifest: Uint8Array
  readonly identity: Identity
  readonly id: Hex
  /** What it would be without edits. */
  readonly made: LifeVersion
}

/** What a careless or malicious author writes, and registers all the same. */
export interface Edits {
  readonly statement?: (statement: JsonObject) => Json
  readonly manifest?: (manifest: JsonObject) => Json
  readonly identity?: Partial<Identity>
}

/** A document as JSON. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Writes a version of a prompt template, and its documents beside it. Nobody has heard of it yet. */
export async function makeVersion(
  society: FoundedSociety,
  facts: {
    readonly model: string
    readonly directory: string
    readonly label?: string
    readonly prompt?: PromptVersion
  },
  edits: Edits = {},
): Promise<TestVersion> {
  const { model, directory, label = '1.0.0', prompt = '1' } = facts
  const made = await describeVersion(society, model, await writePromptArtifact(prompt, directory), {
    label,
    architecture: 'text-template',
    parent: null,
    schema: 0,
    schemaName: model,
    risk: 'Low',
    author: society.person('Dana Cruz'),
    createdAt: new Date('2026-11-01T00:00:00Z'),
    framework: { name: 'node', version: '24.0.0' },
    absent: {
      weights: 'A template has no weights.',
      'training-code': 'A template is not trained.',
      'inference-code': 'Whoever sends the prompt renders it.',
      'pre-processing': 'None.',
      'post-processing': 'None.',
    },
  })
  const statement = edited(made.described.bytes, edits.statement)
  const sha256 = digestOf(statement)
  const bound = edited(made.manifestBytes, ({ subject, predicate, ...rest }) => ({
    ...rest,
    subject: [{ ...objectAt(subject, 0), digest: { sha256 } }],
    predicate: {
      ...objectOf(predicate),
      artifact: { ...objectAt(predicate, 'artifact'), sha256, cid: cidOfRawDigest(sha256) },
    },
  }))
  const manifest = edited(bound, edits.manifest)
  const identity: Identity = {
    ...made.identity,
    manifestDigest: `0x${digestOf(manifest)}`,
    artifactDigest: `0x${sha256}`,
    ...edits.identity,
  }
  const { chainId, contracts } = society.kedge.deployment
  const id = versionIdOf({ chainId, registry: contracts.registry, identity })
  const version = { model, directory, statement, manifest, identity, id, made }
  await writeBeside(version, directory)
  return version
}

/** The RAIO creates a model of risk Low, with one schema. */
export async function createModel(society: FoundedSociety, name: string): Promise<void> {
  const { contracts } = society.kedge.deployment
  const developers = [society.person('Dana Cruz')]
  const model = { name, domain: domainIdOf('speech'), floor: 'Low', developers, document: anyDigest } as const
  await society.act('Ada Osei', createModelCall(contracts, model))
  await addSchema(society, name)
}

/** The RAIO adds a schema that serves the consumers of no other. */
export async function addSchema(society: FoundedSociety, model: string): Promise<void> {
  const schema = { model: modelIdOf(model), digest: anyDigest, satisfies: 0n, document: anyDigest }
  await society.act('Ada Osei', addSchemaCall(society.kedge.deployment.contracts, schema))
}

/** The author registers a version, and the technical lead has it promoted, as far as is said. */
export async function anchor(society: FoundedSociety, version: TestVersion, last: Stage): Promise<void> {
  await society.act('Dana Cruz', registerCall(society.kedge.deployment.contracts, version.identity))
  await promote(society, version, 'Validation', last)
}

/** The technical lead signs off, and the operator carries it, from one stage to another. */
export async function promote(
  society: FoundedSociety,
  version: TestVersion,
  first: Stage,
  last: Stage,
): Promise<void> {
  const { chainId, contracts } = society.kedge.deployment
  const order: readonly Stage[] = ['Validation', 'Staging', 'Production']
  for (const stage of order.slice(order.indexOf(first), order.indexOf(last) + 1)) {
    const signOff = await signSignOff({
      account: society.account('Ben Ito'),
      chainId,
      rules: contracts.rules,
      signOff: {
        version: version.id,
        role: 'TechnicalLead',
        stage,
        risk: 'Low',
        evidence: anyDigest,
        policyEpoch: 1,
        signingEpoch: 0,
        deadline: (await society.now()) + 86_400,
      },
    })
    const promotion = { identity: version.identity, stage, evidence: anyDigest, signOffs: [signOff] }
    await society.act('Emil Novak', promoteCall(contracts, promotion))
  }
}

/** Somebody ends a halt: the one that is in force. */
export async function endHalt(
  society: FoundedSociety,
  name: string,
  order: HaltOrder,
  role: Role,
): Promise<void> {
  const { contracts } = society.kedge.deployment
  const { active } = await society.client.readContract({
    address: contracts.lens,
    abi: lensAbi,
    functionName: 'provenance',
    args: [order.model, order.environment],
  })
  await society.act(name, resumeCall(contracts, { ...order, sequence: Number(active.sequence) }, role))
}

/** Brings the chain's clock near to the present, and everything so far into finalized blocks. */
export async function catchUp(society: FoundedSociety): Promise<void> {
  const behind = Math.floor(Date.now() / 1000) - 200 - (await society.now())
  if (behind > 0) await society.pass(behind)
  await finalize(society)
}

/** Brings everything so far into finalized blocks. */
export async function finalize(society: FoundedSociety): Promise<void> {
  await society.client.mine({ blocks: 70 })
}

/** A copy of a version's directory, with its documents beside it. */
export async function copyVersion(version: TestVersion, directory: string): Promise<TestVersion> {
  await cp(version.directory, directory, { recursive: true })
  await writeBeside(version, directory)
  return { ...version, directory }
}

/** Writes a version's documents beside a directory. */
export async function writeBeside({ statement, manifest }: TestVersion, directory: string): Promise<void> {
  const beside = besideOf(directory)
  await writeFile(beside.artifact, statement)
  await writeFile(beside.manifest, manifest)
}

function edited(bytes: Uint8Array, edit: ((document: JsonObject) => Json) | undefined): Uint8Array {
  if (edit === undefined) return bytes
  return canonicalize(edit(JSON.parse(new TextDecoder().decode(bytes))))
}

/** What stands in an object or a list, where it is an object. */
export function objectAt(value: Json | undefined, key: string | number): JsonObject {
  return objectOf((value as { readonly [key: string | number]: Json } | undefined)?.[key])
}

function objectOf(value: Json | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new Error('the document has no such object')
}
