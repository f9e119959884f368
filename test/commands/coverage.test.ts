import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Box, makeBox } from './box.ts'
import { startScript } from './program.ts'

let box: Box

beforeAll(async () => {
  box = await makeBox()
})
afterAll(() => rm(box.root, { recursive: true, force: true }))

function coverage() {
  return startScript('coverage/main', [], { KEDGE_ROOT: box.root }).ends()
}

it('names the lines and the ways that no test takes, and fails', async () => {
  await box.test('weak')
  expect(await coverage()).toEqual({
    code: 1,
    printed: [
      '                         lines     branches',
      'contracts/Box.sol  1/2 50.00 %  1/2 50.00 %',
      'all contracts      1/2 50.00 %  1/2 50.00 %',
      'contracts/Box.sol:9: never run: revert TooHigh(next)',
      'contracts/Box.sol:9: never true: next > 10',
      'wanted: lines 98 %, branches 95 %',
      '',
    ].join('\n'),
  })
})

it('is content with a test that takes them all', async () => {
  await box.test('strong')
  const { code, printed } = await coverage()
  expect(printed).toMatch(/all contracts +2\/2 100\.00 % +2\/2 100\.00 %\nwanted/)
  expect(code).toBe(0)
})
