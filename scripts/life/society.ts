import { fileURLToPath } from 'node:url'
import type { Hex, LocalAccount, TransactionReceipt } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import {
  type Call,
  type CommitteeName,
  executeCall,
  genesisSaltOf,
  type Kedge,
  ownDescription,
  type Proposal,
  personIdOf,
  proposalIdOf,
  proposeCall,
  queueCall,
  send,
  signBallot,
  signerOf,
  voteBySignatureCall,
} from '../../sdk/chain/index.ts'
import { developmentMnemonic, localClient } from '../chain/anvil.ts'
import { type Parameters, readParameters } from '../deployment/parameters.ts'

/** The parameters file of the local chain. */
export const localParametersPath = fileURLToPath(
  new URL('../../deployments/local/parameters.json', import.meta.url),
)

/** Who deploys on the local chain, and carries what others signed. It has no right of its own. */
export const carrier: LocalAccount = mnemonicToAccount(developmentMnemonic)

/** The people of a parameters file on a local chain, each with the own key. */
export interface Society {
  readonly kedge: Kedge
  readonly client: ReturnType<typeof localClient>
  account(name: string): LocalAccount
  /** A person's id. */
  person(name: string): Hex
  act(name: string, call: Call): Promise<TransactionReceipt>
  /** The carrier sends what others signed. */
  carry(call: Call): Promise<TransactionReceipt>
  /** Moves the clock forward and mines a block. */
  pass(seconds: number): Promise<void>
  /** The time of the newest block, in seconds. */
  now(): Promise<number>
  /** The first member proposes. */
  propose(
    committee: CommitteeName,
    proposer: string,
    calls: readonly Call[],
    title: string,
  ): Promise<Proposed>
  /** The member signs a ballot for it; the carrier carries it. */
  vote(proposed: Proposed, member: string): Promise<TransactionReceipt>
  /** Waits until it has passed, after so many votes, and queues it. */
  queue(proposed: Proposed, votes: number): Promise<TransactionReceipt>
  /** Waits until its delay is over, and executes it. */
  execute(proposed: Proposed): Promise<TransactionReceipt>
  /** All of these, one after the other. */
  decide(
    committee: CommitteeName,
    members: readonly [string, ...string[]],
    calls: readonly Call[],
    title: string,
  ): Promise<TransactionReceipt>
}

/** A proposal that was submitted, with the receipt of its submission. */
export interface Proposed extends Proposal {
  readonly committee: CommitteeName
  readonly receipt: TransactionReceipt
}

/** Gives everyone their key: person n of the parameters file has account n of the development phrase. */
export async function joinSociety(kedge: Kedge): Promise<Society> {
  const { parameters } = await readParameters(localParametersPath)
  const accounts = accountsOf(parameters)
  const client = localClient(kedge.rpcUrl)
  const account = (name: string) => {
    const found = accounts.get(name)
    if (found === undefined) throw new Error(`nobody is called ${name}`)
    return found
  }
  const act = (name: string, call: Call) => send(kedge, account(name), call)
  const carry = (call: Call) => send(kedge, carrier, call)
  const pass = async (seconds: number) => {
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }
  const addressOf = (committee: CommitteeName) => kedge.deployment.contracts.committees[committee]

  const society: Society = {
    kedge,
    client,
    account,
    act,
    carry,
    pass,
    person: name => personIdOf(signerOf(account(name).address), genesisSaltOf(name)),
    now: async () => Number((await client.getBlock()).timestamp),
    async propose(committee, proposer, calls, title) {
      const proposal = { calls, description: ownDescription(`# ${title}`, account(proposer).address) }
      const receipt = await act(proposer, proposeCall(addressOf(committee), proposal))
      await pass(parameters.committees[committee].votingDelay + 1)
      return { ...proposal, committee, receipt }
    },
    async vote(proposed, member) {
      const { committee } = proposed
      const terms = {
        account: account(member),
        committee,
        proposalId: proposalIdOf(proposed),
        vote: 'For',
      } as const
      return await carry(voteBySignatureCall(addressOf(committee), await signBallot(kedge, terms)))
    },
    async queue(proposed, votes) {
      const { committee } = proposed
      // With a super-quorum it has passed already; otherwise the whole period must be over.
      const { superQuorum, votingPeriod } = parameters.committees[committee]
      if (votes < superQuorum) await pass(votingPeriod)
      return await carry(queueCall(addressOf(committee), proposed))
    },
    async execute(proposed) {
      const { committee } = proposed
      const { timelockDelay } = parameters.committees[committee]
      if (timelockDelay > 0) await pass(timelockDelay)
      return await carry(executeCall(addressOf(committee), proposed))
    },
    async decide(committee, members, calls, title) {
      const proposed = await society.propose(committee, members[0], calls, title)
      for (const member of members) await society.vote(proposed, member)
      await society.queue(proposed, members.length)
      return await society.execute(proposed)
    },
  }
  return society
}

function accountsOf({ people }: Parameters): ReadonlyMap<string, LocalAccount> {
  return new Map(
    people.map(({ name }, index) => [
      name,
      mnemonicToAccount(developmentMnemonic, { addressIndex: index + 1 }),
    ]),
  )
}
