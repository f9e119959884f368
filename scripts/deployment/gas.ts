import { type Address, formatEther, type Hex, size } from 'viem'
import { committeeNames } from '../../sdk/chain/deployment.ts'
import { SetupError } from '../errors.ts'
import type { ContractName, Design } from './contracts.ts'
import { scopesOf } from './scopes.ts'

/** The bytes of a compiled contract. */
export interface Bytecode {
  readonly bytecode: Hex
  readonly deployedBytecode: Hex
}

/**
 * What each of the twelve transactions takes, in their order: the price of the code (yellow paper, appendix G), and what
 * the constructor writes as it was measured, rounded up. A contract that does not exist yet cannot be asked.
 */
export function gasOf(
  code: Readonly<Record<ContractName, Bytecode>>,
  { parameters, addresses }: Design,
): readonly number[] {
  const of = (name: ContractName, writes: number) =>
    53_000 + 200 * size(code[name].deployedBytecode) + 16 * size(code[name].bytecode) + writes
  const { people, environments, committees } = parameters
  const selectors = (name: (typeof committeeNames)[number]) =>
    scopesOf(addresses)[name].flatMap(scope => scope.selectors).length
  return [
    ...committeeNames.map(() => of('TimelockController', 130_000)),
    of('Rules', 250_000 + 120_000 * people.length + 30_000 * environments.length),
    of('Registry', 50_000),
    ...committeeNames.map(name => of('Seats', 130_000 + 130_000 * committees[name].seats.length)),
    ...committeeNames.map(name => of('Committee', 250_000 + 25_000 * selectors(name))),
    of('Lens', 20_000),
  ]
}

/**
 * Checks that an account can pay for what is still to be sent. A chain demands twice the base fee of one transaction at
 * the time it is sent, so the largest counts double.
 *
 * @throws SetupError `FUNDS_INSUFFICIENT`.
 */
export function assertFunds(terms: {
  readonly account: Address
  readonly balance: bigint
  /** What a unit of gas costs now. */
  readonly price: bigint
  readonly gas: readonly number[]
}): void {
  const { account, balance, price, gas } = terms
  const total = gas.reduce((sum, amount) => sum + amount, 0)
  const needed = BigInt(total + Math.max(0, ...gas)) * price
  if (balance >= needed) return
  const [has, needs] = [balance, needed].map(amount => formatEther(amount))
  const cost = `${total} gas at ${formatEther(price, 'gwei')} gwei`
  throw new SetupError(
    'FUNDS_INSUFFICIENT',
    `${account} has ${has} of the chain’s currency, and the deployment takes up to ${needs} (${cost})`,
    { account, available: balance.toString(), needed: needed.toString(), gas: total },
  )
}
