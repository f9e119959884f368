import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as digests from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { cidFromBytes, cidOfRawDigest, cidToBytes, digestOfRawCid, formatCid, parseCid } from './cid.ts'
import { codeOf } from './testing/errors.ts'

const empty = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const emptyDirectory = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('gives the CIDs that everybody knows', () => {
  expect(cidOfRawDigest(emptyDigest)).toBe(empty)
  expect(cidOfRawDigest(`0x${emptyDigest}`)).toBe(empty)
  expect(cidOfRawDigest(createHash('sha256').digest())).toBe(empty)
  expect(parseCid(emptyDirectory)).toEqual({
    codec: 'dag-pb',
    digest: new Uint8Array(
      createHash('sha256')
        .update(Uint8Array.of(10, 2, 8, 1))
        .digest(),
    ),
  })
  expect(Buffer.from(digestOfRawCid(empty)).toString('hex')).toBe(emptyDigest)
})

test('agrees with multiformats, and reads back', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom('raw' as const, 'dag-pb' as const),
      (digest, codec) => {
        const peer = CID.createV1(codec === 'raw' ? 0x55 : 0x70, digests.create(0x12, digest))
        const cid = formatCid({ codec, digest })
        expect(cid).toBe(peer.toString())
        expect(cidToBytes({ codec, digest })).toEqual(peer.bytes)
        expect(parseCid(cid)).toEqual({ codec, digest })
        expect(cidFromBytes(peer.bytes)).toEqual({ codec, digest })
      },
    ),
  )
})

test('refuses every other way of writing a CID', async () => {
  const digest = digests.create(0x12, new Uint8Array(32))
  const others = {
    'upper case': empty.toUpperCase(),
    'one capital': empty.replace('k', 'K'),
    padding: `${empty}=`,
    'a character too few': empty.slice(0, -1),
    'a character too many': `${empty}a`,
    'unused bits': `${empty.slice(0, -1)}v`,
    'white space': `${empty} `,
    'another base': CID.parse(empty).toString((await import('multiformats/bases/base58')).base58btc),
    'version 0': CID.createV0(digest).toString(),
    'another codec': CID.createV1(0x71, digest).toString(),
    'another hash': CID.createV1(0x55, digests.create(0x16, new Uint8Array(32))).toString(),
    'a digit of another alphabet': `${empty.slice(0, -1)}1`,
    'another multibase prefix': `c${empty.slice(1)}`,
    nothing: '',
  }
  for (const [what, text] of Object.entries(others)) {
    expect([what, await codeOf(() => parseCid(text))]).toEqual([what, 'MANIFEST_MALFORMED'])
  }
})

test('refuses other binary forms', async () => {
  const good = cidToBytes({ codec: 'raw', digest: new Uint8Array(32) })
  const changed = (index: number, value: number) => good.map((byte, at) => (at === index ? value : byte))
  for (const bytes of [changed(0, 0), changed(1, 0x71), changed(2, 0x16), changed(3, 31), good.slice(1)]) {
    expect(await codeOf(() => cidFromBytes(bytes))).toBe('MANIFEST_MALFORMED')
  }
  expect(await codeOf(() => cidToBytes({ codec: 'raw', digest: new Uint8Array(31) }))).toBe(
    'MANIFEST_MALFORMED',
  )
})

test('refuses what is no SHA-256, and the digest of a node as the digest of content', async () => {
  for (const digest of ['', 'abc', emptyDigest.toUpperCase(), `${emptyDigest}00`, `0X${emptyDigest}`]) {
    expect(await codeOf(() => cidOfRawDigest(digest))).toBe('MANIFEST_MALFORMED')
  }
  expect(await codeOf(() => digestOfRawCid(emptyDirectory))).toBe('MANIFEST_MALFORMED')
})
