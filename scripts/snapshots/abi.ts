import { Interface, type InterfaceAbi } from 'ethers'
import { readArtifact } from '../deployment/artifacts.ts'
import type { ContractName } from '../deployment/contracts.ts'

/** Every function, event and error that a contract shows, each in the words of Solidity, sorted. */
export async function abiOf(contract: ContractName): Promise<readonly string[]> {
  const { abi } = await readArtifact(contract)
  return new Interface(abi as InterfaceAbi).format().toSorted()
}
