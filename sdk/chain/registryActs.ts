import type { Address, Hex } from 'viem'
import { type Risk, type Role, risks, roles, type Stage, stages } from '../policy/words.ts'
import { registryAbi } from './abi/index.ts'
import type { Contracts } from './deployment.ts'
import { type Identity, none } from './ids.ts'
import {
  type HaltOrder,
  haltArguments,
  type Resumption,
  type RollbackOrder,
  rollbackArguments,
} from './orders.ts'
import { type Call, callOf } from './send.ts'
import { packWarrant, packWarrants, type Warrant } from './warrants.ts'

// Each act of the Registry as a call: for a person to send, or for a committee to propose. `document`, `reason`, `plan`
// and `evidence` are SHA-256 digests of documents C.

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
  const { name, domain, floor, developers, document } = model
  return act(contracts, 'createModel', [name, domain, risks.indexOf(floor), developers, document])
}

/** The RAIO lets a person register versions of a model, or no longer. */
export function setDeveloperCall(
  contracts: Contracts,
  developer: {
    readonly model: Hex
    readonly person: Hex
    readonly allowed: boolean
    readonly document: Hex
  },
): Call {
  const { model, person, allowed, document } = developer
  return act(contracts, 'setDeveloper', [model, person, allowed, document])
}

/** The RAIO adds a schema; `satisfies` are the earlier schemas, as a bitmap, whose consumers it serves as well. */
export function addSchemaCall(
  contracts: Contracts,
  schema: { readonly model: Hex; readonly digest: Hex; readonly satisfies: bigint; readonly document: Hex },
): Call {
  const { model, digest, satisfies, document } = schema
  return act(contracts, 'addSchema', [model, digest, satisfies, document])
}

/** The RAIO says which schemas, as a bitmap, the systems in an environment need. */
export function requireSchemasCall(
  contracts: Contracts,
  need: { readonly model: Hex; readonly environment: Hex; readonly schemas: bigint; readonly document: Hex },
): Call {
  const { model, environment, schemas, document } = need
  return act(contracts, 'requireSchemas', [model, environment, schemas, document])
}

/** The RAIO lets Monitors take versions of Low and Medium risk one step back, or no longer. */
export function setMonitoredCall(
  contracts: Contracts,
  terms: { readonly model: Hex; readonly monitored: boolean; readonly document: Hex },
): Call {
  return act(contracts, 'setMonitored', [terms.model, terms.monitored, terms.document])
}

/** The RAIO raises a model's floor, the Assembly sets it to any. */
export function setFloorCall(
  contracts: Contracts,
  terms: { readonly model: Hex; readonly floor: Risk; readonly document: Hex },
  authority: Role,
): Call {
  const { model, floor, document } = terms
  return act(contracts, 'setFloor', [model, risks.indexOf(floor), roles.indexOf(authority), document])
}

/** The RAIO raises a version's risk: sign-offs for the lower one are void. */
export function raiseRiskCall(
  contracts: Contracts,
  identity: Identity,
  terms: { readonly risk: Risk; readonly document: Hex },
): Call {
  const args = [identityArguments(identity), risks.indexOf(terms.risk), terms.document]
  return act(contracts, 'raiseRisk', args)
}

/** The Oversight Committee takes a raised risk back, never below floor and declared. */
export function restoreRiskCall(
  contracts: Contracts,
  identity: Identity,
  terms: {
    /** What it is raised to now: a consent to take one raise back takes back no later one. */
    readonly raised: Risk
    readonly risk: Risk
    readonly document: Hex
  },
): Call {
  const { raised, risk, document } = terms
  const args = [identityArguments(identity), risks.indexOf(raised), risks.indexOf(risk), document]
  return act(contracts, 'restoreRisk', args)
}

/** The Oversight Committee puts a defect on record: the version is condemned, everywhere and for good. */
export function recordDefectCall(contracts: Contracts, identity: Identity, document: Hex): Call {
  return act(contracts, 'recordDefect', [identityArguments(identity), document])
}

/** The Assembly suspends a model. Rollbacks, withdrawals and halts still work. */
export function suspendModelCall(contracts: Contracts, model: Hex, document: Hex): Call {
  return act(contracts, 'suspendModel', [model, document])
}

/** The Assembly ends a model's suspension. */
export function reinstateModelCall(contracts: Contracts, model: Hex, document: Hex): Call {
  return act(contracts, 'reinstateModel', [model, document])
}

/** The Assembly moves a model to another registry, for good. */
export function moveModelCall(
  contracts: Contracts,
  move: {
    readonly model: Hex
    readonly chainId: number
    readonly registry: Address
    readonly document: Hex
  },
): Call {
  const { model, chainId, registry, document } = move
  return act(contracts, 'moveModel', [model, BigInt(chainId), registry, document])
}

/** How the end of a version's life is justified. */
export interface Ending {
  /**
   * For each environment in which one could roll back to the version, in the environments' order, another that one could
   * roll back to there.
   */
  readonly alternatives: readonly Hex[]
  readonly document: Hex
}

/** The Assembly releases a version's bytes from retention. */
export function releaseCall(contracts: Contracts, identity: Identity, ending: Ending): Call {
  return act(contracts, 'release', [identityArguments(identity), ending.alternatives, ending.document])
}

/** The RAIO ends a version's life. */
export function retireCall(contracts: Contracts, identity: Identity, ending: Ending): Call {
  return act(contracts, 'retire', [identityArguments(identity), ending.alternatives, ending.document])
}

/** A developer registers a version; `parentVersion` is the id of the version that it was made from, if any. */
export function registerCall(contracts: Contracts, identity: Identity, parentVersion: Hex = none): Call {
  return act(contracts, 'register', [identityArguments(identity), parentVersion])
}

/** Anyone carries a registration that its author signed. */
export function registerBySignatureCall(
  contracts: Contracts,
  identity: Identity,
  warrant: Warrant,
  parentVersion: Hex = none,
): Call {
  const args = [identityArguments(identity), parentVersion, packWarrant(warrant)]
  return act(contracts, 'registerBySig', args)
}

/**
 * Anyone carries a promotion; the sign-offs are sorted and packed here, as the contract wants them. Where the RAIO or a
 * committee has halted what is active, or withdrew what was, only a version newer than all that ran there comes in.
 */
export function promoteCall(
  contracts: Contracts,
  promotion: {
    readonly identity: Identity
    readonly stage: Stage
    readonly evidence: Hex
    /** The plan that was signed off, if any. */
    readonly plan?: Hex
    readonly signOffs: readonly Warrant[]
  },
): Call {
  const { identity, stage, evidence, plan = none, signOffs } = promotion
  return act(contracts, 'promote', [
    identityArguments(identity),
    stages.indexOf(stage),
    evidence,
    plan,
    packWarrants(signOffs),
  ])
}

/**
 * A System Operator activates a version, newer than any before, in a further environment of a stage it has reached: at
 * no higher risk than it was signed off for, and neither while the RAIO or a committee has it halted in the own
 * environment of its stage, nor in the place of what one of them has halted.
 */
export function activateCall(
  contracts: Contracts,
  identity: Identity,
  environment: Hex,
  plan: Hex = none,
): Call {
  return act(contracts, 'activate', [identityArguments(identity), environment, plan])
}

/** Restores a proven version: one of no higher risk than the authority could take out. */
export function rollbackCall(contracts: Contracts, order: RollbackOrder, authority: Role): Call {
  return act(contracts, 'rollback', [rollbackArguments(order), roles.indexOf(authority)])
}

/** Takes the active version out of service without a target. */
export function withdrawCall(contracts: Contracts, order: Omit<RollbackOrder, 'to'>, authority: Role): Call {
  return act(contracts, 'withdraw', [rollbackArguments(order), roles.indexOf(authority)])
}

/** Anyone carries a rollback, or where `to` is left out a withdrawal, that a person signed. */
export function rollbackBySignatureCall(contracts: Contracts, order: RollbackOrder, warrant: Warrant): Call {
  return act(contracts, 'rollbackBySig', [rollbackArguments(order), packWarrant(warrant)])
}

/** The RAIO undoes an operator's or a Monitor's rollback: `from` is what is active now, `to` what they took out. */
export function overruleCall(contracts: Contracts, order: RollbackOrder): Call {
  return act(contracts, 'overrule', [rollbackArguments(order)])
}

/** Stops the active version. */
export function haltCall(contracts: Contracts, order: HaltOrder, authority: Role): Call {
  return act(contracts, 'halt', [haltArguments(order), roles.indexOf(authority)])
}

/** Anyone carries a halt that a person signed. */
export function haltBySignatureCall(contracts: Contracts, order: HaltOrder, warrant: Warrant): Call {
  return act(contracts, 'haltBySig', [haltArguments(order), packWarrant(warrant)])
}

/** Ends a halt. */
export function resumeCall(contracts: Contracts, order: Resumption, authority: Role): Call {
  return act(contracts, 'resume', [haltArguments(order), order.sequence, roles.indexOf(authority)])
}

/** Anyone ends a halt after 72 hours, if the version's risk was Low or Medium when it became active and is so still. */
export function lapseCall(contracts: Contracts, model: Hex, environment: Hex): Call {
  return act(contracts, 'lapse', [model, environment])
}

/** Reports a rollback trigger. */
export function reportTriggerCall(contracts: Contracts, order: HaltOrder, authority: Role): Call {
  return act(contracts, 'reportTrigger', [haltArguments(order), roles.indexOf(authority)])
}

/** The RAIO closes an incident without a rollback. */
export function closeIncidentCall(contracts: Contracts, model: Hex, environment: Hex, reason: Hex): Call {
  return act(contracts, 'closeIncident', [model, environment, reason])
}

/** An identity as the contract's struct: the risk becomes its number. */
export function identityArguments(identity: Identity) {
  return { ...identity, risk: risks.indexOf(identity.risk) }
}

function act({ registry }: Contracts, name: string, args: readonly unknown[]): Call {
  return callOf(registry, registryAbi, name, args)
}
