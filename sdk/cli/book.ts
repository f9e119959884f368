import { decodeFunctionData, type Hex } from 'viem'
import { registryAbi } from '../chain/abi/index.ts'
import {
  type AuditEntry,
  auditEntries,
  environmentIdOf,
  type Identity,
  type Kedge,
  modelIdOf,
  none,
  type Risk,
  risks,
  signerOf,
  versionIdOf,
  voiceOf,
} from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { readJson } from './files.ts'

/** What ids are called. The chain knows ids only, and the names of models; other names come from a file of one's own. */
export interface Book {
  /** A person, a committee or an account, as the actor of an entry. */
  who(id: Hex): string
  model(id: Hex): string
  /** A version, as model and number. */
  version(id: Hex): string
  /** The same, from everything that its id commits to. */
  identity(identity: IdentityWords): string
  environment(id: Hex): string
  domain(id: Hex): string
  /** The model of a version. */
  modelOf(version: Hex): Hex | undefined
  /** The number that a schema got, by the entry of its addition. */
  schemaOf(entry: AuditEntry): number | undefined
  /** Whatever has this name: ids, and the accounts that {@link Names} know by it. */
  idsOf(name: string): readonly Hex[]
}

/** An identity as a call holds it: the risk is a number. */
export type IdentityWords = Omit<Identity, 'risk'> & { readonly risk: number }

/** Names by id or address, in lower case. */
export type Names = ReadonlyMap<string, string>

/** The entries from which {@link createBook} takes what it knows. */
export const bookActions = ['ModelCreated', 'Registered'] as const

/** A book of what the chain says about models and versions. */
export async function readBook(kedge: Kedge, names: Names = new Map()): Promise<Book> {
  const entries = await auditEntries(kedge, kedge.deployment.contracts.registry, { actions: bookActions })
  return createBook(kedge, entries, names)
}

/** A book from the entries of the registry, as far as they are at hand. */
export function createBook(kedge: Kedge, entries: readonly AuditEntry[], names: Names = new Map()): Book {
  const { timelocks } = kedge.deployment.contracts
  const known = new Map<string, string>([
    // An actor stands left-padded in an entry, a signer by its bytes.
    ...[voiceOf, signerOf].flatMap(as => [
      [as(timelocks.assembly), 'the Assembly'] as const,
      [as(timelocks.oversight), 'the Oversight Committee'] as const,
      [as(timelocks.emergency), 'the Emergency Committee'] as const,
    ]),
    [voiceOf(kedge.deployment.contracts.registry), 'the Registry'],
    [voiceOf(kedge.deployment.contracts.rules), 'the Rules'],
    ...['validation', 'staging', 'production'].map(name => [environmentIdOf(name), name] as const),
  ])
  const models = new Map<Hex, string>()
  const versions = new Map<Hex, { readonly model: Hex; readonly number: number }>()
  const counts = new Map<Hex, number>()
  const schemas = new Map<string, number>()
  const schemaCounts = new Map<Hex, number>()
  for (const entry of entries) {
    const { action, subject, data } = entry
    // Ids are hashes of what they stand for: an endpoint cannot make one mean something else.
    if (action === 'ModelCreated') {
      const found = nameIn(data)
      if (found !== undefined && modelIdOf(found) === subject) models.set(subject, found)
    }
    if (action === 'SchemaAdded') {
      const number = schemaCounts.get(subject) ?? 0
      schemaCounts.set(subject, number + 1)
      schemas.set(placeOf(entry), number)
    }
    if (action === 'Registered') {
      const identity = identityIn(data)
      if (identity === undefined || versionIdAt(kedge, identity) !== subject) continue
      const number = (counts.get(identity.model) ?? 0) + 1
      counts.set(identity.model, number)
      versions.set(subject, { model: identity.model, number })
    }
  }
  const name = (id: Hex) => names.get(id.toLowerCase()) ?? known.get(id.toLowerCase())
  const modelName = (id: Hex) => models.get(id) ?? name(id) ?? short(id)
  const versionName = (id: Hex) => {
    if (id === none) return 'none'
    const found = versions.get(id)
    if (found === undefined) return name(id) ?? `version ${short(id)}`
    return `${modelName(found.model)} #${found.number} (${name(id) ?? short(id)})`
  }
  return {
    who: id => name(id) ?? name(accountIn(id)) ?? short(accountIn(id)),
    model: modelName,
    version: versionName,
    identity: identity => versionName(versionIdAt(kedge, wordsOf(identity))),
    environment: id => name(id) ?? `environment ${short(id)}`,
    domain: id => name(id) ?? id,
    modelOf: version => versions.get(version)?.model,
    schemaOf: entry => schemas.get(placeOf(entry)),
    idsOf: text => [
      ...idsCalled(names, text),
      ...[...known].flatMap(([id, called]) => (bare(called) === bare(text) ? [id as Hex] : [])),
      ...[...models].flatMap(([id, called]) => (called === text ? [id] : [])),
    ],
  }
}

/** What the holder of an account is called; the address itself where nobody has named it or the person. */
export function calledBy(names: Names, account: Hex, person: Hex): string {
  return names.get(account.toLowerCase()) ?? names.get(person.toLowerCase()) ?? account
}

/** The ids and addresses that have this name in a file of names. */
export function idsCalled(names: Names, text: string): readonly Hex[] {
  return [...names].flatMap(([id, name]) => (name === text ? [id as Hex] : []))
}

/** A committee has an article here, which a command line need not have. */
function bare(called: string): string {
  return called.replace(/^the /, '')
}

/** Where an entry stands in the log. */
function placeOf({ transaction, logIndex }: AuditEntry): string {
  return `${transaction} ${logIndex}`
}

/**
 * A file of names: a JSON object whose keys are ids or addresses.
 *
 * @throws KedgeError `USAGE`.
 */
export async function readNames(path: string | undefined): Promise<Names> {
  if (path === undefined) return new Map()
  const value = await readJson(path)
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const wrong = entries.find(
    ([id, name]) => !/^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(id) || typeof name !== 'string',
  )
  if (entries.length === 0 || wrong !== undefined || Array.isArray(value)) {
    const where = wrong === undefined ? '' : ` at "${wrong[0]}"`
    throw new KedgeError(
      'USAGE',
      `${path} is not a file of names${where}`,
      { path },
      {
        remedy: 'It must be a JSON object such as {"0x1f…": "Ada Osei"}: ids or addresses, and their names.',
      },
    )
  }
  return new Map(entries.map(([id, name]) => [id.toLowerCase(), name as string]))
}

/** An id in few characters, enough to tell it from others. */
export function short(id: Hex): string {
  return id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id
}

/** An actor that is an account stands left-padded in an entry. */
function accountIn(id: Hex): Hex {
  return /^0x0{24}[0-9a-f]{40}$/i.test(id) ? `0x${id.slice(26)}` : id
}

function nameIn(data: Hex): string | undefined {
  const call = decode(data)
  return call?.functionName === 'createModel' ? call.args[0] : undefined
}

/** What was registered, from the data of its entry. */
export function identityIn(data: Hex): Identity | undefined {
  const call = decode(data)
  if (call?.functionName !== 'register' && call?.functionName !== 'registerBySig') return undefined
  return wordsOf(call.args[0])
}

/** Whom an entry lets develop a model, or no longer, from its data. */
export function developersIn(data: Hex): readonly Hex[] {
  const call = decode(data)
  if (call?.functionName === 'createModel') return call.args[3]
  return call?.functionName === 'setDeveloper' ? [call.args[1]] : []
}

/** The environment of an order, from the data of its entry. */
export function environmentIn(data: Hex): Hex | undefined {
  const [order] = decode(data)?.args ?? []
  return typeof order === 'object' && 'environment' in order ? order.environment : undefined
}

function wordsOf({ risk, ...rest }: IdentityWords): Identity {
  return { ...rest, risk: risks[risk] as Risk }
}

function versionIdAt({ deployment }: Kedge, identity: Identity): Hex {
  const { chainId, contracts } = deployment
  return versionIdOf({ chainId, registry: contracts.registry, identity })
}

function decode(data: Hex) {
  try {
    return decodeFunctionData({ abi: registryAbi, data })
  } catch {
    return undefined
  }
}
