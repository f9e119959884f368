import type { Address, Hex } from 'viem'
import { lensAbi, rulesAbi } from '../chain/abi/index.ts'
import { type Kedge, none, reach, readerOf } from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { isBytes32 } from './arguments.ts'

/** The person whose key in use an account is. */
export async function holderOf(kedge: Kedge, account: Address): Promise<Hex> {
  const person = await personBehind(kedge, account)
  if (person !== none) return person
  throw new KedgeError(
    'REFUSED',
    `nobody is appointed with the key of ${account}`,
    { account },
    { remedy: 'Name the key that the person was appointed with, or rotated to; or the person’s id.' },
  )
}

/** The person whom an id, or the address of a key in use, stands for; zero if it is nobody’s. */
export async function personBehind(kedge: Kedge, id: Hex): Promise<Hex> {
  const client = readerOf(kedge.rpcUrl)
  const { lens, rules } = kedge.deployment.contracts
  if (!isBytes32(id)) {
    const holder = { address: lens, abi: lensAbi, functionName: 'person', args: [id] } as const
    return (await reach(() => client.readContract(holder))).person
  }
  const keyOf = { address: rules, abi: rulesAbi, functionName: 'keyOf', args: [id] } as const
  const [key] = await reach(() => client.readContract(keyOf))
  return key === none ? none : id
}
