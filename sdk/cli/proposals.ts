import { Argument } from 'commander'
import type { Hex } from 'viem'
import { cidOfRawDigest } from '../bytes/index.ts'
import {
  type Call,
  type CommitteeName,
  committeeNames,
  committeesOf,
  type Kedge,
  type Proposal,
  type ProposalStanding,
  proposalContent,
  proposalStanding,
} from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { proposalIdIn } from './arguments.ts'
import { type Book, createBook, type Names, readBook, readNames } from './book.ts'
import { type ProposalFile, readProposal } from './exchange.ts'
import { say } from './output.ts'
import { documentOfCall, isoOf, timeText, wordsOfCall } from './words.ts'

// What all commands about proposals need: to find one, to say what it would do, and how it stands.

/** The committee whose proposals a command is about. */
export function committeeArgument(): Argument {
  return new Argument('<committee>', 'which committee').choices(committeeNames)
}

/** A proposal's file, unless the argument is its id. */
export async function proposalFrom(
  argument: string,
  committee: CommitteeName,
): Promise<ProposalFile | undefined> {
  if (proposalIdIn(argument) !== undefined) return undefined
  const file = await readProposal(argument)
  if (file.committee === committee) return file
  throw new KedgeError(
    'USAGE',
    `${argument} is a proposal to the ${file.committee} committee`,
    { path: argument, expected: committee, actual: file.committee },
    { remedy: `Name the ${file.committee} committee instead.` },
  )
}

/** The one committee that knows a proposal. */
export async function committeeOf(kedge: Kedge, id: bigint): Promise<CommitteeName> {
  const found = await committeesOf(kedge, id)
  const [committee] = found
  if (committee !== undefined && found.length === 1) return committee
  if (committee === undefined) {
    throw new KedgeError(
      'REFUSED',
      `no committee knows the proposal ${id}`,
      { proposal: id.toString() },
      { remedy: 'Check the id and the deployment.' },
    )
  }
  throw new KedgeError(
    'USAGE',
    `several committees know the proposal ${id}`,
    { proposal: id.toString(), committees: found },
    { remedy: 'Say which one with --committee.' },
  )
}

/** How a proposal stands. The committee must know it. */
export async function standingOf(
  kedge: Kedge,
  committee: CommitteeName,
  id: bigint,
): Promise<ProposalStanding> {
  const standing = await proposalStanding(kedge, committee, id)
  if (standing !== undefined) return standing
  throw new KedgeError(
    'REFUSED',
    `the ${committee} committee knows no proposal ${id}`,
    { proposal: id.toString() },
    { remedy: 'Check the id, the committee and the deployment.' },
  )
}

/** What a proposal would do, from the committee's own log. */
export async function contentOf(kedge: Kedge, committee: CommitteeName, id: bigint): Promise<Proposal> {
  const proposal = await proposalContent(kedge, committee, id)
  if (proposal !== undefined) return proposal
  throw new KedgeError(
    'UNAVAILABLE',
    `the endpoint does not show what the proposal ${id} would do`,
    { proposal: id.toString() },
    { remedy: 'Use an endpoint that serves old logs. Never vote on what you cannot read.' },
  )
}

/** What a call of a proposal would do. */
export interface CallWords {
  readonly words: string
  /** The digest of the document that explains it, and where to find it. */
  readonly document?: Hex
  readonly cid?: string
}

/** A call in words, with the document that it names. */
export function wordsAndDocument(kedge: Kedge, call: Call, book: Book): CallWords {
  const { contracts } = kedge.deployment
  const words = wordsOfCall(call, contracts, book)
  const document = documentOfCall(call, contracts)
  return document === undefined ? { words } : { words, document, cid: cidOfRawDigest(document.slice(2)) }
}

/** What you sign is what you see: each call in words. */
export async function callLines(
  kedge: Kedge,
  { calls }: Pick<Proposal, 'calls'>,
  namesFile: string | undefined,
): Promise<string[]> {
  const book = await bookFor(kedge, await readNames(namesFile))
  return calls.flatMap(call => linesOfCall(wordsAndDocument(kedge, call, book)))
}

/** A call for people. */
export function linesOfCall({ words, document, cid }: CallWords): string[] {
  if (document === undefined) return [`  ${words}`]
  return [`  ${words}`, `    see the document ${cid}, SHA-256 ${document}`]
}

/** A book of everything that the endpoint can tell. */
export async function bookFor(kedge: Kedge, names: Names): Promise<Book> {
  return await readBook(kedge, names).catch(error => {
    // In an emergency, ids must do: an endpoint that serves no old logs stops no vote.
    say(`note: models and versions are shown by their ids: ${error instanceof Error ? error.message : error}`)
    return createBook(kedge, [], names)
  })
}

/** The heading of a proposal. */
export function titleOf({ description }: Pick<Proposal, 'description'>): string {
  return description.split('\n')[0]?.replace(/^#\s*/, '') ?? ''
}

/** How a proposal stands, for people. */
export function standingLines(standing: ProposalStanding): string[] {
  const { state, votingStarts, votingEnds } = standing
  if (state === 'Pending') {
    return [
      `Pending: voting from ${timeText(votingStarts)} to ${timeText(votingEnds)}; ${needText(standing)}`,
    ]
  }
  const open = state === 'Active' ? `, voting until ${timeText(votingEnds)}` : ''
  return [`${state}${open}: ${tallyText(standing)}`]
}

/** The votes so far, and how many it needs. */
export function tallyText(standing: ProposalStanding): string {
  const { votes: tally } = standing
  return `${tally.for} for, ${tally.against} against, ${tally.abstain} abstaining; ${needText(standing)}`
}

function needText({ quorum, superQuorum }: ProposalStanding): string {
  return `needs ${quorum} for or abstaining, and passes at once with ${superQuorum} for`
}

/** How a proposal stands, for an error. */
export function standingFacts({ state, votingStarts, votingEnds, votes: tally, quorum }: ProposalStanding) {
  return {
    state,
    votingStarts: isoOf(votingStarts),
    votingEnds: isoOf(votingEnds),
    for: tally.for,
    against: tally.against,
    abstain: tally.abstain,
    quorum,
  }
}
