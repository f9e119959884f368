import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KedgeError } from '../errors/index.ts'
import { canonicalize } from './canonical.ts'
import { jsonValue } from './json.arbitrary.ts'
import { type Json, MAX_DEPTH, parseJson } from './json.ts'

const parse = (text: string): Json => parseJson(new TextEncoder().encode(text), { maxBytes: 1 << 20 })

describe('parseJson', () => {
  it('reads what JSON.parse reads, in any white space', () => {
    fc.assert(
      fc.property(jsonValue, fc.constantFrom(undefined, 1, '\t', ' \n'), (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('reads every escape', () => {
    const text = '"a\\"b\\\\\\/\\b\\f\\n\\r\\t\\u20AC\\ud83d\\ude00"'
    expect(parse(text)).toBe('a"b\\/\b\f\n\r\t€😀')
    expect(parse('["\\\\","\\\\\\""]')).toEqual(['\\', '\\"'])
  })

  it('accepts nothing that JSON.parse refuses', () => {
    const noise = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        'u',
        '00',
        '1',
        '-',
        '.',
        'e',
        'true',
        'null',
        ' ',
        'a',
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(noise, parts => {
        const text = parts.join('')
        let mine: Json
        try {
          mine = parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(KedgeError)
          return
        }
        expect(mine).toEqual(JSON.parse(text))
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    ['an empty document', '', 'a value was expected'],
    ['a duplicate key', '{"a":1,"b":2,"a":1}', 'the key "a" stands twice'],
    ['a duplicate key spelt with an escape', '{"a":1,"\\u0061":2}', 'the key "a" stands twice'],
    ['a duplicate inside', '[{"x":{"k":null,"k":null}}]', 'the key "k" stands twice'],
    ['a fraction', '1.5', 'only integers are allowed'],
    ['an exponent', '1e3', 'only integers are allowed'],
    ['a large exponent', '1E400', 'only integers are allowed'],
    ['minus zero', '-0', 'minus zero is not allowed'],
    ['an unsafe integer', '9007199254740992', 'the integer is beyond 2^53 - 1: write it as a string'],
    [
      'an unsafe negative integer',
      '-9007199254740992',
      'the integer is beyond 2^53 - 1: write it as a string',
    ],
    ['a leading zero', '01', 'something follows the document'],
    ['a plus', '+1', 'a value was expected'],
    ['a lone high surrogate', '"\\ud83d"', 'the string holds half of a surrogate pair'],
    ['a lone low surrogate', '"\\ude00x"', 'the string holds half of a surrogate pair'],
    ['a lone surrogate as a key', '{"\\ud800":1}', 'the string holds half of a surrogate pair'],
    ['a raw control character', '"a\nb"', 'a control character stands in a string'],
    ['a bad escape', '"\\x"', 'the string holds a bad escape'],
    ['an open string', '"abc', 'the string does not end'],
    ['an open string after a backslash', '"abc\\', 'the string does not end'],
    ['an open array', '[1', '"," or "]" was expected'],
    ['an open object', '{"a":1', '"," or "}" was expected'],
    ['a missing colon', '{"a" 1}', '":" was expected'],
    ['a key that is no string', '{a:1}', 'a string was expected'],
    ['a trailing comma', '[1,]', 'a value was expected'],
    ['a trailing comma in an object', '{"a":1,}', 'a string was expected'],
    ['a second document', '{}{}', 'something follows the document'],
    ['NaN', 'NaN', 'a value was expected'],
    ['a comment', '/**/1', 'a value was expected'],
    ['a prototype', '{"__proto__":{"risk":"Low"}}', 'the key "__proto__" is not allowed'],
    ['a no-break space', '\u00A01', 'a value was expected'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MALFORMED', facts: expect.objectContaining({ problem }) }),
    )
  })

  it('refuses a byte order mark', () => {
    expect(() => parse('\uFEFF{}')).toThrow('The document begins with a byte order mark')
  })

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a truncated character', [0x22, 0xe2, 0x82, 0x22]],
  ])('refuses what is not UTF-8: %s', (_, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes), { maxBytes: 10 })).toThrow('The document is not UTF-8')
  })

  it('refuses a document that is too large before it reads it', () => {
    const bytes = new TextEncoder().encode('"12345678"')
    expect(parseJson(bytes, { maxBytes: 10 })).toBe('12345678')
    expect(() => parseJson(bytes, { maxBytes: 9 })).toThrow(
      expect.objectContaining({ code: 'SIZE_EXCEEDED', facts: { bytes: 10, limit: 9 } }),
    )
  })

  it('refuses depth before it can exhaust the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parse(nested(MAX_DEPTH))).not.toThrow()
    expect(() => parse(nested(MAX_DEPTH + 1))).toThrow(`nested deeper than ${MAX_DEPTH}`)
    expect(() => parse('{"a":'.repeat(100_000))).toThrow(`nested deeper than ${MAX_DEPTH}`)
    expect(() => parse('['.repeat(100_000))).toThrow(`nested deeper than ${MAX_DEPTH}`)
  })

  it('reads a string of a megabyte', () => {
    const text = 'x\\n'.repeat(300_000)
    expect(parse(`"${text}"`)).toHaveLength(600_000)
  })

  it('does not let a document touch the prototype of all objects', () => {
    expect(parse('{"constructor":1,"toString":2}')).toEqual({ constructor: 1, toString: 2 })
    expect(canonicalize(parse('{"constructor":1,"toString":2}'))).toEqual(
      new TextEncoder().encode('{"constructor":1,"toString":2}'),
    )
  })
})
