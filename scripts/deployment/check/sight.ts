import type { Address, Hex } from 'viem'
import type { Reader } from '../../../sdk/chain/index.ts'
import type { Design } from '../contracts.ts'
import type { History, Times } from './history.ts'

/** What the parts of a check look at. */
export interface Sight extends Design {
  readonly client: Reader
  /** The block that everything is read at. */
  readonly block: bigint
  readonly history: History
  readonly times: Times
  /** The transaction that made each contract, by its address in lower case. */
  readonly creations: ReadonlyMap<string, Hex>
  /** Who sent those transactions. */
  readonly makers: readonly Address[]
}

/** A person as the parameters call them, or by id. */
export function nameOf({ people }: Sight, person: Hex): string {
  return [...people].find(([, id]) => id === person)?.[0] ?? `person ${person}`
}
