import type { InferenceSession } from 'onnxruntime-web'

export interface Config {
  readonly batch: 1
  readonly inputs: { readonly audio: string; readonly sampleRate: string }
  readonly outputs: { readonly probability: string }
  /** What the model remembers: each tensor it returns becomes an input of the next frame. */
  readonly state: readonly {
    readonly input: string
    readonly output: string
    readonly shape: readonly number[]
  }[]
}

export interface PreProcessing {
  readonly version: string
  readonly channels: 1
  readonly contextSamples: number
  readonly frameSamples: number
  readonly sampleDivisor: number
  readonly sampleFormat: 'int16'
  readonly sampleRate: number
}

export interface PostProcessing {
  readonly version: string
  readonly onset: string
  readonly offset: string
}

export interface Detector {
  readonly session: InferenceSession
  probability(samples: Int16Array): Promise<number>
  release(): Promise<void>
}

export function openDetector(
  ort: typeof import('onnxruntime-web'),
  parts: { readonly weights: Uint8Array; readonly config: Config; readonly preProcessing: PreProcessing },
): Promise<Detector>

export function decide(probabilities: readonly number[], postProcessing: PostProcessing): boolean[]
