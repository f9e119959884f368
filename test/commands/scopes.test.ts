import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { predictAddresses } from '../../scripts/deployment/contracts.ts'
import { nameOfCall, scopesOf } from '../../scripts/deployment/scopes.ts'
import { type CommitteeName, committeeNames } from '../../sdk/chain/index.ts'
import { stranger } from './handmade.ts'

const addresses = predictAddresses(stranger, 0)

/** What the society of the Solidity tests lets a committee propose, as its source says. */
async function testedScope(name: CommitteeName): Promise<readonly string[]> {
  const source = await readFile(new URL('../contracts/Society.sol', import.meta.url), 'utf8')
  const start = source.indexOf(`function _${name}Scope(`)
  const body = source.slice(start, source.indexOf('\n    }\n', start))
  return [...body.matchAll(/= I(\w+)\.(\w+)\.selector;/g)].map(([, contract, call]) => `${contract}.${call}`)
}

/** What a deployment lets it propose; of the three committees' seats and governors alike. */
function deployedScope(name: CommitteeName): readonly string[] {
  const calls = scopesOf(addresses)[name].flatMap(({ target, selectors }) =>
    selectors.map(selector => nameOfCall(target, selector, addresses).replace(/ of \w+\./, '.')),
  )
  return [...new Set(calls)]
}

it.each(committeeNames)('the Solidity tests give the scope of a deployment to: %s', async name => {
  expect((await testedScope(name)).toSorted()).toEqual(deployedScope(name).toSorted())
})
