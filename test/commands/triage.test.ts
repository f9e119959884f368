import { expect, it } from 'vitest'
import { type Finding, placeOf, untriaged } from '../../scripts/analysis/triage.ts'

const registry = { type: 'contract', name: 'Registry' }
const finding: Finding = {
  check: 'timestamp',
  description: 'Registry.lapse uses timestamp for comparisons',
  elements: [{ type: 'function', name: 'lapse', type_specific_fields: { parent: registry } }],
}

it('names the contract and the function of a finding', () => {
  expect(placeOf(finding)).toBe('Registry.lapse')
  const [lapse = registry] = finding.elements
  expect(
    placeOf({
      ...finding,
      elements: [{ type: 'variable', name: 'until', type_specific_fields: { parent: lapse } }],
    }),
  ).toBe('Registry.lapse.until')
})

it('leaves open what no reason covers', () => {
  const elsewhere = { check: 'timestamp', where: 'Registry.halt', because: 'hours' }
  expect(untriaged([finding], [elsewhere])).toEqual({ open: [finding], idle: [elsewhere] })
})

it.each(['Registry.lapse', '*'])('takes a reason for %s', where => {
  expect(untriaged([finding], [{ check: 'timestamp', where, because: 'hours' }])).toEqual({
    open: [],
    idle: [],
  })
})
