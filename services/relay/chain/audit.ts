import {
  type AuditEntry,
  auditEntries,
  headOf,
  type Kedge,
  reach,
  readerOf,
  registryAbi,
  rulesAbi,
} from '@kedge/sdk/chain'
import type { Address, Hex } from 'viem'
import { newestBlock } from './newestBlock.ts'

/** The contracts that keep an audit chain. */
export const auditedContracts = ['registry', 'rules'] as const
export type AuditedContract = (typeof auditedContracts)[number]

/** An audit chain up to a block. */
export interface AuditView {
  readonly contract: AuditedContract
  readonly address: Address
  readonly block: bigint
  /** The head that the contract holds. */
  readonly head: Hex
  /** The head that the entries lead to. */
  readonly recomputed: Hex
  /** Whether both are the same: then no entry was withheld, added, altered or moved. */
  readonly complete: boolean
  readonly entries: readonly AuditEntry[]
}

/**
 * The audit chain of a contract. Nothing is cached: all of it is read from the endpoint.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`, `WRONG_NETWORK`.
 */
export async function readAudit(kedge: Kedge, contract: AuditedContract): Promise<AuditView> {
  const block = await newestBlock(kedge)
  const address = kedge.deployment.contracts[contract]
  const abi = { registry: registryAbi, rules: rulesAbi }[contract]
  const [entries, head] = await Promise.all([
    auditEntries(kedge, address, { toBlock: block }),
    reach(() =>
      readerOf(kedge.rpcUrl).readContract({ address, abi, functionName: 'head', blockNumber: block }),
    ),
  ])
  const recomputed = headOf(entries)
  return { contract, address, block, head, recomputed, complete: head === recomputed, entries }
}
