import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import { timeText } from '../../sdk/cli/words.ts'
import { systemReason } from '../../sdk/errors/index.ts'
import { SetupError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { longestStart } from './contracts.ts'
import { pathOf } from './contradictions.ts'
import type { ParametersFile } from './parameters.ts'

const hash = z.custom<Hex>(value => isHex(value) && value.length === 66, 'not 32 bytes in hex')

const planSchema = z.strictObject({
  deployer: z.custom<Address>(value => typeof value === 'string' && isAddress(value), 'not an address'),
  firstNonce: z.int().nonnegative(),
  /** The time from which certificates run, in seconds since 1970. */
  now: z.int().positive(),
  genesisHash: hash,
  /** The SHA-256 of the policy. */
  document: hash,
  /** The parameters file, as it was written. */
  parameters: z.json(),
})

/** All that the twelve contracts follow from. None of it may change between an interruption and the resumption. */
export type Plan = z.output<typeof planSchema>

/**
 * The plan of a deployment that was begun, or nothing.
 *
 * @throws SetupError `JOURNAL_UNUSABLE`.
 */
export async function readPlan(path: string): Promise<Plan | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw unusable(path, systemReason(cause), cause)
  }
  try {
    return planSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw unusable(path, 'it is not the plan of a deployment', cause)
  }
}

export async function writePlan(path: string, plan: Plan): Promise<void> {
  await writeWhole(path, `${JSON.stringify(plan, null, 2)}\n`)
}

function unusable(path: string, why: string, cause: unknown): SetupError {
  return new SetupError('JOURNAL_UNUSABLE', `${path} cannot be used: ${why}`, { path }, { cause })
}

/** What a run of the same deployment brings along. */
export interface Resumption {
  readonly journal: string
  readonly parametersPath: string
  readonly deployer: Address
  readonly genesisHash: Hex
  readonly file: ParametersFile
}

/**
 * Checks that a run is of the deployment that was begun.
 *
 * @throws SetupError `DEPLOYMENT_STOPPED` for another key or chain, `PARAMETERS_CHANGED` with the values that differ.
 */
export function assertSame(plan: Plan, run: Resumption): void {
  const { journal, parametersPath, deployer, file } = run
  if (plan.genesisHash !== run.genesisHash) {
    const problem = `the journal ${journal} is of another chain that had the same chain id`
    const remedy = 'Move the journal away to deploy on this chain, or name an endpoint of the other one.'
    throw new SetupError('DEPLOYMENT_STOPPED', problem, { journal }, { remedy })
  }
  if (plan.deployer !== deployer) {
    const problem = `this deployment was begun by ${plan.deployer}, and the key is that of ${deployer}`
    const remedy = `Go on with the key of ${plan.deployer}, or move the journal ${journal} away to deploy anew.`
    throw new SetupError('DEPLOYMENT_STOPPED', problem, { journal }, { remedy })
  }
  const changes = differences(plan.parameters, file.written)
  if (plan.document !== file.document) {
    changes.push(`the policy: its SHA-256 was ${plan.document}, is ${file.document}`)
  }
  if (changes.length === 0) return
  const list = changes.map(change => `\n- ${change}`).join('')
  throw new SetupError(
    'PARAMETERS_CHANGED',
    `${parametersPath} has changed since this deployment was begun, whose journal is ${journal}:${list}`,
    { journal, changes },
  )
}

/**
 * Checks that certificates still run from a time at which Rules may be made. Once it is made, they do.
 *
 * @param now - The time of the newest block, in seconds since 1970.
 * @throws SetupError `DEPLOYMENT_STOPPED`.
 */
export function assertInTime(
  plan: Plan,
  { journal, now }: { readonly journal: string; readonly now: number },
) {
  if (now - plan.now <= longestStart) return
  const problem =
    `this deployment was begun at ${timeText(plan.now)}, more than a day ago, and Rules is not deployed yet: ` +
    `its certificates would run from then. The journal is ${journal}`
  const remedy = 'Move the named journal away to give up what was deployed, then deploy anew.'
  throw new SetupError('DEPLOYMENT_STOPPED', problem, { journal }, { remedy })
}

/** Field by field, as they are written: two spellings of the same are a difference. */
function differences(before: unknown, after: unknown, path: readonly PropertyKey[] = []): string[] {
  if (isDeepStrictEqual(before, after)) return []
  const bothLists = Array.isArray(before) && Array.isArray(after) && before.length === after.length
  if (bothLists) return before.flatMap((value, index) => differences(value, after[index], [...path, index]))
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap(key => differences(before[key], after[key], [...path, key]))
  }
  return [`${pathOf(path)} was ${written(before)}, is ${written(after)}`]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value on one line, shortened where it is a whole list of people. */
function written(value: unknown): string {
  if (value === undefined) return 'absent'
  const text = JSON.stringify(value)
  return text.length <= 200 || !Array.isArray(value) ? text : `a list of ${value.length}`
}
