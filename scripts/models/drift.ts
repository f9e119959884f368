import { decimal, mean, UNIT } from './decimal.ts'
import { type Detections, evaluate } from './evaluation.ts'
import { type Run, runSilero } from './run.ts'
import { noise, type Signal, synthesise } from './signal.ts'
import type { SileroVersion } from './source.ts'

/**
 * Ways in which the world can differ from the test signal:
 *
 * - `quieter`: half the level (-6 dB), which should not matter.
 * - `distant`: a twentieth of the level (-26 dB) in a room's noise: a microphone moved away.
 * - `noisy`: loud white noise over everything: a failing cable, a fan.
 * - `narrowband`: sampled at 4 kHz and held: a bad telephone line.
 */
export const shifts = ['quieter', 'distant', 'noisy', 'narrowband'] as const

/** One of {@link shifts}. */
export type Shift = (typeof shifts)[number]

/** A measurement of drift. Holds no time and no float. */
export interface Drift {
  readonly version: string
  readonly shift: Shift
  readonly statistic: 'population-stability-index'
  readonly bins: number
  /** The index in thousandths. */
  readonly indexPerMille: number
  /** What the index must not reach. */
  readonly thresholdPerMille: number
  readonly exceeded: boolean
  /** Mean probability under the shift, less that of the reference. */
  readonly meanShift: string
  readonly reference: DriftSide
  readonly shifted: DriftSide
}

/** One side of the comparison. */
export interface DriftSide {
  readonly signalSha256: string
  readonly outputSha256: string
  readonly frames: number
  /** How many frames fall in each bin of probability, from lowest to highest. */
  readonly histogram: readonly number[]
  readonly meanProbability: string
  readonly detections: Detections
}

const BINS = 10

/** An index of a quarter or more is the customary sign that a population is another one. */
const THRESHOLD_PER_MILLE = 250

/**
 * Runs a version on the test signal as it is and as the shift changes it, and measures how far apart its outputs lie.
 *
 * @param options.reference - A run on the test signal, when there is one already.
 * @example
 * ```ts
 * const { exceeded, indexPerMille } = await measureDrift('noisy')
 * ```
 */
export async function measureDrift(
  shift: Shift,
  options: { readonly version?: SileroVersion; readonly reference?: Run } = {},
): Promise<Drift> {
  const reference = options.reference ?? (await runSilero(options.version ?? 'v6', synthesise()))
  const shifted = await runSilero(reference.version, applyShift(reference.signal, shift))
  const indexPerMille = stabilityIndex(histogramOf(reference.scores), histogramOf(shifted.scores))
  return {
    version: reference.version,
    shift,
    statistic: 'population-stability-index',
    bins: BINS,
    indexPerMille,
    thresholdPerMille: THRESHOLD_PER_MILLE,
    exceeded: indexPerMille >= THRESHOLD_PER_MILLE,
    meanShift: decimal(mean(shifted.scores) - mean(reference.scores)),
    reference: sideOf(reference),
    shifted: sideOf(shifted),
  }
}

/** The signal as it would be under a shift; the labels stay. */
export function applyShift({ samples, segments }: Signal, shift: Shift): Signal {
  return { samples: changes[shift](samples), segments }
}

const changes: Readonly<Record<Shift, (samples: Int16Array) => Int16Array>> = {
  quieter: samples => attenuate(samples, 2),
  distant: samples => addNoise(attenuate(samples, 20), 0.01),
  noisy: samples => addNoise(samples, 0.25),
  narrowband: samples => samples.map((_, index) => samples[index - (index % 4)] ?? 0),
}

function attenuate(samples: Int16Array, divisor: number): Int16Array {
  return samples.map(sample => Math.round(sample / divisor))
}

function addNoise(samples: Int16Array, amplitude: number): Int16Array {
  const added = noise(samples.length, amplitude * 32_768, 77)
  return samples.map((sample, index) => {
    const value = Math.round(sample + (added[index] ?? 0))
    return Math.max(-32_768, Math.min(32_767, value))
  })
}

/**
 * The population stability index, sum over the bins of (q - p) * ln(q / p), in thousandths. Half a frame is added to
 * each bin, so that an empty one does not make it infinite.
 */
export function stabilityIndex(reference: readonly number[], shifted: readonly number[]): number {
  if (reference.length === 0 || reference.length !== shifted.length) {
    throw new Error('the two histograms must have the same bins, and at least one')
  }
  const p = sharesOf(reference)
  const q = sharesOf(shifted)
  const index = p.reduce((sum, share, bin) => {
    const other = q[bin] ?? share
    return sum + (other - share) * Math.log(other / share)
  }, 0)
  return Math.round(index * 1000)
}

function sharesOf(histogram: readonly number[]): readonly number[] {
  const total = histogram.reduce((sum, count) => sum + count + 0.5, 0)
  return histogram.map(count => (count + 0.5) / total)
}

function histogramOf(scores: readonly number[]): readonly number[] {
  const histogram = Array.from({ length: BINS }, () => 0)
  for (const score of scores) {
    // A probability of exactly 1 belongs to the last bin.
    const bin = Math.min(BINS - 1, Math.floor((score * BINS) / UNIT))
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return histogram
}

function sideOf(run: Run): DriftSide {
  const { signalSha256, outputSha256, frames, detections } = evaluate(run)
  return {
    signalSha256,
    outputSha256,
    frames,
    histogram: histogramOf(run.scores),
    meanProbability: decimal(mean(run.scores)),
    detections,
  }
}
