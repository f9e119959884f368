import { buildModule, type Future, type SolidityParameterType } from '@nomicfoundation/ignition-core'
import type { Abi, Address, Hex } from 'viem'
import { getContractAddress, toFunctionSelector } from 'viem'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi } from '../../sdk/chain/abi/index.ts'
import { type CommitteeName, type Contracts, committeeNames } from '../../sdk/chain/deployment.ts'
import type { Genesis, Parameters } from './parameters.ts'

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

/** The addresses in the order of {@link deploymentOrder}. */
export function addressesInOrder(addresses: Contracts): readonly Address[] {
  const { timelocks, rules, registry, seats, committees, lens } = addresses
  const three = (of: Record<CommitteeName, Address>) => committeeNames.map(name => of[name])
  return [...three(timelocks), rules, registry, ...three(seats), ...three(committees), lens]
}

/** The committees as a person calls them. */
export const committeeTitles = {
  assembly: 'the Assembly',
  oversight: 'the Oversight Committee',
  emergency: 'the Emergency Committee',
} as const satisfies Record<CommitteeName, string>

/** The contracts in the order of {@link predictAddresses}, for whoever watches. */
export const deploymentOrder = [
  ...of('the timelock'),
  'Rules',
  'Registry',
  ...of('the seats'),
  ...of('the Governor'),
  'Lens',
] as const

function of(part: string): readonly string[] {
  return committeeNames.map(name => `${part} of ${committeeTitles[name]}`)
}

function selectors(abi: Abi, names: readonly string[]): Hex[] {
  return names.map(name => {
    const found = abi.find(item => item.type === 'function' && item.name === name)
    if (found?.type !== 'function') throw new Error(`no function ${name}`)
    return toFunctionSelector(found)
  })
}

const brake = ['rollback', 'withdraw', 'halt', 'resume'] as const

/** What each committee may propose: (target, selectors). Everything else is out of its reach. */
export function scopesOf(addresses: Contracts) {
  const { rules, registry } = addresses
  const governed = committeeNames.flatMap(name => [
    { target: addresses.seats[name], selectors: selectors(seatsAbi, ['grant', 'withdraw']) },
    {
      target: addresses.committees[name],
      selectors: selectors(committeeAbi, [
        'setQuorums',
        'setVotingDelay',
        'setVotingPeriod',
        'setProposalThreshold',
        'setLateQuorumVoteExtension',
      ]),
    },
  ])
  const people = ['appoint', 'setRoles', 'setDomain', 'certify', 'suspend', 'reinstate'] as const
  return {
    assembly: [
      { target: rules, selectors: selectors(rulesAbi, [...people, 'addEnvironment', 'startEpoch']) },
      {
        target: registry,
        selectors: selectors(registryAbi, [
          ...brake,
          'signOff',
          'suspendModel',
          'reinstateModel',
          'reportTrigger',
        ]),
      },
      ...governed,
    ],
    oversight: [
      { target: rules, selectors: selectors(rulesAbi, ['consentToEpoch', 'recordReview']) },
      { target: registry, selectors: selectors(registryAbi, ['signOff', 'halt', 'resume', 'reportTrigger']) },
    ],
    emergency: [{ target: registry, selectors: selectors(registryAbi, brake) }],
  }
}

/** A member's id as the Rules constructor will compute it, by name. */
export type PersonIds = ReadonlyMap<string, Hex>

/** The whole deployment as one Ignition module; strictly one contract after the other, so that nonces are known. */
export function kedgeModule(
  parameters: Parameters,
  genesis: Genesis,
  addresses: Contracts,
  people: PersonIds,
) {
  return buildModule('Kedge', m => {
    const noAdmin = '0x0000000000000000000000000000000000000000'
    const scopes = scopesOf(addresses)
    const titled = (prefix: string, name: CommitteeName) =>
      `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`

    const timelock = (name: CommitteeName, after: Future[]) =>
      m.contract(
        'TimelockController',
        [
          parameters.committees[name].timelockDelay,
          [addresses.committees[name]],
          [addresses.committees[name]],
          noAdmin,
        ],
        { id: titled('Timelock', name), after },
      )
    const assemblyTimelock = timelock('assembly', [])
    const oversightTimelock = timelock('oversight', [assemblyTimelock])
    const emergencyTimelock = timelock('emergency', [oversightTimelock])
    const timelocks = {
      assembly: assemblyTimelock,
      oversight: oversightTimelock,
      emergency: emergencyTimelock,
    }

    const committeesOfRules = { assemblyTimelock, oversightTimelock, emergencyTimelock }
    const rules = m.contract(
      'Rules',
      [committeesOfRules, addresses.registry, genesis as unknown as SolidityParameterType],
      {
        after: [emergencyTimelock],
      },
    )
    const registry = m.contract('Registry', [rules, genesis.document], { after: [rules] })

    const seatsOf = (name: CommitteeName, after: Future[]) => {
      const { name: title, symbol, seats } = parameters.committees[name]
      const ids = seats.map(person => people.get(person) as Hex)
      return m.contract('Seats', [title, symbol, rules, name === 'assembly', ids], {
        id: titled('Seats', name),
        after,
      })
    }
    const assemblySeats = seatsOf('assembly', [registry])
    const oversightSeats = seatsOf('oversight', [assemblySeats])
    const emergencySeats = seatsOf('emergency', [oversightSeats])
    const seats = { assembly: assemblySeats, oversight: oversightSeats, emergency: emergencySeats }

    const committeeOf = (name: CommitteeName, after: Future[]) => {
      const {
        name: title,
        votingDelay,
        votingPeriod,
        lateQuorumExtension,
        expiry,
        quorum,
        superQuorum,
      } = parameters.committees[name]
      const settings = { votingDelay, votingPeriod, lateQuorumExtension, expiry, quorum, superQuorum }
      const scope = scopes[name].map(entry => ({ ...entry }))
      return m.contract(
        'Committee',
        [title, seats[name], timelocks[name], assemblyTimelock, settings, scope],
        { id: titled('Committee', name), after },
      )
    }
    const assembly = committeeOf('assembly', [emergencySeats])
    const oversight = committeeOf('oversight', [assembly])
    const emergency = committeeOf('emergency', [oversight])
    const lens = m.contract('Lens', [registry], { after: [emergency] })

    return {
      assemblyTimelock,
      oversightTimelock,
      emergencyTimelock,
      rules,
      registry,
      assemblySeats,
      oversightSeats,
      emergencySeats,
      assembly,
      oversight,
      emergency,
      lens,
    }
  })
}
