import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// test/contracts/invariants/Detection.t.sol sees that each call is accepted and refused, and that each reason of the
// ghost's forbids something. It knows them from two lists, which are held here against what they list.

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const machine = 'test/contracts/invariants/'
const detection = read(`${machine}Detection.t.sol`)

it('lists every reason for which the ghost forbids an act', () => {
  const acts = readdirSync(new URL(machine, root)).filter(file => !file.endsWith('.t.sol'))
  const given = acts.flatMap(file => [...read(machine + file).matchAll(reason)].map(([, why]) => why))
  expect(given).not.toEqual([])
  expect(new Set(listed('_reasons'))).toEqual(new Set(given))
})

it.each(['Registry', 'Rules'])('lists every call of %s that can change something', contract => {
  const { abi }: { abi: readonly Entry[] } = JSON.parse(
    read(`artifacts/contracts/${contract}.sol/${contract}.json`),
  )
  const calls = abi
    .filter(({ type, stateMutability }) => type === 'function' && stateMutability === 'nonpayable')
    // No person and no committee ever calls it: Registry and the committees' own contracts do.
    .filter(({ name }) => name !== 'pullReview')
    .map(({ name }) => `I${contract}.${name}.selector`)
  expect(calls).not.toEqual([])
  expect(calls.filter(call => !body('_calls').includes(`${call},`))).toEqual([])
})

interface Entry {
  readonly type: string
  readonly name?: string
  readonly stateMutability?: string
}

/** The last argument of a verdict, `no(7, "why")`, or of what makes one, `_forbid(act, when, 7, "why")`. */
const reason = /\b(?:no\(|_forbid\([^;]*?,)\s*\d+,\s*"([^"]+)"\s*\)/g

/** What a function of the test's lists in quotes. */
function listed(name: string): readonly string[] {
  return [...body(name).matchAll(/"([^"]+)"/g)].map(([, text = '']) => text)
}

function body(name: string): string {
  const start = detection.indexOf(`function ${name}(`)
  return detection.slice(start, detection.indexOf('\n    }\n', start))
}
