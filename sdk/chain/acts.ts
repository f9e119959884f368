import type { Hex } from 'viem'
import {
  type Risk,
  type Role,
  risks,
  roles,
  type Stage,
  stages,
  type Trigger,
  triggers,
} from '../policy/words.ts'
import { registryAbi } from './abi/index.ts'
import type { Contracts } from './deployment.ts'
import { type Identity, none } from './ids.ts'
import { type Call, callOf } from './send.ts'
import { type CarriedSignOff, type SignOff, signOffArguments } from './signOff.ts'

// Each act of the Registry as a call: for a person to send, or for a committee to propose.

/** A rollback, or with `to` left out a withdrawal. */
export interface RollbackOrder {
  readonly model: Hex
  readonly environment: Hex
  readonly from: Hex
  readonly to?: Hex
  readonly trigger: Trigger
  /** SHA-256 of the reason. */
  readonly reason: Hex
  /** SHA-256 of the plan for degraded service, where schemas are missing. */
  readonly plan?: Hex
}

/** A halt, a resumption or a reported trigger. */
export interface HaltOrder {
  readonly model: Hex
  readonly environment: Hex
  readonly version: Hex
  readonly trigger: Trigger
  readonly reason: Hex
}

/** The RAIO creates a model. */
export function createModelCall(
  contracts: Contracts,
  model: {
    readonly name: string
    readonly domain: Hex
    readonly floor: Risk
    readonly developers: readonly Hex[]
    readonly document: Hex
  },
): Call {
  return callOf(contracts.registry, registryAbi, 'createModel', [
    model.name,
    model.domain,
    risks.indexOf(model.floor),
    model.developers,
    model.document,
  ])
}

/** The RAIO adds a schema; `satisfies` are the earlier schemas, as a bitmap, whose consumers it serves as well. */
export function addSchemaCall(
  contracts: Contracts,
  schema: { readonly model: Hex; readonly digest: Hex; readonly satisfies: bigint; readonly document: Hex },
): Call {
  const args = [schema.model, schema.digest, schema.satisfies, schema.document]
  return callOf(contracts.registry, registryAbi, 'addSchema', args)
}

/** The RAIO says which schemas the systems in an environment need. */
export function requireSchemasCall(
  contracts: Contracts,
  need: { readonly model: Hex; readonly environment: Hex; readonly schemas: bigint; readonly document: Hex },
): Call {
  const args = [need.model, need.environment, need.schemas, need.document]
  return callOf(contracts.registry, registryAbi, 'requireSchemas', args)
}

/** A developer registers a version; `parentVersion` is the id of the version that it was made from, if any. */
export function registerCall(contracts: Contracts, identity: Identity, parentVersion: Hex = none): Call {
  return callOf(contracts.registry, registryAbi, 'register', [identityArguments(identity), parentVersion])
}

/** A person or a committee signs off by a call of its own. */
export function signOffCall(contracts: Contracts, signOff: SignOff): Call {
  return callOf(contracts.registry, registryAbi, 'signOff', [signOffArguments(signOff)])
}

/** Anyone carries a promotion; the sign-offs are sorted here, as the contract wants them. */
export function promoteCall(
  contracts: Contracts,
  promotion: {
    readonly identity: Identity
    readonly stage: Stage
    readonly evidence: Hex
    readonly plan?: Hex
    readonly signOffs: readonly CarriedSignOff[]
  },
): Call {
  const approvals = promotion.signOffs
    .map(signOff => ({ ...signOff, role: roles.indexOf(signOff.role) }))
    .toSorted((a, b) => a.role - b.role)
  return callOf(contracts.registry, registryAbi, 'promote', [
    {
      identity: identityArguments(promotion.identity),
      stage: stages.indexOf(promotion.stage),
      evidence: promotion.evidence,
      plan: promotion.plan ?? none,
      approvals,
    },
  ])
}

/** Restores a proven version. */
export function rollbackCall(contracts: Contracts, order: RollbackOrder, authority: Role): Call {
  return callOf(contracts.registry, registryAbi, 'rollback', [
    rollbackArguments(order),
    roles.indexOf(authority),
  ])
}

/** Takes the active version out of service without a target. */
export function withdrawCall(contracts: Contracts, order: Omit<RollbackOrder, 'to'>, authority: Role): Call {
  return callOf(contracts.registry, registryAbi, 'withdraw', [
    rollbackArguments(order),
    roles.indexOf(authority),
  ])
}

/** The RAIO undoes an operator's rollback: `from` is what is active now, `to` what the operator took out. */
export function overruleCall(contracts: Contracts, order: RollbackOrder): Call {
  return callOf(contracts.registry, registryAbi, 'overrule', [rollbackArguments(order)])
}

/** Stops the active version. */
export function haltCall(contracts: Contracts, order: HaltOrder, authority: Role): Call {
  return callOf(contracts.registry, registryAbi, 'halt', [haltArguments(order), roles.indexOf(authority)])
}

/** Ends a halt. */
export function resumeCall(contracts: Contracts, order: HaltOrder, authority: Role): Call {
  return callOf(contracts.registry, registryAbi, 'resume', [haltArguments(order), roles.indexOf(authority)])
}

/** Reports a rollback trigger. */
export function reportTriggerCall(contracts: Contracts, order: HaltOrder, authority: Role): Call {
  return callOf(contracts.registry, registryAbi, 'reportTrigger', [
    haltArguments(order),
    roles.indexOf(authority),
  ])
}

function identityArguments(identity: Identity) {
  return { ...identity, risk: risks.indexOf(identity.risk) }
}

function rollbackArguments(order: RollbackOrder) {
  return {
    ...order,
    to: order.to ?? none,
    trigger: triggers.indexOf(order.trigger),
    plan: order.plan ?? none,
  }
}

function haltArguments(order: HaltOrder) {
  return { ...order, trigger: triggers.indexOf(order.trigger) }
}
