import { type Hex, isAddressEqual, numberToHex, zeroAddress } from 'viem'
import { committeeAbi, rulesAbi, seatsAbi, timelockAbi } from '../../../sdk/chain/abi/index.ts'
import { type CommitteeName, committeeNames, reach } from '../../../sdk/chain/index.ts'
import { committeeTitles } from '../contracts.ts'
import { nameOfCall, scopesOf } from '../scopes.ts'
import type { Expect } from './deviations.ts'
import { eventsOf, type GovernanceEvent } from './history.ts'
import { peopleAfter } from './people.ts'
import { rightfulRoles, roleLabel } from './roles.ts'
import { nameOf, type Sight } from './sight.ts'

/** Holds everything about the three committees against what it must be: timelocks, seats, settings, scopes. */
export async function checkCommittees(sight: Sight, expect: Expect): Promise<void> {
  for (const name of committeeNames) {
    await checkTimelock(sight, name, expect)
    await checkSeats(sight, name, expect)
    await checkSettings(sight, name, expect)
    await checkScope(sight, name, expect)
  }
}

/** Every role that ever was granted, not only to those one thinks of. */
async function checkTimelock(sight: Sight, name: CommitteeName, expect: Expect): Promise<void> {
  const { client, block: blockNumber, addresses, parameters, history } = sight
  const address = addresses.timelocks[name]
  const title = `the timelock of ${committeeTitles[name]}`
  const events = eventsOf(history, address)
  const committee = addresses.committees[name]
  const rightful = new Set(rightfulRoles({ timelock: address, committee }).map(grant => grant.toLowerCase()))
  for (const event of events) {
    if (event.eventName === 'RoleGranted') {
      const grant = `${roleLabel(event.args.role)} ${event.args.account}`
      if (!rightful.delete(grant.toLowerCase())) expect(`${grant} in ${title}`, 'granted', 'absent')
    }
    if (event.eventName === 'RoleRevoked') {
      const grant = `${roleLabel(event.args.role)} ${event.args.account}`
      expect(`${grant} in ${title}`, 'revoked', 'as it was made')
    }
    if (event.eventName === 'RoleAdminChanged') {
      expect(`who administers ${roleLabel(event.args.role)} in ${title}`, 'changed', 'as it was made')
    }
    if (event.eventName === 'CallScheduled' && !history.operations[name].has(event.args.id)) {
      const call = `${event.args.data.slice(0, 10)} of ${event.args.target}`
      expect(
        `operation ${event.args.id} (${call}) in ${title}`,
        'scheduled',
        'absent: no proposal asks for it',
      )
    }
    const changed = event.eventName === 'MinDelayChange' && !wasMaking(sight, event)
    if (changed) expect(`the delay of ${title}`, `changed in ${event.transactionHash}`, 'as it was made')
  }
  for (const grant of rightful) expect(`${grant} in ${title}`, 'absent', 'granted')
  const delay = await reach(() =>
    client.readContract({ address, abi: timelockAbi, functionName: 'getMinDelay', blockNumber }),
  )
  expect(`the delay of ${title}`, delay, parameters.committees[name].timelockDelay)
}

/** Whether an event comes out of its contract's own making. */
function wasMaking({ creations }: Sight, { address, transactionHash }: GovernanceEvent): boolean {
  return creations.get(address.toLowerCase()) === transactionHash
}

/** Whether the Assembly had the contract changed: its timelock called it in the same transaction. */
function wasDecided({ history, addresses }: Sight, { address, transactionHash }: GovernanceEvent): boolean {
  return eventsOf(history, addresses.timelocks.assembly).some(
    event =>
      event.eventName === 'CallExecuted' &&
      event.transactionHash === transactionHash &&
      isAddressEqual(event.args.target, address),
  )
}

/** How long after its holder's certificate has lapsed anyone may take a seat, in seconds: contracts/governance/Seats.sol. */
const clearingGrace = 30 * 86_400

/** Whether anyone might take a person's seat at that time, by what is on record up to the same transaction. */
function wasClearable(sight: Sight, name: CommitteeName, person: Hex, taking: GovernanceEvent): boolean {
  const { blockNumber, transactionHash, logIndex } = taking
  const entries = sight.history.rules.filter(
    ({ block, transaction, ...entry }) =>
      block < blockNumber ||
      (block === blockNumber && (entry.logIndex < logIndex || transaction === transactionHash)),
  )
  const standing = peopleAfter(sight, entries.slice(1), sight.times).get(person)?.standing
  const time = sight.times.get(blockNumber)
  if (standing === undefined || time === undefined) return false
  const { suspendedUntil, versioning, rollback, incident } = standing
  const lapsed = Math.min(versioning, rollback, incident) + clearingGrace <= time
  return suspendedUntil > time || (lapsed && name !== 'assembly')
}

async function checkSeats(sight: Sight, name: CommitteeName, expect: Expect): Promise<void> {
  const { client, block: blockNumber, addresses, parameters, people, history } = sight
  const title = committeeTitles[name]
  const seats = { address: addresses.seats[name], abi: seatsAbi, blockNumber } as const
  const seatOf = (person: Hex) => `the seat of ${nameOf(sight, person)} in ${title}`
  const seated = new Set(parameters.committees[name].seats.map(member => people.get(member) as Hex))
  const made = new Set<Hex>()
  const held = new Set<Hex>()
  for (const event of eventsOf(history, addresses.seats[name])) {
    if (event.eventName !== 'Transfer') continue
    const person = numberToHex(event.args.tokenId, { size: 32 })
    const granted = event.args.from === zeroAddress
    if (granted && wasMaking(sight, event)) made.add(person)
    else if (granted && !wasDecided(sight, event)) {
      expect(seatOf(person), 'granted', 'decided by the Assembly')
    }
    if (event.args.to !== zeroAddress) held.add(person)
    else {
      held.delete(person)
      const lawful = wasDecided(sight, event) || wasClearable(sight, name, person, event)
      if (!lawful)
        expect(seatOf(person), 'taken', 'taken from who is not cleared, or by decision of the Assembly')
    }
  }
  for (const person of new Set([...seated, ...made])) {
    const shown = (there: boolean) => (there ? 'there from the beginning' : 'absent')
    expect(seatOf(person), shown(made.has(person)), shown(seated.has(person)))
  }
  const total = await reach(() => client.readContract({ ...seats, functionName: 'totalSeats' }))
  expect(`the number of seats in ${title}`, total, held.size)
  for (const person of held) {
    const [owner, [, account]] = await reach(() =>
      Promise.all([
        client.readContract({ ...seats, functionName: 'ownerOf', args: [BigInt(person)] }),
        client.readContract({
          address: addresses.rules,
          abi: rulesAbi,
          functionName: 'keyOf',
          args: [person],
          blockNumber,
        }),
      ]),
    )
    expect(`who votes with ${seatOf(person)}`, owner, account)
    if (name === 'assembly') continue
    const votes = await reach(() =>
      client.readContract({ ...seats, functionName: 'getVotes', args: [owner] }),
    )
    expect(`the votes of ${nameOf(sight, person)} in ${title}`, votes, 1)
  }
}

/** How a committee works: as its parameters say, or as the Assembly decided since. */
async function checkSettings(sight: Sight, name: CommitteeName, expect: Expect): Promise<void> {
  const { client, block: blockNumber, addresses } = sight
  const committee = { address: addresses.committees[name], abi: committeeAbi, blockNumber } as const
  const title = `the Governor of ${committeeTitles[name]}`
  const { timestamp } = await reach(() => client.getBlock({ blockNumber }))
  const [
    votingDelay,
    votingPeriod,
    proposalThreshold,
    lateQuorumExtension,
    quorum,
    superQuorum,
    token,
    timelock,
  ] = await reach(() =>
    Promise.all([
      client.readContract({ ...committee, functionName: 'votingDelay' }),
      client.readContract({ ...committee, functionName: 'votingPeriod' }),
      client.readContract({ ...committee, functionName: 'proposalThreshold' }),
      client.readContract({ ...committee, functionName: 'lateQuorumVoteExtension' }),
      client.readContract({ ...committee, functionName: 'quorum', args: [timestamp] }),
      client.readContract({ ...committee, functionName: 'superQuorum', args: [timestamp] }),
      client.readContract({ ...committee, functionName: 'token' }),
      client.readContract({ ...committee, functionName: 'timelock' }),
    ]),
  )
  const actual = { votingDelay, votingPeriod, proposalThreshold, lateQuorumExtension, quorum, superQuorum }
  for (const [setting, expected] of Object.entries(settingsOf(sight, name, expect))) {
    expect(`the ${setting} of ${title}`, actual[setting as keyof typeof actual], expected)
  }
  expect(`the seats of ${title}`, token, addresses.seats[name])
  expect(`the timelock of ${title}`, timelock, addresses.timelocks[name])
}

function settingsOf(sight: Sight, name: CommitteeName, expect: Expect): Record<string, unknown> {
  const { votingDelay, votingPeriod, lateQuorumExtension, quorum, superQuorum } =
    sight.parameters.committees[name]
  const settings: Record<string, unknown> = {
    votingDelay,
    votingPeriod,
    proposalThreshold: 1,
    lateQuorumExtension,
    quorum,
    superQuorum,
  }
  for (const event of eventsOf(sight.history, sight.addresses.committees[name])) {
    const changed = changeOf(event)
    if (changed === undefined || wasMaking(sight, event)) continue
    if (wasDecided(sight, event)) Object.assign(settings, changed)
    else {
      const what = `the ${Object.keys(changed).join(' and ')} of the Governor of ${committeeTitles[name]}`
      expect(what, `changed in ${event.transactionHash}`, 'decided by the Assembly')
    }
  }
  return settings
}

/** What an event says about the settings that it leaves behind. */
function changeOf(event: GovernanceEvent): Record<string, unknown> | undefined {
  switch (event.eventName) {
    case 'QuorumsSet':
      return { quorum: event.args.quorum, superQuorum: event.args.superQuorum }
    case 'VotingDelaySet':
      return { votingDelay: event.args.newVotingDelay }
    case 'VotingPeriodSet':
      return { votingPeriod: event.args.newVotingPeriod }
    case 'ProposalThresholdSet':
      return { proposalThreshold: event.args.newProposalThreshold }
    case 'LateQuorumVoteExtensionSet':
      return { lateQuorumExtension: event.args.newVoteExtension }
    default:
      return undefined
  }
}

/** Each call that any of the three may propose, asked of this one. */
async function checkScope({ client, block, addresses }: Sight, name: CommitteeName, expect: Expect) {
  const scopes = scopesOf(addresses)
  const pairs = (committee: CommitteeName) =>
    scopes[committee].flatMap(({ target, selectors }) =>
      selectors.map(selector => ({ key: `${target} ${selector}`, target, selector })),
    )
  const own = new Set(pairs(name).map(({ key }) => key))
  const all = new Map(committeeNames.flatMap(pairs).map(pair => [pair.key, pair]))
  const within = await reach(() =>
    Promise.all(
      [...all.values()].map(({ target, selector }) =>
        client.readContract({
          address: addresses.committees[name],
          abi: committeeAbi,
          functionName: 'inScope',
          args: [target, selector],
          blockNumber: block,
        }),
      ),
    ),
  )
  for (const [index, { key, target, selector }] of [...all.values()].entries()) {
    const what = `${nameOfCall(target, selector, addresses)} in the scope of ${committeeTitles[name]}`
    const shown = (there: boolean | undefined) => (there === true ? 'there' : 'absent')
    expect(what, shown(within[index]), shown(own.has(key)))
  }
}
