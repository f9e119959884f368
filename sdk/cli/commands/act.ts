import { Argument, type Command } from 'commander'
import { type Address, decodeFunctionData, type Hex } from 'viem'
import { lensAbi, registryAbi, rulesAbi } from '../../chain/abi/index.ts'
import {
  type Call,
  type CommitteeName,
  callOf,
  committeeNames,
  type Kedge,
  reach,
  readerOf,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { type Role, roles } from '../../policy/words.ts'
import { type Act, acts, argumentsOf, fieldNames, targetOf } from '../acts.ts'
import { foresee, foreseeByCommittees, mustBeSendable } from '../authority.ts'
import { readNames } from '../book.ts'
import { meaningOf, readField, type Sources } from '../fields.ts'
import { say } from '../output.ts'
import { callLines } from '../proposals.ts'
import { type ActOptions, openKedge, perform, withAct, withNames } from '../session.ts'

/** `kedge act`: every act that has no command of its own. */
export function addActCommand(program: Command): void {
  withNames(withAct(program.command('act')))
    .addArgument(new Argument('<act>', 'which act').choices(acts.map(({ name }) => name)))
    .argument('[fields...]', 'what must be told of it, as NAME=VALUE')
    .summary('Make any other act: of the RAIO, of a committee (--call), of anyone whom the policy names.')
    .description(
      'Make any other act: of the RAIO, of a committee (--call), of anyone whom the policy names.\n' +
        'Models and environments are named or given by their ids, versions by id, directory or "MODEL LABEL",\n' +
        'people by id, by the address of their key or by a name of --names, documents by file or digest.\n' +
        'kedge act <act> --help says what each field of an act is.',
    )
    .addHelpText('after', ({ command }) => helpOn(command.args[0]))
    .action(async (name: string, given: readonly string[], options: ActOptions & { names?: string }) => {
      const act = acts.find(one => one.name === name) as Act
      const texts = textsOf(act, given)
      const authority = roles.find(role => role === texts.get('authority'))
      if (authority !== undefined) mustBeSendable({ authority, ...options })
      const kedge = await openKedge(options)
      const call = await callFrom({ kedge, names: await readNames(options.names) }, act, texts)
      for (const line of await callLines(kedge, { calls: [call] }, options.names)) say(line)
      if (options.call === true) await foreseen(kedge, call, authority)
      const schema = name === 'addSchema' ? schemaIn(call) : undefined
      if (schema !== undefined) await warnOfTwin(kedge, schema)
      await perform(kedge, call, options, async ({ blockNumber }) => ({
        act: name,
        ...(schema === undefined ? {} : { schema: await numberOf(kedge, schema, blockNumber) }),
      }))
    })
}

/** Of one act all that must be told of it; otherwise every act with its fields. */
function helpOn(name: string | undefined): string {
  const act = acts.find(one => one.name === name)
  if (act === undefined) return `\nActs and their fields:\n${acts.map(lineOf).join('\n')}\n${examples}`
  return `\nFields of ${act.name}:\n${meanings(act, fieldNames(act))
    .map(line => `  ${line}`)
    .join('\n')}`
}

/** What fields of an act are, a line for each. */
function meanings(act: Act, names: readonly string[]): readonly string[] {
  const committee = `committee: whose (one of ${committeeNames.join(', ')})`
  return [
    ...(names.includes('committee') ? [committee] : []),
    ...act.fields
      .filter(({ name }) => names.includes(name))
      .map(field => `${field.name}: ${meaningOf(field)}`),
  ]
}

/** A schema that is to be added. */
interface NewSchema {
  readonly model: Hex
  readonly digest: Hex
}

function schemaIn({ data }: Call): NewSchema | undefined {
  const call = decodeFunctionData({ abi: registryAbi, data })
  return call.functionName === 'addSchema' ? { model: call.args[0], digest: call.args[1] } : undefined
}

/** Nothing that is added goes away again: a schema that is there need not be added. */
async function warnOfTwin(kedge: Kedge, { model, digest }: NewSchema): Promise<void> {
  const twin = (await schemasOf(kedge, model)).lastIndexOf(digest)
  if (twin < 0) return
  say(`note: the model has this schema already, with the number ${twin}; it gets another number now`)
}

/** The number that a schema has got. */
async function numberOf(kedge: Kedge, { model, digest }: NewSchema, blockNumber: bigint): Promise<number> {
  return (await schemasOf(kedge, model, blockNumber)).lastIndexOf(digest)
}

/** The digests of a model's schemas, by their numbers. */
async function schemasOf(kedge: Kedge, model: Hex, blockNumber?: bigint): Promise<readonly Hex[]> {
  const [, , digests] = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'model',
      args: [model],
      blockNumber,
    }),
  )
  return digests
}

const examples = `
Examples:
  $ kedge act raiseRisk "version=silero-vad 5.0.0" risk=High document=reason.json --keystore ada.json
  $ kedge act suspend person=0x70997970C51812dc3A010C7d01b50e0d17dc79C8 "until=for good" authority=Assembly document=reason.json --call --out call.json
  $ kedge act retire version=models/silero-vad "alternatives=silero-vad 5.0.0,silero-vad 5.0.0" reason=reason.json --keystore ada.json`

function lineOf(act: Act): string {
  return `  ${act.name} ${fieldNames(act).join(' ')}`
}

/** The fields as they were given: each once, none that is not one, none left out. */
function textsOf(act: Act, given: readonly string[]): ReadonlyMap<string, string> {
  const names = fieldNames(act)
  const remedy = `${act.name} takes ${names.map(name => `${name}=…`).join(' ')}.`
  const texts = new Map<string, string>()
  for (const text of given) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
    if (!names.includes(name) || texts.has(name)) {
      const what = texts.has(name) ? `${name} is given twice` : `"${text}" is no field of ${act.name}`
      throw new KedgeError('USAGE', what, { act: act.name, given: text }, { remedy })
    }
    texts.set(name, value)
  }
  const missing = names.filter(name => !texts.has(name))
  if (missing.length === 0) return texts
  throw new KedgeError(
    'USAGE',
    `${act.name} lacks ${missing.join(', ')}`,
    { act: act.name, missing },
    { remedy: [remedy, ...meanings(act, missing)].join('\n  ') },
  )
}

async function callFrom(sources: Sources, act: Act, texts: ReadonlyMap<string, string>) {
  const { kedge } = sources
  const values = new Map<string, unknown>()
  for (const field of act.fields) {
    values.set(field.name, await readField(sources, field, texts.get(field.name) ?? ''))
  }
  const args = await completed(kedge, act, argumentsOf(act, values))
  return callOf(
    targetOf(act, kedge.deployment.contracts, committeeIn(texts)),
    act.abi,
    act.functionName,
    args,
  )
}

/** The terms of an epoch are a hash over all of it, with the number that it will have. */
async function completed(kedge: Kedge, act: Act, args: readonly unknown[]): Promise<readonly unknown[]> {
  if (act.functionName !== 'consentToEpoch') return args
  const rules = { address: kedge.deployment.contracts.rules, abi: rulesAbi } as const
  const [document, matrix, thresholds] = args as EpochArguments
  return await reach(async () => {
    const client = readerOf(kedge.rpcUrl)
    const [epoch] = await client.readContract({ ...rules, functionName: 'policy' })
    const terms = [epoch + 1, document, matrix, thresholds] as const
    return [await client.readContract({ ...rules, functionName: 'epochTerms', args: terms })]
  })
}

type EpochArguments = readonly [
  document: Hex,
  matrix: bigint,
  thresholds: {
    readonly soak: readonly [number, number, number, number]
    readonly response: readonly [number, number, number, number]
  },
]

function committeeIn(texts: ReadonlyMap<string, string>): CommitteeName {
  const text = texts.get('committee') ?? 'assembly'
  const found = committeeNames.find(name => name === text)
  if (found !== undefined) return found
  throw new KedgeError(
    'USAGE',
    `committee: "${text}" is not one of ${committeeNames.join(', ')}`,
    { field: 'committee', given: text },
    { remedy: `Give committee=…: one of ${committeeNames.join(', ')}.` },
  )
}

async function foreseen(
  kedge: Kedge,
  call: { readonly to: Address; readonly data: Hex },
  authority: Role | undefined,
): Promise<void> {
  if (authority === undefined) await foreseeByCommittees(kedge, call)
  else await foresee(kedge, call, authority)
}
