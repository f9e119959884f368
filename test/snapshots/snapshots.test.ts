import { beforeAll, describe, expect, it } from 'vitest'
import { contractNames } from '../../scripts/deployment/contracts.ts'
import { codes, largestRuntime } from '../../scripts/snapshots/code.ts'
import { compare } from '../../scripts/snapshots/compare.ts'
import { readSnapshot, remedy, takeSnapshots } from '../../scripts/snapshots/snapshots.ts'

const names = [
  ...contractNames.flatMap(name => [`abi/${name}.json`, `storage/${name}.json`]),
  'code.json',
  'gas.json',
]

describe('what is compiled is what the snapshots say', () => {
  let taken: ReadonlyMap<string, unknown>

  beforeAll(async () => {
    taken = await takeSnapshots()
  })

  it('takes a snapshot of each', () => {
    expect([...taken.keys()].toSorted()).toEqual(names.toSorted())
  })

  for (const name of names) {
    it(`snapshots/${name}`, async () => {
      const snapshot: unknown = JSON.parse(await readSnapshot(name))
      const differences = compare(name, snapshot, taken.get(name))
      expect(differences, `snapshots/${name} differs. ${remedy}\n${differences.join('\n')}`).toEqual([])
    })
  }

  it('fits on every chain', async () => {
    const tooLarge = Object.entries(await codes()).filter(([, code]) => code.runtimeBytes > largestRuntime)
    expect(tooLarge).toEqual([])
  })
})
