import type { Address, Hex } from 'viem'
import type { Reader } from '../../../sdk/chain/index.ts'
import type { Design } from '../contracts.ts'
import type { History } from './history.ts'

/** What the parts of a check look at. */
export interface Sight extends Design {
  readonly client: Reader
  /** The block that everything is read at. */
  readonly block: bigint
  readonly history: History
  /** The transaction that made each contract, by its address in lower case. */
  readonly creations: ReadonlyMap<string, Hex>
  /** Who sent those transactions. */
  readonly makers: readonly Address[]
}
