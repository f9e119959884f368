import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { Mutant } from '../../scripts/mutation/mutants.ts'
import { contractsOf, report } from '../../scripts/mutation/report.ts'
import { digestOf, readSubject } from '../../scripts/solidity/subject.ts'

it('docs/mutation.md is about these contracts', async () => {
  const { sources } = readSubject(process.cwd())
  const reported = contractsOf(await readFile('docs/mutation.md', 'utf8'))
  expect(reported, 'npm run mutation writes a report').toBe(digestOf(sources, 'contracts/'))
})

it('the report tells a line that has bars in it from what is changed', () => {
  const place = 'ActiveWord.next'
  const context = '(newest_ << 192) | | b |'
  const change = 'boundary: > -> >= #2'
  const mutant: Mutant = {
    key: `${place} | ${context} | ${change}`,
    file: 'contracts/types/ActiveWord.sol',
    place,
    line: 7,
    context,
    operator: 'boundary',
    original: '>',
    replacement: '>=',
    start: 1,
    end: 2,
    guard: undefined,
  }
  const text = report({
    contracts: '00'.repeat(32),
    tests: 1,
    trials: [{ mutant, outcome: { outcome: 'survived' } }],
    explanations: { [mutant.key]: 'Either is.' },
  })
  expect(text).toContain(
    '\n| ActiveWord.next: `(newest_ << 192) \\| \\| b \\|` | `boundary: > -> >= #2` | Either is. |\n',
  )
  expect(contractsOf(text)).toBe('00'.repeat(32))
})
