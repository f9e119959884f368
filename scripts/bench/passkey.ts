import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
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
import type { Artifact } from './evm.ts'

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

const verifier = '@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol'

/** OpenZeppelin's verifier of passkeys, as the build has it. */
export async function readVerifier(): Promise<Artifact> {
  const path = new URL(`../../artifacts/${verifier}/ERC7913WebAuthnVerifier.json`, import.meta.url)
  return JSON.parse(await readFile(path, 'utf8'))
}

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
