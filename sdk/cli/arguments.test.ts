import * as fc from 'fast-check'
import { keccak256, toBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  environmentArgument,
  isBytes32,
  isLabel,
  modelArgument,
  parseDays,
  parseEndpoint,
  parseFileOrDigest,
  parseId,
  parseModelName,
  parseName,
  parseTitle,
  parseVersion,
  proposalIdIn,
  versionSubjectIn,
} from './arguments.ts'

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdefABCDEF'.split('')), { minLength: digits, maxLength: digits })
    .map(characters => characters.join(''))
const id = hex(64).map(digits => `0x${digits}`)
/** Whatever a person may type, and what looks almost right. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.nat(70).chain(digits => hex(digits).map(found => `0x${found}`)),
  fc.bigInt().map(String),
  fc.double().map(String),
)

const parsers = {
  parseDays,
  parseEndpoint,
  parseFileOrDigest,
  parseId,
  parseModelName,
  parseName,
  parseTitle,
  parseVersion,
}

describe('parsers', () => {
  it.each(Object.entries(parsers))('%s takes a text or says in a sentence what it wants', (_, parse) => {
    fc.assert(
      fc.property(text, given => {
        try {
          expect(['string', 'number']).toContain(typeof parse(given))
        } catch (error) {
          expect(error).toMatchObject({
            code: 'commander.invalidArgument',
            message: expect.stringMatching(/^It must .+\.$/),
          })
        }
      }),
    )
  })

  it('takes ids in any case, and gives them in lower case', () => {
    fc.assert(
      fc.property(id, given => {
        expect(isBytes32(given)).toBe(true)
        for (const parse of [parseId, parseName, parseVersion, parseFileOrDigest]) {
          expect(parse(given)).toBe(given.toLowerCase())
        }
        expect(() => parseModelName(given)).toThrow('not the id')
      }),
    )
  })

  it('takes nothing that only begins like an id', () => {
    const almost = fc
      .nat(100)
      .filter(digits => digits !== 64)
      .chain(hex)
      .map(digits => `0x${digits}`)
    fc.assert(
      fc.property(almost, given => {
        for (const parse of [parseId, parseName, parseVersion, parseFileOrDigest]) {
          expect(() => parse(given)).toThrow('0x and 64 hex digits')
        }
      }),
    )
  })

  it('takes a digest without 0x, as kedge document prints it', () => {
    fc.assert(
      fc.property(hex(64), digits => {
        expect(parseFileOrDigest(digits)).toBe(`0x${digits.toLowerCase()}`)
      }),
    )
  })

  it('takes whole days of a year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 365 }), days => {
        expect(parseDays(String(days))).toBe(days)
      }),
    )
    for (const wrong of ['0', '366', '-1', '1.5', '1e1', ' 7', '7 ', '0x7', '']) {
      expect(() => parseDays(wrong), wrong).toThrow('1 to 365')
    }
  })

  it('takes ids of proposals in decimal and in hex, and no number that is larger', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), given => {
        expect(proposalIdIn(given.toString())).toBe(given)
        expect(proposalIdIn(`0x${given.toString(16)}`)).toBe(given)
      }),
    )
    fc.assert(
      fc.property(fc.bigInt(2n ** 256n, 2n ** 300n), given => {
        expect(proposalIdIn(given.toString())).toBeUndefined()
        expect(proposalIdIn(`0x${given.toString(16)}`)).toBeUndefined()
      }),
    )
    for (const file of ['proposal.json', '7.json', './7', '-7', '0x', '']) {
      expect(proposalIdIn(file), file).toBeUndefined()
    }
  })

  it('takes a label and a digest as a version, and leaves everything else to be a directory', () => {
    const digest = 'AB'.repeat(32)
    const expected = { label: '1.0.0-rc.1', manifestDigest: digest.toLowerCase() }
    expect(versionSubjectIn(`1.0.0-rc.1=${digest}`)).toEqual(expected)
    expect(versionSubjectIn(`1.0.0-rc.1=0x${digest}`)).toEqual(expected)
    for (const other of ['models/a', `one=${digest}`, '1.0.0=', `=${digest}`, `1.0.0=${digest}0`]) {
      expect(versionSubjectIn(other), other).toBeUndefined()
    }
  })

  it('takes endpoints over HTTP only', () => {
    for (const url of ['http://127.0.0.1:8545', 'https://rpc.example/v2/key?x=1']) {
      expect(parseEndpoint(url)).toBe(url)
    }
    for (const url of ['ws://x', 'localhost:8545', 'rpc.example', '', 'file:///etc/passwd']) {
      expect(() => parseEndpoint(url), url).toThrow('http:// or https://')
    }
  })

  it('takes a title of one line', () => {
    expect(parseTitle('  Back to 5.0.0 ')).toBe('Back to 5.0.0')
    for (const wrong of ['', '  ', 'a\nb', 'a\rb']) expect(() => parseTitle(wrong)).toThrow('one line')
  })

  it('tells labels from other names', () => {
    for (const label of ['1.0.0', '0.0.1-alpha.1', '2.3.4+build.5']) expect(isLabel(label)).toBe(true)
    for (const other of ['1.0', 'v1.0.0', '01.0.0', 'latest', '']) expect(isLabel(other)).toBe(false)
  })
})

describe('ids of names', () => {
  it('are keccak256 of the name, or the id itself', () => {
    for (const argument of [modelArgument, environmentArgument]) {
      expect(argument('production')).toBe(keccak256(toBytes('production')))
      expect(argument(`0x${'1f'.repeat(32)}`)).toBe(`0x${'1f'.repeat(32)}`)
    }
  })
})
