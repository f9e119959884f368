import type { Hex } from 'viem'
import { type Role, roles, type Stage, stages } from '../policy/words.ts'
import { rulesAbi } from './abi/index.ts'
import type { Contracts } from './deployment.ts'
import { type Call, callOf } from './send.ts'
import { type SignOff, signOffArguments } from './typedData.ts'

// Each act of the Rules as a call. `document` is the SHA-256 digest of a document C; times are seconds since 1970.

/** Roles as a bitmap, in which a role's number is its bit. */
export function roleSetOf(names: readonly Role[]): number {
  return names.reduce((bits, name) => bits | (1 << roles.indexOf(name)), 0)
}

/** The Assembly gives a person an id, roles and domains. */
export function appointCall(
  contracts: Contracts,
  appointment: {
    /** The first key: 20 bytes of an address, or an ERC-7913 signer. */
    readonly signer: Hex
    readonly salt: Hex
    readonly roles: readonly Role[]
    /** The domains that the person leads. */
    readonly domains: readonly Hex[]
    readonly document: Hex
  },
): Call {
  const { signer, salt, domains, document } = appointment
  const terms = { signer, salt, roles: roleSetOf(appointment.roles), domains }
  return act(contracts, 'appoint', [terms, document])
}

/** The Assembly replaces a person's roles. */
export function setRolesCall(
  contracts: Contracts,
  terms: { readonly person: Hex; readonly roles: readonly Role[]; readonly document: Hex },
): Call {
  return act(contracts, 'setRoles', [terms.person, roleSetOf(terms.roles), terms.document])
}

/** The Assembly lets a domain lead count in a domain, or no longer. */
export function setDomainCall(
  contracts: Contracts,
  terms: {
    readonly person: Hex
    readonly domain: Hex
    readonly leads: boolean
    readonly document: Hex
  },
): Call {
  return act(contracts, 'setDomain', [terms.person, terms.domain, terms.leads, terms.document])
}

/** The Assembly adds a place where versions of a stage run. */
export function addEnvironmentCall(
  contracts: Contracts,
  terms: { readonly environment: Hex; readonly stage: Stage; readonly document: Hex },
): Call {
  const { environment, stage, document } = terms
  return act(contracts, 'addEnvironment', [environment, stages.indexOf(stage), document])
}

/** What holds while a policy epoch lasts. */
export interface EpochTerms {
  readonly document: Hex
  /** Which roles must sign off: twelve bitmaps of 16 bits, see docs/formats.md. */
  readonly matrix: bigint
  /** Seconds, for each risk from Low to Critical: each from one to 365 days of them. */
  readonly thresholds: { readonly soak: readonly number[]; readonly response: readonly number[] }
}

/** The Assembly starts a policy epoch to which the Oversight Committee consented in the last 30 days. */
export function startEpochCall(contracts: Contracts, terms: EpochTerms): Call {
  return act(contracts, 'startEpoch', [terms.document, terms.matrix, terms.thresholds])
}

/** The Oversight Committee agrees to an epoch, for 30 days: `terms` are what Rules.epochTerms gives for it. */
export function consentToEpochCall(contracts: Contracts, terms: Hex): Call {
  return act(contracts, 'consentToEpoch', [terms])
}

/** The RAIO suspends a person for 7 to 14 days, the Assembly for any time and `forGood` too. */
export function suspendCall(
  contracts: Contracts,
  terms: { readonly person: Hex; readonly until: number; readonly document: Hex },
  authority: Role,
): Call {
  const { person, until, document } = terms
  return act(contracts, 'suspend', [person, until, roles.indexOf(authority), document])
}

/** The Assembly ends a suspension. */
export function reinstateCall(contracts: Contracts, person: Hex, document: Hex): Call {
  return act(contracts, 'reinstate', [person, document])
}

/** The Assembly puts a sanction on record. */
export function sanctionCall(contracts: Contracts, person: Hex, document: Hex): Call {
  return act(contracts, 'sanction', [person, document])
}

/** The Training Officer, or the Assembly, sets when a person's three curricula expire. */
export function certifyCall(
  contracts: Contracts,
  terms: {
    readonly person: Hex
    readonly certificate: {
      readonly versioning: number
      readonly rollback: number
      readonly incident: number
    }
    readonly document: Hex
  },
  authority: Role,
): Call {
  const { person, certificate, document } = terms
  return act(contracts, 'certify', [person, certificate, roles.indexOf(authority), document])
}

/** The Oversight Committee records the policy's review. */
export function recordReviewCall(contracts: Contracts, document: Hex): Call {
  return act(contracts, 'recordReview', [document])
}

/** The Oversight Committee or the Assembly orders a review of the policy: due in 30 days. */
export function orderReviewCall(contracts: Contracts, document: Hex, authority: Role): Call {
  return act(contracts, 'orderReview', [roles.indexOf(authority), document])
}

/** The Oversight Committee records a violation. */
export function recordViolationCall(contracts: Contracts, person: Hex, document: Hex): Call {
  return act(contracts, 'recordViolation', [person, document])
}

/** The Oversight Committee accepts the report of an external audit. */
export function acceptAuditCall(contracts: Contracts, person: Hex, document: Hex): Call {
  return act(contracts, 'acceptAudit', [person, document])
}

/** A person or a committee signs off by a transaction of its own; a committee for 30 days at most. */
export function signOffCall(contracts: Contracts, signOff: SignOff): Call {
  return act(contracts, 'signOff', [signOffArguments(signOff)])
}

/** A person replaces the own key at once. */
export function rotateCall(
  contracts: Contracts,
  rotation: {
    /** The key in use. */
    readonly current: Hex
    /** By the key in use over the rotation; left out if that key sends the call. */
    readonly currentSignature?: Hex
    /** The new key. */
    readonly signer: Hex
    /** By the new key over the rotation. */
    readonly signature: Hex
  },
): Call {
  const { current, currentSignature = '0x', signer, signature } = rotation
  return act(contracts, 'rotate', [current, currentSignature, signer, signature])
}

/** The Assembly begins to give a person whose key is lost another one. */
export function startRecoveryCall(
  contracts: Contracts,
  terms: { readonly person: Hex; readonly signer: Hex; readonly document: Hex },
): Call {
  return act(contracts, 'startRecovery', [terms.person, terms.signer, terms.document])
}

/** The key in use calls a recovery off. */
export function objectToRecoveryCall(
  contracts: Contracts,
  terms: {
    readonly person: Hex
    /** The key in use. */
    readonly current: Hex
    /** By the key in use over the objection; left out if that key sends the call. */
    readonly signature?: Hex
  },
): Call {
  const { person, current, signature = '0x' } = terms
  return act(contracts, 'objectToRecovery', [person, current, signature])
}

/** Anyone completes a recovery after its 7 days; the new key signs the rotation. */
export function recoverCall(
  contracts: Contracts,
  terms: { readonly person: Hex; readonly signer: Hex; readonly signature: Hex },
): Call {
  return act(contracts, 'recover', [terms.person, terms.signer, terms.signature])
}

function act({ rules }: Contracts, name: string, args: readonly unknown[]): Call {
  return callOf(rules, rulesAbi, name, args)
}
