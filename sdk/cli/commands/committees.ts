import { Argument, type Command, Option } from 'commander'
import { isAddress, isHex } from 'viem'
import { z } from 'zod'
import { committeeAbi } from '../../chain/abi/index.ts'
import {
  type CommitteeName,
  committeeNames,
  executeCall,
  type Kedge,
  ownDescription,
  type Proposal,
  proposalIdOf,
  proposalState,
  proposeCall,
  queueCall,
  reach,
  readerOf,
  send,
  signBallot,
  type Vote,
  voteBySignatureCall,
  voteCall,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { print, say } from '../output.ts'
import { type KeyOptions, openAccount, openKedge, perform, readBytes, readJson, withKey } from '../session.ts'

const call = z.looseObject({
  to: z.custom<`0x${string}`>(value => typeof value === 'string' && isAddress(value)),
  data: z.custom<`0x${string}`>(value => isHex(value)),
})
const proposalFile = z.strictObject({
  committee: z.enum(committeeNames),
  id: z.string(),
  calls: z.array(call).min(1),
  description: z.string(),
})
const ballotFile = z.strictObject({
  proposalId: z.string().transform(BigInt),
  vote: z.enum(['Against', 'For', 'Abstain']),
  voter: z.custom<`0x${string}`>(value => typeof value === 'string' && isAddress(value)),
  signature: z.custom<`0x${string}`>(value => isHex(value)),
})

/** `kedge propose | vote | execute`. */
export function addCommitteeCommands(program: Command): void {
  addPropose(program)
  addVote(program)
  addExecute(program)
}

const committeeArgument = () => new Argument('<committee>', 'which committee').choices(committeeNames)

interface ProposeOptions extends KeyOptions {
  readonly title: string
  readonly body?: string
  readonly calls: readonly string[]
}

function addPropose(program: Command): void {
  withKey(program.command('propose'))
    .addArgument(committeeArgument())
    .description('Propose calls to a committee. Prints the proposal: keep it, kedge execute needs it.')
    .requiredOption('--title <text>', 'one line')
    .option('--body <file>', 'Markdown that explains it')
    .requiredOption('--calls <file...>', 'calls printed by other commands with --call')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge rollback … --authority EmergencyCommittee --call > call.json\n  $ kedge propose emergency --title "Back to 5.0.0" --calls call.json --json > proposal.json',
    )
    .action(async (committee: CommitteeName, options: ProposeOptions) => {
      const kedge = await openKedge(options)
      const account = await openAccount(options)
      const body =
        options.body === undefined ? '' : `\n\n${new TextDecoder().decode(await readBytes(options.body))}`
      const proposal: Proposal = {
        calls: await Promise.all(options.calls.map(async path => parse(call, await readJson(path), path))),
        description: ownDescription(`# ${options.title}${body}`, account.address),
      }
      await send(kedge, account, proposeCall(kedge.deployment.contracts.committees[committee], proposal))
      const calls = proposal.calls.map(({ to, data }) => ({ to, data }))
      print(
        { committee, id: proposalIdOf(proposal), calls, description: proposal.description },
        { json: true },
      )
    })
}

interface VoteOptions extends KeyOptions {
  readonly sign?: boolean
}

function addVote(program: Command): void {
  withKey(program.command('vote'))
    .addArgument(committeeArgument())
    .argument('<proposal>', 'the proposal’s id, its file, or with a signed ballot the ballot’s file')
    .addArgument(new Argument('[vote]', 'what you vote').choices(['For', 'Against', 'Abstain']))
    .description('Vote on a proposal; or sign a ballot for anyone to carry; or carry one.')
    .option('--sign', 'print a signed ballot instead of sending the vote')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge vote emergency proposal.json For --sign > ballot.json\n  $ kedge vote emergency ballot.json',
    )
    .action(
      async (committee: CommitteeName, argument: string, vote: Vote | undefined, options: VoteOptions) => {
        const kedge = await openKedge(options)
        const address = kedge.deployment.contracts.committees[committee]
        if (vote === undefined) {
          const ballot = parse(ballotFile, await readJson(argument), argument)
          return await perform(kedge, voteBySignatureCall(address, ballot), options, {
            carried: ballot.voter,
          })
        }
        const proposalId = await proposalIdFrom(argument)
        if (options.sign !== true)
          return await perform(kedge, voteCall(address, proposalId, vote), options, { vote })
        const account = await openAccount(options)
        print(await signBallot(kedge, { account, committee, proposalId, vote }), { json: true })
      },
    )
}

function addExecute(program: Command): void {
  withKey(program.command('execute'))
    .argument('<proposal>', 'the file that kedge propose printed')
    .description('Queue a proposal that has passed, and execute it when its delay is over. Anyone may.')
    .addOption(new Option('--queue-only', 'queue it, and leave the execution for later'))
    .addHelpText('after', '\nExample:\n  $ kedge execute proposal.json')
    .action(async (path: string, options: KeyOptions & { queueOnly?: boolean }) => {
      const kedge = await openKedge(options)
      const account = await openAccount(options)
      const proposal = parse(proposalFile, await readJson(path), path)
      const address = kedge.deployment.contracts.committees[proposal.committee]
      const id = proposalIdOf(proposal)
      if ((await proposalState(kedge, proposal.committee, id)) === 'Succeeded') {
        await send(kedge, account, queueCall(address, proposal))
        say('queued')
      }
      if (options.queueOnly === true) return print({ proposal: id, state: 'Queued' }, options)
      await mustBeDue(kedge, proposal.committee, id)
      await perform(kedge, executeCall(address, proposal), options, { proposal: id })
    })
}

async function mustBeDue(kedge: Kedge, committee: CommitteeName, id: bigint): Promise<void> {
  const client = readerOf(kedge.rpcUrl)
  const address = kedge.deployment.contracts.committees[committee]
  const [eta, { timestamp }] = await reach(() =>
    Promise.all([
      client.readContract({ address, abi: committeeAbi, functionName: 'proposalEta', args: [id] }),
      client.getBlock(),
    ]),
  )
  if (eta <= timestamp) return
  const due = new Date(Number(eta) * 1000).toISOString()
  throw new KedgeError('REFUSED', `the delay is not over before ${due}`, { proposal: id.toString(), due })
}

async function proposalIdFrom(argument: string): Promise<bigint> {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(argument)) return BigInt(argument)
  return proposalIdOf(parse(proposalFile, await readJson(argument), argument))
}

function parse<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new KedgeError('USAGE', `${path} is not what is expected here: ${z.prettifyError(parsed.error)}`, {
    path,
  })
}
