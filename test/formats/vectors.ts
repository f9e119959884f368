import { readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'
import type { Role } from '../../sdk/policy/words.ts'

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

/** A consent that somebody else carries, and as the contracts read it. */
export interface VectorWarrant {
  readonly terms: {
    readonly role: Role
    readonly deadline: number
    readonly signer: Hex
    readonly signature: Hex
  }
  readonly packed: Hex
}

/** An entry of an audit chain and the head after it. */
export interface VectorEntry {
  readonly contract: 'Registry' | 'Rules'
  readonly action: number
  readonly actor: Hex
  readonly authority: number
  readonly subject: Hex
  readonly document: Hex
  readonly systems: string
  readonly data: Hex
  readonly head: Hex
}

/** What is sent, and the entries that it leaves. */
export interface VectorAct {
  /** Seconds that pass before it. */
  readonly wait: number
  readonly from: Address
  readonly to: Address
  readonly data: Hex
  readonly entries: readonly VectorEntry[]
}

/** A packed word and its members; a number too large for JSON is in hex. */
export type VectorWord = Readonly<Record<string, number | Hex>> & { readonly word: Hex }

/** The names of the types that are signed. */
export type VectorTypeName =
  | 'SignOff'
  | 'Registration'
  | 'Rollback'
  | 'Halt'
  | 'Rotation'
  | 'Objection'
  | 'Ballot'
  | 'ExtendedBallot'

type Three<T> = readonly [assembly: T, oversight: T, emergency: T]

/** What `docs/formats/make.py` makes. */
export interface Vectors {
  readonly chain: {
    readonly chainId: number
    /** The time of its first block. */
    readonly start: number
    readonly deployer: Address
    readonly rules: Address
    readonly registry: Address
    readonly timelocks: Three<Address>
    readonly seats: Three<Address>
    readonly committees: Three<Address>
    readonly policy: Hex
  }
  readonly models: Names
  readonly labels: Names
  readonly domains: Names
  readonly environments: Names
  readonly people: readonly [VectorPerson, VectorPerson, VectorPerson]
  readonly versions: readonly [VectorVersion, VectorVersion, ...VectorVersion[]]
  readonly floor: Hex
  readonly epoch: {
    readonly epoch: number
    readonly document: Hex
    readonly matrix: Hex
    readonly soak: readonly [number, number, number, number]
    readonly response: readonly [number, number, number, number]
    readonly terms: Hex
  }
  readonly typedData: Readonly<Record<VectorTypeName, VectorTypedData>>
  readonly warrants: readonly VectorWarrant[]
  readonly proposal: {
    readonly calls: readonly { readonly to: Address; readonly data: Hex }[]
    readonly description: string
    readonly id: Hex
    readonly salt: Hex
    readonly operation: Hex
  }
  readonly topics: Names
  readonly genesis: {
    readonly people: readonly {
      readonly signer: Hex
      readonly salt: Hex
      readonly roles: number
      readonly domains: readonly Hex[]
    }[]
    readonly certificates: readonly Readonly<Record<'versioning' | 'rollback' | 'incident', number>>[]
    readonly environments: readonly Hex[]
    readonly stages: readonly number[]
    readonly data: Hex
    /** Of the Registry, and of the Rules. */
    readonly entries: readonly [VectorEntry, VectorEntry]
  }
  readonly acts: readonly VectorAct[]
  readonly slots: Readonly<Record<'registry' | 'rules', Names>>
  readonly words: Readonly<Record<string, VectorWord>>
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
