import { beforeAll, describe, expect, it } from 'vitest'
import { hardfork, startEvm } from '../../scripts/bench/evm.ts'
import { type Measurement, measureKedge } from '../../scripts/bench/measure.ts'
import { foundSociety } from '../../scripts/bench/society.ts'

describe('the floors of docs/gas.md', () => {
  let measurements: readonly Measurement[]

  beforeAll(async () => {
    const evm = await startEvm(hardfork)
    try {
      measurements = await measureKedge(evm, await foundSociety(evm))
    } finally {
      await evm.stop()
    }
  })

  it('claim of no act that it must touch a slot which it does not touch', () => {
    const claimed = measurements.filter(({ beyond }) => Object.values(beyond).some(count => count < 0))
    expect(claimed.map(({ name, beyond }) => ({ name, beyond }))).toEqual([])
  })

  it('create and change every slot that an act creates or changes', () => {
    const left = measurements.filter(({ beyond }) => beyond.creates !== 0 || beyond.changes !== 0)
    expect(left.map(({ name, beyond }) => ({ name, beyond }))).toEqual([])
  })

  it('lie below what was measured, their items add up to them', () => {
    for (const { name, gas, floor } of measurements) {
      expect(floor.gas, name).toBeLessThanOrEqual(gas)
      expect(
        floor.items.reduce((sum, item) => sum + item.gas, 0),
        name,
      ).toBe(floor.gas)
    }
  })

  it('are of acts that cost less at first only where a version has no parent', () => {
    const cheaper = measurements.filter(({ gas, firstUseGas }) => firstUseGas < gas)
    expect(cheaper.map(({ name }) => name)).toEqual(['register', 'registerBySig'])
    // Two words of the calldata are zeros: 4 gas for each byte instead of 16.
    expect(cheaper.map(({ gas, firstUseGas }) => gas - firstUseGas)).toEqual([2 * 32 * 12, 2 * 32 * 12])
  })

  it('are measured alike in each run', async () => {
    const evm = await startEvm(hardfork)
    try {
      expect(await measureKedge(evm, await foundSociety(evm))).toEqual(measurements)
    } finally {
      await evm.stop()
    }
  })
})
