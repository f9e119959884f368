import {
  type AuditEntry,
  auditEntries,
  environmentIdOf,
  type Identity,
  type Kedge,
  lensAbi,
  type ModelState,
  modelIdOf,
  modelStates,
  none,
  type Risk,
  type Role,
  reach,
  readerOf,
  registryAbi,
  risks,
  roles,
  type Stage,
  stages,
} from '@kedge/sdk/chain'
import { KedgeError } from '@kedge/sdk/errors'
import { decodeFunctionData, type Hex } from 'viem'
import { newestBlock } from './newestBlock.ts'

/** A model as it was created. */
export interface ModelEntry {
  readonly id: Hex
  readonly name: string
  /** Block in which it was created. */
  readonly createdIn: bigint
}

/** A model now. */
export interface ModelView {
  readonly id: Hex
  readonly name: string
  readonly domain: Hex
  readonly floor: Risk
  readonly state: ModelState
  /** Whether a Monitor may take a version of Low or Medium risk one step back. */
  readonly monitored: boolean
  readonly versions: number
  readonly sequence: bigint
  readonly schemas: readonly {
    readonly number: number
    readonly digest: Hex
    /** The schemas, as a bitmap, whose consumers this one serves. */
    readonly satisfies: bigint
  }[]
  /** The block that this is about. */
  readonly block: bigint
}

/** A version: what was registered, and how it stands now. */
export interface VersionView {
  readonly id: Hex
  readonly identity: Identity
  readonly parentVersion: Hex | null
  readonly number: number
  readonly stage: Stage
  readonly declared: Risk
  readonly raised: Risk
  readonly effective: Risk
  /** From when on it may never be active again, in seconds since 1970; null if it may. */
  readonly condemnedFrom: number | null
  /** Whether the Assembly has released its bytes from retention. */
  readonly released: boolean
  readonly registeredIn: { readonly block: bigint; readonly transaction: Hex }
}

/** What is active in an environment of a model. */
export interface ActiveView {
  readonly model: Hex
  readonly environment: Hex
  readonly state: ModelState
  readonly sequence: bigint
  readonly requiredStage: Stage
  readonly requiredSchemas: bigint
  readonly missingSchemas: bigint
  readonly active: {
    readonly version: Hex
    readonly number: number
    /** The number of the version that it replaced; null if there was none. */
    readonly previous: number | null
    readonly manifestDigest: Hex
    readonly stage: Stage
    readonly effective: Risk
    readonly sequence: bigint
    readonly since: number
    readonly halt: { readonly by: Role; readonly at: number } | null
    /** Whether a trigger was reported that nobody has answered. */
    readonly incident: boolean
    readonly condemnedFrom: number | null
  } | null
  /** How what was active last was taken out; null where something is active, or nothing ever was. */
  readonly withdrawal: {
    /** The number of the version. */
    readonly number: number
    /** Nobody of a lower rank puts another in by a rollback. */
    readonly by: Role
    readonly at: number
  } | null
  readonly heads: { readonly registry: Hex; readonly rules: Hex }
  readonly block: bigint
  readonly timestamp: bigint
}

/** All models, in the order in which they were created. Reads the whole audit chain of the registry. */
export async function readModels(kedge: Kedge): Promise<readonly ModelEntry[]> {
  const toBlock = await newestBlock(kedge)
  const entries = await auditEntries(kedge, kedge.deployment.contracts.registry, { toBlock })
  return entries
    .filter(({ action }) => action === 'ModelCreated')
    .flatMap(({ subject, data, block }) => {
      const call = decodeFunctionData({ abi: registryAbi, data })
      return call.functionName === 'createModel'
        ? [{ id: subject, name: call.args[0], createdIn: block }]
        : []
    })
}

/**
 * A model by its name.
 *
 * @throws KedgeError `NOT_REGISTERED`, `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function readModel(kedge: Kedge, name: string): Promise<ModelView> {
  return await readModelAt(kedge, name, await newestBlock(kedge))
}

async function readModelAt(kedge: Kedge, name: string, block: bigint): Promise<ModelView> {
  const id = modelIdOf(name)
  const [found, domain, digests, satisfies] = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'model',
      args: [id],
      blockNumber: block,
    }),
  )
  const state = modelStates[found.state] as ModelState
  if (state === 'None') {
    throw new KedgeError('NOT_REGISTERED', 'the registry knows no such model', { name, id })
  }
  const schemas = digests.map((digest, number) => ({ number, digest, satisfies: satisfies[number] ?? 0n }))
  const { monitored, versions } = found
  const [floor, sequence] = [risks[found.floor] as Risk, BigInt(found.sequence)]
  return { id, name, domain, floor, state, monitored, versions, sequence, schemas, block }
}

/**
 * All versions of a model, in the order of their numbers. Reads the whole audit chain of the registry.
 *
 * @throws KedgeError `NOT_REGISTERED`, `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function readVersions(
  kedge: Kedge,
  name: string,
): Promise<{ readonly model: Hex; readonly block: bigint; readonly versions: readonly VersionView[] }> {
  const block = await newestBlock(kedge)
  const { id: model } = await readModelAt(kedge, name, block)
  const { registry, lens } = kedge.deployment.contracts
  const client = readerOf(kedge.rpcUrl)
  const versions: VersionView[] = []
  for (const entry of await auditEntries(kedge, registry, { toBlock: block })) {
    const registered = registrationIn(entry)
    if (registered === undefined || registered.identity.model !== model) continue
    const { identity, parentVersion } = registered
    const id = entry.subject
    // In no environment: what is asked for here depends on none.
    const args = [model, none, id] as const
    const now = await reach(() =>
      client.readContract({
        address: lens,
        abi: lensAbi,
        functionName: 'versionView',
        args,
        blockNumber: block,
      }),
    )
    versions.push({
      id,
      identity: { ...identity, risk: risks[identity.risk] as Risk },
      parentVersion: parentVersion === none ? null : parentVersion,
      number: now.number,
      stage: stages[now.stage] as Stage,
      declared: risks[now.declared] as Risk,
      raised: risks[now.raised] as Risk,
      effective: risks[now.effective] as Risk,
      condemnedFrom: now.condemnedFrom || null,
      released: now.released,
      registeredIn: { block: entry.block, transaction: entry.transaction },
    })
  }
  return { model, block, versions }
}

/** What was registered, by the author's own call or by one that carried the author's signature. */
function registrationIn({ action, data }: AuditEntry) {
  if (action !== 'Registered') return undefined
  const call = decodeFunctionData({ abi: registryAbi, data })
  if (call.functionName !== 'register' && call.functionName !== 'registerBySig') return undefined
  const [identity, parentVersion] = call.args
  return { identity, parentVersion }
}

/**
 * What is active in an environment, as the Lens says it.
 *
 * @param environment - Its name, or its id as 32 bytes in hex.
 * @throws KedgeError `NOT_REGISTERED`, `STAGE_MISMATCH` when there is no such environment, `RPC_UNAVAILABLE`,
 * `WRONG_NETWORK`.
 */
export async function readActive(kedge: Kedge, name: string, environment: string): Promise<ActiveView> {
  const model = modelIdOf(name)
  const environmentId = environmentIdOf(environment)
  const blockNumber = await newestBlock(kedge)
  const found = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'provenance',
      args: [model, environmentId],
      blockNumber,
    }),
  )
  const state = modelStates[found.modelState] as ModelState
  if (state === 'None') {
    throw new KedgeError('NOT_REGISTERED', 'the registry knows no such model', { name, id: model })
  }
  const requiredStage = stages[found.requiredStage] as Stage
  if (requiredStage === 'None') {
    throw new KedgeError('STAGE_MISMATCH', 'there is no such environment', { environment, id: environmentId })
  }
  const { active, version } = found
  return {
    model,
    environment: environmentId,
    state,
    sequence: found.sequence,
    requiredStage,
    requiredSchemas: found.requiredSchemas,
    missingSchemas: found.missingSchemas,
    active:
      active.version === none
        ? null
        : {
            version: active.version,
            number: active.number,
            previous: active.previous || null,
            manifestDigest: version.manifestDigest,
            stage: stages[version.stage] as Stage,
            effective: risks[version.effective] as Risk,
            sequence: active.sequence,
            since: active.since,
            halt: active.haltedBy === 0 ? null : { by: roles[active.haltedBy] as Role, at: active.timer },
            incident: active.incident,
            condemnedFrom: version.condemnedFrom || null,
          },
    withdrawal:
      active.version === none && active.newest !== 0
        ? { number: active.previous, by: withdrawnBy(active.haltedBy), at: active.since }
        : null,
    heads: { registry: found.registryHead, rules: found.rulesHead },
    block: found.blockNumber,
    timestamp: found.timestamp,
  }
}

/** The chain names the RAIO and the committees; of all others only a System Operator withdraws. */
function withdrawnBy(heldBy: number): Role {
  return heldBy === 0 ? 'SystemOperator' : (roles[heldBy] as Role)
}
