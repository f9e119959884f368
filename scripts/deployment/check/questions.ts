import type { Abi, Address } from 'viem'
import { reach } from '../../../sdk/chain/index.ts'
import type { Sight } from './sight.ts'

/** What a contract is asked. */
export interface Question {
  readonly address: Address
  readonly abi: Abi
  readonly functionName: string
  readonly args: readonly unknown[]
}

/**
 * How many travel in one. That one is code which a node runs, its answer code which the node would keep: both have a
 * largest size.
 */
const together = 50

/** Many questions in a few: one each would be hundreds. */
export async function askAll(
  { client, block: blockNumber }: Pick<Sight, 'client' | 'block'>,
  questions: readonly Question[],
): Promise<readonly unknown[]> {
  const starts = Array.from(
    { length: Math.ceil(questions.length / together) },
    (_, index) => index * together,
  )
  const options = { allowFailure: false, deployless: true, batchSize: 0, blockNumber } as const
  const answers = await reach(() =>
    Promise.all(
      starts.map(start =>
        client.multicall({ contracts: questions.slice(start, start + together), ...options }),
      ),
    ),
  )
  return answers.flat(1)
}
