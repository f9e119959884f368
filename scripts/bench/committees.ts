import { sha256, size, toHex } from 'viem'
import type { CommitteeName } from '../../sdk/chain/deployment.ts'
import { roles } from '../../sdk/policy/words.ts'
import { type Ballots, decide, type Motion, motionOf } from './ballots.ts'
import type { Sample } from './evm.ts'
import { change, clear, create, read, type Slot, type Work } from './floor.ts'
import { type Bench, deadline, document } from './models.ts'
import { at, type Operation } from './operation.ts'
import type { PeerName } from './peers/acts.ts'
import { digestHash } from './versions.ts'

/** Proposing, voting, queueing, executing: in the Assembly, and a vote in the Oversight Committee. */
export async function committeeOperations(bench: Bench): Promise<readonly Operation[]> {
  const [first, later] = [await assembly(bench, 1), await assembly(bench, 2)]
  const oversight = await oversightCommittee(bench)
  const reaching = at(oversight.votes, 1)
  return [
    operation(
      'propose',
      first.propose,
      later.propose,
      acting(later.propose, [], proposing),
      'Governor propose',
    ),
    operation('vote in the Assembly', at(first.votes, 0), at(later.votes, 1), voting(early), 'Governor vote'),
    operation(
      'vote in the Assembly that reaches the quorum',
      at(first.votes, 4),
      at(later.votes, 4),
      voting(extending),
      'Governor vote',
    ),
    operation(
      'vote in the Oversight Committee that reaches the quorum',
      reaching,
      reaching,
      { ...voting([...extending, ...certified]), contracts: ['Seats', 'Rules'] },
      'Governor vote',
    ),
    operation(
      'voteBySig in the Assembly',
      first.voteBySig,
      later.voteBySig,
      carried,
      'Governor vote by signature',
    ),
    operation(
      'queue',
      first.queue,
      later.queue,
      acting(later.queue, ['TimelockController'], queueing),
      'Governor queue',
    ),
    operation(
      'execute, a certificate',
      first.execute,
      later.execute,
      acting(later.execute, ['TimelockController', 'Rules'], executing),
      'Governor execute',
    ),
  ]
}

const core = 'Committee._proposals[proposal].core'
const extension = 'Committee._extendedDeadlines[proposal]'
const tally = 'Committee._proposalVotes[proposal].forVotes'
const abstained = read('Committee._proposalVotes[proposal].abstainVotes')
const quorums = read('Committee._quorums.length', 'Committee._quorums.last')
const seat = read('Seats._delegateCheckpoints[voter].length', 'Seats._delegateCheckpoints[voter].last')
const ballot: readonly Slot[] = [
  ...read(core),
  ...quorums,
  ...seat,
  ...create('Committee._proposalVotes[proposal].hasVoted[voter]'),
  ...change(tally),
]
/** Before the quorum, the abstentions are counted too. */
const early = [...ballot, ...read(extension), ...abstained]
const extending = [
  ...ballot,
  ...abstained,
  ...read('Committee._lateQuorumVoteExtension'),
  ...create(extension),
]
const certified = read('Rules._personOf[key]', 'Rules._people[person].standing', 'Rules._people[person].key')

function voting(slots: readonly Slot[]): Work {
  return { contracts: ['Seats'], slots }
}

const carried: Work = {
  ...voting([...ballot, ...read(extension), ...change('Committee._nonces[voter]')]),
  recoveries: 1,
  hashes: [{ what: 'the typed data', bytes: 160 }, digestHash],
}

const proposing: readonly Slot[] = [
  ...read('Committee._proposalThreshold', 'Committee._votingDelay', 'Committee._scope[target][selector]'),
  ...seat,
  ...create(core),
]
const decided = [
  ...read(extension, tally, 'Committee._proposalVotes[proposal].againstVotes'),
  ...abstained,
  ...quorums,
  ...read('Committee._timelock'),
]
const queueing: readonly Slot[] = [
  ...read(core),
  ...decided,
  ...read('TimelockController._minDelay', 'TimelockController._roles[proposer][account]'),
  ...create('Committee._timelockIds[proposal]', 'Committee._proposals[proposal].eta'),
  ...create('TimelockController._timestamps[operation]'),
]
const executing: readonly Slot[] = [
  ...decided,
  ...read('Committee._proposals[proposal].eta', 'TimelockController._roles[executor][account]'),
  ...read('Rules._people[certified].key'),
  ...clear('Committee._timelockIds[proposal]'),
  ...change(core, 'TimelockController._timestamps[operation]'),
  ...change('Rules._people[certified].standing', 'Rules._log.head'),
]

/** A proposal's id is the hash of all that it says. */
function acting(sample: Sample, contracts: readonly string[], slots: readonly Slot[]): Work {
  return { contracts, slots, hashes: [{ what: 'the proposal', bytes: size(sample.input) - 4 }] }
}

async function assembly(bench: Bench, round: number): Promise<Ballots> {
  const { society } = bench
  const until = deadline + round
  const certificate = { versioning: until, rollback: until, incident: until }
  const document = sha256(toHex(`the certificate of round ${round}`))
  const call = [society.member('Grace').id, certificate, roles.indexOf('Assembly'), document]
  const description = `# Certify Grace Lindt\n\nRound ${round}.`
  return await decideIn(bench, 'assembly', motionOf(society.rules, 'certify', call, description), 5)
}

async function oversightCommittee(bench: Bench): Promise<Ballots> {
  const motion = motionOf(bench.society.rules, 'recordReview', [document], '# Record the review')
  return await decideIn(bench, 'oversight', motion, 2)
}

/** Members vote in the order of their seats, as many as given by call, the next one by signature. */
async function decideIn(
  { evm, society }: Bench,
  name: CommitteeName,
  motion: Motion,
  calls: number,
): Promise<Ballots> {
  const pace = society.parameters.committees[name]
  const members = society.seatsOf(name).map(({ account }) => account)
  const signing = members[calls]
  if (signing === undefined) throw new Error(`${name} has too few seats`)
  const calling = members.slice(0, calls).map(({ address }) => address)
  const voters = { calling, signing, carrier: society.stranger(0) }
  return await decide(evm, society[name].governor, pace.name, motion, pace, voters)
}

function operation(name: string, firstUse: Sample, steady: Sample, work: Work, peer: PeerName): Operation {
  return { name, firstUse, steady, work, peer }
}
