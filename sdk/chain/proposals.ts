import type { Address, Hex } from 'viem'
import { committeeAbi } from './abi/index.ts'
import { type Proposal, proposalIdOf } from './committees.ts'
import { type CommitteeName, committeeNames } from './deployment.ts'
import { readerOf } from './endpoint.ts'
import { type ProposalState, proposalStates } from './proposalStates.ts'
import { type Kedge, reach } from './send.ts'
import { inSpans } from './spans.ts'

/** How a proposal stands. Times are seconds since 1970. */
export interface ProposalStanding {
  readonly state: ProposalState
  readonly proposer: Address
  /** From when on it can be voted on; who has a seat then may vote. */
  readonly votingStarts: number
  readonly votingEnds: number
  /** When its delay is over; undefined until it is queued. */
  readonly due: number | undefined
  readonly votes: { readonly for: number; readonly against: number; readonly abstain: number }
  /** How many votes for it or abstaining it needs. */
  readonly quorum: number
  /** How many votes for it let it pass at once. */
  readonly superQuorum: number
}

/** How a proposal stands now; undefined if the committee knows no such proposal. */
export async function proposalStanding(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
): Promise<ProposalStanding | undefined> {
  const client = readerOf(kedge.rpcUrl)
  const address = kedge.deployment.contracts.committees[committee]
  const contract = { address, abi: committeeAbi } as const
  return await reach(async () => {
    const start = await client.readContract({ ...contract, functionName: 'proposalSnapshot', args: [id] })
    if (start === 0n) return undefined
    const [state, proposer, end, eta, [against, inFavour, abstain], quorum, superQuorum] = await Promise.all([
      client.readContract({ ...contract, functionName: 'state', args: [id] }),
      client.readContract({ ...contract, functionName: 'proposalProposer', args: [id] }),
      client.readContract({ ...contract, functionName: 'proposalDeadline', args: [id] }),
      client.readContract({ ...contract, functionName: 'proposalEta', args: [id] }),
      client.readContract({ ...contract, functionName: 'proposalVotes', args: [id] }),
      client.readContract({ ...contract, functionName: 'quorum', args: [start] }),
      client.readContract({ ...contract, functionName: 'superQuorum', args: [start] }),
    ])
    return {
      state: proposalStates[state] as ProposalState,
      proposer,
      votingStarts: Number(start),
      votingEnds: Number(end),
      due: eta === 0n ? undefined : Number(eta),
      votes: { for: Number(inFavour), against: Number(against), abstain: Number(abstain) },
      quorum: Number(quorum),
      superQuorum: Number(superQuorum),
    }
  })
}

/** The committees that know a proposal of this id. */
export async function committeesOf(kedge: Kedge, id: bigint): Promise<readonly CommitteeName[]> {
  const client = readerOf(kedge.rpcUrl)
  const starts = await reach(() =>
    Promise.all(
      committeeNames.map(committee =>
        client.readContract({
          address: kedge.deployment.contracts.committees[committee],
          abi: committeeAbi,
          functionName: 'proposalSnapshot',
          args: [id],
        }),
      ),
    ),
  )
  return committeeNames.filter((_, index) => starts[index] !== 0n)
}

/** A proposal as a committee's log shows it. */
export interface LoggedProposal extends Proposal {
  /** It follows from the calls and the description, whatever the log calls it. */
  readonly id: bigint
}

/**
 * Every proposal in a committee's log, the oldest first. An endpoint can keep one back, but never tell it otherwise: its
 * id would be another, which the committee does not know.
 */
export async function loggedProposals(
  kedge: Kedge,
  committee: CommitteeName,
): Promise<readonly LoggedProposal[]> {
  const client = readerOf(kedge.rpcUrl)
  const address = kedge.deployment.contracts.committees[committee]
  const last = await reach(() => client.getBlockNumber())
  const found: LoggedProposal[] = []
  await inSpans(BigInt(kedge.deployment.block), last, async (fromBlock, toBlock) => {
    const logs = await client.getContractEvents({
      address,
      abi: committeeAbi,
      eventName: 'ProposalCreated',
      fromBlock,
      toBlock,
      strict: true,
    })
    for (const { args } of logs) {
      const calls = args.targets.map((to, index) => ({ to, data: args.calldatas[index] as Hex }))
      const proposal = { calls, description: args.description }
      found.push({ id: proposalIdOf(proposal), ...proposal })
    }
  })
  return found
}

/**
 * What a proposal would do, from the committee's own log: nobody needs a file for it. The id commits to it, so that an
 * endpoint cannot tell anything else.
 */
export async function proposalContent(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
): Promise<Proposal | undefined> {
  const logged = await loggedProposals(kedge, committee)
  return logged.find(proposal => proposal.id === id)
}

/** How much an account's vote on a proposal weighs, and whether it was cast. */
export async function voterStanding(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
  voter: Hex,
): Promise<{ readonly weight: number; readonly hasVoted: boolean }> {
  const client = readerOf(kedge.rpcUrl)
  const address = kedge.deployment.contracts.committees[committee]
  const contract = { address, abi: committeeAbi } as const
  return await reach(async () => {
    const [start, { timestamp }, hasVoted] = await Promise.all([
      client.readContract({ ...contract, functionName: 'proposalSnapshot', args: [id] }),
      client.getBlock(),
      client.readContract({ ...contract, functionName: 'hasVoted', args: [id, voter] }),
    ])
    // Before the vote starts, what counts then cannot be asked yet: now is the best guess.
    const when = start < timestamp ? start : timestamp - 1n
    const args = [voter, when] as const
    const weight = await client.readContract({ ...contract, functionName: 'getVotes', args })
    return { weight: Number(weight), hasVoted }
  })
}
