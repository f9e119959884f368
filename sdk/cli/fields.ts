import { type AbiParameter, type Hex, isAddress, isHex } from 'viem'
import { domainIdOf, type Identity, identityArguments, type Kedge, none, roleSetOf } from '../chain/index.ts'
import { digestOf, type ParsedManifest, parseDocument } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { forGood, type Role, risks, roles, stages, triggers } from '../policy/words.ts'
import { identityOf, readManifestBeside } from '../verify/documents.ts'
import type { Field } from './acts.ts'
import {
  environmentArgument,
  isBytes32,
  isLabel,
  modelArgument,
  parseFileOrDigest,
  parseName,
  parseSchemas,
} from './arguments.ts'
import { idsCalled, type Names } from './book.ts'
import { blaming, readBytes } from './files.ts'
import { holderOf, personBehind } from './people.ts'
import { registrationOf, versionByName, versionOf } from './versions.ts'

/** How the text of a field becomes its value, and what the text must be, for people. */
interface Reading {
  readonly form: string
  /** A value for a call to a contract, or the promise of one. */
  readonly read: (text: string, sources: Sources) => unknown
}

/** What is asked for what stands behind a name. */
export interface Sources {
  readonly kedge: Kedge
  readonly names: Names
}

/** The value of a field from the command line. */
export async function readField(sources: Sources, field: Field, text: string): Promise<unknown> {
  const { form, read } = readingOf(field)
  try {
    return await read(text, sources)
  } catch (error) {
    if (error instanceof KedgeError) throw error
    throw new KedgeError(
      'USAGE',
      `${field.name}: "${text}" is not ${form}`,
      { field: field.name, given: text },
      { cause: error, remedy: `Give ${field.name}=…: ${form}.` },
    )
  }
}

/** What the text of a field must be. */
export function formOf(field: Field): string {
  return readingOf(field).form
}

/** What a field is, for people: what it is for, where its name does not say so, and what its text must be. */
export function meaningOf(field: Field): string {
  const purpose = purposes[field.name]
  return purpose === undefined ? formOf(field) : `${purpose} (${formOf(field)})`
}

const perRisk = 'for Low, Medium, High and Critical, in seconds up to a year'
const purposes: Readonly<Record<string, string>> = {
  document: 'what explains it',
  reason: 'why',
  plan: 'for degraded service, where schemas will be missing',
  name: 'what the model is called; its id follows from it',
  domain: 'whose leads sign versions off',
  domains: 'which the person leads',
  isLead: 'whether the person leads the domain',
  floor: 'the least risk of its versions',
  developers: 'who may register its versions',
  allowed: 'whether the person may register versions of the model',
  digest: 'the document of the schema',
  satisfies: 'the earlier schemas whose consumers it serves as well',
  schemas: 'all that the systems there need',
  monitored: 'whether Monitors may take the model one step back',
  raised: 'what it is raised to now',
  alternatives:
    'for each environment in which one could roll back to it, in their order, another that one could roll back to there',
  chainId: 'the chain that the model moves to',
  registry: 'the registry there',
  from: 'what operators or a Monitor made active',
  to: 'what they took out',
  stage: 'what a version must have reached to run there',
  signer: 'the key that the person gets',
  salt: 'any: the person’s id follows from it and the key',
  roles: 'all roles that the person holds from then on',
  versioning: 'when the certificate for versioning ends',
  rollback: 'when the one for rollbacks ends',
  incident: 'when the one for incidents ends',
  policy: 'the text of the policy',
  matrix: 'which roles sign off',
  soak: `how long a version must run before one may roll back to it, ${perRisk}`,
  response: `how long after a reported trigger a response is due, ${perRisk}`,
  current: 'the key in use',
  signature: 'of the objection by the key in use; 0x if that key sends this',
  until: 'when the suspension ends',
  authority: 'the role in which it is done',
  quorum: 'votes for or abstaining that it takes, at least two',
  superQuorum: 'votes for with which it passes at once',
  newVotingDelay: 'seconds before voting begins, up to 30 days',
  newVotingPeriod: 'seconds of voting, from an hour to 30 days',
  newVoteExtension: 'seconds that remain after a late quorum, up to 30 days',
}

function readingOf({ name, input }: Field): Reading {
  const byName = readings[name]
  if (byName !== undefined) return byName
  const type = input.internalType ?? input.type
  const list = /^(.*)\[\d*\]$/.exec(type)?.[1]
  if (list === undefined) return byType(type, input)
  const one = byType(list, input)
  return {
    form: `${one.form}; several are separated by commas, none is an empty text`,
    read: (text, sources) =>
      Promise.all(text === '' ? [] : text.split(',').map(part => one.read(part.trim(), sources))),
  }
}

function byType(type: string, input: AbiParameter): Reading {
  const found = types[type]
  if (found !== undefined) return found
  if (/^uint\d+$/.test(type)) return number
  throw new Error(`no way to read ${input.name ?? 'a value'} of the type ${type}`)
}

const number: Reading = {
  form: 'a whole number',
  read: text => BigInt(must(text, /^[0-9]+$/.test(text))),
}

const time: Reading = {
  form: 'a time such as 2027-01-31T12:00:00Z, or seconds since 1970, or "for good"',
  read: text => {
    if (text === 'for good') return forGood
    const seconds = /^[0-9]+$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000)
    return must(seconds, /^[0-9]+$|T.*Z$/.test(text) && seconds >= 0 && seconds <= forGood)
  },
}

const bitmap: Reading = {
  form: 'the numbers of schemas, separated by commas; none is an empty text',
  read: text => parseSchemas(text).reduce((bits, schema) => bits | (1n << BigInt(schema)), 0n),
}

const document: Reading = { form: 'a document C, or its digest', read: documentOf }
const anyFile: Reading = {
  form: 'a file, or its SHA-256 digest',
  read: async text => {
    const given = parseFileOrDigest(text)
    return isBytes32(given) ? given : `0x${digestOf(await readBytes(given))}`
  },
}

/** Fields whose names say more than their types. */
const readings: Readonly<Record<string, Reading>> = {
  document,
  reason: document,
  evidence: document,
  plan: {
    form: 'a document C, or its digest; none is an empty text',
    read: text => (text === '' ? none : documentOf(text)),
  },
  digest: anyFile,
  policy: anyFile,
  schemas: bitmap,
  satisfies: bitmap,
  roles: {
    form: `roles, separated by commas: ${roles.slice(1).join(', ')}; none is an empty text`,
    read: text =>
      roleSetOf(text === '' ? [] : text.split(',').map(part => wordOf(part, roles.slice(1)) as Role)),
  },
  until: time,
  versioning: time,
  rollback: time,
  incident: time,
  signer: {
    form: 'an address, or an ERC-7913 signer in hex',
    read: text => must(text.toLowerCase(), isHex(text) && text.length >= 42 && text.length % 2 === 0),
  },
}

/** The other fields, by the name of their type. */
const types: Readonly<Record<string, Reading>> = {
  ModelId: { form: 'a model: its name or id', read: text => modelArgument(parseName(text)) },
  EnvironmentId: {
    form: 'an environment: its name or id',
    read: text => environmentArgument(parseName(text)),
  },
  DomainId: {
    form: 'a domain: its name or id',
    read: text => (isBytes32(text) ? text : domainIdOf(parseName(text))),
  },
  PersonId: { form: 'a person: an id, the address of the key in use, or a name of --names', read: personOf },
  VersionId: {
    form: 'a version: an id, its directory, or "MODEL LABEL"',
    read: async (text, { kedge }) => (await versionNamed(kedge, text)).id,
  },
  'struct Identity': {
    form: 'a version: an id, its directory, or "MODEL LABEL"',
    read: async (text, { kedge }) => identityArguments(await identityNamed(kedge, text)),
  },
  'enum Risk': wordReading(risks),
  'enum Stage': wordReading(stages.slice(2, 5), stages),
  'enum Role': wordReading(roles.slice(1), roles),
  'enum Trigger': wordReading(triggers.slice(1), triggers),
  bool: { form: 'yes or no', read: text => must(text === 'yes', text === 'yes' || text === 'no') },
  address: { form: 'an address', read: text => must(text, isAddress(text)) },
  string: { form: 'a text', read: text => text },
  bytes: {
    form: 'bytes in hex',
    read: text => must(text.toLowerCase(), isHex(text) && text.length % 2 === 0),
  },
  bytes32: { form: '0x and 64 hex digits', read: text => must(text, isBytes32(text)) },
  Matrix: {
    form: 'the matrix in hex: docs/formats.md',
    read: text => BigInt(must(text, /^0x[0-9a-f]{1,48}$/i.test(text))),
  },
}

function wordReading(offered: readonly string[], all: readonly string[] = offered): Reading {
  return {
    form: `one of ${offered.join(', ')}`,
    read: text => all.indexOf(wordOf(text, offered)),
  }
}

function wordOf(text: string, offered: readonly string[]): string {
  return must(text.trim(), offered.includes(text.trim()))
}

/** @throws Error, which {@link readField} explains. */
function must<T>(value: T, holds: boolean): T {
  if (!holds) throw new Error('malformed')
  return value
}

async function documentOf(text: string): Promise<Hex> {
  const given = parseFileOrDigest(text)
  if (isBytes32(given)) return given
  const bytes = await readBytes(given)
  const remedy = 'kedge document writes it; its bytes must stay as they were written.'
  return `0x${blaming(given, remedy, () => parseDocument(bytes)).digest}`
}

async function versionNamed(
  kedge: Kedge,
  text: string,
): Promise<{ readonly id: Hex; readonly title: string; readonly manifest?: ParsedManifest }> {
  if (isBytes32(text)) return { id: text, title: text }
  const manifest = await readManifestBeside(text)
  if (manifest !== undefined) return versionOf(kedge, manifest)
  const [, model = '', label = ''] = /^(.+) (\S+)$/.exec(text) ?? []
  return await versionByName(kedge, parseName(must(model, isLabel(label))), label)
}

async function identityNamed(kedge: Kedge, text: string): Promise<Identity> {
  const { manifest, ...version } = await versionNamed(kedge, text)
  return manifest === undefined ? await registrationOf(kedge, version) : identityOf(manifest)
}

async function personOf(text: string, { kedge, names }: Sources): Promise<Hex> {
  if (isBytes32(text)) return text
  if (isAddress(text)) return await holderOf(kedge, text)
  const called = idsCalled(names, text)
  const found = await Promise.all(called.map(async id => await personBehind(kedge, id)))
  const people = [...new Set(found.filter(id => id !== none))]
  if (people.length > 1) {
    throw new KedgeError(
      'USAGE',
      `${people.length} people are called ${text}`,
      { name: text, people },
      { remedy: 'Give the id of the one who is meant.' },
    )
  }
  return must(people[0], people.length === 1) as Hex
}
