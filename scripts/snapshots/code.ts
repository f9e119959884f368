import { keccak256, size } from 'viem'
import { readArtifact } from '../deployment/artifacts.ts'
import { type ContractName, contractNames } from '../deployment/contracts.ts'

/** The code of a contract, before its constructor's arguments and its immutables are filled in. */
export interface Code {
  readonly runtimeBytes: number
  readonly runtimeHash: string
  readonly creationBytes: number
  readonly creationHash: string
}

/** EIP-170: no chain takes more. */
export const largestRuntime = 24_576

/** The code of each contract, as the build has it. */
export async function codes(): Promise<Readonly<Record<ContractName, Code>>> {
  const entries = await Promise.all(
    contractNames.map(async (name): Promise<[ContractName, Code]> => {
      const { bytecode, deployedBytecode } = await readArtifact(name)
      const code = {
        runtimeBytes: size(deployedBytecode),
        runtimeHash: keccak256(deployedBytecode),
        creationBytes: size(bytecode),
        creationHash: keccak256(bytecode),
      }
      return [name, code]
    }),
  )
  return Object.fromEntries(entries) as Record<ContractName, Code>
}
