import type { Address, Hex, LocalAccount } from 'viem'
import { type Risk, type Role, risks, roles, type Stage, stages } from '../policy/words.ts'

/** What a person signs so that a version may enter a stage. */
export interface SignOff {
  readonly version: Hex
  readonly role: Role
  /** The stage to be entered. */
  readonly stage: Stage
  /** The effective risk. */
  readonly risk: Risk
  /** SHA-256 of the evidence. */
  readonly evidence: Hex
  readonly policyEpoch: number
  /** The signer's signing epoch; 0 for a committee. */
  readonly signingEpoch: number
  /** The last second, since 1970, in which it may be used. */
  readonly deadline: number
}

/** A sign-off as a promotion carries it. The signature is empty if the signer made the contract call. */
export interface CarriedSignOff {
  readonly role: Role
  readonly deadline: number
  readonly signer: Hex
  readonly signature: Hex
}

/** EIP-712 typed data of a sign-off, ready for any wallet. */
export function signOffTypedData(parameters: {
  readonly chainId: number
  readonly registry: Address
  readonly signOff: SignOff
}) {
  const { chainId, registry, signOff } = parameters
  return {
    domain: { name: 'Kedge Registry', version: '1', chainId, verifyingContract: registry },
    types: {
      SignOff: [
        { name: 'version', type: 'bytes32' },
        { name: 'role', type: 'uint8' },
        { name: 'stage', type: 'uint8' },
        { name: 'risk', type: 'uint8' },
        { name: 'evidence', type: 'bytes32' },
        { name: 'policyEpoch', type: 'uint32' },
        { name: 'signingEpoch', type: 'uint32' },
        { name: 'deadline', type: 'uint40' },
      ],
    },
    primaryType: 'SignOff',
    message: signOffArguments(signOff),
  } as const
}

/** A sign-off as the contract's struct: words become their numbers. */
export function signOffArguments(signOff: SignOff) {
  return {
    version: signOff.version,
    role: roles.indexOf(signOff.role),
    stage: stages.indexOf(signOff.stage),
    risk: risks.indexOf(signOff.risk),
    evidence: signOff.evidence,
    policyEpoch: signOff.policyEpoch,
    signingEpoch: signOff.signingEpoch,
    deadline: signOff.deadline,
  }
}

/** Signs a sign-off with an account's key. */
export async function signSignOff(parameters: {
  readonly account: LocalAccount
  readonly chainId: number
  readonly registry: Address
  readonly signOff: SignOff
}): Promise<CarriedSignOff> {
  const { account, signOff } = parameters
  const signature = await account.signTypedData(signOffTypedData(parameters))
  const signer = account.address.toLowerCase() as Hex
  return { role: signOff.role, deadline: signOff.deadline, signer, signature }
}
