import { type Hex, isAddress, zeroAddress } from 'viem'
import { rulesAbi } from '../chain/abi/index.ts'
import { environmentIdOf, type Kedge, modelIdOf, none, reach, readerOf, voiceOf } from '../chain/index.ts'
import { isBytes32 } from './arguments.ts'
import type { Book } from './book.ts'
import { personBehind } from './people.ts'

/** Whatever a name, an id or an address may stand for in the audit chains. */
export interface Meant {
  readonly text: string
  /** As subjects and actors of entries. */
  readonly ids: ReadonlySet<Hex>
  /** How a call's data holds them: hex digits. */
  readonly marks: readonly string[]
  /** Whether the chain knows any of it, even where no entry does. */
  readonly isKnown: () => Promise<boolean>
}

/** What somebody means by a name of the chain's or of one's own, by an id, or by the address of a key. */
export async function meant(kedge: Kedge, book: Book, text: string): Promise<Meant> {
  const given = isBytes32(text) || isAddress(text) ? [text] : book.idsOf(text)
  const people = (await Promise.all(given.map(id => personBehind(kedge, id)))).filter(id => id !== none)
  const accounts = [...given.filter(id => isAddress(id)), ...(await accountsOf(kedge, people))]
  const named = isBytes32(text) || isAddress(text) ? [] : [modelIdOf(text), environmentIdOf(text)]
  const ids = [...given.filter(isBytes32), ...people, ...named]
  return {
    text,
    ids: new Set([...ids, ...accounts.map(voiceOf)].map(id => id.toLowerCase() as Hex)),
    marks: [...ids, ...accounts].map(id => id.slice(2).toLowerCase()),
    isKnown: async () => people.length > 0 || isVoice(kedge, ids) || (await isEnvironment(kedge, ids)),
  }
}

/** The accounts whose keys people use. */
async function accountsOf({ rpcUrl, deployment }: Kedge, people: readonly Hex[]): Promise<readonly Hex[]> {
  const client = readerOf(rpcUrl)
  const rules = { address: deployment.contracts.rules, abi: rulesAbi, functionName: 'keyOf' } as const
  const keys = await reach(() =>
    Promise.all(people.map(person => client.readContract({ ...rules, args: [person] }))),
  )
  return keys.flatMap(([, account]) => (account === zeroAddress ? [] : [account]))
}

/** A committee, or a contract that acts by itself. */
function isVoice({ deployment }: Kedge, ids: readonly Hex[]): boolean {
  const { timelocks, registry, rules } = deployment.contracts
  const voices = [...Object.values(timelocks), registry, rules].map(voiceOf)
  return ids.some(id => voices.includes(id))
}

async function isEnvironment({ rpcUrl, deployment }: Kedge, ids: readonly Hex[]): Promise<boolean> {
  const client = readerOf(rpcUrl)
  const rules = { address: deployment.contracts.rules, abi: rulesAbi, functionName: 'place' } as const
  const places = await reach(() =>
    Promise.all(ids.map(environment => client.readContract({ ...rules, args: [environment] }))),
  )
  return places.some(([stage]) => stage !== 0)
}
