import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Address, encodePacked, getAddress, type Hex, isAddress, keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { genesisSaltOf } from '../../sdk/chain/ids.ts'
import { type Role, roles, type Stage, stages } from '../../sdk/policy/words.ts'
import { SetupError } from '../errors.ts'

const units = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const

/** "36 hours" -> 129600. */
const duration = z.string().transform((text, context) => {
  const match = /^(\d+) (second|minute|hour|day)s?$/.exec(text)
  if (!match) {
    context.addIssue(`"${text}" is not a duration such as "36 hours"`)
    return z.NEVER
  }
  return Number(match[1]) * units[match[2] as keyof typeof units]
})

const role = z.enum(roles.filter(name => name !== 'None') as [Role, ...Role[]])
const stage = z.enum(['Validation', 'Staging', 'Production'])
const perRisk = <Schema extends z.ZodType>(value: Schema) =>
  z.strictObject({ low: value, medium: value, high: value, critical: value })
const committee = z.strictObject({
  name: z.string().min(1).max(31),
  symbol: z.string().min(1),
  seats: z.array(z.string()).min(3),
  timelockDelay: duration,
  votingDelay: duration,
  votingPeriod: duration,
  lateQuorumExtension: duration,
  expiry: duration,
  quorum: z.int().positive(),
  superQuorum: z.int().positive(),
})

const parametersSchema = z.strictObject({
  policyDocument: z.string(),
  people: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        account: z.custom<Address>(value => typeof value === 'string' && isAddress(value), 'not an address'),
        roles: z.array(role),
        domains: z.array(z.string().min(1)).default([]),
        certifiedFor: duration,
      }),
    )
    .min(3),
  environments: z.array(z.strictObject({ name: z.string().min(1), stage })),
  matrix: z.strictObject({
    Validation: perRisk(z.array(role)),
    Staging: perRisk(z.array(role)),
    Production: perRisk(z.array(role)),
  }),
  thresholds: z.strictObject({ soak: perRisk(duration), response: perRisk(duration) }),
  committees: z.strictObject({ assembly: committee, oversight: committee, emergency: committee }),
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

/**
 * Reads the parameters file and the policy document beside it.
 *
 * @throws SetupError `PARAMETERS_INVALID` that names each wrong field.
 */
export async function readParameters(path: string): Promise<{ parameters: Parameters; document: Hex }> {
  const parsed = parametersSchema.safeParse(parseJson(path, await read(path)))
  if (!parsed.success) throw invalid(path, `\n${z.prettifyError(parsed.error)}`)
  const parameters = parsed.data
  const names = new Set(parameters.people.map(person => person.name))
  if (names.size !== parameters.people.length) throw invalid(path, 'two people have the same name')
  const accounts = new Set(parameters.people.map(person => getAddress(person.account)))
  if (accounts.size !== parameters.people.length) throw invalid(path, 'two people have the same account')
  for (const [key, committee] of Object.entries(parameters.committees))
    checkCommittee(path, key, committee, names)
  const policy = await read(resolve(dirname(path), parameters.policyDocument))
  return { parameters, document: `0x${createHash('sha256').update(policy).digest('hex')}` }
}

function checkCommittee(
  path: string,
  key: string,
  { seats, quorum, superQuorum }: z.output<typeof committee>,
  names: ReadonlySet<string>,
): void {
  for (const seat of seats) {
    if (!names.has(seat)) throw invalid(path, `${seat} has a seat in ${key}, but is not among people`)
  }
  if (new Set(seats).size !== seats.length) throw invalid(path, `someone has two seats in ${key}`)
  if (quorum > superQuorum || superQuorum > seats.length) {
    const order = `${quorum}, ${superQuorum}, ${seats.length}`
    throw invalid(path, `quorum, super-quorum and seats of ${key} must not fall: ${order}`)
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new SetupError('PARAMETERS_INVALID', `${path} cannot be read`, { path }, { cause })
  }
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new SetupError('PARAMETERS_INVALID', `${path} is not JSON`, { path }, { cause })
  }
}

function invalid(path: string, problem: string): SetupError {
  return new SetupError('PARAMETERS_INVALID', `${path}: ${problem}`, { path })
}

/**
 * The arguments of the Rules constructor.
 *
 * @param now - The time from which certificates run, in seconds since 1970.
 */
export function genesisOf(parameters: Parameters, document: Hex, now: number): Genesis {
  const bitmap = (names: readonly Role[]) =>
    names.reduce((bits, name) => bits | (1 << roles.indexOf(name)), 0)
  const four = <T>(row: { low: T; medium: T; high: T; critical: T }) =>
    [row.low, row.medium, row.high, row.critical] as const
  const matrix = (['Validation', 'Staging', 'Production'] as const)
    .flatMap((name, column) =>
      four(parameters.matrix[name]).map(
        (names, risk) => BigInt(bitmap(names)) << BigInt(16 * (3 * risk + column)),
      ),
    )
    .reduce((bits, field) => bits | field, 0n)
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
