import { type Address, encodeAbiParameters, type Hex, keccak256, type LocalAccount, toBytes } from 'viem'
import { committeeAbi, seatsAbi } from './abi/index.ts'
import type { CommitteeName } from './deployment.ts'
import { readerOf } from './endpoint.ts'
import { type Call, callOf, type Kedge, reach } from './send.ts'

/** What a committee is asked to do. The description is Markdown: `# Title`, then the body. */
export interface Proposal {
  readonly calls: readonly Call[]
  readonly description: string
}

export { type ProposalState, proposalStates } from './proposalStates.ts'

export const votes = ['Against', 'For', 'Abstain'] as const
export type Vote = (typeof votes)[number]

/**
 * The id of a proposal: keccak256(abi.encode(targets, values, calldatas, keccak256(description))), the same wherever
 * and whenever it is proposed (OpenZeppelin Governor, hash ids).
 */
export function proposalIdOf(proposal: Proposal): bigint {
  return BigInt(
    keccak256(
      encodeAbiParameters(
        [{ type: 'address[]' }, { type: 'uint256[]' }, { type: 'bytes[]' }, { type: 'bytes32' }],
        [
          proposal.calls.map(call => call.to),
          proposal.calls.map(() => 0n),
          proposal.calls.map(call => call.data),
          keccak256(toBytes(proposal.description)),
        ],
      ),
    ),
  )
}

/** Adds the suffix that lets nobody but the proposer submit this description. */
export function ownDescription(description: string, proposer: Address): string {
  return `${description}\n\n#proposer=${proposer.toLowerCase()}`
}

/** A member proposes. */
export function proposeCall(committee: Address, proposal: Proposal): Call {
  return callOf(committee, committeeAbi, 'propose', [...batch(proposal), proposal.description])
}

/** A member votes by a transaction of their own. */
export function voteCall(committee: Address, proposalId: bigint, vote: Vote): Call {
  return callOf(committee, committeeAbi, 'castVote', [proposalId, votes.indexOf(vote)])
}

/** Anyone carries a vote that was signed. */
export function voteBySignatureCall(committee: Address, ballot: SignedBallot): Call {
  const args = [ballot.proposalId, votes.indexOf(ballot.vote), ballot.voter, ballot.signature]
  return callOf(committee, committeeAbi, 'castVoteBySig', args)
}

/** Anyone queues a proposal that has passed. */
export function queueCall(committee: Address, proposal: Proposal): Call {
  return callOf(committee, committeeAbi, 'queue', [
    ...batch(proposal),
    keccak256(toBytes(proposal.description)),
  ])
}

/** Anyone executes a proposal whose delay is over. */
export function executeCall(committee: Address, proposal: Proposal): Call {
  return callOf(committee, committeeAbi, 'execute', [
    ...batch(proposal),
    keccak256(toBytes(proposal.description)),
  ])
}

/** The Assembly gives a person a seat. */
export function grantSeatCall(seats: Address, person: Hex): Call {
  return callOf(seats, seatsAbi, 'grant', [person])
}

/** The Assembly takes a person's seat. */
export function withdrawSeatCall(seats: Address, person: Hex): Call {
  return callOf(seats, seatsAbi, 'withdraw', [person])
}

/** Anyone clears the seat of a person who is suspended or, but in the Assembly, whose certificate lapsed long ago. */
export function clearSeatCall(seats: Address, person: Hex): Call {
  return callOf(seats, seatsAbi, 'clear', [person])
}

/** The Assembly sets how many votes a proposal to a committee needs, and how many let it pass at once. */
export function setQuorumsCall(
  committee: Address,
  quorums: { readonly quorum: number; readonly superQuorum: number },
): Call {
  const args = [BigInt(quorums.quorum), BigInt(quorums.superQuorum)]
  return callOf(committee, committeeAbi, 'setQuorums', args)
}

/** A vote that was signed and can be carried by anyone. */
export interface SignedBallot {
  readonly proposalId: bigint
  readonly vote: Vote
  readonly voter: Address
  readonly signature: Hex
}

/** EIP-712 typed data of a ballot. */
export function ballotTypedData(parameters: {
  readonly chainId: number
  readonly committee: Address
  readonly name: string
  readonly proposalId: bigint
  readonly vote: Vote
  readonly voter: Address
  readonly nonce: bigint
}) {
  const { chainId, committee, name, proposalId, vote, voter, nonce } = parameters
  return {
    domain: { name, version: '1', chainId, verifyingContract: committee },
    types: {
      Ballot: [
        { name: 'proposalId', type: 'uint256' },
        { name: 'support', type: 'uint8' },
        { name: 'voter', type: 'address' },
        { name: 'nonce', type: 'uint256' },
      ],
    },
    primaryType: 'Ballot',
    message: { proposalId, support: votes.indexOf(vote), voter, nonce },
  } as const
}

/** Signs a ballot. Reads the committee's name and the voter's nonce. */
export async function signBallot(
  kedge: Kedge,
  parameters: {
    readonly account: LocalAccount
    readonly committee: CommitteeName
    readonly proposalId: bigint
    readonly vote: Vote
  },
): Promise<SignedBallot> {
  const { account, proposalId, vote } = parameters
  const address = kedge.deployment.contracts.committees[parameters.committee]
  const client = readerOf(kedge.rpcUrl)
  const contract = { address, abi: committeeAbi } as const
  const [name, nonce] = await reach(() =>
    Promise.all([
      client.readContract({ ...contract, functionName: 'name' }),
      client.readContract({ ...contract, functionName: 'nonces', args: [account.address] }),
    ]),
  )
  const voter = account.address
  const { chainId } = kedge.deployment
  const signature = await account.signTypedData(
    ballotTypedData({ chainId, committee: address, name, proposalId, vote, voter, nonce }),
  )
  return { proposalId, vote, voter, signature }
}

function batch(proposal: Proposal) {
  return [
    proposal.calls.map(call => call.to),
    proposal.calls.map(() => 0n),
    proposal.calls.map(call => call.data),
  ] as const
}
