import { concatHex, type Hex, numberToHex, size, slice } from 'viem'
import { KedgeError } from '../errors/index.ts'
import { type Role, roles } from '../policy/words.ts'

/** Someone's consent to an act, for anyone to carry. */
export interface Warrant {
  readonly role: Role
  /** The last second, since 1970, in which it may be used. */
  readonly deadline: number
  /** 20 bytes of an account's address, or an ERC-7913 signer; empty for a committee. */
  readonly signer: Hex
  /** Empty if the consent was given by a transaction, as a committee's always is. */
  readonly signature: Hex
}

// Role 1 byte, deadline 5, length of the signer 2, signer, length of the signature 2, signature: docs/formats.md.
const fixedBytes = 8
const largestTime = 2 ** 40 - 1
const largestLength = 2 ** 16 - 1

/** A warrant as the contracts read it. */
export function packWarrant({ role, deadline, signer, signature }: Warrant): Hex {
  if (!Number.isInteger(deadline) || deadline < 0 || deadline > largestTime) {
    throw new KedgeError('USAGE', `${deadline} is no time that a warrant could end at`, { deadline })
  }
  for (const [what, bytes] of Object.entries({ signer, signature })) {
    if (size(bytes) <= largestLength) continue
    throw new KedgeError('USAGE', `the ${what} of a warrant has at most ${largestLength} bytes`, {
      role,
      bytes: size(bytes),
    })
  }
  return concatHex([
    numberToHex(roles.indexOf(role), { size: 1 }),
    numberToHex(deadline, { size: 5 }),
    numberToHex(size(signer), { size: 2 }),
    signer,
    numberToHex(size(signature), { size: 2 }),
    signature,
  ])
}

/** Warrants as a promotion carries them: one after the other, ascending by role. */
export function packWarrants(warrants: readonly Warrant[]): Hex {
  return concatHex(
    warrants.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role)).map(packWarrant),
  )
}

/** The warrants in packed bytes; undefined if they are malformed. */
export function readWarrants(packed: Hex): readonly Warrant[] | undefined {
  const warrants: Warrant[] = []
  for (let offset = 0; offset < size(packed); ) {
    const found = readWarrant(packed, offset)
    if (found === undefined) return undefined
    warrants.push(found.warrant)
    offset = found.end
  }
  return warrants
}

function readWarrant(
  packed: Hex,
  offset: number,
): { readonly warrant: Warrant; readonly end: number } | undefined {
  const total = size(packed)
  const bytes = (from: number, to: number): Hex => (from === to ? '0x' : slice(packed, from, to))
  const signerAt = offset + fixedBytes
  if (signerAt > total) return undefined
  const role = roles[Number(bytes(offset, offset + 1))]
  const signatureAt = signerAt + Number(bytes(offset + 6, signerAt)) + 2
  if (role === undefined || signatureAt > total) return undefined
  const end = signatureAt + Number(bytes(signatureAt - 2, signatureAt))
  if (end > total) return undefined
  const warrant = {
    role,
    deadline: Number(bytes(offset + 1, offset + 6)),
    signer: bytes(signerAt, signatureAt - 2),
    signature: bytes(signatureAt, end),
  }
  return { warrant, end }
}
