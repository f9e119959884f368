import { type Command, Option } from 'commander'
import type { Hex } from 'viem'
import { lensAbi, registryAbi, rulesAbi } from '../../chain/abi/index.ts'
import {
  type AuditEntry,
  type AuditOptions,
  auditEntries,
  headOf,
  type Kedge,
  none,
  reach,
  readerOf,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { modelStates, risks, roles, stages, triggers } from '../../policy/words.ts'
import { environmentArgument, isBytes32, modelArgument, parseName, parseSubject } from '../arguments.ts'
import { type Book, createBook, developersIn, environmentIn, type Names, readNames } from '../book.ts'
import { type Meant, meant } from '../meant.ts'
import { print, say } from '../output.ts'
import { withProgress } from '../progress.ts'
import { type ChainOptions, openKedge, withChain, withNames } from '../session.ts'
import { unknownModel } from '../versions.ts'
import { counted, isoOf, numbersOf, timeText, whoAs, wordsOfEntry } from '../words.ts'

/** `kedge status | history`. */
export function addReadCommands(program: Command): void {
  addStatus(program)
  addHistory(program)
}

interface StatusOptions extends ChainOptions {
  readonly model: string
  readonly environment?: readonly string[]
  readonly names?: string
}

function addStatus(program: Command): void {
  withNames(withChain(program.command('status')))
    .description(
      'How a model stands: its schemas and developers, what is active where, halts, incidents, what is due.',
    )
    .addOption(
      new Option('--model <name>', 'the model: its name or id').argParser(parseName).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--environment <name...>',
        'where: names or ids; otherwise all three of the policy',
      ).argParser((text, before: readonly string[] | undefined) => [...(before ?? []), parseName(text)]),
    )
    .addHelpText('after', '\nExample:\n  $ kedge status --model silero-vad --environment production ward-3')
    .action(async (options: StatusOptions) => {
      const kedge = await openKedge(options)
      const names = await readNames(options.names)
      const environments = options.environment ?? ['validation', 'staging', 'production']
      const status = await readStatus(kedge, options.model, environments)
      await print(status, options, statusLines(status, createBook(kedge, [], names)))
    })
}

type Status = Awaited<ReturnType<typeof readStatus>>
type EnvironmentStatus = Awaited<ReturnType<typeof readEnvironment>>

/** Everything is read at one block: what is told belongs together. */
async function readStatus(kedge: Kedge, modelName: string, environments: readonly string[]) {
  const client = readerOf(kedge.rpcUrl)
  const { rules, lens } = kedge.deployment.contracts
  const id = modelArgument(modelName)
  const block = await reach(() => client.getBlock())
  const at = { blockNumber: block.number }
  const [[state, domain, digests, satisfies], [, , dueAt]] = await reach(() =>
    Promise.all([
      client.readContract({ address: lens, abi: lensAbi, functionName: 'model', args: [id], ...at }),
      client.readContract({ address: rules, abi: rulesAbi, functionName: 'policy', ...at }),
    ]),
  )
  if (state.state === modelStates.indexOf('None')) throw unknownModel(modelName)
  return {
    block: block.number,
    time: isoOf(block.timestamp),
    model: {
      name: isBytes32(modelName) ? undefined : modelName,
      id,
      floor: risks[state.floor],
      state: modelStates[state.state],
      versions: state.versions,
      sequence: BigInt(state.sequence),
      domain,
      developers: await readDevelopers(kedge, id, block.number),
      schemas: digests.map((digest, number) => ({
        number,
        digest,
        satisfies: numbersOf(satisfies[number] ?? 0n),
      })),
    },
    review: { dueAt: isoOf(dueAt), overdue: BigInt(dueAt) <= block.timestamp },
    environments: await Promise.all(environments.map(name => readEnvironment(kedge, id, name, block.number))),
  }
}

/** Who may register versions, as far as the log names them; null where the endpoint serves no logs. */
async function readDevelopers(kedge: Kedge, model: Hex, blockNumber: bigint): Promise<readonly Hex[] | null> {
  const { registry } = kedge.deployment.contracts
  const filter = { actions: ['ModelCreated', 'DeveloperSet'], subject: model, toBlock: blockNumber } as const
  const entries = await entriesOrNone(kedge, filter, 'who develops it')
  if (entries.length === 0) return null
  const named = [...new Set(entries.flatMap(({ data }) => developersIn(data)))]
  const client = readerOf(kedge.rpcUrl)
  const may = await reach(() =>
    Promise.all(
      named.map(person =>
        client.readContract({
          address: registry,
          abi: registryAbi,
          functionName: 'isDeveloper',
          args: [model, person],
          blockNumber,
        }),
      ),
    ),
  )
  return named.filter((_, index) => may[index])
}

/** What the contracts hold must be told even where the endpoint serves no logs. */
async function entriesOrNone(
  kedge: Kedge,
  filter: AuditOptions,
  what: string,
): Promise<readonly AuditEntry[]> {
  return await auditEntries(kedge, kedge.deployment.contracts.registry, filter).catch(error => {
    say(`note: ${what} cannot be told: ${error instanceof Error ? error.message : error}`)
    return []
  })
}

async function readEnvironment(kedge: Kedge, model: Hex, environment: string, blockNumber: bigint) {
  const client = readerOf(kedge.rpcUrl)
  const args = [model, environmentArgument(environment)] as const
  const lens = { address: kedge.deployment.contracts.lens, abi: lensAbi, args, blockNumber } as const
  const [answer, [incident, overdue]] = await reach(() =>
    Promise.all([
      client.readContract({ ...lens, functionName: 'provenance' }),
      client.readContract({ ...lens, functionName: 'incident' }),
    ]),
  )
  if (answer.requiredStage === 0) {
    throw new KedgeError(
      'STAGE_MISMATCH',
      `there is no environment ${environment}`,
      { environment },
      { remedy: 'Check its name; the Assembly adds environments.' },
    )
  }
  const { active, version } = answer
  return {
    environment,
    requires: stages[answer.requiredStage],
    sequence: active.sequence,
    active:
      active.version === none
        ? null
        : {
            version: active.version,
            number: active.number,
            stage: stages[version.stage],
            since: isoOf(active.since),
            risk: {
              effective: risks[version.effective],
              declared: risks[version.declared],
              atActivation: risks[active.risk],
            },
            schema: version.schema,
            manifestDigest: version.manifestDigest,
            condemnedFrom: version.condemnedFrom === 0 ? null : isoOf(version.condemnedFrom),
          },
    halt:
      active.version === none || active.haltedBy === 0
        ? null
        : await readHalt(kedge, args, active, blockNumber),
    withdrawal:
      active.version !== none || active.newest === 0
        ? null
        : await readWithdrawal(kedge, args, active, blockNumber),
    requiredSchemas: numbersOf(answer.requiredSchemas),
    missingSchemas: numbersOf(answer.missingSchemas),
    incident:
      incident.respondBy === 0
        ? null
        : {
            trigger: triggers[incident.trigger],
            number: incident.number,
            reportedAt: isoOf(incident.reportedAt),
            respondBy: isoOf(incident.respondBy),
            overdue,
          },
  }
}

/** A model and an environment. */
type Place = readonly [model: Hex, environment: Hex]

/** The chain's word holds the rank and the time of a halt; who it was and why stands in the log. */
async function readHalt(
  kedge: Kedge,
  place: Place,
  active: { readonly version: Hex; readonly haltedBy: number; readonly timer: number },
  toBlock: bigint,
) {
  const filter = { actions: ['Halted'], subject: active.version, toBlock } as const
  const halt = await lastOf(kedge, place, filter, 'who halted it')
  return {
    authority: roles[active.haltedBy],
    at: isoOf(active.timer),
    by: halt?.actor ?? null,
    reason: halt?.document ?? null,
  }
}

/** Whoever withdrew it stands in the log; in the chain's word only the RAIO and committees. */
async function readWithdrawal(
  kedge: Kedge,
  place: Place,
  active: { readonly previous: number; readonly haltedBy: number; readonly since: number },
  toBlock: bigint,
) {
  const { registry } = kedge.deployment.contracts
  const version = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: registry,
      abi: registryAbi,
      functionName: 'numbered',
      args: [place[0], active.previous],
      blockNumber: toBlock,
    }),
  )
  const filter = { actions: ['Withdrawn'], subject: version, toBlock } as const
  const entry = await lastOf(kedge, place, filter, 'who withdrew it')
  return {
    version,
    number: active.previous,
    at: isoOf(active.since),
    authority: active.haltedBy === 0 ? (entry?.authority ?? null) : (roles[active.haltedBy] ?? null),
    by: entry?.actor ?? null,
    reason: entry?.document ?? null,
  }
}

/** The last such entry about an environment: a version may be halted in several. */
async function lastOf(
  kedge: Kedge,
  [, environment]: Place,
  filter: AuditOptions,
  what: string,
): Promise<AuditEntry | undefined> {
  const entries = await entriesOrNone(kedge, filter, what)
  return entries.findLast(({ data }) => environmentIn(data) === environment)
}

function statusLines(status: Status, book: Book): string[] {
  const { model, review } = status
  const closed = model.state === 'Open' ? '' : `, ${model.state?.toUpperCase()} by the Assembly`
  return [
    `${model.name ?? model.id}: floor ${model.floor}, ${counted(model.versions, 'version')}, sequence ${model.sequence}${closed}`,
    `  domain      ${book.domain(model.domain)}`,
    ...developerLines(model, book),
    ...model.schemas.map(schemaLine),
    `review of the policy ${review.overdue ? 'OVERDUE since' : 'due'} ${textOf(review.dueAt)}`,
    `as of block ${status.block}, ${textOf(status.time)}`,
    ...status.environments.flatMap(environment => ['', ...environmentLines(environment, book)]),
  ]
}

function developerLines({ developers }: Status['model'], book: Book): string[] {
  if (developers === null) return []
  return [`  developers  ${developers.map(id => book.who(id)).join(', ') || 'none'}`]
}

function schemaLine({ number, digest, satisfies }: Status['model']['schemas'][number]): string {
  const others = satisfies.filter(other => other !== number)
  const also = others.length === 0 ? '' : `, serves the consumers of ${others.join(', ')} too`
  return `  ${`schema ${number}`.padEnd(12)}${digest}${also}`
}

function environmentLines(status: EnvironmentStatus, book: Book): string[] {
  return [
    `${status.environment} (requires ${status.requires})`,
    ...requiredLines(status),
    ...activeLines(status, book),
    ...incidentLines(status),
  ]
}

function requiredLines({ requiredSchemas }: EnvironmentStatus): string[] {
  return requiredSchemas.length === 0 ? [] : [`  needs     the schemas ${requiredSchemas.join(', ')}`]
}

function withdrawalLines({ withdrawal }: EnvironmentStatus, book: Book): string[] {
  if (withdrawal === null) return ['  nothing is active']
  const { number, at, authority, by, reason } = withdrawal
  const who =
    by === null ? (authority ?? 'an operator or a Monitor') : whoAs(book.who(by), authority ?? undefined)
  return [
    '  nothing is active',
    `  WITHDRAWN #${number} by ${who} at ${textOf(at)}${reason === null ? '' : `, reason ${reason}`}`,
  ]
}

function activeLines(status: EnvironmentStatus, book: Book): string[] {
  const { active, halt, missingSchemas } = status
  if (active === null) return withdrawalLines(status, book)
  const { risk } = active
  const lines = [
    `  active    #${active.number} ${active.version}`,
    `            ${active.stage}, since ${textOf(active.since)}`,
    `            effective risk ${risk.effective}, declared ${risk.declared}, ${risk.atActivation} when it was activated`,
  ]
  if (active.condemnedFrom !== null) {
    lines.push(
      `  CONDEMNED from ${textOf(active.condemnedFrom)}: rolled back elsewhere; the deploy gate denies it`,
      '            replace it here too: kedge rollback, withdraw or promote',
    )
  }
  if (halt !== null) {
    const who = halt.by === null ? halt.authority : whoAs(book.who(halt.by), halt.authority)
    lines.push(
      `  HALTED    by ${who} at ${textOf(halt.at)}${halt.reason === null ? '' : `, reason ${halt.reason}`}`,
    )
  }
  if (missingSchemas.length > 0) lines.push(`  degraded  it lacks the schemas ${missingSchemas.join(', ')}`)
  return lines
}

/** An incident outlives the version that it is about: what happened must be answered for. */
function incidentLines({ incident }: EnvironmentStatus): string[] {
  if (incident === null) return []
  return [
    `  incident  ${incident.trigger} of #${incident.number}, reported ${textOf(incident.reportedAt)}`,
    `            response ${incident.overdue ? 'OVERDUE since' : 'due by'} ${textOf(incident.respondBy)}`,
  ]
}

interface HistoryOptions extends ChainOptions {
  readonly subject?: string
  readonly actor?: string
  readonly names?: string
}

/** An entry with what people want to know of it. */
interface HistoryEntry extends AuditEntry {
  readonly contract: 'registry' | 'rules'
  /** The model that it is about. */
  readonly model: Hex | null
  readonly words: string
}

function addHistory(program: Command): void {
  withNames(withChain(program.command('history')))
    .description(
      'Every entry of both audit chains in words. It fails unless the chain’s own heads follow from them.',
    )
    .addOption(
      new Option(
        '--subject <name>',
        'only entries about a model, environment or person, or that name it: by its name, its id or the address of a key; about a version by its id',
      ).argParser(parseSubject),
    )
    .addOption(
      new Option(
        '--actor <name>',
        'only what a person or a committee did: by the name, the id or the address of a key',
      ).argParser(parseSubject),
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ kedge history --subject silero-vad --names names.json\n' +
        '  $ kedge history --actor "Ada Osei" --names names.json\n' +
        '  $ kedge history --actor "Emergency Committee"',
    )
    .action(async (options: HistoryOptions) => {
      const kedge = await openKedge(options)
      const names = await readNames(options.names)
      const { block, heads, entries, book } = await readHistory(kedge, names)
      const { subject, actor } = options
      const about = subject === undefined ? undefined : await meant(kedge, book, subject)
      const by = actor === undefined ? undefined : await meant(kedge, book, actor)
      const found = entries.filter(
        entry =>
          (about === undefined || isAbout(entry, about)) && (by === undefined || by.ids.has(entry.actor)),
      )
      if (found.length === 0) {
        for (const one of [by, about]) if (one !== undefined) await mustBeKnown(one, entries)
        const filters = [by && `by ${by.text}`, about && `about ${about.text}`].filter(Boolean)
        if (options.json !== true) return say(`no entry is ${filters.join(' and ')}`)
      }
      const times = await timesOf(kedge, found)
      const told = found.map(entry => ({ ...entry, time: isoOf(times.get(entry.block) ?? 0n) }))
      await print(
        { block, heads, entries: told },
        options,
        told.map(({ time, block: number, words, document }) => {
          const paper = document === none ? '' : `  [${document}]`
          return `${textOf(time)}  block ${number}  ${words}${paper}`
        }),
      )
    })
}

/** Both audit chains, whole and proven by their heads, in the order in which things happened. */
async function readHistory(kedge: Kedge, names: Names) {
  const client = readerOf(kedge.rpcUrl)
  const { contracts } = kedge.deployment
  const block = await reach(() => client.getBlock())
  const read = async (name: 'registry' | 'rules') => {
    const entries = await withProgress(progress =>
      auditEntries(kedge, contracts[name], {
        toBlock: block.number,
        onProgress: (done, last) => progress.update(`${name}: read to block ${done} of ${last}`),
      }),
    )
    await mustLeadToHead(kedge, name, entries, block)
    say(`${name}: ${entries.length} entries lead to the head ${headOf(entries)}`)
    return entries
  }
  const registry = await read('registry')
  const rules = await read('rules')
  const book = createBook(kedge, registry, names)
  const entries = [
    ...rules.map(entry => ({ ...entry, contract: 'rules' as const })),
    ...registry.map(entry => ({ ...entry, contract: 'registry' as const })),
  ]
    .toSorted((a, b) => Number(a.block - b.block) || a.logIndex - b.logIndex)
    .map(
      (entry): HistoryEntry => ({
        ...entry,
        model: book.modelOf(entry.subject) ?? null,
        words: wordsOfEntry(entry, contracts, book),
      }),
    )
  return { block: block.number, heads: { registry: headOf(registry), rules: headOf(rules) }, entries, book }
}

async function mustLeadToHead(
  kedge: Kedge,
  name: 'registry' | 'rules',
  entries: readonly AuditEntry[],
  block: { readonly number: bigint; readonly hash: Hex },
): Promise<void> {
  const client = readerOf(kedge.rpcUrl)
  const address = kedge.deployment.contracts[name]
  const [head, again] = await reach(() =>
    Promise.all([
      client.readContract({ address, abi: registryAbi, functionName: 'head', blockNumber: block.number }),
      client.getBlock({ blockNumber: block.number }),
    ]),
  )
  const recomputed = headOf(entries)
  if (head === recomputed) return
  if (again.hash !== block.hash) {
    throw new KedgeError(
      'RPC_DISAGREE',
      'the chain was reorganised while it was read',
      { block: block.number.toString(), before: block.hash, after: again.hash },
      { remedy: 'Ask again.' },
    )
  }
  throw new KedgeError(
    'PROOF_INVALID',
    `the entries of the ${name} do not lead to its head: some are missing or false`,
    { contract: address, head, recomputed, entries: entries.length },
    { remedy: 'Use another endpoint: this one withholds or alters entries.' },
  )
}

/** Whether it is about something, or its call names it. */
function isAbout({ subject, model, data }: HistoryEntry, { ids, marks }: Meant): boolean {
  return ids.has(subject) || ids.has(model ?? none) || marks.some(mark => data.includes(mark))
}

/** A mistyped name must not pass for somebody who did nothing. */
async function mustBeKnown({ text, ids, isKnown }: Meant, entries: readonly HistoryEntry[]): Promise<void> {
  const seen = entries.some(
    ({ subject, actor, model }) => ids.has(subject) || ids.has(actor) || ids.has(model ?? none),
  )
  if (seen || (await isKnown())) return
  throw new KedgeError(
    'NOT_REGISTERED',
    `nothing is known as ${text}`,
    { name: text },
    {
      remedy:
        'Check the name: those of models and environments are taken letter by letter, those of people stand in --names or KEDGE_NAMES.',
    },
  )
}

/** The times of the blocks of entries; asked for in handfuls, so that no endpoint is overrun. */
async function timesOf(kedge: Kedge, entries: readonly AuditEntry[]): Promise<ReadonlyMap<bigint, bigint>> {
  const client = readerOf(kedge.rpcUrl)
  const numbers = [...new Set(entries.map(({ block }) => block))]
  const times = new Map<bigint, bigint>()
  await withProgress(async progress => {
    for (let index = 0; index < numbers.length; index += 20) {
      progress.update(`times of blocks: ${index} of ${numbers.length}`)
      const blocks = await reach(() =>
        Promise.all(numbers.slice(index, index + 20).map(blockNumber => client.getBlock({ blockNumber }))),
      )
      for (const { number, timestamp } of blocks) times.set(number, timestamp)
    }
  })
  return times
}

function textOf(iso: string): string {
  return timeText(Date.parse(iso) / 1000)
}
