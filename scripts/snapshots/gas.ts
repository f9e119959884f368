import { hardfork, startEvm } from '../bench/evm.ts'
import { measureKedge } from '../bench/measure.ts'
import { foundSociety } from '../bench/society.ts'

/** What an act costs at first and later. */
export interface Cost {
  readonly firstUse: number
  readonly steady: number
}

/** By how much an act may become dearer or cheaper before the snapshot must be renewed. */
export const tolerance = 0.01

/** What each act costs: the bench without the peers. */
export async function costs(): Promise<Readonly<Record<string, Cost>>> {
  const evm = await startEvm(hardfork)
  try {
    const measurements = await measureKedge(evm, await foundSociety(evm))
    return Object.fromEntries(
      measurements.map(({ name, firstUseGas, gas }) => [name, { firstUse: firstUseGas, steady: gas }]),
    )
  } finally {
    await evm.stop()
  }
}

/** The acts whose gas is not what the snapshot says, each in a sentence. */
export function gasDifferences(
  snapshot: Readonly<Record<string, Cost>>,
  now: Readonly<Record<string, Cost>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(snapshot), ...Object.keys(now)])]
  return names.flatMap(name => {
    const [before, after] = [snapshot[name], now[name]]
    if (before === undefined) return [`${name} is new`]
    if (after === undefined) return [`${name} is measured no longer`]
    return [
      ...changeOf(`${name}, first use`, before.firstUse, after.firstUse),
      ...changeOf(`${name}, steady`, before.steady, after.steady),
    ]
  })
}

function changeOf(what: string, before: number, after: number): readonly string[] {
  const change = (after - before) / before
  if (Math.abs(change) <= tolerance) return []
  const sign = change > 0 ? '+' : ''
  return [`${what}: was ${before}, is ${after} (${sign}${(100 * change).toFixed(1)} %)`]
}
