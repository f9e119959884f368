import type { Hex } from 'viem'
import { none } from '../../chain/ids.ts'
import type { FinalSighting, Provenance, Sighting } from '../chainView.ts'
import { parseTrust, type Trust } from '../trust.ts'

/** 32 bytes that all are the same. */
export const bytes32 = (byte: string): Hex => `0x${byte.repeat(32)}`

/** The version that the samples speak of, and another one. */
export const [asked, other] = [bytes32('aa'), bytes32('bb')]

/** The time at which the samples are fresh. */
export const now = 1_800_000_000

const pinned = (byte: string) => ({ address: `0x${byte.repeat(20)}`, codeHash: bytes32(byte) })

/** A trust policy, as a trust file holds it. */
export const trustFile = {
  trustVersion: 1,
  chainId: 31_337,
  genesisHash: bytes32('01'),
  registry: pinned('02'),
  rules: pinned('03'),
  lens: pinned('04'),
  endpoints: ['http://one.example', 'http://two.example', 'http://three.example'],
  agree: 2,
  maximumAge: 60,
}

/** The same, checked. */
export function sampleTrust(changes: object = {}): Trust {
  return parseTrust({ ...trustFile, ...changes })
}

/** What of an answer of the Lens a sample changes. */
export type ProvenanceChanges = Omit<Partial<Provenance>, 'active' | 'version'> & {
  readonly active?: Partial<Provenance['active']>
  readonly version?: Partial<Provenance['version']>
}

/** The Lens says that the version {@link asked} is active in an environment of the stage Production. */
export function provenanceOf(changes: ProvenanceChanges = {}): Provenance {
  return {
    chainId: 31_337n,
    blockNumber: 100n,
    timestamp: BigInt(now - 10),
    modelState: 1,
    floor: 0,
    sequence: 7n,
    requiredStage: 4,
    requiredSchemas: 0n,
    missingSchemas: 0n,
    registryHead: bytes32('05'),
    rulesHead: bytes32('06'),
    ...changes,
    active: {
      version: asked,
      number: 2,
      sequence: 7n,
      since: now - 1000,
      timer: now - 1000,
      risk: 0,
      haltedBy: 0,
      incident: false,
      previous: 1,
      newest: 2,
      ...changes.active,
    },
    version: {
      id: asked,
      belongs: true,
      number: 2,
      manifestDigest: bytes32('07'),
      stage: 4,
      declared: 0,
      raised: 0,
      effective: 0,
      schema: 0,
      satisfies: 1n,
      condemnedFrom: 0,
      released: false,
      proven: false,
      target: false,
      ...changes.version,
    },
  }
}

/** {@link other} is active instead. */
export const othersActive: ProvenanceChanges = { active: { version: other, number: 3 } }

/** Nothing is active. */
export const nothingActive: ProvenanceChanges = {
  active: { version: none, number: 0 },
  version: { id: none, belongs: false, number: 0, stage: 0 },
}

/** A newest block with what the Lens says of it. */
export function sightingOf(
  changes: ProvenanceChanges = {},
  more: {
    readonly number?: bigint
    readonly age?: number
    readonly fresh?: boolean
    readonly endpoint?: string
  } = {},
): Sighting {
  const { number = 100n, age = 10, fresh = true, endpoint = 'one.example' } = more
  const timestamp = BigInt(now - age)
  return {
    endpoint,
    block: { number, hash: bytes32('08'), timestamp },
    fresh,
    provenance: provenanceOf({ blockNumber: number, timestamp, ...changes }),
  }
}

/** The finalized block with what the Lens says of it. */
export function finalOf(
  changes: ProvenanceChanges | undefined = {},
  more: Partial<FinalSighting> = {},
): FinalSighting {
  return {
    block: { number: 40n, hash: bytes32('09'), timestamp: BigInt(now - 800) },
    provenance: provenanceOf({ blockNumber: 40n, ...changes }),
    agreed: 2,
    ...more,
  }
}
