import { pad, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Sample } from '../../scripts/bench/evm.ts'
import { change, clear, create, floorOf, read, touchesOf } from '../../scripts/bench/floor.ts'

const untouched = { reads: 0, creates: 0, changes: 0 }
const call: Sample = { gas: 0, input: '0x', logs: [], address: undefined, touches: untouched }

describe('the floor of an act', () => {
  it('is the price of a transaction where nothing is touched', () => {
    expect(floorOf(call, { slots: [] })).toEqual({
      gas: 21_000,
      items: [
        { what: 'the transaction', gas: 21_000 },
        { what: 'calldata, 0 bytes', gas: 0 },
      ],
    })
  })

  it('prices slots by what happens to them, and the keys of mappings once each', () => {
    const slots = [
      ...read('Rules._people[person].standing', 'Rules._people[person].key'),
      ...create('Registry._labels[model][label]'),
      ...change('Registry._log.head'),
    ]
    const { gas } = floorOf({ ...call, input: pad('0x', { size: 4 }) }, { contracts: ['Rules'], slots })
    // 4 zero bytes; Rules; two reads, a new slot, a change; three keys of two words.
    expect(gas).toBe(21_000 + 4 * 4 + 2_600 + 2 * 2_100 + 22_100 + 5_000 + 3 * 42)
    expect(touchesOf({ slots })).toEqual({ reads: 2, creates: 1, changes: 1 })
  })

  it('gives back for a slot that becomes zero', () => {
    expect(floorOf(call, { slots: clear('Committee._extension') }).gas).toBe(21_000 + 5_000 - 4_800)
  })

  it('counts logs, signatures, and the hashes of an audited call', () => {
    const log = {
      topics: [toHex(1), toHex(2)],
      data: pad('0x', { size: 64 }),
    } as unknown as Sample['logs'][number]
    const act = { ...call, input: toHex(0x01020304), logs: [log] }
    const { gas } = floorOf(act, {
      slots: change('Registry._log.head'),
      recoveries: 2,
      hashes: [{ what: 'the typed data', bytes: 288, times: 2 }],
      audited: true,
    })
    const logged = 375 + 2 * 375 + 8 * 64
    const hashed = 2 * (30 + 6 * 9) + (30 + 6) + (30 + 6 * 8)
    expect(gas).toBe(21_000 + 4 * 16 + 5_000 + logged + 2 * 3_000 + hashed)
  })

  it('is never below what EIP-7623 charges for the calldata', () => {
    const { gas, items } = floorOf({ ...call, input: `0x${'ff'.repeat(100)}` }, { slots: [] })
    expect(gas).toBe(21_000 + 10 * 4 * 100)
    expect(items.at(-1)).toEqual({ what: 'up to what EIP-7623 charges at least', gas: 24 * 100 })
  })
})
