import {
  type Address,
  getAddress,
  type Hex,
  isAddress,
  keccak256,
  numberToHex,
  toBytes,
  zeroAddress,
  zeroHash,
} from 'viem'
import { rulesAbi, timelockAbi } from '../../../sdk/chain/abi/index.ts'
import { type CommitteeName, committeeNames } from '../../../sdk/chain/index.ts'
import { committeeTitles } from '../contracts.ts'
import type { Expect } from './deviations.ts'
import { eventsOf } from './history.ts'
import { callOf } from './people.ts'
import { askAll } from './questions.ts'
import type { Sight } from './sight.ts'

const labels = ['PROPOSER_ROLE', 'CANCELLER_ROLE', 'EXECUTOR_ROLE'] as const
const adminRole = 'DEFAULT_ADMIN_ROLE'
const known = [zeroHash, ...labels.map(label => keccak256(toBytes(label)))]

/** A timelock's role as a person calls it. */
export function roleLabel(role: Hex): string {
  return role === zeroHash ? adminRole : (labels[known.indexOf(role) - 1] ?? role)
}

/** Who must have a role in a timelock: its committee, and the timelock over itself. */
export function rightfulRoles({ timelock, committee }: Record<'timelock' | 'committee', Address>) {
  return [`${adminRole} ${timelock}`, ...labels.map(label => `${label} ${committee}`)]
}

/**
 * Asks each timelock itself who has which role: whoever must, and nobody else of all who are known. An event can be kept
 * back, or there may have been none.
 */
export async function checkRoles(sight: Sight, expect: Expect): Promise<void> {
  const accounts = await accountsOf(sight)
  for (const name of committeeNames) {
    await checkHolders(sight, name, accounts, expect)
    await checkAdministrators(sight, name, expect)
  }
}

async function checkHolders(
  sight: Sight,
  name: CommitteeName,
  accounts: readonly Address[],
  expect: Expect,
): Promise<void> {
  const timelock = sight.addresses.timelocks[name]
  const rightful = rightfulRoles({ timelock, committee: sight.addresses.committees[name] })
  const must = new Set(rightful.map(grant => grant.toLowerCase()))
  const told = new Set(grantsIn(sight, name).map(({ role, account }) => `${role} ${account}`))
  const pairs = rolesIn(sight, name).flatMap(role => accounts.map(account => ({ role, account })))
  const held = await askAll(
    sight,
    pairs.map(({ role, account }) => ({
      address: timelock,
      abi: timelockAbi,
      functionName: 'hasRole',
      args: [role, account],
    })),
  )
  for (const [index, { role, account }] of pairs.entries()) {
    const grant = `${roleLabel(role)} ${account}`
    const expected = must.has(grant.toLowerCase()) ? 'granted' : 'absent'
    const silent = expected === 'absent' && !told.has(`${role} ${account}`)
    const granted = silent ? 'granted, though no event tells of it' : 'granted'
    expect(`${grant} in ${titleOf(name)}`, held[index] === true ? granted : 'absent', expected)
  }
}

async function checkAdministrators(sight: Sight, name: CommitteeName, expect: Expect): Promise<void> {
  const roles = rolesIn(sight, name)
  const address = sight.addresses.timelocks[name]
  const administrators = await askAll(
    sight,
    roles.map(role => ({ address, abi: timelockAbi, functionName: 'getRoleAdmin', args: [role] })),
  )
  for (const [index, role] of roles.entries()) {
    expect(`who administers ${roleLabel(role)} in ${titleOf(name)}`, administrators[index], zeroHash)
  }
}

function titleOf(name: CommitteeName): string {
  return `the timelock of ${committeeTitles[name]}`
}

/** The roles that a timelock has, and any that it was made to have. */
function rolesIn(sight: Sight, name: CommitteeName): readonly Hex[] {
  return [...new Set([...known, ...grantsIn(sight, name).map(({ role }) => role)])]
}

function grantsIn({ history, addresses }: Sight, name: CommitteeName) {
  return eventsOf(history, addresses.timelocks[name]).flatMap(event =>
    event.eventName === 'RoleGranted' ? [event.args] : [],
  )
}

/** Everyone who is known of: contracts, who made them, people by each key they ever had, and whoever a log names. */
async function accountsOf(sight: Sight): Promise<readonly Address[]> {
  const { addresses, parameters, makers, history } = sight
  const called = history.rules.map(entry => callOf(entry)?.args)
  const logged = history.events.map(({ args }) => args)
  const found = new Set<Address>([zeroAddress])
  collect([addresses, parameters.people, makers, called, logged, await currentKeys(sight)], found)
  return [...found]
}

/** Each address within nested values. A signer that is an account is written like one. */
function collect(value: unknown, found: Set<Address>): void {
  if (typeof value === 'string') {
    if (isAddress(value, { strict: false })) found.add(getAddress(value))
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, found)
  }
}

/** The accounts that people act by now. */
async function currentKeys(sight: Sight): Promise<readonly unknown[]> {
  const { addresses, people, history } = sight
  const seated = history.events.flatMap(event =>
    event.eventName === 'Transfer' ? [numberToHex(event.args.tokenId, { size: 32 })] : [],
  )
  const persons = new Set([...people.values(), ...history.rules.map(({ subject }) => subject), ...seated])
  return await askAll(
    sight,
    [...persons].map(person => ({
      address: addresses.rules,
      abi: rulesAbi,
      functionName: 'keyOf',
      args: [person],
    })),
  )
}
