import { sha256, toHex } from 'viem'
import { roles } from '../../sdk/policy/words.ts'
import type { CommitteeName } from '../../sdk/chain/deployment.ts'
import { type Ballots, decide, type Motion, motionOf } from './ballots.ts'
import type { Sample } from './evm.ts'
import type { PeerName } from './peers/peers.ts'
import { change, clear, create, read, type Slot, type Work } from './floor.ts'
import { type Bench, deadline, document } from './models.ts'
import { at, type Operation } from './operation.ts'

/** Proposing, voting, queueing, executing: in the Assembly, and a vote in the Oversight Committee. */
export async function committeeOperations(bench: Bench): Promise<readonly Operation[]> {
  const [first, later] = [await assembly(bench, 'first'), await assembly(bench, 'second')]
  const oversight = await oversightCommittee(bench)
  const voting: Work = { contracts: ['Seats'], slots: [...ballot, ...create(hasVoted), ...change(tally)] }
  return [
    operation('propose', first.propose, later.propose, { slots: proposing }, 'Governor propose'),
    operation('vote in the Assembly', at(first.votes, 0), at(later.votes, 1), voting, 'Governor vote'),
    operation(
      'vote in the Assembly that reaches the quorum',
      at(first.votes, 4),
      at(later.votes, 4),
      { ...voting, slots: [...extending, ...create(hasVoted, extension), ...change(tally)] },
      'Governor vote',
    ),
    operation(
      'vote in the Oversight Committee',
      at(oversight.votes, 0),
      at(oversight.votes, 1),
      {
        contracts: ['Seats', 'Rules'],
        slots: [...voting.slots, ...certified],
      },
      'Governor vote',
    ),
    operation(
      'voteBySig in the Assembly',
      first.voteBySig,
      later.voteBySig,
      {
        ...voting,
        slots: [...voting.slots, ...change('Committee._nonces[voter]')],
        recoveries: 1,
        hashes: [
          { what: 'the typed data', bytes: 160 },
          { what: 'the digest to sign', bytes: 66 },
        ],
      },
      'Governor vote by signature',
    ),
    operation(
      'queue',
      first.queue,
      later.queue,
      { contracts: ['TimelockController'], slots: queueing },
      'Governor queue',
    ),
    operation(
      'execute, a certificate',
      first.execute,
      later.execute,
      { contracts: ['TimelockController', 'Rules'], slots: executing, audited: false },
      'Governor execute',
    ),
  ]
}

const core = 'Committee._proposals[proposal].core'
const extension = 'Committee._extendedDeadlines[proposal]'
const hasVoted = 'Committee._proposalVotes[proposal].hasVoted[voter]'
const tally = 'Committee._proposalVotes[proposal].forVotes'
const quorums = read('Committee._quorums.length', 'Committee._quorums.last')
const ballot = [
  ...read(core, extension, 'Committee._proposalVotes[proposal].againstVotes'),
  ...read('Committee._proposalVotes[proposal].abstainVotes'),
  ...quorums,
  ...read('Seats._delegateCheckpoints[voter].length', 'Seats._delegateCheckpoints[voter].last'),
]
const extending = ballot.filter(({ name }) => name !== extension)
const certified = read('Rules._personOf[key]', 'Rules._people[person].standing', 'Rules._people[person].key')
const proposing = [
  ...read('Committee._scope[target][selector]', 'Committee._proposalThreshold'),
  ...create(core),
]
const decided = [
  ...read(extension, 'Committee._proposalVotes[proposal].againstVotes', tally),
  ...read('Committee._proposalVotes[proposal].abstainVotes'),
  ...quorums,
]
const queueing: readonly Slot[] = [
  ...read(core),
  ...decided,
  ...create('Committee._timelockIds[proposal]', 'Committee._proposals[proposal].eta'),
  ...create('TimelockController._timestamps[operation]'),
]
const executing: readonly Slot[] = [
  ...decided,
  ...clear('Committee._timelockIds[proposal]'),
  ...change(core, 'TimelockController._timestamps[operation]'),
  ...change('Rules._people[certified].standing', 'Rules._log.head'),
]

async function assembly(bench: Bench, round: string): Promise<Ballots> {
  const { rules, member } = bench.society
  const certificate = { versioning: deadline, rollback: deadline, incident: deadline }
  const document = sha256(toHex(`the certificate of the ${round} round`))
  const call = [member('Grace').id, certificate, roles.indexOf('Assembly'), document]
  const description = `# Certify Grace Lindt\n\nThe ${round} round.`
  return await decideIn(bench, 'assembly', motionOf(rules, 'certify', call, description), 5)
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
