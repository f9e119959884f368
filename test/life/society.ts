import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Address, Hex, LocalAccount } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { developmentMnemonic, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import { deployKedge } from '../../scripts/deployment/deploy.ts'
import { readParameters } from '../../scripts/deployment/parameters.ts'
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

/** The people of the local chain's parameters file, on a fresh chain of their own. */
export interface Society {
  readonly kedge: Kedge
  readonly client: ReturnType<typeof localClient>
  account(name: string): LocalAccount
  person(name: string): Hex
  act(name: string, call: Call): ReturnType<typeof send>
  /** Moves the clock forward and mines a block. */
  pass(seconds: number): Promise<void>
  now(): Promise<number>
  /** Proposes, has the members vote by signature, queues and executes. */
  decide(
    committee: CommitteeName,
    members: readonly string[],
    calls: readonly Call[],
    title: string,
  ): ReturnType<typeof send>
  end(): Promise<void>
}

const parametersPath = fileURLToPath(new URL('../../deployments/local/parameters.json', import.meta.url))

/** Starts a chain, deploys, and gives everyone their key. */
export async function foundSociety(): Promise<Society> {
  const journal = await mkdtemp(join(tmpdir(), 'kedge-journal-'))
  const chain = await startAnvil({ timestamp: Math.floor(Date.now() / 1000) - 90 * 86_400 })
  const accounts = await membersOf()
  const deployment = await deployKedge({
    rpcUrl: chain.rpcUrl,
    deployer: mnemonicToAccount(developmentMnemonic),
    parametersPath,
    journal,
    requiredConfirmations: 1,
  })
  const kedge: Kedge = { rpcUrl: chain.rpcUrl, deployment }
  const client = localClient(chain.rpcUrl)
  const account = (name: string) => {
    const found = accounts.get(name)
    if (found === undefined) throw new Error(`nobody is called ${name}`)
    return found
  }
  const act = (name: string, call: Call) => send(kedge, account(name), call)
  const pass = async (seconds: number) => {
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 1 })
  }
  const settings = (await readParameters(parametersPath)).parameters.committees

  return {
    kedge,
    client,
    account,
    act,
    pass,
    person: name => personIdOf(signerOf(account(name).address), genesisSaltOf(name)),
    now: async () => Number((await client.getBlock()).timestamp),
    async decide(committee, members, calls, title) {
      const address: Address = deployment.contracts.committees[committee]
      const [proposer] = members
      if (proposer === undefined) throw new Error('nobody proposes')
      const proposal: Proposal = {
        calls,
        description: ownDescription(`# ${title}`, account(proposer).address),
      }
      await act(proposer, proposeCall(address, proposal))
      await pass(settings[committee].votingDelay + 1)
      for (const member of members) {
        const ballot = await signBallot(kedge, {
          account: account(member),
          committee,
          proposalId: proposalIdOf(proposal),
          vote: 'For',
        })
        // Anyone may carry it: here the deployer, who has no right at all.
        await send(kedge, mnemonicToAccount(developmentMnemonic), voteBySignatureCall(address, ballot))
      }
      if (members.length < settings[committee].superQuorum) await pass(settings[committee].votingPeriod)
      await act(proposer, queueCall(address, proposal))
      if (settings[committee].timelockDelay > 0) await pass(settings[committee].timelockDelay)
      return await act(proposer, executeCall(address, proposal))
    },
    async end() {
      await chain.stop()
      await rm(journal, { recursive: true, force: true })
    },
  }
}

async function membersOf(): Promise<ReadonlyMap<string, LocalAccount>> {
  const { parameters } = await readParameters(parametersPath)
  return new Map(
    parameters.people.map(({ name }, index) => [
      name,
      mnemonicToAccount(developmentMnemonic, { addressIndex: index + 1 }),
    ]),
  )
}
