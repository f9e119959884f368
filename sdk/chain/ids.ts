import { type Address, encodeAbiParameters, encodePacked, type Hex, keccak256, pad, toBytes } from 'viem'
import { type Risk, risks } from '../policy/words.ts'

/** Everything that is approved of a version; its hash, with chain and registry, is the version id. */
export interface Identity {
  readonly model: Hex
  /** keccak256 of the SemVer label in UTF-8, see {@link labelHashOf}. */
  readonly label: Hex
  /** SHA-256 of document B. */
  readonly manifestDigest: Hex
  /** SHA-256 of document A. */
  readonly artifactDigest: Hex
  /** The parent's manifest digest, or 32 zero bytes. */
  readonly parent: Hex
  /** The number of the model's schema, 0 to 255. */
  readonly schema: number
  readonly risk: Risk
  /** The author's person id. */
  readonly author: Hex
}

/** 32 zero bytes: no version, no person, no document. */
export const none: Hex = `0x${'00'.repeat(32)}`

/** The id of a model: keccak256 of its name in UTF-8. */
export function modelIdOf(name: string): Hex {
  return keccak256(toBytes(name))
}

/** The hash of a label: keccak256 of the SemVer text in UTF-8. */
export function labelHashOf(label: string): Hex {
  return keccak256(toBytes(label))
}

/** The id of a domain: keccak256 of its name in UTF-8. */
export function domainIdOf(name: string): Hex {
  return keccak256(toBytes(name))
}

/** The id of an environment: keccak256 of its name in UTF-8. A 32-byte hex string is taken as the id itself. */
export function environmentIdOf(name: string): Hex {
  return /^0x[0-9a-f]{64}$/i.test(name) ? (name as Hex) : keccak256(toBytes(name))
}

/** An account as a signer: its 20 bytes. */
export function signerOf(account: Address): Hex {
  return encodePacked(['address'], [account])
}

/**
 * The id of a person: keccak256(abi.encode(keccak256(signer), salt)).
 *
 * @param signer - The person's first key: 20 bytes of an address, or an ERC-7913 signer.
 */
export function personIdOf(signer: Hex, salt: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [keccak256(signer), salt]))
}

/** The salt that the genesis gives a person: keccak256 of the name in UTF-8. */
export function genesisSaltOf(name: string): Hex {
  return keccak256(toBytes(name))
}

const identityParameters = [
  { type: 'uint256' },
  { type: 'address' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'uint8' },
  { type: 'uint8' },
  { type: 'bytes32' },
] as const

/**
 * The id of a version: keccak256(abi.encode(chainid, registry, model, label, manifestDigest, artifactDigest, parent,
 * schema, risk, author)), each in one word.
 *
 * @example
 * ```ts
 * versionIdOf({ chainId: 1, registry, identity })
 * ```
 */
export function versionIdOf(parameters: {
  readonly chainId: number
  readonly registry: Address
  readonly identity: Identity
}): Hex {
  const { chainId, registry, identity } = parameters
  return keccak256(
    encodeAbiParameters(identityParameters, [
      BigInt(chainId),
      registry,
      identity.model,
      identity.label,
      identity.manifestDigest,
      identity.artifactDigest,
      identity.parent,
      identity.schema,
      risks.indexOf(identity.risk),
      identity.author,
    ]),
  )
}

/** A committee as the actor of an audit entry: its timelock's address, left-padded to 32 bytes. */
export function voiceOf(timelock: Address): Hex {
  return pad(timelock.toLowerCase() as Hex, { size: 32 })
}
