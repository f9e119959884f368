import type { Abi, Address, Hex } from 'viem'
import { isAddressEqual, toFunctionSelector } from 'viem'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi } from '../../sdk/chain/abi/index.ts'
import { type Contracts, committeeNames } from '../../sdk/chain/deployment.ts'

const brake = ['rollback', 'withdraw', 'halt', 'resume'] as const

/**
 * What each committee may propose: (target, selectors). Everything else is out of its reach.
 *
 * The Assembly reaches each act that is the Assembly's or may be done in its authority, the seats, and how the
 * committees work. Not a timelock's `updateDelay`: it is no change that pulls the review, and a long delay could be taken
 * back only after itself. Emergency reaches the brake alone.
 */
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
        'setLateQuorumVoteExtension',
      ]),
    },
  ])
  return {
    assembly: [
      {
        target: rules,
        selectors: selectors(rulesAbi, [
          'appoint',
          'setRoles',
          'setDomain',
          'certify',
          'suspend',
          'reinstate',
          'sanction',
          'startRecovery',
          'addEnvironment',
          'startEpoch',
          'orderReview',
          'signOff',
        ]),
      },
      {
        target: registry,
        selectors: selectors(registryAbi, [
          ...brake,
          'reportTrigger',
          'setFloor',
          'suspendModel',
          'reinstateModel',
          'moveModel',
          'release',
        ]),
      },
      ...governed,
    ],
    oversight: [
      {
        target: rules,
        selectors: selectors(rulesAbi, [
          'signOff',
          'consentToEpoch',
          'recordReview',
          'orderReview',
          'recordViolation',
          'acceptAudit',
        ]),
      },
      {
        target: registry,
        selectors: selectors(registryAbi, ['halt', 'resume', 'reportTrigger', 'restoreRisk', 'recordDefect']),
      },
    ],
    emergency: [{ target: registry, selectors: selectors(registryAbi, brake) }],
  }
}

function selectors(abi: Abi, names: readonly string[]): Hex[] {
  return names.map(name => {
    const found = abi.find(item => item.type === 'function' && item.name === name)
    if (found?.type !== 'function') throw new Error(`no function ${name}`)
    return toFunctionSelector(found)
  })
}

/** A call as a person names it: `Registry.rollback`. */
export function nameOfCall(target: Address, selector: Hex, addresses: Contracts): string {
  const { rules, registry, seats, committees } = addresses
  const known: readonly (readonly [Address, string, Abi])[] = [
    [rules, 'Rules', rulesAbi],
    [registry, 'Registry', registryAbi],
    ...committeeNames.map(name => [seats[name], `Seats of ${name}`, seatsAbi] as const),
    ...committeeNames.map(name => [committees[name], `Committee of ${name}`, committeeAbi] as const),
  ]
  const [, contract, abi] = known.find(([address]) => isAddressEqual(address, target)) ?? []
  const found = abi?.find(item => item.type === 'function' && toFunctionSelector(item) === selector)
  return found?.type === 'function' ? `${contract}.${found.name}` : `${selector} of ${target}`
}
