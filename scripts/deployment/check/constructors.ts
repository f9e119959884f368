import { type Abi, type Address, decodeAbiParameters, encodeAbiParameters, type Hex } from 'viem'
import { type Reader, reach } from '../../../sdk/chain/index.ts'
import { type Artifact, readArtifact } from '../artifacts.ts'
import type { Construction } from '../contracts.ts'
import { type Expect, expectSame } from './deviations.ts'

/** How a contract was made. */
export interface Creation {
  readonly maker: Address
  /** The call data of its transaction; undefined if it was not made by one of its own. */
  readonly data: Hex | undefined
}

/** Reads how a contract was made. */
export async function readCreation(client: Reader, transaction: Hex, address: Hex): Promise<Creation> {
  const [{ from, to, input }, { contractAddress }] = await reach(() =>
    Promise.all([
      client.getTransaction({ hash: transaction }),
      client.getTransactionReceipt({ hash: transaction }),
    ]),
  )
  const itsOwn = to === null && contractAddress?.toLowerCase() === address.toLowerCase()
  return { maker: from, data: itsOwn ? input : undefined }
}

/** Holds what a contract was made of against what it must be, argument by argument. */
export async function checkCreation(
  { contract, title, arguments: expected }: Construction,
  creation: Hex | undefined,
  expect: Expect,
): Promise<void> {
  const artifact = await readArtifact(contract)
  const given = creation === undefined ? undefined : argumentsOf(artifact, creation)
  if (given === undefined) {
    return expect(`what made ${title}`, 'something else', `a transaction with the compiled ${contract}`)
  }
  const { inputs } = constructorOf(artifact.abi)
  // Both in the types that decoding gives.
  const wanted = decodeAbiParameters(inputs, encodeAbiParameters(inputs, expected))
  for (const [index, { name = String(index) }] of inputs.entries()) {
    expectSame(expect, [name, `the constructor of ${title}`], given[index], wanted[index])
  }
}

/** The arguments that a contract was made with; undefined if it was made with other code. */
export function argumentsOf({ abi, bytecode }: Artifact, creation: Hex): readonly unknown[] | undefined {
  if (!creation.startsWith(bytecode)) return undefined
  try {
    return decodeAbiParameters(constructorOf(abi).inputs, `0x${creation.slice(bytecode.length)}`)
  } catch {
    return undefined
  }
}

type Constructor = Extract<Abi[number], { readonly type: 'constructor' }>

/** A contract's constructor. */
export function constructorOf(abi: Abi): Constructor {
  const found = abi.find(item => item.type === 'constructor')
  if (found === undefined) throw new Error('the contract has no constructor')
  return found
}
