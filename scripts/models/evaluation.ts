import { createHash } from 'node:crypto'
import { decimal, fraction, mean } from './decimal.ts'
import type { Run } from './run.ts'
import { digestOfSamples, type Segment } from './signal.ts'

/** How good is good enough, in ten-thousandths. */
const minima = { recall: 9000, specificity: 7000 } as const

/** Decisions against the truth, counted in frames. */
export interface Detections {
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
  readonly recall: string
  readonly specificity: string
}

/** What the model said about one segment of the signal. */
export interface SegmentResult {
  readonly name: string
  readonly speech: boolean
  readonly frames: number
  readonly detectedFrames: number
  readonly meanProbability: string
}

/** A criterion, what was measured, and whether that is enough. */
export interface Criterion {
  readonly name: string
  readonly minimum: string
  readonly measured: string
  readonly passed: boolean
}

/** The documented result of running a version: `evaluation/results.json`. Holds no time and no float. */
export interface Evaluation {
  readonly version: string
  readonly weightsSha256: string
  readonly runtime: {
    readonly framework: string
    readonly version: string
    readonly backend: 'wasm'
    readonly threads: 1
  }
  readonly signalSha256: string
  readonly frames: number
  readonly segments: readonly SegmentResult[]
  readonly detections: Detections
  /** See {@link digestOfScores}. */
  readonly outputSha256: string
  readonly criteria: readonly Criterion[]
  readonly result: 'PASSED' | 'FAILED'
}

/** Measures a run against the labels of its signal. */
export function evaluate(run: Run): Evaluation {
  const detections = countDetections(run)
  const criteria = (['recall', 'specificity'] as const).map(name => ({
    name,
    minimum: decimal(minima[name]),
    measured: detections[name],
    // Both have four places and lie between 0 and 1, so they sort as they count.
    passed: detections[name] >= decimal(minima[name]),
  }))
  return {
    version: run.version,
    weightsSha256: run.weights.sha256,
    runtime: { framework: run.framework.name, version: run.framework.version, backend: 'wasm', threads: 1 },
    signalSha256: digestOfSamples(run.signal.samples),
    frames: run.scores.length,
    segments: run.signal.segments.map(segment => measureSegment(run, segment)),
    detections,
    outputSha256: digestOfScores(run.scores),
    criteria,
    result: criteria.every(({ passed }) => passed) ? 'PASSED' : 'FAILED',
  }
}

/**
 * The SHA-256 of the whole output: each frame's probability, rounded to the nearest ten-thousandth, as an unsigned
 * 16-bit big-endian integer, in the order of the frames. Two runs agree when their digests are equal.
 */
export function digestOfScores(scores: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(scores.length * 2))
  scores.forEach((score, index) => {
    bytes.setUint16(index * 2, score)
  })
  return createHash('sha256').update(bytes).digest('hex')
}

/** What `evaluation/criteria.json` says: how the numbers of the results come about, and which are good enough. */
export function criteriaOf({ segments, samples }: Run['signal']): object {
  return {
    labels: 'Frames of a segment are speech or not as the segment is; no tolerance at the seams.',
    measures: {
      recall: 'truePositives / (truePositives + falseNegatives)',
      specificity: 'trueNegatives / (trueNegatives + falsePositives)',
    },
    minima: { recall: decimal(minima.recall), specificity: decimal(minima.specificity) },
    outputSha256:
      'SHA-256 over each probability rounded to the nearest 1/10000, as unsigned 16-bit big-endian integers in the order of the frames',
    signal: {
      channels: 1,
      sampleFormat: 'int16',
      sampleRate: 16_000,
      samples: samples.length,
      segments,
      sha256: digestOfSamples(samples),
    },
    subject: 'A synthetic signal: near silence, noise, a buzz, and voices made of pulses and formants.',
  }
}

function countDetections({ signal, settings, decisions }: Run): Detections {
  const { frameSamples } = settings.preProcessing
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 }
  for (const segment of signal.segments) {
    const heard = decisions.slice(...framesOf(segment, frameSamples))
    const positives = heard.filter(Boolean).length
    counts[segment.speech ? 'truePositives' : 'falsePositives'] += positives
    counts[segment.speech ? 'falseNegatives' : 'trueNegatives'] += heard.length - positives
  }
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts
  return {
    ...counts,
    recall: decimal(fraction(truePositives, truePositives + falseNegatives)),
    specificity: decimal(fraction(trueNegatives, trueNegatives + falsePositives)),
  }
}

function measureSegment({ scores, decisions, settings }: Run, segment: Segment): SegmentResult {
  const range = framesOf(segment, settings.preProcessing.frameSamples)
  const own = scores.slice(...range)
  return {
    name: segment.name,
    speech: segment.speech,
    frames: own.length,
    detectedFrames: decisions.slice(...range).filter(Boolean).length,
    meanProbability: decimal(mean(own)),
  }
}

/** The frames of a segment: from, and up to but not including. */
function framesOf({ start, samples }: Segment, frameSamples: number): [number, number] {
  return [start / frameSamples, (start + samples) / frameSamples]
}
