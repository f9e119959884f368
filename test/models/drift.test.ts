import { beforeAll, describe, expect, it } from 'vitest'
import { type Drift, measureDrift, type Shift, shifts, stabilityIndex } from '../../scripts/models/drift.ts'
import { synthesise } from '../../scripts/models/signal.ts'
import { type Run, runSilero } from '../../scripts/models/silero.ts'

let reference: Run
const drifts = {} as Record<Shift, Drift>

beforeAll(async () => {
  reference = await runSilero('v6', synthesise())
  for (const shift of shifts) drifts[shift] = await measureDrift(shift, { reference })
})

describe('drift of v6', () => {
  it('is what was measured', () => {
    const summary = shifts.map(shift => {
      const { indexPerMille, exceeded, meanShift, shifted } = drifts[shift]
      const { recall, specificity } = shifted.detections
      return { shift, indexPerMille, exceeded, meanShift, recall, specificity }
    })
    expect(summary).toMatchInlineSnapshot(`
      [
        {
          "exceeded": false,
          "indexPerMille": 20,
          "meanShift": "0.0049",
          "recall": "0.9740",
          "shift": "quieter",
          "specificity": "0.8381",
        },
        {
          "exceeded": true,
          "indexPerMille": 1027,
          "meanShift": "-0.1422",
          "recall": "0.7031",
          "shift": "distant",
          "specificity": "0.8190",
        },
        {
          "exceeded": true,
          "indexPerMille": 427,
          "meanShift": "-0.0439",
          "recall": "0.8698",
          "shift": "noisy",
          "specificity": "0.7762",
        },
        {
          "exceeded": false,
          "indexPerMille": 182,
          "meanShift": "-0.0492",
          "recall": "0.9948",
          "shift": "narrowband",
          "specificity": "0.9429",
        },
      ]
    `)
  })

  it('is the same when it is measured again, from the reference on', async () => {
    expect(await measureDrift('distant')).toEqual(drifts.distant)
  })

  it('compares the same model on other sounds', () => {
    const { reference: before, shifted } = drifts.noisy
    expect(shifted.frames).toBe(before.frames)
    expect(shifted.signalSha256).not.toBe(before.signalSha256)
    expect(before.histogram.reduce((sum, count) => sum + count, 0)).toBe(before.frames)
  })
})

describe('the population stability index', () => {
  it('is nothing between equal populations', () => {
    expect(stabilityIndex([10, 0, 5], [10, 0, 5])).toBe(0)
  })

  it('is what the formula gives by hand', () => {
    // Shares 3/4 and 1/4 against 1/4 and 3/4: (1/2) ln 3 twice, 1.0986.
    expect(stabilityIndex([2.5, 0.5], [0.5, 2.5])).toBe(1099)
  })

  it('refuses histograms that do not match', () => {
    expect(() => stabilityIndex([1], [1, 2])).toThrow('the same bins')
  })
})
