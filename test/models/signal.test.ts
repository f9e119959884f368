import { describe, expect, it } from 'vitest'
import { digestOfSamples, GRID_SAMPLES, noise, synthesise, toPcm } from '../../scripts/models/signal.ts'

describe('the test signal', () => {
  it('is the same samples every time', () => {
    expect(digestOfSamples(synthesise().samples)).toBe(
      '01926ab74696fec0e5e17661ab80c8a554156ed205cd93043ac6c5e8dc835e89',
    )
  })

  it('is labelled without gaps, on the grid of every model', () => {
    const { samples, segments } = synthesise()
    let end = 0
    for (const segment of segments) {
      expect(segment.start).toBe(end)
      expect(segment.samples % GRID_SAMPLES).toBe(0)
      end += segment.samples
    }
    expect(end).toBe(samples.length)
    expect(new Set(segments.map(({ speech }) => speech))).toEqual(new Set([true, false]))
  })

  it('takes its noise from the xorshift32 of the paper', () => {
    // Seed 1 gives 270369, 67634689, 2647435461 (Marsaglia 2003, shifts 13, 17, 5).
    const expected = [270_369, 67_634_689, 2_647_435_461].map(word => word / 2 ** 31 - 1)
    expect([...noise(3, 1, 1)]).toEqual(expected)
  })

  it('clips what is too loud for 16 bits', () => {
    expect([...toPcm(Float64Array.of(2, -2, 0.5))]).toEqual([32_767, -32_768, 16_384])
  })
})
