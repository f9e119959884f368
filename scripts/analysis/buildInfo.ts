import { parseAll } from '../solidity/compiler.ts'
import type { Sources } from '../solidity/sources.ts'

/** Code that is not generated: Slither reads the syntax trees, and asks for the bytecode without looking at it. */
const noCode = { object: '', sourceMap: '' }

/** The contracts and what the compiler says of them, in the form in which Slither takes them from Hardhat. */
export function analysed(sources: Sources): object {
  const { input, output, version } = parseAll(sources)
  const contracts = Object.entries(output.contracts ?? {}).map(([file, ofFile]) => [
    file,
    Object.fromEntries(
      Object.entries(ofFile).map(([name, contract]) => [
        name,
        { ...contract, evm: { bytecode: noCode, deployedBytecode: noCode } },
      ]),
    ),
  ])
  return {
    solcVersion: version,
    input,
    output: { sources: output.sources, contracts: Object.fromEntries(contracts) },
  }
}
