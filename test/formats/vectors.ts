import { readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'

type Names = Readonly<Record<string, Hex>>

/** A person of the vectors. */
export interface VectorPerson {
  readonly name: string
  readonly signer: Hex
  readonly key: Hex
  readonly salt: Hex
  readonly id: Hex
}

/** A version of the vectors; risk is a number, as the chain has it. */
export interface VectorVersion {
  readonly labelText: string
  readonly identity: {
    readonly model: Hex
    readonly label: Hex
    readonly manifestDigest: Hex
    readonly artifactDigest: Hex
    readonly parent: Hex
    readonly schema: number
    readonly risk: number
    readonly author: Hex
  }
  readonly preimage: Hex
  readonly id: Hex
}

/** A message that was signed. */
export interface VectorTypedData {
  readonly type: string
  readonly domain: {
    readonly name: string
    readonly version: string
    readonly chainId: number
    readonly verifyingContract: Address
  }
  readonly message: Readonly<Record<string, Hex | number>>
  readonly typeHash: Hex
  readonly domainSeparator: Hex
  readonly structHash: Hex
  readonly digest: Hex
  readonly signer: Address
  readonly signature: Hex
}

/** An entry of the Registry's audit chain and the head after it. */
export interface VectorEntry {
  readonly action: number
  readonly actor: Hex
  readonly authority: number
  readonly subject: Hex
  readonly document: Hex
  readonly systems: string
  readonly data: Hex
  readonly head: Hex
}

/** What `docs/formats/make.py` makes. */
export interface Vectors {
  readonly chain: {
    readonly chainId: number
    readonly deployer: Address
    readonly rules: Address
    readonly registry: Address
    readonly emergencyTimelock: Address
    readonly emergencyCommittee: Address
    readonly policy: Hex
  }
  readonly models: Names
  readonly labels: Names
  readonly domains: Names
  readonly environments: Names
  readonly people: readonly [VectorPerson, VectorPerson, VectorPerson]
  readonly versions: readonly [VectorVersion, VectorVersion]
  readonly floor: Hex
  readonly epoch: {
    readonly epoch: number
    readonly document: Hex
    readonly matrix: Hex
    readonly soak: readonly [number, number, number, number]
    readonly response: readonly [number, number, number, number]
    readonly terms: Hex
  }
  readonly typedData: readonly [VectorTypedData, VectorTypedData, VectorTypedData]
  readonly proposal: {
    readonly calls: readonly { readonly to: Address; readonly data: Hex }[]
    readonly description: string
    readonly id: Hex
    readonly salt: Hex
    readonly operation: Hex
  }
  readonly topics: Names
  readonly audit: readonly VectorEntry[]
  readonly slots: Readonly<Record<'registry' | 'rules', Names>>
  readonly words: Readonly<Record<'version' | 'active', Readonly<Record<string, number | Hex>>>>
  readonly documents: readonly { readonly file: string; readonly sha256: string; readonly cid: string }[]
  readonly artifact: {
    readonly files: Readonly<Record<string, string>>
    readonly root: string
    readonly treeCid: string
  }
  readonly canonical: readonly { readonly text: string; readonly sha256: string; readonly value: unknown }[]
  readonly files: readonly { readonly zeros: string; readonly cid: string; readonly tsize: string }[]
  readonly directories: readonly { readonly entries: string; readonly cid: string; readonly tsize: string }[]
  readonly hamt: {
    readonly names: readonly string[]
    readonly cid: string
    readonly tsize: string
    readonly blocks: readonly Hex[]
  }
  readonly murmur3: readonly { readonly text: string; readonly hash: string }[]
}

/** Where the vectors lie. */
export const vectorsDirectory = new URL('../../docs/formats/', import.meta.url)

/** The vectors of docs/formats.md. */
export const vectors: Vectors = JSON.parse(readFileSync(new URL('vectors.json', vectorsDirectory), 'utf8'))

/** The bytes of a document among them. */
export function documentBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, vectorsDirectory)))
}
