import type { Address, Hex, LocalAccount, TypedDataDefinition } from 'viem'
import { type Risk, type Role, risks, roles, type Stage, stages } from '../policy/words.ts'
import { none, signerOf } from './ids.ts'
import { type HaltOrder, haltArguments, type RollbackOrder, rollbackArguments } from './orders.ts'
import type { Warrant } from './warrants.ts'

// EIP-712 typed data of everything but ballots, ready for any wallet.

/** Where what is signed holds: the Rules of a chain check every signature but those of ballots. */
export interface Jurisdiction {
  readonly chainId: number
  readonly rules: Address
}

/** Who consents, and how long it holds: the end of each type that a warrant is signed for. */
export interface Consent {
  /** The one role in which the signer signs. */
  readonly role: Role
  /** The signer's signing epoch; 0 for a committee. */
  readonly signingEpoch: number
  /** The last second, since 1970, in which it may be used. */
  readonly deadline: number
}

/** What a person signs, or a committee consents to, so that a version may enter a stage. */
export interface SignOff extends Consent {
  readonly version: Hex
  /** The stage to be entered. */
  readonly stage: Stage
  /** The effective risk. */
  readonly risk: Risk
  /** SHA-256 of the evidence. */
  readonly evidence: Hex
  /** SHA-256 of the plan for degraded service; left out where the version serves all that is required. */
  readonly plan?: Hex
  readonly policyEpoch: number
}

/** What an author signs so that anyone may register a version. */
export interface Registration extends Omit<Consent, 'role'> {
  readonly version: Hex
  /** The id of the version that it was made from, if any. */
  readonly parentVersion?: Hex
}

/** What a person signs so that anyone may carry a rollback, or with `to` left out a withdrawal. */
export interface CarriedRollback extends RollbackOrder, Consent {
  /** That of the environment's active word: the signature holds until anything changes there. */
  readonly sequence: number
}

/** What a person signs so that anyone may carry a halt. */
export interface CarriedHalt extends HaltOrder, Consent {
  /** As that of a {@link CarriedRollback}. */
  readonly sequence: number
}

/** The person's new key signs a rotation or a recovery; the old one too, unless it sends the rotation itself. */
export interface Rotation {
  readonly person: Hex
  /** The new key: 20 bytes of an address, or an ERC-7913 signer. */
  readonly signer: Hex
  readonly signingEpoch: number
}

/** The key in use signs it to call a recovery off. */
export interface Objection {
  readonly person: Hex
  /** keccak256 of the signer that the recovery would give. */
  readonly key: Hex
  readonly signingEpoch: number
}

const consentFields = [
  { name: 'role', type: 'uint8' },
  { name: 'signingEpoch', type: 'uint32' },
  { name: 'deadline', type: 'uint40' },
] as const

/** Typed data of a sign-off. */
export function signOffTypedData(parameters: Jurisdiction & { readonly signOff: SignOff }) {
  return {
    domain: domainOf(parameters),
    types: {
      SignOff: [
        { name: 'version', type: 'bytes32' },
        { name: 'stage', type: 'uint8' },
        { name: 'risk', type: 'uint8' },
        { name: 'evidence', type: 'bytes32' },
        { name: 'plan', type: 'bytes32' },
        { name: 'policyEpoch', type: 'uint32' },
        ...consentFields,
      ],
    },
    primaryType: 'SignOff',
    message: signOffArguments(parameters.signOff),
  } as const
}

/** Typed data of a registration. */
export function registrationTypedData(parameters: Jurisdiction & { readonly registration: Registration }) {
  const { version, parentVersion = none, ...consent } = parameters.registration
  return {
    domain: domainOf(parameters),
    types: {
      Registration: [
        { name: 'version', type: 'bytes32' },
        { name: 'parentVersion', type: 'bytes32' },
        ...consentFields,
      ],
    },
    primaryType: 'Registration',
    message: { version, parentVersion, ...consentArguments({ role: 'ModelDeveloper', ...consent }) },
  } as const
}

/** Typed data of a rollback or a withdrawal. */
export function rollbackTypedData(parameters: Jurisdiction & { readonly rollback: CarriedRollback }) {
  const { rollback } = parameters
  return {
    domain: domainOf(parameters),
    types: {
      Rollback: [
        { name: 'model', type: 'bytes32' },
        { name: 'environment', type: 'bytes32' },
        { name: 'from', type: 'bytes32' },
        { name: 'to', type: 'bytes32' },
        { name: 'trigger', type: 'uint8' },
        { name: 'reason', type: 'bytes32' },
        { name: 'plan', type: 'bytes32' },
        { name: 'sequence', type: 'uint40' },
        ...consentFields,
      ],
    },
    primaryType: 'Rollback',
    message: {
      ...rollbackArguments(rollback),
      sequence: rollback.sequence,
      ...consentArguments(rollback),
    },
  } as const
}

/** Typed data of a halt. */
export function haltTypedData(parameters: Jurisdiction & { readonly halt: CarriedHalt }) {
  const { halt } = parameters
  return {
    domain: domainOf(parameters),
    types: {
      Halt: [
        { name: 'model', type: 'bytes32' },
        { name: 'environment', type: 'bytes32' },
        { name: 'version', type: 'bytes32' },
        { name: 'trigger', type: 'uint8' },
        { name: 'reason', type: 'bytes32' },
        { name: 'sequence', type: 'uint40' },
        ...consentFields,
      ],
    },
    primaryType: 'Halt',
    message: { ...haltArguments(halt), sequence: halt.sequence, ...consentArguments(halt) },
  } as const
}

/** Typed data of a rotation or a recovery. */
export function rotationTypedData(parameters: Jurisdiction & { readonly rotation: Rotation }) {
  const { person, signer, signingEpoch } = parameters.rotation
  return {
    domain: domainOf(parameters),
    types: {
      Rotation: [
        { name: 'person', type: 'bytes32' },
        { name: 'signer', type: 'bytes' },
        { name: 'signingEpoch', type: 'uint32' },
      ],
    },
    primaryType: 'Rotation',
    message: { person, signer, signingEpoch },
  } as const
}

/** Typed data of an objection to a recovery. */
export function objectionTypedData(parameters: Jurisdiction & { readonly objection: Objection }) {
  const { person, key, signingEpoch } = parameters.objection
  return {
    domain: domainOf(parameters),
    types: {
      Objection: [
        { name: 'person', type: 'bytes32' },
        { name: 'key', type: 'bytes32' },
        { name: 'signingEpoch', type: 'uint32' },
      ],
    },
    primaryType: 'Objection',
    message: { person, key, signingEpoch },
  } as const
}

/** Signs a sign-off with an account's key. */
export async function signSignOff(
  parameters: Jurisdiction & { readonly account: LocalAccount; readonly signOff: SignOff },
): Promise<Warrant> {
  return await warrantOf(parameters.account, parameters.signOff, signOffTypedData(parameters))
}

/** Signs a registration with the author's key. */
export async function signRegistration(
  parameters: Jurisdiction & { readonly account: LocalAccount; readonly registration: Registration },
): Promise<Warrant> {
  const consent = { ...parameters.registration, role: 'ModelDeveloper' } as const
  return await warrantOf(parameters.account, consent, registrationTypedData(parameters))
}

/** Signs a rollback, or a withdrawal, with an account's key. */
export async function signRollback(
  parameters: Jurisdiction & { readonly account: LocalAccount; readonly rollback: CarriedRollback },
): Promise<Warrant> {
  return await warrantOf(parameters.account, parameters.rollback, rollbackTypedData(parameters))
}

/** Signs a halt with an account's key. */
export async function signHalt(
  parameters: Jurisdiction & { readonly account: LocalAccount; readonly halt: CarriedHalt },
): Promise<Warrant> {
  return await warrantOf(parameters.account, parameters.halt, haltTypedData(parameters))
}

/** A sign-off as the contract's struct: words become their numbers. */
export function signOffArguments(signOff: SignOff) {
  return {
    version: signOff.version,
    stage: stages.indexOf(signOff.stage),
    risk: risks.indexOf(signOff.risk),
    evidence: signOff.evidence,
    plan: signOff.plan ?? none,
    policyEpoch: signOff.policyEpoch,
    ...consentArguments(signOff),
  }
}

function consentArguments({ role, signingEpoch, deadline }: Consent) {
  return { role: roles.indexOf(role), signingEpoch, deadline }
}

function domainOf({ chainId, rules }: Jurisdiction) {
  return { name: 'Kedge', version: '1', chainId, verifyingContract: rules } as const
}

async function warrantOf(
  account: LocalAccount,
  { role, deadline }: Consent,
  typedData: TypedDataDefinition,
): Promise<Warrant> {
  const signature = await account.signTypedData(typedData)
  return { role, deadline, signer: signerOf(account.address), signature }
}
