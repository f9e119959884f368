import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KedgeError } from '../errors/index.ts'
import { bytes32, trustFile } from './testing/samples.ts'
import { fingerprintOf, parseTrust, readTrust } from './trust.ts'

/** The problems that a trust policy is refused for. */
function problemsOf(value: unknown): readonly string[] {
  try {
    parseTrust(value)
  } catch (error) {
    if (error instanceof KedgeError && error.code === 'POLICY_INVALID')
      return error.facts['problems'] as string[]
    throw error
  }
  return []
}

describe('parseTrust', () => {
  it('fills in what may be left out', () => {
    expect(parseTrust(trustFile)).toMatchInlineSnapshot(`
      {
        "agree": 2,
        "chainId": 31337,
        "endpoints": [
          "http://one.example",
          "http://two.example",
          "http://three.example",
        ],
        "gateways": [],
        "genesisHash": "0x0101010101010101010101010101010101010101010101010101010101010101",
        "lens": {
          "address": "0x0404040404040404040404040404040404040404",
          "codeHash": "0x0404040404040404040404040404040404040404040404040404040404040404",
        },
        "maximumAge": 60,
        "minimumSequence": {},
        "registry": {
          "address": "0x0202020202020202020202020202020202020202",
          "codeHash": "0x0202020202020202020202020202020202020202020202020202020202020202",
        },
        "rules": {
          "address": "0x0303030303030303030303030303030303030303",
          "codeHash": "0x0303030303030303030303030303030303030303030303030303030303030303",
        },
        "timeout": 10000,
        "trustVersion": 1,
      }
    `)
  })

  it('has one spelling for hashes and addresses', () => {
    const shouting = {
      ...trustFile,
      genesisHash: bytes32('AB'),
      lens: { address: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', codeHash: bytes32('CD') },
    }
    const quiet = {
      ...trustFile,
      genesisHash: bytes32('ab'),
      lens: { address: '0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359', codeHash: bytes32('cd') },
    }
    expect(parseTrust(shouting)).toEqual(parseTrust(quiet))
  })

  it.each<[string, object]>([
    ['more agreement than endpoints', { agree: 4 }],
    ['no agreement', { agree: 0 }],
    ['no endpoint', { endpoints: [] }],
    ['one endpoint twice', { endpoints: ['http://one.example', 'http://ONE.example:80/#again'] }],
    ['a password in an endpoint', { endpoints: ['http://ada:secret@one.example'], agree: 1 }],
    ['an endpoint that is a file', { endpoints: ['file:///etc/passwd'], agree: 1 }],
    ['a name in a gateway', { gateways: ['https://ada@one.example'] }],
    ['half a hash', { genesisHash: '0x1234' }],
    ['an address with a wrong checksum', { lens: { ...trustFile.lens, address: `0x${'aB'.repeat(20)}` } }],
    ['an unknown field', { minimumAge: 1 }],
    ['another format', { trustVersion: 2 }],
    ['an age of nothing', { maximumAge: 0 }],
    ['a time-out that a timer cannot hold', { timeout: 2 ** 31 }],
    ['a minimum for what is no model’s name', { minimumSequence: { '': 1 } }],
    ['a minimum below zero', { minimumSequence: { 'silero-vad': -1 } }],
  ])('refuses %s', (_, changes) => {
    expect(problemsOf({ ...trustFile, ...changes })).not.toEqual([])
  })

  it('names each wrong field', () => {
    expect(problemsOf({ ...trustFile, agree: 'two', chainId: -1 })).toMatchInlineSnapshot(`
      [
        "chainId: Too small: expected number to be >0",
        "agree: Invalid input: expected number, received string",
      ]
    `)
    expect(problemsOf(null)).toMatchInlineSnapshot(`
      [
        "trust: Invalid input: expected object, received null",
      ]
    `)
  })

  it('never fails otherwise than with POLICY_INVALID', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(problemsOf(value).length).toBeGreaterThan(0)
      }),
    )
    const field = fc.constantFrom(...Object.keys(trustFile), 'timeout', 'gateways', 'minimumSequence')
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const changed = { ...trustFile, [name]: value }
        if (problemsOf(changed).length > 0) return
        const parsed = parseTrust(changed)
        expect(parseTrust(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('readTrust', () => {
  let scratch: string
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'kedge-trust-'))
  })
  afterAll(() => rm(scratch, { recursive: true }))

  it('reads a trust file', async () => {
    const path = join(scratch, 'trust.json')
    await writeFile(path, JSON.stringify(trustFile, null, 2))
    expect(await readTrust(path)).toEqual(parseTrust(trustFile))
  })

  it.each<[string, RegExp, (path: string) => unknown]>([
    ['that is not there', /is not there$/, () => undefined],
    ['that is a directory', /cannot be read$/, path => execFileSync('mkdir', [path])],
    ['that is a pipe', /cannot be read$/, path => execFileSync('mkfifo', [path])],
    ['that is not JSON', /is not JSON: /, path => writeFile(path, 'agree: 2')],
    ['with two equal keys', /is not JSON: .*agree/, path => writeFile(path, '{"agree":2,"agree":1}')],
    [
      'of a gigabyte',
      /cannot be read$/,
      async path => {
        await writeFile(path, '')
        await truncate(path, 2 ** 30)
      },
    ],
    [
      'with a field too few',
      /genesisHash/,
      path => {
        const { genesisHash: _, ...rest } = trustFile
        return writeFile(path, JSON.stringify(rest))
      },
    ],
  ])('refuses a file %s', async (name, message, make) => {
    const path = join(scratch, name.replaceAll(' ', '-'))
    await make(path)
    await expect(readTrust(path)).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringMatching(message),
    })
  })
})

describe('fingerprintOf', () => {
  const fingerprint = (changes: object = {}) => fingerprintOf(parseTrust({ ...trustFile, ...changes }))

  it('is what Python makes of the same fields', () => {
    // hashlib.sha256(json.dumps(pinned, sort_keys=True, separators=(',', ':')).encode()).hexdigest()
    expect(fingerprint()).toBe('a1e8d8efb1e795277025ea46fa9f3814fc36c9d219a7b7fd0e9631e6ecf4fa53')
  })

  it('changes with everything that is pinned', () => {
    const contracts = ['registry', 'rules', 'lens'] as const
    const changes = [
      { chainId: 1 },
      { genesisHash: bytes32('09') },
      ...contracts.map(name => ({ [name]: { ...trustFile[name], codeHash: bytes32('09') } })),
      ...contracts.map(name => ({ [name]: { ...trustFile[name], address: `0x${'09'.repeat(20)}` } })),
    ]
    const found = new Set([{}, ...changes].map(fingerprint))
    expect(found.size).toBe(1 + changes.length)
  })

  it('does not change with what differs from place to place, nor with the spelling', () => {
    for (const change of [
      { endpoints: ['http://four.example'], agree: 1 },
      { maximumAge: 7 },
      { timeout: 7 },
      { gateways: ['http://gateway.example'] },
      { minimumSequence: { 'silero-vad': 7 } },
    ]) {
      expect(fingerprint(change)).toBe(fingerprint())
    }
    expect(fingerprint({ genesisHash: bytes32('AB') })).toBe(fingerprint({ genesisHash: bytes32('ab') }))
  })
})
