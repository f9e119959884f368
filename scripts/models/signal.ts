import { createHash } from 'node:crypto'

/** Samples per second that every Silero model of this project listens to. */
export const SAMPLE_RATE = 16_000

/**
 * Segments are whole multiples of this: the longest frame of the models (1536) holds three of the shortest (512), so
 * every frame of every model lies in one segment and has one true label.
 */
export const GRID_SAMPLES = 1536

/** A stretch of the test signal with its true label. */
export interface Segment {
  readonly name: string
  readonly speech: boolean
  readonly start: number
  readonly samples: number
}

/** Audio with known labels: one channel, 16 bits, {@link SAMPLE_RATE}. */
export interface Signal {
  readonly samples: Int16Array
  readonly segments: readonly Segment[]
}

type Source = (samples: number) => Float64Array

interface Plan {
  readonly name: string
  readonly speech: boolean
  /** Length in units of {@link GRID_SAMPLES}, 96 ms each. */
  readonly units: number
  readonly source: Source
}

/** The signal every model is measured with: near silence, noise, a machine's buzz, and four voices. */
const plan: readonly Plan[] = [
  { name: 'quiet-room', speech: false, units: 10, source: n => noise(n, 0.0003, 1) },
  { name: 'hiss', speech: false, units: 12, source: n => noise(n, 0.05, 2) },
  { name: 'low-voice', speech: true, units: 16, source: n => voice(n, 95, 3) },
  { name: 'pause', speech: false, units: 12, source: n => noise(n, 0.0003, 4) },
  { name: 'middle-voice', speech: true, units: 16, source: n => voice(n, 130, 5) },
  { name: 'buzz', speech: false, units: 12, source: n => buzz(n, 150) },
  { name: 'high-voice', speech: true, units: 16, source: n => voice(n, 210, 6) },
  { name: 'rest', speech: false, units: 12, source: n => noise(n, 0.0003, 7) },
  { name: 'voice-in-noise', speech: true, units: 16, source: n => sum(voice(n, 115, 8), noise(n, 0.05, 9)) },
  { name: 'after-noise', speech: false, units: 12, source: n => noise(n, 0.05, 10) },
]

/**
 * Makes the test signal. It has no random source and no clock: the samples are the same on every machine, since they
 * are rounded to 16 bits, far above the last place in which two mathematics libraries may differ.
 *
 * @example
 * ```ts
 * const { samples, segments } = synthesise()
 * ```
 */
export function synthesise(): Signal {
  const segments: Segment[] = []
  let start = 0
  for (const { name, speech, units } of plan) {
    segments.push({ name, speech, start, samples: units * GRID_SAMPLES })
    start += units * GRID_SAMPLES
  }
  const samples = new Int16Array(start)
  plan.forEach(({ source, units }, index) => {
    samples.set(toPcm(source(units * GRID_SAMPLES)), segments[index]?.start)
  })
  return { samples, segments }
}

/** The SHA-256 of the samples as 16-bit little-endian PCM: what a WAV file of them holds. */
export function digestOfSamples(samples: Int16Array): string {
  const bytes = new DataView(new ArrayBuffer(samples.length * 2))
  samples.forEach((sample, index) => {
    bytes.setInt16(index * 2, sample, true)
  })
  return createHash('sha256').update(bytes).digest('hex')
}

/** Rounds to 16 bits and clips, as a sound card does. */
export function toPcm(wave: Float64Array): Int16Array {
  return Int16Array.from(wave, value => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))))
}

/**
 * White noise from Marsaglia's xorshift32 (shifts 13, 17, 5): documented, a few lines in any language, and never
 * changed under us as a library's generator might be.
 *
 * @param seed - Any integer from 1 to 2^32 - 1.
 */
export function noise(samples: number, amplitude: number, seed: number): Float64Array {
  let state = seed >>> 0
  return Float64Array.from({ length: samples }, () => {
    state = (state ^ (state << 13)) >>> 0
    state = (state ^ (state >>> 17)) >>> 0
    state = (state ^ (state << 5)) >>> 0
    return (state / 2 ** 31 - 1) * amplitude
  })
}

/** A machine: the pitch of a voice, but no vowels. It is what a detector of speech must not fall for. */
function buzz(samples: number, pitch: number): Float64Array {
  return Float64Array.from({ length: samples }, (_, index) => {
    let value = 0
    for (let harmonic = 1; harmonic <= 20; harmonic++) {
      value += Math.sin((2 * Math.PI * pitch * harmonic * index) / SAMPLE_RATE) / harmonic
    }
    return 0.2 * value * (0.5 - 0.5 * Math.cos((2 * Math.PI * 4 * index) / SAMPLE_RATE))
  })
}

/** The first three formants, in hertz, of a, i, o, e, u: averages of men (Peterson and Barney, 1952). */
const vowels = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [570, 840, 2410],
  [530, 1840, 2480],
  [300, 870, 2240],
] as const

const syllable = 0.22 * SAMPLE_RATE

/** A voice: pulses of the vocal folds, with breath, through three resonances that glide from vowel to vowel. */
function voice(samples: number, pitch: number, seed: number): Float64Array {
  const breath = noise(samples, 0.02, seed)
  const formants = [resonator(60), resonator(100), resonator(140)] as const
  let phase = 0
  const wave = Float64Array.from(breath, (air, index) => {
    phase += (pitch * melody(index / SAMPLE_RATE)) / SAMPLE_RATE
    const pulse = phase >= 1 ? 1 : 0
    phase -= pulse
    const frequencies = formantsAt(index)
    const sound = formants.reduce((value, formant, k) => formant(value, frequencies[k] ?? 0), air + pulse)
    return sound * loudness((index % syllable) / syllable)
  })
  return normalise(wave, 0.6)
}

/** Pitch rises and falls over a phrase, and trembles a little. */
function melody(seconds: number): number {
  return 1 + 0.15 * Math.sin(2 * Math.PI * 0.7 * seconds) + 0.02 * Math.sin(2 * Math.PI * 5 * seconds)
}

/** Holds a vowel for 70 % of a syllable, then glides to the next. */
function formantsAt(index: number): readonly number[] {
  const count = Math.floor(index / syllable)
  const glide = Math.max(0, ((index % syllable) / syllable - 0.7) / 0.3)
  const from = vowels[count % vowels.length] ?? vowels[0]
  const to = vowels[(count + 1) % vowels.length] ?? vowels[0]
  return from.map((frequency, k) => frequency * (1 - glide) + (to[k] ?? frequency) * glide)
}

/** Swells and fades within a syllable, never to nothing. */
function loudness(position: number): number {
  return 0.15 + 0.85 * Math.min(1, position / 0.15, (1 - position) / 0.2)
}

/** A two-pole filter of unit gain at zero frequency: one formant. */
function resonator(bandwidth: number): (input: number, frequency: number) => number {
  const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE)
  let last = 0
  let beforeLast = 0
  return (input, frequency) => {
    const a = 2 * radius * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE)
    const b = -radius * radius
    const output = input * (1 - a - b) + a * last + b * beforeLast
    beforeLast = last
    last = output
    return output
  }
}

function normalise(wave: Float64Array, peak: number): Float64Array {
  const loudest = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return wave.map(value => (value * peak) / loudest)
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + (b[index] ?? 0))
}
