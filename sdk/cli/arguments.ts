import { InvalidArgumentError } from 'commander'
import { type Hex, isAddress } from 'viem'
import { environmentIdOf, modelIdOf } from '../chain/ids.ts'
import { labelField, modelField } from '../documents/fields.ts'

// Parsers of arguments. They throw commander's error, which then names the option or the argument that is wrong.

/** 32 bytes in hex: an id, or a digest. */
export function isBytes32(text: string): text is Hex {
  return /^0x[0-9a-f]{64}$/i.test(text)
}

/** The id of a version, or of anything else that has 32 bytes. */
export function parseId(text: string): Hex {
  if (isBytes32(text)) return text.toLowerCase() as Hex
  throw new InvalidArgumentError('It must be 0x and 64 hex digits.')
}

/** A name, or an id in its place; what begins like an id must be one. */
export function parseName(text: string): string {
  if (text.startsWith('0x')) return parseId(text)
  if (modelField.safeParse(text).success) return text
  throw new InvalidArgumentError('It must be a name in one line, or an id: 0x and 64 hex digits.')
}

/** A name, an id, or the address of a key. */
export function parseSubject(text: string): string {
  return isAddress(text, { strict: false }) ? text.toLowerCase() : parseName(text)
}

/** The name of a model, where its id would not do. */
export function parseModelName(text: string): string {
  if (!isBytes32(text) && modelField.safeParse(text).success) return text
  throw new InvalidArgumentError('It must be the name itself, in one line, not the id.')
}

/** The id of a model: of its name, or given as it is. */
export function modelArgument(name: string): Hex {
  return isBytes32(name) ? name : modelIdOf(name)
}

/** The id of an environment: of its name, or given as it is. */
export function environmentArgument(name: string): Hex {
  return isBytes32(name) ? name : environmentIdOf(name)
}

/** A file, or a digest in its place: 64 hex digits, as kedge document prints them, with or without 0x. */
export function parseFileOrDigest(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return `0x${text.toLowerCase()}`
  if (text.startsWith('0x')) return parseId(text)
  if (text !== '') return text
  throw new InvalidArgumentError('It must be a file, or a digest: 64 hex digits.')
}

/** A version as its label, or as its id. */
export function parseVersion(text: string): string {
  if (text.startsWith('0x')) return parseId(text)
  if (isLabel(text)) return text
  throw new InvalidArgumentError('It must be a label such as 5.1.2, or a version id: 0x and 64 hex digits.')
}

/** Whether a text is a label: Semantic Versioning 2.0.0. */
export function isLabel(text: string): boolean {
  return labelField.safeParse(text).success
}

/** A whole number of days, one year at most. */
export function parseDays(text: string): number {
  const days = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0
  if (days >= 1 && days <= 365) return days
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 365.')
}

/** A whole number that is at least 1. */
export function parseCount(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number, at least 1.')
}

/** The numbers of schemas, separated by commas; none of them in an empty text. */
export function parseSchemas(text: string): readonly number[] {
  const numbers = text === '' ? [] : text.split(',')
  if (numbers.every(number => /^[0-9]{1,3}$/.test(number) && Number(number) <= 255))
    return numbers.map(Number)
  throw new InvalidArgumentError('It must be numbers from 0 to 255, separated by commas.')
}

/** An HTTP endpoint. */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text
  throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.')
}

/** The id of a proposal, in decimal or in hex; undefined for anything else. */
export function proposalIdIn(text: string): bigint | undefined {
  if (!/^(?:0x[0-9a-f]{1,64}|[0-9]{1,78})$/i.test(text)) return undefined
  const id = BigInt(text)
  return id < 2n ** 256n ? id : undefined
}

/** A title: it becomes the heading of a proposal, in one line. */
export function parseTitle(text: string): string {
  const title = text.trim()
  if (title !== '' && !/[\r\n]/.test(title)) return title
  throw new InvalidArgumentError('It must be one line that is not empty.')
}

/** A version that a document is about, as its label and its manifest digest. */
export interface VersionSubjectArgument {
  readonly label: string
  readonly manifestDigest: string
}

/** Such a version from `label=digest`, with or without 0x; or undefined, when the text names a directory. */
export function versionSubjectIn(text: string): VersionSubjectArgument | undefined {
  const [, label, digest] = /^([^=]+)=(?:0x)?([0-9a-f]{64})$/i.exec(text) ?? []
  if (label === undefined || digest === undefined || !isLabel(label)) return undefined
  return { label, manifestDigest: digest.toLowerCase() }
}
