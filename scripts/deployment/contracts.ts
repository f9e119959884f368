import type { Address, Hex } from 'viem'
import { getContractAddress, maxUint40, zeroAddress, zeroHash } from 'viem'
import { type CommitteeName, type Contracts, committeeNames } from '../../sdk/chain/deployment.ts'
import type { Genesis, Parameters } from './parameters.ts'
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
export const contractNames = ['TimelockController', 'Rules', 'Registry', 'Seats', 'Committee', 'Lens'] as const
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
  }
}
