import { describe, expect, it } from 'vitest'
import { compare } from '../../scripts/snapshots/compare.ts'

const head = { slot: 0, offset: 0, name: '_head', type: 'bytes32' }
const count = { slot: 1, offset: 0, name: '_count', type: 'uint32' }
const layout = { storage: [head, count], types: { bytes32: { bytes: 32 }, uint32: { bytes: 4 } } }

describe('differences of a snapshot', () => {
  it('names the functions that are gone and the new ones', () => {
    const before = ['error Refused(uint256 code)', 'function act(bytes32 id)']
    const after = ['error Refused(uint256 code)', 'function act(bytes32 id, bool twice)']
    expect(compare('abi/Registry.json', before, after)).toEqual([
      '- function act(bytes32 id)',
      '+ function act(bytes32 id, bool twice)',
    ])
  })

  it('names what lies elsewhere in storage', () => {
    const moved = { ...layout, storage: [head, { ...count, slot: 0, offset: 16 }] }
    expect(compare('storage/Registry.json', layout, moved)).toEqual([
      '- slot 1, byte 0: _count, uint32',
      '+ slot 0, byte 16: _count, uint32',
    ])
  })

  it('names a member that moved within a struct', () => {
    const place = { bytes: 32, members: [{ ...count, name: 'index' }] }
    const wider = { bytes: 64, members: [{ ...count, name: 'index', offset: 1 }] }
    expect(
      compare(
        'storage/Rules.json',
        { ...layout, types: { 'struct Rules.Place': place } },
        { ...layout, types: { 'struct Rules.Place': wider } },
      ),
    ).toEqual([
      '- struct Rules.Place: 32 bytes',
      '- struct Rules.Place, slot 1, byte 0: index, uint32',
      '+ struct Rules.Place: 64 bytes',
      '+ struct Rules.Place, slot 1, byte 1: index, uint32',
    ])
  })

  it('names other code', () => {
    const before = { Lens: { runtimeBytes: 7, runtimeHash: '0x01', creationBytes: 9, creationHash: '0x02' } }
    const after = { Lens: { ...before.Lens, runtimeHash: '0x03' } }
    expect(compare('code.json', before, after)).toEqual([
      '- Lens, runtimeHash: 0x01',
      '+ Lens, runtimeHash: 0x03',
    ])
  })

  it('lets gas move by one per cent and no further, in either direction', () => {
    const cost = (steady: number) => ({ register: { firstUse: 90_000, steady } })
    const compared = (steady: number) => compare('gas.json', cost(100_000), cost(steady))
    expect(compared(101_000)).toEqual([])
    expect(compared(99_000)).toEqual([])
    expect(compared(101_001)).toEqual(['register, steady: was 100000, is 101001 (+1.0 %)'])
    expect(compared(98_000)).toEqual(['register, steady: was 100000, is 98000 (-2.0 %)'])
  })

  it('names acts that are new or measured no longer', () => {
    const cost = { firstUse: 1, steady: 1 }
    expect(compare('gas.json', { register: cost }, { promote: cost })).toEqual([
      'register is measured no longer',
      'promote is new',
    ])
  })
})
