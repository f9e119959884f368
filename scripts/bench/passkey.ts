import { createHash } from 'node:crypto'
import { p256 } from '@noble/curves/nist'
import {
  type Address,
  bytesToHex,
  concatHex,
  encodeAbiParameters,
  type Hex,
  hexToBytes,
  numberToHex,
  sha256,
  toHex,
} from 'viem'

/** User present and verified. */
const flags = '0x05'
const relyingParty = sha256(toHex('kedge.example'))

const assertionParameters = [
  { name: 'r', type: 'bytes32' },
  { name: 's', type: 'bytes32' },
  { name: 'challengeIndex', type: 'uint256' },
  { name: 'typeIndex', type: 'uint256' },
  { name: 'authenticatorData', type: 'bytes' },
  { name: 'clientDataJSON', type: 'string' },
] as const

/** A passkey that always signs alike, so that each run measures the same bytes. */
export function createPasskey(seed: string, verifier: Address) {
  const key = hexToBytes(sha256(toHex(seed)))
  // 0x04, then x and y: an ERC-7913 signer has no prefix.
  const publicKey = bytesToHex(p256.getPublicKey(key, false).slice(1))
  return {
    signer: concatHex([verifier, publicKey]),
    /** A WebAuthn assertion for a digest, as OpenZeppelin's verifier takes it. */
    sign(digest: Hex): Hex {
      const challenge = Buffer.from(hexToBytes(digest)).toString('base64url')
      const client = `{"type":"webauthn.get","challenge":"${challenge}","origin":"https://kedge.example","crossOrigin":false}`
      const data = concatHex([relyingParty, flags, numberToHex(1, { size: 4 })])
      const clientHash = createHash('sha256').update(client).digest()
      const message = createHash('sha256').update(hexToBytes(data)).update(clientHash).digest()
      const { r, s } = p256.sign(message, key, { lowS: true })
      return encodeAbiParameters(assertionParameters, [
        numberToHex(r, { size: 32 }),
        numberToHex(s, { size: 32 }),
        BigInt(client.indexOf('"challenge"')),
        BigInt(client.indexOf('"type"')),
        data,
        client,
      ])
    },
  }
}

export type Passkey = ReturnType<typeof createPasskey>
