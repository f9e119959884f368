import { Argument, type Command } from 'commander'
import {
  type CommitteeName,
  committeeNames,
  type Kedge,
  type LoggedProposal,
  loggedProposals,
  type ProposalStanding,
  type ProposalState,
  proposalStanding,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { proposalIdIn } from '../arguments.ts'
import { readNames } from '../book.ts'
import { print, say } from '../output.ts'
import { withProgress } from '../progress.ts'
import {
  bookFor,
  committeeArgument,
  contentOf,
  linesOfCall,
  proposalFrom,
  standingLines,
  standingOf,
  tallyText,
  titleOf,
  wordsAndDocument,
} from '../proposals.ts'
import { type ChainOptions, openKedge, withChain, withNames } from '../session.ts'
import { isoOf, timeText } from '../words.ts'

/** `kedge proposals | proposal`: what a committee is asked, for whoever only wants to look. */
export function addProposalCommands(program: Command): void {
  addProposals(program)
  addProposal(program)
}

/** The states in which something is still to come. */
const openStates: readonly ProposalState[] = ['Pending', 'Active', 'Succeeded', 'Queued']

function addProposals(program: Command): void {
  withChain(program.command('proposals'))
    .addArgument(new Argument('[committee]', 'of which committee; otherwise of all').choices(committeeNames))
    .description('The proposals that wait for votes or for their execution.')
    .option('--all', 'those too that are executed, defeated, expired or cancelled')
    .addHelpText('after', '\nExamples:\n  $ kedge proposals\n  $ kedge proposals oversight --all --json')
    .action(async (committee: CommitteeName | undefined, options: ChainOptions & { all?: boolean }) => {
      const kedge = await openKedge(options)
      const found: ListedProposal[] = []
      for (const name of committee === undefined ? committeeNames : [committee]) {
        found.push(...(await listed(kedge, name)))
      }
      const told = found.filter(({ state }) => options.all === true || openStates.includes(state))
      if (told.length === 0 && options.json !== true) {
        return say(
          found.length === 0 ? 'there is no proposal' : 'no proposal is open; --all shows the others',
        )
      }
      await print(
        { proposals: told.map(factsOfProposal) },
        options,
        told.flatMap((proposal, index) => [
          ...(index === 0 ? [] : ['']),
          `${proposal.committee}: ${proposal.title}`,
          ...standingLines(proposal).map(line => `  ${line}`),
          `  kedge proposal ${proposal.committee} ${proposal.id}`,
        ]),
      )
    })
}

interface ListedProposal extends ProposalStanding {
  readonly committee: CommitteeName
  readonly id: bigint
  readonly title: string
}

/** The proposals of a committee with their standings; asked for in handfuls, so that no endpoint is overrun. */
async function listed(kedge: Kedge, committee: CommitteeName): Promise<readonly ListedProposal[]> {
  return await withProgress(async progress => {
    progress.update(`reading the log of the ${committee} committee`)
    const logged = await loggedProposals(kedge, committee)
    const found: ListedProposal[] = []
    for (let index = 0; index < logged.length; index += 10) {
      progress.update(`${committee}: ${index} of ${logged.length} proposals`)
      const some = logged.slice(index, index + 10)
      found.push(...(await Promise.all(some.map(proposal => standing(kedge, committee, proposal)))))
    }
    return found
  })
}

async function standing(
  kedge: Kedge,
  committee: CommitteeName,
  proposal: LoggedProposal,
): Promise<ListedProposal> {
  const { id } = proposal
  const found = await proposalStanding(kedge, committee, id)
  if (found !== undefined) return { committee, id, title: titleOf(proposal), ...found }
  throw new KedgeError(
    'PROOF_INVALID',
    `the endpoint shows a proposal that the ${committee} committee does not know`,
    { committee, title: titleOf(proposal), proposal: id.toString() },
    { remedy: 'Use another endpoint: this one makes proposals up.' },
  )
}

function addProposal(program: Command): void {
  withNames(withChain(program.command('proposal')))
    .addArgument(committeeArgument())
    .argument('<proposal>', 'the proposal’s id, or its file')
    .summary('Show a proposal: how it stands, what it says, and what it would do.')
    .description(
      'Show a proposal: how it stands, what it says, and what it would do.\n' +
        'The calls and the text are checked: the id follows from them.',
    )
    .addHelpText('after', '\nExample:\n  $ kedge proposal emergency 7301987721 --names names.json')
    .action(async (committee: CommitteeName, argument: string, options: ProposalOptions) => {
      const file = await proposalFrom(argument, committee)
      const kedge = await openKedge(options)
      const id = proposalIdIn(argument) ?? BigInt(file?.id ?? 0)
      const stands = await standingOf(kedge, committee, id)
      const { calls, description } = file ?? (await contentOf(kedge, committee, id))
      const names = await readNames(options.names)
      const book = await bookFor(kedge, names)
      const told = calls.map(call => ({ ...call, ...wordsAndDocument(kedge, call, book) }))
      const title = titleOf({ description })
      await print(
        { ...factsOfProposal({ committee, id, title, ...stands }), description, calls: told },
        options,
        [
          title,
          '',
          'It would',
          ...told.flatMap(linesOfCall),
          '',
          `proposal   ${id} of the ${committee} committee`,
          `proposer   ${book.who(stands.proposer)} ${stands.proposer}`,
          `state      ${stands.state}`,
          `voting     from ${timeText(stands.votingStarts)} to ${timeText(stands.votingEnds)}`,
          `votes      ${tallyText(stands)}`,
          ...(stands.due === undefined ? [] : [`execution  from ${timeText(stands.due)} on`]),
          ...bodyOf(description),
        ],
      )
    })
}

interface ProposalOptions extends ChainOptions {
  readonly names?: string
}

/** The text below the heading, without the line that names the proposer for the contract; quoted: anyone wrote it. */
function bodyOf(description: string): string[] {
  const body = description
    .replace(/^[^\n]*/, '')
    .replace(/#proposer=0x[0-9a-f]{40}$/i, '')
    .trim()
  return body === '' ? [] : ['', 'It says', ...body.split('\n').map(line => `  > ${line}`)]
}

function factsOfProposal({ committee, id, title, ...standing }: ListedProposal) {
  const { votingStarts, votingEnds, due } = standing
  return {
    committee,
    id,
    title,
    ...standing,
    votingStarts: isoOf(votingStarts),
    votingEnds: isoOf(votingEnds),
    due: due === undefined ? null : isoOf(due),
  }
}
