import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Box, makeBox } from './box.ts'
import { startScript } from './program.ts'

let box: Box

beforeAll(async () => {
  box = await makeBox()
})
afterAll(() => rm(box.root, { recursive: true, force: true }))

function mutation(...args: readonly string[]) {
  return startScript('mutation/main', args, { KEDGE_ROOT: box.root }).ends()
}

const limit = 'Box.set | if (next > 10) revert TooHigh(next);'

it('names what no test notices, and fails', async () => {
  await box.test('weak')
  const { code, printed } = await mutation()
  expect(printed.split('\n').filter(line => line.startsWith('not explained: '))).toEqual(
    expect.arrayContaining([
      `not explained: contracts/Box.sol:9 ${limit} | boundary: > -> >=`,
      `not explained: contracts/Box.sol:9 ${limit} | check: if (next > 10) revert TooHigh(next); -> {}`,
      `not explained: contracts/Box.sol:9 ${limit} | constant: 10 -> 11`,
      `not explained: contracts/Box.sol:9 ${limit} | constant: 10 -> 9`,
    ]),
  )
  expect(printed).toContain('2 killed, 4 survived (4 not explained), 0 did not compile: 33.3 %')
  expect(code).toBe(1)
})

it('tries again only what lived when the tests have changed, and writes the figures', async () => {
  await box.test('strong')
  const { code, printed } = await mutation()
  expect(printed).toContain('2 known from earlier runs')
  expect(printed).toContain('6 killed, 0 survived (0 not explained), 0 did not compile: 100.0 %')
  expect(code).toBe(0)
  const report = await box.read('docs/mutation.md')
  expect(report).toMatch(
    /^Before\n\n<!-- figures: npm run mutation -->\n\nContracts `[0-9a-f]{64}`: 6 mutants \(0 more did not compile\), 1 tests, \*\*6 killed, 0 survived: 100\.0 %\*\*\.\n/,
  )
  expect(report).toContain('No mutant survived.\n\n<!-- end of figures -->\n')
})

it('begins anew when the contract has changed, with the same mutants for the same seed', {
  timeout: 120_000,
}, async () => {
  const text = await box.read('contracts/Box.sol')
  await box.write('contracts/Box.sol', text.replace('// SPDX', '// Another text.\n// SPDX'))
  const tried = async () => {
    await rm(`${box.root}/.kedge`, { recursive: true, force: true })
    const { printed } = await mutation('--seed', '7', '--count', '2')
    return printed.split('\n').filter(line => /^\d\/2 killed/.test(line))
  }
  const report = await box.read('docs/mutation.md')
  const first = await tried()
  expect(first).toHaveLength(2)
  expect(await tried()).toEqual(first)
  // Two of six say nothing about the contracts as a whole.
  expect(await box.read('docs/mutation.md')).toBe(report)
})

it('names explanations that are of no survivor, and fails', async () => {
  const gone = 'Box.get | return value; | constant: 1 -> 2'
  const killed = `${limit} | constant: 10 -> 11`
  await box.write(
    'scripts/mutation/equivalents.json',
    JSON.stringify({ [gone]: 'Why not.', [killed]: 'Why not.' }),
  )
  const { code, printed } = await mutation()
  expect(printed.split('\n').filter(line => line.startsWith('explained, '))).toEqual([
    `explained, but no survivor: ${gone}`,
    `explained, but no survivor: ${killed}`,
  ])
  expect(code).toBe(1)
})

it('refuses a count that is none before it compiles anything', async () => {
  expect(await mutation('--count', 'many')).toEqual({
    code: 2,
    printed: 'kedge: USAGE: --count takes a whole number, not many\n  See npm run mutation -- --help.\n',
  })
})
