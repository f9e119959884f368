import { decodeFunctionData, type Hex } from 'viem'
import { registryAbi } from '../chain/abi/index.ts'
import {
  type AuditEntry,
  auditEntries,
  environmentIdOf,
  type Identity,
  type Kedge,
  none,
  type Risk,
  risks,
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
  /** The model of a version. */
  modelOf(version: Hex): Hex | undefined
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
    [voiceOf(timelocks.assembly), 'the Assembly'],
    [voiceOf(timelocks.oversight), 'the Oversight Committee'],
    [voiceOf(timelocks.emergency), 'the Emergency Committee'],
    [voiceOf(kedge.deployment.contracts.registry), 'the Registry'],
    [voiceOf(kedge.deployment.contracts.rules), 'the Rules'],
    ...['validation', 'staging', 'production'].map(name => [environmentIdOf(name), name] as const),
  ])
  const models = new Map<Hex, string>()
  const versions = new Map<Hex, { readonly model: Hex; readonly number: number }>()
  const counts = new Map<Hex, number>()
  for (const entry of entries) {
    if (entry.action === 'ModelCreated') models.set(entry.subject, nameIn(entry.data) ?? short(entry.subject))
    if (entry.action === 'Registered') {
      const model = modelIn(entry.data)
      if (model === undefined) continue
      const number = (counts.get(model) ?? 0) + 1
      counts.set(model, number)
      versions.set(entry.subject, { model, number })
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
  const { chainId, contracts } = kedge.deployment
  return {
    who: id => name(id) ?? name(accountIn(id)) ?? short(accountIn(id)),
    model: modelName,
    version: versionName,
    identity: ({ risk, ...rest }) =>
      versionName(
        versionIdOf({
          chainId,
          registry: contracts.registry,
          identity: { ...rest, risk: risks[risk] as Risk },
        }),
      ),
    environment: id => name(id) ?? `environment ${short(id)}`,
    modelOf: version => versions.get(version)?.model,
  }
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

function modelIn(data: Hex): Hex | undefined {
  const call = decode(data)
  return call?.functionName === 'register' ? call.args[0].model : undefined
}

function decode(data: Hex) {
  try {
    return decodeFunctionData({ abi: registryAbi, data })
  } catch {
    return undefined
  }
}
