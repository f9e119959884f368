import {
  buildModule,
  type ContractFuture,
  type Future,
  type SolidityParameterType,
} from '@nomicfoundation/ignition-core'
import type { Construction } from './contracts.ts'

/** The whole deployment as one Ignition module; strictly one contract after the other, so that nonces are known. */
export function kedgeModule(constructions: readonly Construction[]) {
  return buildModule('Kedge', m => {
    const futures: Record<string, ContractFuture<string>> = {}
    let after: Future[] = []
    for (const { contract, id, arguments: args } of constructions) {
      const future = m.contract(contract, args as SolidityParameterType[], { id, after })
      futures[id] = future
      after = [future]
    }
    return futures
  })
}
