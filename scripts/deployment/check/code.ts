import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  pad,
  slice,
  stringToHex,
  toBytes,
} from 'viem'
import { type Artifact, immutableNames, type Reference, readArtifact } from '../artifacts.ts'
import type { Construction } from '../contracts.ts'
import type { Expect } from './deviations.ts'

/** The code that a contract must have: the compiled one, with its immutables filled in. */
export async function expectedCode(construction: Construction, chainId: number): Promise<ExpectedCode> {
  const { deployedBytecode, ...artifact } = await readArtifact(construction.contract)
  const immutables = await immutablesOf(construction, artifact, chainId)
  const bytes = hexToBytes(deployedBytecode)
  for (const { value, references } of immutables) {
    for (const { start } of references) bytes.set(hexToBytes(value), start)
  }
  return { code: bytesToHex(bytes), immutables }
}

/** The code that a contract must have, and what was filled in where. */
export interface ExpectedCode {
  readonly code: Hex
  readonly immutables: readonly Immutable[]
}

/**
 * Holds the code at a contract's address against what it must be, byte for byte.
 *
 * @returns Whether it is the compiled one, whatever its immutables are: other code can say anything, and is not asked.
 */
export function checkCode(
  { title, address }: Construction,
  { code, immutables }: ExpectedCode,
  actual: Hex,
  expect: Expect,
): boolean {
  if (actual === code) return true
  if (withoutImmutables(actual, immutables) !== withoutImmutables(code, immutables)) {
    const found = actual === '0x' ? 'absent' : keccak256(actual)
    expect(`the code of ${title} at ${address}`, found, keccak256(code))
    return false
  }
  for (const { name, value, references } of immutables) {
    for (const { start, length } of references) {
      expect(`${name} in the code of ${title}`, slice(actual, start, start + length), value)
    }
  }
  return true
}

function withoutImmutables(code: Hex, immutables: readonly Immutable[]): Hex {
  const bytes = hexToBytes(code)
  for (const { start, length } of immutables.flatMap(({ references }) => references)) {
    bytes.fill(0, start, start + length)
  }
  return bytesToHex(bytes)
}

/** An immutable: the word that it must be, and where it stands. */
interface Immutable {
  readonly name: string
  readonly value: Hex
  readonly references: readonly Reference[]
}

async function immutablesOf(
  construction: Construction,
  artifact: Pick<Artifact, 'buildInfoId' | 'immutableReferences'>,
  chainId: number,
): Promise<readonly Immutable[]> {
  const references = Object.entries(artifact.immutableReferences)
  if (references.length === 0) return []
  const names = await immutableNames(artifact)
  const words = wordsOf(construction, chainId)
  return references.map(([number, places]) => {
    const name = names.get(number) ?? number
    const value = words[name]
    if (value === undefined) throw new Error(`nobody says what ${name} of ${construction.contract} must be`)
    return { name, value, references: places }
  })
}

function wordsOf({ immutables, domain, address }: Construction, chainId: number): Record<string, Hex> {
  const own = Object.entries(immutables).map(([name, value]) => [name, wordOf(value)] as const)
  return {
    ...Object.fromEntries(own),
    ...(domain === undefined ? {} : domainWords(domain, address, chainId)),
  }
}

function wordOf(value: Address | number | boolean): Hex {
  if (typeof value === 'string') return pad(value)
  return numberToHex(Number(value), { size: 32 })
}

const domainType = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
const version = '1'

/** What OpenZeppelin's EIP712 keeps in the code. */
function domainWords(name: string, address: Address, chainId: number): Record<string, Hex> {
  const [hashedType, hashedName, hashedVersion] = [domainType, name, version].map(text =>
    keccak256(toBytes(text)),
  ) as [Hex, Hex, Hex]
  const types = ['bytes32', 'bytes32', 'bytes32', 'uint256', 'address'].map(type => ({ type }))
  const separator = encodeAbiParameters(types, [hashedType, hashedName, hashedVersion, chainId, address])
  return {
    _cachedDomainSeparator: keccak256(separator),
    _cachedChainId: wordOf(chainId),
    _cachedThis: wordOf(address),
    _hashedName: hashedName,
    _hashedVersion: hashedVersion,
    _name: shortString(name),
    _version: shortString(version),
  }
}

/** At most 31 bytes, and their number in the last one. */
function shortString(text: string): Hex {
  const word = hexToBytes(stringToHex(text, { size: 32 }))
  word[31] = toBytes(text).length
  return bytesToHex(word)
}
