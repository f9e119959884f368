import { describe, expect, it } from 'vitest'
import type { Sample } from '../../scripts/bench/evm.ts'
import type { Measurement } from '../../scripts/bench/measure.ts'
import { toJson, toMarkdown } from '../../scripts/bench/report.ts'

const nothing = { reads: 0, creates: 0, changes: 0 }
const sample = (gas: number): Sample => ({ gas, input: '0x', logs: [], address: undefined, touches: nothing })
const peers = { 'EAS attest, same content': [sample(300_000), sample(350_000)] }

function measured(name: string, gas: number, peer?: Measurement['peer']): Measurement {
  const items = [
    { what: 'the transaction', gas: 21_000 },
    { what: 'change Registry._log.head', gas: 5_000 },
    { what: 'create Registry._versions[version].word', gas: 22_100 },
  ]
  return { name, gas, firstUseGas: gas + 17_100, floor: { gas: 48_100, items }, beyond: nothing, peer }
}

const operations = [
  measured('register', 103_000, 'EAS attest, same content'),
  measured('promote to Production, 3 ECDSA', 110_000),
  measured('rollback, Medium by an operator', 60_000),
  { ...measured('rollback, High by the RAIO', 60_000), beyond: { ...nothing, reads: 1 } },
  measured('vote in the Assembly', 80_000),
]

describe('the gas report', () => {
  it('is one JSON object, with null where no peer comes near', () => {
    const { operations: listed } = JSON.parse(toJson({ operations, peers }))
    expect(listed.slice(0, 2)).toEqual([
      {
        name: 'register',
        gas: 103_000,
        firstUseGas: 120_100,
        floor: 48_100,
        peer: 'EAS attest, same content',
        peerGas: 350_000,
      },
      {
        name: 'promote to Production, 3 ECDSA',
        gas: 110_000,
        firstUseGas: 127_100,
        floor: 48_100,
        peer: null,
        peerGas: null,
      },
    ])
  })

  it('says of a missed aim by how much, and where the gas goes', () => {
    const [, register = ''] = toMarkdown({ operations, peers }, {}).split('### ')
    expect(register).toContain('103,000, aim 100,000: missed by 3,000. What it buys:')
    expect(register).toMatch(/\| the audit head[^|]*\| +5,000 \|/)
    expect(register).toMatch(/\| the code between[^|]*\| +54,900 \|/)
  })

  it('says of a met aim that it is met', () => {
    expect(toMarkdown({ operations, peers }, {})).toContain('110,000, aim 115,000: met.')
  })

  it('names slots that an act touches though it need not', () => {
    const parts = toMarkdown({ operations, peers }, {}).split('### Floor of ')
    const wasteful = parts.filter(part => part.includes('touches slots that it need not'))
    expect(wasteful.map(part => part.split('\n')[0])).toEqual(['rollback, High by the RAIO'])
    expect(wasteful[0]).toContain('Beyond that it touches slots that it need not: reads: 1.')
  })

  it('refuses to be silent about a peer that was not measured', () => {
    expect(() => toJson({ operations, peers: {} })).toThrow('EAS attest, same content was not measured')
  })
})
