import type { Address, Hex } from 'viem'
import { getContractAddress, maxUint40, zeroAddress, zeroHash } from 'viem'
import { type CommitteeName, type Contracts, committeeNames } from '../../sdk/chain/deployment.ts'
import { personIdOf } from '../../sdk/chain/ids.ts'
import { type Genesis, genesisOf, type Parameters, type ParametersFile } from './parameters.ts'
import { scopesOf } from './scopes.ts'

/**
 * The addresses that a deployer's next twelve contracts will have. The contracts need one another's addresses as
 * immutable constructor arguments; predicting them leaves nobody a setter, and so nobody a right.
 */
export function predictAddresses(deployer: Address, firstNonce: number): Contracts {
  let nonce = firstNonce
  const next = () => getContractAddress({ from: deployer, nonce: BigInt(nonce++) })
  const three = () => ({ assembly: next(), oversight: next(), emergency: next() })
  const timelocks = three()
  const rules = next()
  const registry = next()
  const seats = three()
  const committees = three()
  return { timelocks, rules, registry, seats, committees, lens: next() }
}

/** The committees as a person calls them. */
export const committeeTitles = {
  assembly: 'the Assembly',
  oversight: 'the Oversight Committee',
  emergency: 'the Emergency Committee',
} as const satisfies Record<CommitteeName, string>

/** The compiled contracts, by the name of their source. */
export const contractNames = [
  'TimelockController',
  'Rules',
  'Registry',
  'Seats',
  'Committee',
  'Lens',
] as const
export type ContractName = (typeof contractNames)[number]

/** One of the twelve contracts: what it is, where it will be, and all that its constructor takes. */
export interface Construction {
  readonly contract: ContractName
  /** For the journal: unique, and never changed. */
  readonly id: string
  /** For whoever watches. */
  readonly title: string
  readonly address: Address
  readonly arguments: readonly unknown[]
  /** What the constructor makes of them in the code, by the names of its immutables. */
  readonly immutables: Readonly<Record<string, Address | number | boolean>>
  /** The name that signatures are made for (EIP-712), where it checks any. */
  readonly domain?: string
}

/** A member's id as the Rules constructor will compute it, by name. */
export type PersonIds = ReadonlyMap<string, Hex>

/** What the twelve contracts follow from. */
export interface Design {
  readonly parameters: Parameters
  readonly genesis: Genesis
  readonly people: PersonIds
  readonly addresses: Contracts
}

/**
 * Rules is made at most this long, in seconds, after the time from which its certificates run: otherwise they would last
 * shorter than the parameters say, or have lapsed.
 */
export const longestStart = 86_400

/**
 * All that the twelve contracts follow from.
 *
 * @param document - The SHA-256 of the policy.
 * @param now - The time from which certificates run, in seconds since 1970.
 */
export function designOf(
  { parameters, document }: Pick<ParametersFile, 'parameters' | 'document'>,
  addresses: Contracts,
  now: number,
): Design {
  const genesis = genesisOf(parameters, document, now)
  const people = genesis.people.map(
    ({ signer, salt }, index) => [parameters.people[index]?.name ?? '', personIdOf(signer, salt)] as const,
  )
  return { parameters, genesis, people: new Map(people), addresses }
}

/** The twelve contracts in the order of {@link predictAddresses}. */
export function constructionsOf(design: Design): readonly Construction[] {
  return [
    ...committeeNames.map(name => timelockOf(design, name)),
    rulesOf(design),
    registryOf(design),
    ...committeeNames.map(name => seatsOf(design, name)),
    ...committeeNames.map(name => committeeOf(design, name)),
    lensOf(design),
  ]
}

const titled = (prefix: string, name: CommitteeName) => `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`

function timelockOf({ parameters, addresses }: Design, name: CommitteeName): Construction {
  const { timelockDelay } = parameters.committees[name]
  const committee = addresses.committees[name]
  return {
    contract: 'TimelockController',
    id: titled('Timelock', name),
    title: `the timelock of ${committeeTitles[name]}`,
    address: addresses.timelocks[name],
    // The committee proposes, cancels and executes; nobody administers.
    arguments: [timelockDelay, [committee], [committee], zeroAddress],
    immutables: {},
  }
}

function rulesOf({ genesis, addresses }: Design): Construction {
  const body = (name: CommitteeName) => ({
    timelock: addresses.timelocks[name],
    governor: addresses.committees[name],
    seats: addresses.seats[name],
  })
  const committees = {
    assemblyBody: body('assembly'),
    oversightBody: body('oversight'),
    emergencyBody: body('emergency'),
  }
  return {
    contract: 'Rules',
    id: 'Rules',
    title: 'Rules',
    address: addresses.rules,
    arguments: [committees, addresses.registry, genesis],
    immutables: {
      _assembly: addresses.timelocks.assembly,
      _oversight: addresses.timelocks.oversight,
      _emergency: addresses.timelocks.emergency,
      _assemblyGovernor: addresses.committees.assembly,
      _oversightGovernor: addresses.committees.oversight,
      _emergencyGovernor: addresses.committees.emergency,
      _assemblySeats: addresses.seats.assembly,
      _oversightSeats: addresses.seats.oversight,
      _emergencySeats: addresses.seats.emergency,
      _registry: addresses.registry,
    },
    domain: 'Kedge',
  }
}

function registryOf({ parameters, genesis, addresses }: Design): Construction {
  const { predecessor = { chainId: 0, registry: zeroAddress, head: zeroHash } } = parameters
  return {
    contract: 'Registry',
    id: 'Registry',
    title: 'Registry',
    address: addresses.registry,
    arguments: [addresses.rules, genesis.document, predecessor],
    immutables: { RULES: addresses.rules },
  }
}

function seatsOf({ parameters, addresses, people }: Design, name: CommitteeName): Construction {
  const { name: title, symbol, seats } = parameters.committees[name]
  const members = seats.map(person => people.get(person) as Hex)
  const { rules, committees } = addresses
  return {
    contract: 'Seats',
    id: titled('Seats', name),
    title: `the seats of ${committeeTitles[name]}`,
    address: addresses.seats[name],
    arguments: [title, symbol, rules, committees[name], name === 'assembly', members],
    immutables: { RULES: rules, COMMITTEE: committees[name], ASSEMBLY: name === 'assembly' },
    domain: title,
  }
}

function committeeOf({ parameters, addresses }: Design, name: CommitteeName): Construction {
  const settings = {
    votingDelay: parameters.committees[name].votingDelay,
    votingPeriod: parameters.committees[name].votingPeriod,
    lateQuorumExtension: parameters.committees[name].lateQuorumExtension,
    expiry: parameters.committees[name].expiry,
    quorum: parameters.committees[name].quorum,
    superQuorum: parameters.committees[name].superQuorum,
    certificateGrace: certificateGraceOf(parameters, name),
  }
  return {
    contract: 'Committee',
    id: titled('Committee', name),
    title: `the Governor of ${committeeTitles[name]}`,
    address: addresses.committees[name],
    arguments: [
      parameters.committees[name].name,
      addresses.seats[name],
      addresses.timelocks[name],
      addresses.timelocks.assembly,
      settings,
      scopesOf(addresses)[name],
    ],
    immutables: {
      _token: addresses.seats[name],
      RULES: addresses.rules,
      ASSEMBLY_TIMELOCK: addresses.timelocks.assembly,
      EXPIRY: settings.expiry,
      CERTIFICATE_GRACE: settings.certificateGrace,
    },
    domain: parameters.committees[name].name,
  }
}

/** The Assembly asks for no certificate: were all to lapse together, nobody could renew them. */
export function certificateGraceOf({ committees }: Parameters, name: CommitteeName): number {
  return name === 'assembly' ? Number(maxUint40) : committees[name].certificateGrace
}

function lensOf({ addresses }: Design): Construction {
  return {
    contract: 'Lens',
    id: 'Lens',
    title: 'Lens',
    address: addresses.lens,
    arguments: [addresses.registry],
    immutables: { REGISTRY: addresses.registry, RULES: addresses.rules },
  }
}
