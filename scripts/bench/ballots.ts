import { type Address, encodeFunctionData, type Hex, keccak256, type LocalAccount, toHex } from 'viem'
import type { Contract, Evm, Sample } from './evm.ts'

/** A call that a Governor decides on, with its description. */
export interface Motion {
  readonly targets: readonly Address[]
  readonly values: readonly bigint[]
  readonly calls: readonly Hex[]
  readonly description: string
}

/** Times in seconds. */
export interface Pace {
  readonly votingDelay: number
  readonly votingPeriod: number
  readonly timelockDelay: number
}

/** What one motion took, ballot by ballot. */
export interface Ballots {
  readonly propose: Sample
  readonly votes: readonly Sample[]
  readonly voteBySig: Sample
  readonly queue: Sample
  readonly execute: Sample
}

/** A motion that makes one call. */
export function motionOf(
  { abi, address }: Contract,
  functionName: string,
  args: readonly unknown[],
  description: string,
): Motion {
  return {
    targets: [address],
    values: [0n],
    calls: [encodeFunctionData({ abi, functionName, args })],
    description,
  }
}

/**
 * Carries a motion through any Governor: proposed, voted for by call and at last by a signature that someone else
 * carries, queued, executed.
 *
 * @param name - The Governor's, as its EIP-712 domain has it.
 */
export async function decide(
  evm: Evm,
  governor: Contract,
  name: string,
  motion: Motion,
  pace: Pace,
  voters: { readonly calling: readonly Address[]; readonly signing: LocalAccount; readonly carrier: Address },
): Promise<Ballots> {
  const { targets, values, calls, description } = motion
  const terms = [targets, values, calls, keccak256(toHex(description))]
  const proposalId = (await evm.read(governor, 'hashProposal', terms)) as bigint
  const [proposer = voters.carrier] = voters.calling
  const propose = await evm.send(proposer, governor, 'propose', [targets, values, calls, description])
  evm.pass(pace.votingDelay + 60)
  const votes: Sample[] = []
  for (const voter of voters.calling) votes.push(await evm.send(voter, governor, 'castVote', [proposalId, 1]))
  const { signing, carrier } = voters
  const nonce = (await evm.read(governor, 'nonces', [signing.address])) as bigint
  const signature = await signing.signTypedData({
    domain: { name, version: '1', chainId: 31_337, verifyingContract: governor.address },
    types: { Ballot: ballotFields },
    primaryType: 'Ballot',
    message: { proposalId, support: 1, voter: signing.address, nonce },
  })
  const ballot = [proposalId, 1, signing.address, signature]
  const voteBySig = await evm.send(carrier, governor, 'castVoteBySig', ballot)
  evm.pass(pace.votingPeriod + 60)
  const queue = await evm.send(proposer, governor, 'queue', terms)
  evm.pass(pace.timelockDelay + 60)
  const execute = await evm.send(proposer, governor, 'execute', terms)
  return { propose, votes, voteBySig, queue, execute }
}

const ballotFields = [
  { name: 'proposalId', type: 'uint256' },
  { name: 'support', type: 'uint8' },
  { name: 'voter', type: 'address' },
  { name: 'nonce', type: 'uint256' },
] as const
