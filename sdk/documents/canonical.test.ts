import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalize, parseCanonical } from './canonical.ts'
import { digestOf } from './digest.ts'
import { jsonValue } from './json.arbitrary.ts'
import { MAX_DEPTH } from './json.ts'
import { vectors } from './samples.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const parse = (document: string) => parseCanonical(new TextEncoder().encode(document), { maxBytes: 1 << 20 })

describe('canonicalize', () => {
  it('sorts keys by UTF-16 code units: RFC 8785, section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect(Object.values(JSON.parse(text(canonicalize(value))) as object)).toHaveLength(7)
    expect(text(canonicalize(value)).match(/"[^"]*"(?=[,}])/g)).toEqual([
      '"Carriage Return"',
      '"One"',
      '"Control"',
      '"Latin Small Letter O With Diaeresis"',
      '"Euro Sign"',
      '"Emoji: Grinning Face"',
      '"Hebrew Letter Dalet With Dagesh"',
    ])
  })

  it('escapes strings as RFC 8785, section 3.2.2, shows', () => {
    const value = {
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(text(canonicalize(value))).toBe(
      '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('writes the bytes that Python writes', () => {
    expect(vectors.canonical.length).toBeGreaterThan(5)
    for (const { value, text: canonical, sha256 } of vectors.canonical) {
      expect(digestOf(canonicalize(value))).toBe(sha256)
      expect(text(canonicalize(value))).toBe(canonical)
      expect(parse(canonical)).toEqual(value)
    }
  })

  it('writes integers plainly', () => {
    expect(text(canonicalize([0, -0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]))).toBe(
      '[0,0,-1,9007199254740991,-9007199254740991]',
    )
  })

  it.each<[string, unknown, string]>([
    ['a fraction', { a: { b: [1, 1.5] } }, 'a.b[1]: a number must be an integer below 2^53'],
    ['infinity', [Number.POSITIVE_INFINITY], '[0]: a number must be an integer below 2^53'],
    ['NaN', Number.NaN, '(document): a number must be an integer below 2^53'],
    ['an unsafe integer', 2 ** 53, '(document): a number must be an integer below 2^53'],
    ['undefined', { a: undefined }, 'a: undefined has no JSON form'],
    ['a hole', Object.assign([], { length: 1 }), '[0]: undefined has no JSON form'],
    ['a bigint', { size: 1n }, 'size: bigint has no JSON form'],
    ['a function', [() => 1], '[0]: function has no JSON form'],
    ['a symbol', [Symbol('s')], '[0]: symbol has no JSON form'],
    ['a date', { at: new Date(0) }, 'at: only plain objects have a JSON form'],
    ['a map', new Map(), '(document): only plain objects have a JSON form'],
    ['bytes', { b: new Uint8Array(1) }, 'b: only plain objects have a JSON form'],
    ['half a pair', ['\ud83d'], '[0]: the string holds half of a surrogate pair'],
    ['half a pair as a key', { '\ude00': 1 }, '.: the string holds half'],
    ['a prototype key', JSON.parse('{"__proto__":1}'), '__proto__: the key "__proto__" is not allowed'],
  ])('refuses %s and names the field', (_, value, message) => {
    const problem = message.slice(message.indexOf(': ') + 2)
    expect(() => canonicalize(value)).toThrow(expect.objectContaining({ code: 'MANIFEST_MALFORMED' }))
    expect(() => canonicalize(value)).toThrow(problem)
    if (!message.startsWith('.:')) expect(() => canonicalize(value)).toThrow(message)
  })

  it('refuses a value that contains itself', () => {
    const ring: unknown[] = []
    ring.push(ring)
    expect(() => canonicalize(ring)).toThrow(`nested deeper than ${MAX_DEPTH}`)
  })
})

describe('parseCanonical', () => {
  it('reads back what was written, and what it reads is written the same', () => {
    fc.assert(
      fc.property(jsonValue, value => {
        const bytes = canonicalize(value)
        expect(canonicalize(parseCanonical(bytes, { maxBytes: bytes.length }))).toEqual(bytes)
        expect(parseCanonical(bytes, { maxBytes: bytes.length })).toEqual(JSON.parse(text(bytes)))
      }),
    )
  })

  it('does not depend on the order in which an object was made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), object => {
        const reversed = Object.fromEntries(Object.entries(object).toReversed())
        if (!Object.hasOwn(object, '__proto__')) expect(canonicalize(reversed)).toEqual(canonicalize(object))
      }),
    )
  })

  it('refuses every other spelling', () => {
    fc.assert(
      fc.property(jsonValue, fc.constantFrom(1, '\t'), (value, space) => {
        const canonical = text(canonicalize(value))
        const spaced = JSON.stringify(JSON.parse(canonical), undefined, space)
        if (spaced !== canonical) expect(() => parse(spaced)).toThrow('not in canonical form')
        expect(() => parse(`${canonical}\n`)).toThrow('not in canonical form')
        expect(() => parse(` ${canonical}`)).toThrow('not in canonical form')
      }),
    )
  })

  it.each([
    ['unsorted keys', '{"b":1,"a":2}', 2],
    ['keys sorted by code points', '{"\ufb33":1,"\ud83d\ude00":2}', 2],
    ['a needless escape', '"\\u0041"', 1],
    ['an escaped slash', '"\\/"', 1],
    ['an upper-case escape', '"\\u000F"', 6],
    ['a short escape written long', '"\\u000a"', 2],
    ['an escaped non-ASCII character', '"\\u00e9"', 1],
    ['white space', '{"a": 1}', 5],
  ])('refuses %s and says where', (_, document, byte) => {
    expect(() => parse(document)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MALFORMED', facts: { byte } }),
    )
  })
})
