import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import { type Call, committeeNames, proposalIdOf, votes, type Warrant } from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { risks, roles, stages } from '../policy/words.ts'
import { readJson } from './files.ts'

// The files that one command writes and another reads: calls, sign-offs, proposals, ballots. Unknown fields are let
// pass, so that they may say more to people than the next command needs.

const address = z.custom<Address>(
  value => typeof value === 'string' && isAddress(value),
  'must be an address',
)
const hex = z.custom<Hex>(value => isHex(value), 'must be bytes in hex')
const bytes32 = z.custom<Hex>(value => isHex(value) && value.length === 66, 'must be 32 bytes in hex')
const decimal = z.string().regex(/^[0-9]{1,78}$/, 'must be a decimal integer')

const callSchema = z.object({ to: address, data: hex })

/** What was signed off, for people and for {@link readSignOff}'s caller: the signature covers it too. */
export const termsSchema = z.object({
  version: bytes32,
  stage: z.enum(stages),
  risk: z.enum(risks),
  evidence: bytes32,
  /** 32 zero bytes if none was signed. */
  plan: bytes32,
  policyEpoch: z.int().nonnegative(),
  signingEpoch: z.int().nonnegative(),
})
export type Terms = z.output<typeof termsSchema>

const signOffSchema = z.object({
  role: z.enum(roles),
  deadline: z.int().positive(),
  signer: hex,
  signature: hex,
  terms: termsSchema.optional(),
})

const proposalSchema = z.object({
  committee: z.enum(committeeNames),
  id: decimal,
  calls: z.array(callSchema).min(1),
  description: z.string().min(1),
})
export type ProposalFile = z.output<typeof proposalSchema>

const ballotSchema = z.object({
  committee: z.enum(committeeNames).optional(),
  proposalId: decimal.transform(BigInt),
  vote: z.enum(votes),
  voter: address,
  signature: hex,
})

/** A call that a command printed with `--call`. */
export async function readCall(path: string): Promise<Call> {
  return await read(path, callSchema, 'a call', 'Commands that act print one with --call.')
}

/** A sign-off that `kedge sign-off` printed. */
export async function readSignOff(path: string): Promise<Warrant & { readonly terms?: Terms | undefined }> {
  return await read(path, signOffSchema, 'a sign-off', 'kedge sign-off prints one.')
}

/** A ballot that `kedge vote --sign` printed. */
export async function readBallot(path: string) {
  return await read(path, ballotSchema, 'a signed ballot', 'kedge vote --sign prints one.')
}

/** A proposal that `kedge propose` printed. Its id must follow from what it says. */
export async function readProposal(path: string): Promise<ProposalFile> {
  const proposal = await read(path, proposalSchema, 'a proposal', 'kedge propose prints one.')
  const id = proposalIdOf(proposal).toString()
  if (id === proposal.id) return proposal
  throw new KedgeError(
    'USAGE',
    `${path} was altered: its calls and its description do not give its id`,
    { path, expected: proposal.id, actual: id },
    { remedy: 'Take it from the chain instead: give the proposal’s id in place of the file.' },
  )
}

async function read<T>(path: string, schema: z.ZodType<T>, what: string, remedy: string): Promise<T> {
  const parsed = schema.safeParse(await readJson(path))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'it'}: ${message}`,
  )
  throw new KedgeError(
    'USAGE',
    `${path} is not ${what}: ${problems.join('; ')}`,
    { path, problems },
    { remedy },
  )
}
