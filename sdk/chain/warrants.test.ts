import * as fc from 'fast-check'
import { type Hex, size, slice, toBytes, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { roles } from '../policy/words.ts'
import { packWarrant, packWarrants, readWarrants, type Warrant } from './warrants.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(value => toHex(value))
const warrant: fc.Arbitrary<Warrant> = fc.record({
  role: fc.constantFrom(...roles),
  deadline: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  signer: bytes(100),
  signature: bytes(300),
})
const perRole = fc.uniqueArray(warrant, { selector: ({ role }) => role })

/** Reads as contracts/libraries/Warrants.sol describes the bytes. */
function decode(packed: Hex): Warrant[] {
  const all = Buffer.from(toBytes(packed))
  const found: Warrant[] = []
  for (let offset = 0; offset < all.length; ) {
    const role = roles[all.readUInt8(offset)]
    if (role === undefined) throw new Error('no such role')
    const deadline = all.readUIntBE(offset + 1, 5)
    const signerEnd = offset + 8 + all.readUInt16BE(offset + 6)
    const end = signerEnd + 2 + all.readUInt16BE(signerEnd)
    if (end > all.length) throw new Error('cut off')
    const [signer, signature] = [all.subarray(offset + 8, signerEnd), all.subarray(signerEnd + 2, end)]
    found.push({ role, deadline, signer: toHex(signer), signature: toHex(signature) })
    offset = end
  }
  return found
}

describe('packWarrant', () => {
  it('packs role, deadline, signer and signature', () => {
    const packed = packWarrant({
      role: 'DomainLead',
      deadline: 0x0102030405,
      signer: `0x${'aa'.repeat(20)}`,
      signature: '0xbbcc',
    })
    expect(packed).toBe(`0x0301020304050014${'aa'.repeat(20)}0002bbcc`)
  })

  it('leaves signer and signature of a committee empty', () => {
    const consent = { role: 'OversightCommittee', deadline: 1, signer: '0x', signature: '0x' } as const
    expect(packWarrant(consent)).toBe('0x04000000000100000000')
  })

  it('refuses a deadline that does not fit', () => {
    for (const deadline of [-1, 1.5, 2 ** 40, Number.NaN]) {
      expect(() => packWarrant({ role: 'Monitor', deadline, signer: '0x', signature: '0x' })).toThrow(
        `${deadline} is no time that a warrant could end at`,
      )
    }
  })

  it('refuses what is longer than its length can say', () => {
    const long: Hex = `0x${'00'.repeat(2 ** 16)}`
    const some = { role: 'Monitor', deadline: 1, signer: '0x', signature: '0x' } as const
    expect(() => packWarrant({ ...some, signer: long })).toThrow('the signer of a warrant has at most 65535')
    expect(() => packWarrant({ ...some, signature: long })).toThrow('the signature of a warrant')
    expect(size(packWarrant({ ...some, signature: slice(long, 1) }))).toBe(10 + 65_535)
  })
})

describe('packWarrants', () => {
  it('gives a decoder every fact back, ascending by role', () => {
    fc.assert(
      fc.property(perRole, warrants => {
        const sorted = warrants.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role))
        const packed = packWarrants(warrants)
        expect(decode(packed)).toEqual(sorted)
        expect(readWarrants(packed)).toEqual(sorted)
      }),
    )
  })

  it('makes nothing of no sign-offs', () => {
    expect(packWarrants([])).toBe('0x')
    expect(readWarrants('0x')).toEqual([])
  })
})

describe('readWarrants', () => {
  it('reads any bytes as the decoder does, or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), raw => {
        const packed = toHex(raw)
        const read = readWarrants(packed)
        if (read === undefined) expect(() => decode(packed)).toThrow()
        else expect(decode(packed)).toEqual(read)
      }),
    )
  })

  it('reads nothing that is cut off', () => {
    fc.assert(
      fc.property(warrant, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (one, part) => {
        const packed = packWarrant(one)
        const cut = Math.max(1, Math.floor(size(packed) * part))
        expect(readWarrants(slice(packed, 0, cut))).toBeUndefined()
      }),
    )
  })

  it('knows no role beyond the last', () => {
    expect(readWarrants('0x0b000000000100000000')).toHaveLength(1)
    expect(readWarrants('0x0c000000000100000000')).toBeUndefined()
  })
})
