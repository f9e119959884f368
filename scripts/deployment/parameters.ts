import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Address, encodePacked, getAddress, type Hex, isAddress, isHex, keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { genesisSaltOf } from '../../sdk/chain/ids.ts'
import { APPROVED_STAGES } from '../../sdk/documents/index.ts'
import { systemReason } from '../../sdk/errors/index.ts'
import { type Risk, type Role, roles, type Stage, stages } from '../../sdk/policy/words.ts'
import { SetupError } from '../errors.ts'
import { contradictions, type Problem, pathOf } from './contradictions.ts'

const units = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const

/** The longest that fits into each of the contracts' fields, and is no slip of the pen. */
const longest = 100 * 365 * units.day

/** "36 hours" -> 129600. */
const duration = z.string().transform((text, context) => {
  const match = /^(\d+) (second|minute|hour|day)s?$/.exec(text)
  const seconds = match ? Number(match[1]) * units[match[2] as keyof typeof units] : undefined
  if (seconds !== undefined && seconds <= longest) return seconds
  context.addIssue(
    seconds === undefined
      ? `"${text}" is not a duration such as "36 hours"`
      : `"${text}" is longer than 100 years`,
  )
  return z.NEVER
})
const someTime = duration.refine(seconds => seconds > 0, 'must be longer than 0')

const oneOf = <Name extends string>(names: readonly Name[]) =>
  z.enum(names as [Name, ...Name[]], {
    error: ({ input }) => `${quoted(input)} is none of ${names.join(', ')}`,
  })
const committees: readonly Role[] = ['OversightCommittee', 'EmergencyCommittee', 'Assembly']
const role = oneOf<Role>(roles.filter(name => name !== 'None'))
const personalRole = oneOf<Role>(roles.filter(name => name !== 'None' && !committees.includes(name)))
const word = z.string().min(1, 'is empty')
const account = z.custom<Address>(value => typeof value === 'string' && isAddress(value), {
  error: ({ input }) => `${quoted(input)} is not an address, or not as its checksum has it (EIP-55)`,
})
const perRisk = <Schema extends z.ZodType>(value: Schema) =>
  z.strictObject({ Low: value, Medium: value, High: value, Critical: value })
const hash = z.custom<Hex>(value => isHex(value) && value.length === 66, {
  error: ({ input }) => `${quoted(input)} is not 32 bytes in hex`,
})
const assembly = z.strictObject({
  name: word.refine(name => toBytes(name).length <= 31, 'is longer than 31 bytes (EIP-712)'),
  symbol: word,
  seats: z.array(word).min(3, 'has fewer than three seats'),
  timelockDelay: duration,
  votingDelay: duration,
  votingPeriod: duration,
  lateQuorumExtension: duration,
  expiry: duration,
  quorum: z.int(),
  superQuorum: z.int().positive(),
})
/** The Assembly has no such grace: it asks for no certificate. */
const committee = assembly.extend({ certificateGrace: duration })

function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

const parametersSchema = z.strictObject({
  policyDocument: word,
  people: z.array(
    z.strictObject({
      name: word,
      account,
      roles: z.array(personalRole),
      domains: z.array(word).default([]),
      certifiedFor: someTime,
    }),
  ),
  environments: z.array(z.strictObject({ name: word, stage: oneOf(APPROVED_STAGES) })),
  matrix: z.strictObject({
    Validation: perRisk(z.array(role)),
    Staging: perRisk(z.array(role)),
    Production: perRisk(z.array(role)),
  }),
  thresholds: z.strictObject({ soak: perRisk(duration), response: perRisk(duration) }),
  committees: z.strictObject({ assembly, oversight: committee, emergency: committee }),
  /** The deployment that this one succeeds, if any: the head is that of its Registry when it was left. */
  predecessor: z.strictObject({ chainId: z.int().positive(), registry: account, head: hash }).optional(),
})

/** What a person writes: `deployments/<network>/parameters.json`. */
export type Parameters = z.output<typeof parametersSchema>

/** What the constructors take: everything resolved to numbers, ids and digests. */
export interface Genesis {
  readonly people: readonly {
    readonly signer: Hex
    readonly salt: Hex
    readonly roles: number
    readonly domains: readonly Hex[]
  }[]
  readonly certificates: readonly {
    readonly versioning: number
    readonly rollback: number
    readonly incident: number
  }[]
  readonly environments: readonly Hex[]
  readonly stages: readonly number[]
  readonly matrix: bigint
  readonly thresholds: {
    readonly soak: readonly [number, number, number, number]
    readonly response: readonly [number, number, number, number]
  }
  readonly document: Hex
}

/** A parameters file that was read: as it is written, what it means, and the SHA-256 of the policy beside it. */
export interface ParametersFile {
  readonly written: unknown
  readonly parameters: Parameters
  readonly document: Hex
}

/**
 * Reads the parameters file and the policy document beside it, and checks everything that the contracts would refuse:
 * after the first transaction it would cost gas to find out.
 *
 * @throws SetupError `PARAMETERS_INVALID` that names each wrong field by its path in the file.
 */
export async function readParameters(path: string): Promise<ParametersFile> {
  const written = parseJson(path, await read(path))
  const parsed = parametersSchema.safeParse(written)
  if (!parsed.success) throw invalid(path, parsed.error.issues.flatMap(problemsOf))
  const parameters = parsed.data
  const found = contradictions(parameters)
  const policyPath = resolve(dirname(path), parameters.policyDocument)
  const policy = await readFile(policyPath).catch((cause: unknown) => {
    const why = `${policyPath} cannot be read: ${systemReason(cause)}`
    throw invalid(path, [{ path: ['policyDocument'], problem: why }, ...found])
  })
  if (policy.length === 0) found.unshift({ path: ['policyDocument'], problem: `${policyPath} is empty` })
  if (found.length > 0) throw invalid(path, found)
  return { written, parameters, document: `0x${createHash('sha256').update(policy).digest('hex')}` }
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({ path: [...issue.path, key], problem: 'is not a field of this file' }))
  }
  return [{ path: issue.path, problem: issue.message }]
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const problem = `${path} cannot be read: ${systemReason(cause)}`
    throw new SetupError('PARAMETERS_INVALID', problem, { path }, { cause })
  }
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new SetupError('PARAMETERS_INVALID', `${path} is not JSON${why}`, { path }, { cause })
  }
}

function invalid(path: string, problems: readonly Problem[]): SetupError {
  const lines = problems.map(({ path: field, problem }) => `${pathOf(field)}: ${problem}`)
  const list = lines.map(line => `\n- ${line}`).join('')
  return new SetupError('PARAMETERS_INVALID', `${path} cannot be used:${list}`, { path, problems: lines })
}

/**
 * The arguments of the Rules constructor.
 *
 * @param now - The time from which certificates run, in seconds since 1970.
 */
export function genesisOf(parameters: Parameters, document: Hex, now: number): Genesis {
  const bitmap = (names: readonly Role[]) =>
    names.reduce((bits, name) => bits | (1 << roles.indexOf(name)), 0)
  const four = <T>(row: Record<Risk, T>) => [row.Low, row.Medium, row.High, row.Critical] as const
  const matrix = APPROVED_STAGES.flatMap((name, column) =>
    four(parameters.matrix[name]).map(
      (names, risk) => BigInt(bitmap(names)) << BigInt(16 * (3 * risk + column)),
    ),
  ).reduce((bits, field) => bits | field, 0n)
  return {
    people: parameters.people.map(person => ({
      signer: encodePacked(['address'], [getAddress(person.account)]),
      salt: genesisSaltOf(person.name),
      roles: bitmap(person.roles),
      domains: person.domains.map(domain => keccak256(toBytes(domain))),
    })),
    certificates: parameters.people.map(({ certifiedFor }) => ({
      versioning: now + certifiedFor,
      rollback: now + certifiedFor,
      incident: now + certifiedFor,
    })),
    environments: parameters.environments.map(({ name }) => keccak256(toBytes(name))),
    stages: parameters.environments.map(({ stage: name }) => stages.indexOf(name as Stage)),
    matrix,
    thresholds: { soak: four(parameters.thresholds.soak), response: four(parameters.thresholds.response) },
    document,
  }
}
