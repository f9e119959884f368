import { KedgeError } from '../errors/index.ts'
import { FORBIDDEN_KEY, type Json, type JsonLimits, MAX_DEPTH, parseJson } from './json.ts'

/**
 * Writes a value in its one canonical form: the JSON Canonicalization Scheme (RFC 8785), for values without floats.
 * No white space; keys sorted by their UTF-16 code units; strings escaped as ECMAScript does; UTF-8.
 *
 * @param value - Plain objects, arrays, strings, booleans, null, and integers of the safe range: see {@link Json}.
 * @returns The bytes whose SHA-256 is the document's digest.
 * @throws MANIFEST_MALFORMED, naming the field, for anything that has no canonical form.
 *
 * @see RFC 8785, section 3.2
 * @example
 * ```ts
 * new TextDecoder().decode(canonicalize({ b: 1, a: ['€'] })) // '{"a":["€"],"b":1}'
 * ```
 */
export function canonicalize(value: unknown): Uint8Array {
  return new TextEncoder().encode(write(value, [], 0))
}

/**
 * Reads a document that must be in its canonical form: what it says, written again, must be the very bytes that
 * were read. So there is exactly one byte string for each content, and nothing can hide in the spelling.
 *
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED.
 *
 * @example
 * ```ts
 * parseCanonical(new TextEncoder().encode('{"a":1}'), { maxBytes: 1024 }) // { a: 1 }
 * parseCanonical(new TextEncoder().encode('{"a": 1}'), { maxBytes: 1024 }) // MANIFEST_MALFORMED
 * ```
 */
export function parseCanonical(bytes: Uint8Array, limits: JsonLimits): Json {
  const value = parseJson(bytes, limits)
  const again = canonicalize(value)
  const difference = firstDifference(bytes, again)
  if (difference !== -1) {
    throw new KedgeError(
      'MANIFEST_MALFORMED',
      `The document is not in canonical form (RFC 8785): it differs from it at byte ${difference}`,
      { byte: difference },
    )
  }
  return value
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return -1
}

type Trail = readonly (string | number)[]

function write(value: unknown, trail: Trail, depth: number): string {
  switch (typeof value) {
    case 'boolean':
      return String(value)
    case 'number':
      if (!Number.isSafeInteger(value)) return fail(trail, 'a number must be an integer below 2^53')
      // JSON.stringify writes minus zero as 0, as RFC 8785 demands.
      return JSON.stringify(value)
    case 'string':
      return writeString(value, trail)
    case 'object':
      if (value === null) return 'null'
      if (depth >= MAX_DEPTH) return fail(trail, `nested deeper than ${MAX_DEPTH}`)
      return Array.isArray(value) ? writeArray(value, trail, depth + 1) : writeObject(value, trail, depth + 1)
    default:
      return fail(trail, `${typeof value} has no JSON form`)
  }
}

function writeString(value: string, trail: Trail): string {
  if (!value.isWellFormed()) return fail(trail, 'the string holds half of a surrogate pair')
  return JSON.stringify(value)
}

function writeArray(items: readonly unknown[], trail: Trail, depth: number): string {
  // Array.from visits holes too, which then fail as undefined.
  return `[${Array.from(items, (item, index) => write(item, [...trail, index], depth)).join(',')}]`
}

function writeObject(object: object, trail: Trail, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) {
    return fail(trail, 'only plain objects have a JSON form')
  }
  const members = Object.entries(object)
    .toSorted(([a], [b]) => compareUtf16(a, b))
    .map(([key, value]) => {
      const here = [...trail, key]
      if (key === FORBIDDEN_KEY) return fail(here, `the key "${FORBIDDEN_KEY}" is not allowed`)
      return `${writeString(key, here)}:${write(value, here, depth)}`
    })
  return `{${members.join(',')}}`
}

/** JavaScript compares strings by UTF-16 code units, which is the order that RFC 8785 asks for. */
function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : 1
}

function fail(trail: Trail, problem: string): never {
  const field = formatTrail(trail)
  throw new KedgeError('MANIFEST_MALFORMED', `${field}: ${problem}`, { field, problem })
}

/** `['a', 0, 'b']` as people write it: `a[0].b`. */
export function formatTrail(trail: readonly PropertyKey[]): string {
  const text = trail.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return text === '' ? '(document)' : text.replace(/^\./, '')
}
