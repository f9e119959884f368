import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// test/contracts/RefusalsOf….t.sol have a fuzz test for each function that can change something: none may be forgotten.

interface Entry {
  readonly type: string
  readonly name?: string
  readonly stateMutability?: string
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it.each(['Registry', 'Rules', 'governance/Seats', 'governance/Committee'])('%s', contract => {
  const name = contract.slice(contract.lastIndexOf('/') + 1)
  const { abi }: { abi: readonly Entry[] } = JSON.parse(
    read(`artifacts/contracts/${contract}.sol/${name}.json`),
  )
  const acts = abi
    .filter(({ type, stateMutability }) => type === 'function' && !isView(stateMutability))
    .map(({ name = '' }) => name)
  expect(acts).not.toEqual([])
  const tests = read(`test/contracts/RefusalsOf${name}.t.sol`)
  expect(
    acts.filter(act => !tests.includes(`testFuzz${act.slice(0, 1).toUpperCase()}${act.slice(1)}IsRefused(`)),
  ).toEqual([])
})

const isView = (mutability: string | undefined) => mutability === 'view' || mutability === 'pure'
