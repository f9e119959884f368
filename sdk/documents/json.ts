import { KedgeError } from '../errors/index.ts'

/** The JSON that Kedge documents are made of: no floats, so that every implementation writes the same bytes. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How much of a document is read before it is refused. */
export interface JsonLimits {
  /** The most bytes a document may have. */
  readonly maxBytes: number
  /** How many arrays and objects may stand inside one another. */
  readonly maxDepth?: number
}

/** The depth that every reader and writer of documents allows. The deepest document of Kedge needs 8. */
export const MAX_DEPTH = 32

/**
 * A key that is refused everywhere: in JavaScript it reads as an object's prototype, not as data, so two readers
 * of one document could see two things.
 */
export const FORBIDDEN_KEY = '__proto__'

/**
 * Reads JSON (RFC 8259) as strictly as a signed document deserves: UTF-8 without a byte order mark, no duplicate
 * keys, no lone surrogates, integers in the safe range only. White space and key order are free; for documents of
 * Kedge's own, which have one form only, see {@link parseCanonical}.
 *
 * `JSON.parse` is not enough: it keeps the last of two equal keys, where another reader may keep the first.
 *
 * @param bytes - UTF-8.
 * @param limits - `maxBytes` exceeded is SIZE_EXCEEDED; anything else that is wrong is MANIFEST_MALFORMED.
 * @returns The value. Objects keep the order of their keys.
 *
 * @example
 * ```ts
 * parseJson(new TextEncoder().encode('{"a": [1, true]}'), { maxBytes: 1024 }) // { a: [1, true] }
 * ```
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): Json {
  if (bytes.length > limits.maxBytes) {
    throw new KedgeError('SIZE_EXCEEDED', 'The document is larger than its kind may be', {
      bytes: bytes.length,
      limit: limits.maxBytes,
    })
  }
  return parseText(decodeUtf8(bytes), limits.maxDepth ?? MAX_DEPTH)
}

/** UTF-8, strictly: an error instead of U+FFFD, and the byte order mark is an error, not skipped. */
function decodeUtf8(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new KedgeError('MANIFEST_MALFORMED', 'The document is not UTF-8', {}, { cause })
  }
  if (text.startsWith('\uFEFF')) {
    throw new KedgeError('MANIFEST_MALFORMED', 'The document begins with a byte order mark')
  }
  return text
}

const INTEGER = /-?(?:0|[1-9][0-9]*)/y
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

function parseText(text: string, maxDepth: number): Json {
  let at = 0

  const fail = (problem: string): never => {
    throw new KedgeError('MANIFEST_MALFORMED', `Not strict JSON at character ${at}: ${problem}`, {
      character: at,
      problem,
    })
  }

  const skipSpace = (): void => {
    for (let c = text.charCodeAt(at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; ) {
      c = text.charCodeAt(++at)
    }
  }

  const string = (): string => {
    const start = at
    if (text[at] !== '"') fail('a string was expected')
    for (at++; text[at] !== '"'; at++) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) fail('the string does not end')
      if (code < 0x20) fail('a control character stands in a string')
      if (code === 0x5c) at++
    }
    at++
    let value: unknown
    try {
      // The engine's own decoder knows every escape; only the extent of the token was ours to find.
      value = JSON.parse(text.slice(start, at))
    } catch {
      at = start
      fail('the string holds a bad escape')
    }
    if (typeof value !== 'string' || !value.isWellFormed()) {
      at = start
      return fail('the string holds half of a surrogate pair')
    }
    return value
  }

  const number = (): number => {
    INTEGER.lastIndex = at
    const token = INTEGER.exec(text)?.[0] ?? fail('a value was expected')
    const value = Number(token)
    const next = text[at + token.length]
    if (next === '.' || next === 'e' || next === 'E') fail('only integers are allowed')
    if (Object.is(value, -0)) fail('minus zero is not allowed')
    if (!Number.isSafeInteger(value)) fail('the integer is beyond 2^53 - 1: write it as a string')
    at += token.length
    return value
  }

  const array = (depth: number): readonly Json[] => {
    const items: Json[] = []
    at++
    skipSpace()
    if (text[at] === ']') {
      at++
      return items
    }
    for (;;) {
      items.push(value(depth))
      if (text[at] === ']') {
        at++
        return items
      }
      if (text[at] !== ',') fail('"," or "]" was expected')
      at++
    }
  }

  const object = (depth: number): { readonly [key: string]: Json } => {
    const members: Record<string, Json> = {}
    at++
    skipSpace()
    if (text[at] === '}') {
      at++
      return members
    }
    for (;;) {
      skipSpace()
      const start = at
      const key = string()
      if (Object.hasOwn(members, key)) {
        at = start
        fail(`the key ${JSON.stringify(key)} stands twice`)
      }
      if (key === FORBIDDEN_KEY) fail(`the key "${FORBIDDEN_KEY}" is not allowed`)
      skipSpace()
      if (text[at] !== ':') fail('":" was expected')
      at++
      members[key] = value(depth)
      if (text[at] === '}') {
        at++
        return members
      }
      if (text[at] !== ',') fail('"," or "}" was expected')
      at++
    }
  }

  const value = (depth: number): Json => {
    skipSpace()
    let result: Json
    const first = text[at]
    if (first === '{' || first === '[') {
      if (depth >= maxDepth) fail(`nested deeper than ${maxDepth}`)
      result = first === '{' ? object(depth + 1) : array(depth + 1)
    } else if (first === '"') {
      result = string()
    } else {
      const word = WORDS.find(([name]) => text.startsWith(name, at))
      if (word === undefined) {
        result = number()
      } else {
        at += word[0].length
        result = word[1]
      }
    }
    skipSpace()
    return result
  }

  const result = value(0)
  if (at !== text.length) fail('something follows the document')
  return result
}
