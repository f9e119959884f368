import { Argument, type Command, Option } from 'commander'
import {
  type CommitteeName,
  committeeNames,
  executeCall,
  type Kedge,
  ownDescription,
  type Proposal,
  type ProposalStanding,
  proposalIdOf,
  proposeCall,
  queueCall,
  reach,
  readerOf,
  signBallot,
  type Vote,
  voteBySignatureCall,
  voteCall,
  voterStanding,
  votes,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { parseTitle, proposalIdIn } from '../arguments.ts'
import { readBallot, readCall, readProposal } from '../exchange.ts'
import { readText } from '../files.ts'
import { linesOf, print, say } from '../output.ts'
import {
  callLines,
  committeeArgument,
  committeeOf,
  contentOf,
  proposalFrom,
  standingFacts,
  standingLines,
  standingOf,
  tallyText,
  titleOf,
} from '../proposals.ts'
import {
  factsOf,
  type HandOverOptions,
  handOver,
  type KeyOptions,
  openAccount,
  openKedge,
  sendAndSay,
  withKey,
  withNames,
  withOut,
} from '../session.ts'
import { isoOf, timeText } from '../words.ts'

/** `kedge propose | vote | execute`. */
export function addCommitteeCommands(program: Command): void {
  addPropose(program)
  addVote(program)
  addExecute(program)
}

interface CommitteeOptions extends KeyOptions, HandOverOptions {
  readonly names?: string
}

interface ProposeOptions extends CommitteeOptions {
  readonly title: string
  readonly body?: string
  readonly calls: readonly string[]
}

function addPropose(program: Command): void {
  withNames(withOut(withKey(program.command('propose'))))
    .addArgument(committeeArgument())
    .description(
      'Propose calls to a committee. Writes the proposal as JSON, with its id and when it can be voted on.',
    )
    .addOption(new Option('--title <text>', 'one line').argParser(parseTitle).makeOptionMandatory())
    .option('--body <file>', 'Markdown that explains it')
    .requiredOption('--calls <file...>', 'calls written by other commands with --call')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  $ kedge rollback --model silero-vad --to 5.0.0 --trigger SafetyRisk --reason reason.json --authority EmergencyCommittee --call --out call.json\n' +
        '  $ kedge propose emergency --title "Back to 5.0.0" --calls call.json --keystore jonas.json --out proposal.json',
    )
    .action(async (committee: CommitteeName, options: ProposeOptions) => {
      const calls = await Promise.all(options.calls.map(readCall))
      const body = options.body === undefined ? '' : `\n\n${(await readText(options.body)).trim()}`
      const kedge = await openKedge(options)
      const account = await openAccount(options)
      const description = ownDescription(`# ${options.title}${body}`, account.address)
      const proposal: Proposal = { calls, description }
      const id = proposalIdOf(proposal)
      say(`proposing ${id} to the ${committee} committee`)
      for (const line of await callLines(kedge, proposal, options.names)) say(line)
      const receipt = await sendAndSay(
        kedge,
        account,
        proposeCall(kedge.deployment.contracts.committees[committee], proposal),
      )
      const standing = await standingOf(kedge, committee, id)
      for (const line of standingLines(standing)) say(line)
      await handOver(
        {
          committee,
          id: id.toString(),
          calls,
          description,
          votingStarts: isoOf(standing.votingStarts),
          votingEnds: isoOf(standing.votingEnds),
          ...factsOf(receipt),
        },
        options,
      )
    })
}

interface VoteOptions extends CommitteeOptions {
  readonly sign?: boolean
}

function addVote(program: Command): void {
  withNames(withOut(withKey(program.command('vote'))))
    .addArgument(committeeArgument())
    .argument('<proposal>', 'the proposal’s id or its file; without a vote the file of a signed ballot')
    .addArgument(new Argument('[vote]', 'what you vote').choices(votes))
    .description(
      'Show a proposal and vote on it; or sign a ballot for anyone to carry; or carry one. A vote is final.',
    )
    .option('--sign', 'write a signed ballot instead of sending the vote')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ kedge vote emergency proposal.json For --keystore kira.json\n' +
        '  $ kedge vote emergency 7301987721 For --sign --keystore kira.json --out ballot.json\n' +
        '  $ kedge vote emergency ballot.json --keystore emil.json',
    )
    .action(
      async (committee: CommitteeName, argument: string, vote: Vote | undefined, options: VoteOptions) => {
        if (vote === undefined) return await carry(committee, argument, options)
        const file = await proposalFrom(argument, committee)
        const kedge = await openKedge(options)
        const id = proposalIdIn(argument) ?? BigInt(file?.id ?? 0)
        const standing = await standingOf(kedge, committee, id)
        const proposal = file ?? (await contentOf(kedge, committee, id))
        say(`proposal ${id} of the ${committee} committee: ${titleOf(proposal)}`)
        for (const line of await callLines(kedge, proposal, options.names)) say(line)
        for (const line of standingLines(standing)) say(line)
        mustBeOpen(standing, { early: options.sign === true })
        const account = await openAccount(options)
        await mustHaveVote(kedge, committee, id, account.address)
        if (options.sign === true) {
          const ballot = await signBallot(kedge, { account, committee, proposalId: id, vote })
          say(`${account.address} votes ${vote}, for anyone to carry until ${timeText(standing.votingEnds)}`)
          return await handOver({ committee, ...ballot }, options)
        }
        const address = kedge.deployment.contracts.committees[committee]
        const receipt = await sendAndSay(kedge, account, voteCall(address, id, vote))
        await told(kedge, committee, id, { vote, voter: account.address, ...factsOf(receipt) }, options)
      },
    )
}

/** Carries a ballot that somebody signed. */
async function carry(committee: CommitteeName, path: string, options: VoteOptions): Promise<void> {
  if (options.sign === true) {
    throw new KedgeError('USAGE', 'what is the vote? Give For, Against or Abstain after the proposal')
  }
  const ballot = await readBallot(path)
  if (ballot.committee !== undefined && ballot.committee !== committee) {
    throw new KedgeError(
      'USAGE',
      `${path} is a ballot for the ${ballot.committee} committee`,
      { path, expected: committee, actual: ballot.committee },
      { remedy: `Carry it with kedge vote ${ballot.committee} ${path}.` },
    )
  }
  const kedge = await openKedge(options)
  const { proposalId, voter, vote } = ballot
  mustBeOpen(await standingOf(kedge, committee, proposalId), { early: false })
  await mustHaveVote(kedge, committee, proposalId, voter)
  const account = await openAccount(options)
  say(`carrying the vote ${vote} of ${voter}`)
  const address = kedge.deployment.contracts.committees[committee]
  const receipt = await sendAndSay(kedge, account, voteBySignatureCall(address, ballot))
  await told(kedge, committee, proposalId, { vote, voter, ...factsOf(receipt) }, options)
}

/** The result of a vote: what it was, and how the proposal stands after it. */
async function told(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
  result: object,
  options: VoteOptions,
): Promise<void> {
  const standing = await standingOf(kedge, committee, id)
  for (const line of standingLines(standing)) say(line)
  const facts = { proposal: id, ...result, state: standing.state }
  await print({ ...facts, votes: standing.votes }, options, linesOf(facts))
}

interface ExecuteOptions extends CommitteeOptions {
  readonly committee?: CommitteeName
  readonly queueOnly?: boolean
}

function addExecute(program: Command): void {
  withNames(withKey(program.command('execute')))
    .argument('<proposal>', 'the proposal’s id, or its file')
    .summary('Queue a proposal that has passed, and execute it when its delay is over. Anyone may.')
    .description(
      'Queue a proposal that has passed, and execute it when its delay is over. Anyone may.\n' +
        'Where the delay is not over yet, the result is the state Queued and the time when it is due.',
    )
    .addOption(
      new Option('--committee <committee>', 'whose proposal, should several know the id').choices(
        committeeNames,
      ),
    )
    .option('--queue-only', 'queue it, and leave the execution for later')
    .addHelpText('after', '\nExample:\n  $ kedge execute proposal.json --keystore emil.json')
    .action(async (argument: string, options: ExecuteOptions) => {
      const file = proposalIdIn(argument) === undefined ? await readProposal(argument) : undefined
      const kedge = await openKedge(options)
      const id = file === undefined ? (proposalIdIn(argument) ?? 0n) : BigInt(file.id)
      const committee = file?.committee ?? options.committee ?? (await committeeOf(kedge, id))
      const standing = await standingOf(kedge, committee, id)
      mustBeExecutable(standing)
      const proposal = file ?? (await contentOf(kedge, committee, id))
      say(`proposal ${id} of the ${committee} committee: ${titleOf(proposal)}`)
      for (const line of await callLines(kedge, proposal, options.names)) say(line)
      await carryOut(kedge, committee, proposal, standing, options)
    })
}

async function carryOut(
  kedge: Kedge,
  committee: CommitteeName,
  proposal: Proposal,
  standing: ProposalStanding,
  options: ExecuteOptions,
): Promise<void> {
  const address = kedge.deployment.contracts.committees[committee]
  const account = await openAccount(options)
  const id = proposalIdOf(proposal)
  let { due } = standing
  let queued: object | undefined
  if (standing.state === 'Succeeded') {
    queued = factsOf(await sendAndSay(kedge, account, queueCall(address, proposal)))
    ;({ due } = await standingOf(kedge, committee, id))
    say(due === undefined ? 'queued' : `queued; it can be executed from ${timeText(due)} on`)
  }
  if (due !== undefined && due > (await now(kedge))) {
    if (queued !== undefined) {
      return await print({ proposal: id, state: 'Queued', due: isoOf(due), ...queued }, options)
    }
    throw new KedgeError(
      'REFUSED',
      `its delay is not over before ${timeText(due)}`,
      { proposal: id.toString(), state: 'Queued', due: isoOf(due) },
      { remedy: 'Execute it then.' },
    )
  }
  if (options.queueOnly === true) {
    return await print({ proposal: id, state: 'Queued', ...(due && { due: isoOf(due) }), ...queued }, options)
  }
  const receipt = await sendAndSay(kedge, account, executeCall(address, proposal))
  await print({ proposal: id, state: 'Executed', ...factsOf(receipt) }, options)
}

/** A proposal that cannot be executed says what it waits for, or why it never will be. */
function mustBeExecutable(standing: ProposalStanding): void {
  const { state, votingStarts, votingEnds, votes: tally, quorum } = standing
  const reasons: Partial<Record<typeof state, readonly [detail: string, remedy: string]>> = {
    Pending: [`voting begins at ${timeText(votingStarts)}`, 'Wait for the vote: kedge vote.'],
    Active: [
      `voting goes on until ${timeText(votingEnds)}: ${tallyText(standing)}`,
      'Have more members vote (kedge vote), or wait until the vote ends.',
    ],
    Canceled: ['its proposer has cancelled it', 'Propose it anew if it is still wanted.'],
    Defeated: [
      tally.for + tally.abstain < quorum
        ? `it missed its quorum of ${quorum}: ${tallyText(standing)}`
        : `it was voted down: ${tallyText(standing)}`,
      'Propose it anew if it is still wanted.',
    ],
    Expired: ['it passed, but was not executed in time', 'Propose it anew if it is still wanted.'],
    Executed: ['it was executed already', 'There is nothing to do.'],
  }
  const found = reasons[state]
  if (found === undefined) return
  const [detail, remedy] = found
  throw new KedgeError('REFUSED', `the proposal is ${state}: ${detail}`, standingFacts(standing), { remedy })
}

/** Votes count while the proposal is Active; a ballot may be signed before. */
function mustBeOpen(standing: ProposalStanding, { early }: { readonly early: boolean }): void {
  const { state, votingStarts, votingEnds } = standing
  if (state === 'Active' || (early && state === 'Pending')) return
  const [detail, remedy] =
    state === 'Pending'
      ? [`voting begins at ${timeText(votingStarts)}`, 'Vote then; or sign a ballot now, with --sign.']
      : [`voting ended at ${timeText(votingEnds)} or before`, 'There is nothing left to vote on.']
  throw new KedgeError('REFUSED', `the proposal is ${state}: ${detail}`, standingFacts(standing), { remedy })
}

/** The contract would refuse the ballot when it is carried: too late for the one who signs to mend it. */
async function mustHaveVote(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
  voter: `0x${string}`,
): Promise<void> {
  const { weight, hasVoted } = await voterStanding(kedge, committee, id, voter)
  const facts = { voter, weight, hasVoted }
  if (hasVoted) {
    throw new KedgeError('REFUSED', `${voter} has voted on this already`, facts, {
      remedy: 'A vote is final.',
    })
  }
  if (weight > 0) return
  throw new KedgeError('REFUSED', `${voter} has no vote in this committee`, facts, {
    remedy:
      'A member votes with the key that held the seat when voting began and holds it now, with a valid certificate where the committee asks for one.',
  })
}

async function now(kedge: Kedge): Promise<number> {
  const { timestamp } = await reach(() => readerOf(kedge.rpcUrl).getBlock())
  return Number(timestamp)
}
