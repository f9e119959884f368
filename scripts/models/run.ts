import type { InferenceSession } from 'onnxruntime-web'
import type { Tensor } from '../../sdk/documents/manifest.ts'
import { quantise, UNIT } from './decimal.ts'
import { type Config, decide, openDetector, type PostProcessing, type PreProcessing } from './inference.mjs'
import type { Signal } from './signal.ts'
import { readWeights, type SileroVersion, type Weights } from './source.ts'

/** What goes into a model and what comes out, as the session that loaded the model tells it. */
export interface Schema {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** How one version wants to be run. */
export interface Settings {
  readonly config: Config
  readonly preProcessing: PreProcessing
  readonly postProcessing: PostProcessing
}

/** What a model said about a signal. */
export interface Run {
  readonly version: SileroVersion
  readonly weights: Weights
  readonly framework: { readonly name: string; readonly version: string }
  readonly settings: Settings
  readonly schema: Schema
  readonly signal: Signal
  /** The speech probability of each frame in ten-thousandths. */
  readonly scores: readonly number[]
  /** The decision about each frame. */
  readonly decisions: readonly boolean[]
}

/** Frames, context and state as the package's own `models/legacy` and `models/silero` use them. */
const recurrence = {
  legacy: {
    frameSamples: 1536,
    contextSamples: 0,
    state: [
      { input: 'h', output: 'hn', shape: [2, 1, 64] },
      { input: 'c', output: 'cn', shape: [2, 1, 64] },
    ],
  },
  v5: {
    frameSamples: 512,
    contextSamples: 64,
    state: [{ input: 'state', output: 'stateN', shape: [2, 1, 128] }],
  },
  v6: {
    frameSamples: 512,
    contextSamples: 64,
    state: [{ input: 'state', output: 'stateN', shape: [2, 1, 128] }],
  },
} as const satisfies Record<
  SileroVersion,
  Pick<PreProcessing, 'frameSamples' | 'contextSamples'> & Pick<Config, 'state'>
>

/** The settings that a deployment of a version needs. */
export function settingsOf(version: SileroVersion): Settings {
  const { contextSamples, frameSamples, state } = recurrence[version]
  return {
    config: {
      batch: 1,
      inputs: { audio: 'input', sampleRate: 'sr' },
      outputs: { probability: 'output' },
      state,
    },
    preProcessing: {
      version: '1.0.0',
      channels: 1,
      contextSamples,
      frameSamples,
      sampleDivisor: 32_768,
      sampleFormat: 'int16',
      sampleRate: 16_000,
    },
    // Silero's own defaults: a threshold of 0.5, and 0.15 less to stay in speech.
    postProcessing: { version: '1.0.0', onset: '0.5000', offset: '0.3500' },
  }
}

/** Runs a version of the model on a signal: the very `code/inference.mjs` that artifacts carry, in WebAssembly. */
export async function runSilero(version: SileroVersion, signal: Signal): Promise<Run> {
  const settings = settingsOf(version)
  const [weights, ort] = await Promise.all([readWeights(version), loadRuntime()])
  const detector = await openDetector(ort, { weights: weights.bytes, ...settings })
  try {
    const schema = schemaOf(detector.session)
    checkSettings(version, settings.config, schema)
    const scores: number[] = []
    const { frameSamples } = settings.preProcessing
    for (let start = 0; start + frameSamples <= signal.samples.length; start += frameSamples) {
      // One after the other: each frame needs the state that the one before it left.
      scores.push(quantise(await detector.probability(signal.samples.subarray(start, start + frameSamples))))
    }
    const decisions = decide(
      scores.map(score => score / UNIT),
      settings.postProcessing,
    )
    const framework = { name: 'onnxruntime-web', version: ort.env.versions.web ?? ort.env.versions.common }
    return { version, weights, framework, settings, schema, signal, scores, decisions }
  } finally {
    await detector.release()
  }
}

async function loadRuntime(): Promise<typeof import('onnxruntime-web')> {
  const ort = await import('onnxruntime-web').catch((cause: unknown) => {
    throw new Error(
      'The npm package onnxruntime-web, which runs the models, is not installed; run `npm ci`',
      {
        cause,
      },
    )
  })
  // One thread adds in one order, so that sums of floats come out the same every time.
  ort.env.wasm.numThreads = 1
  return ort
}

/** Reads the schema off a session. */
export function schemaOf(session: Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>): Schema {
  return { inputs: session.inputMetadata.map(tensorOf), outputs: session.outputMetadata.map(tensorOf) }
}

/** A dimension that varies without a name in the model: the runtime shows its -1 as an unsigned number. */
const UNNAMED = 2 ** 32 - 1

/** Unnamed dimensions are named after their place, `state.1`: one name for all would say that they are equal. */
function tensorOf(value: InferenceSession.ValueMetadata): Tensor {
  if (!value.isTensor) throw new Error(`${value.name} is no tensor`)
  const shape = value.shape.map((size, axis) =>
    size === UNNAMED || size === -1 ? `${value.name}.${axis}` : size,
  )
  return { name: value.name, type: value.type, shape }
}

/** The settings must be those of the model that was loaded; a mistake in them would still give numbers. */
function checkSettings(version: SileroVersion, config: Config, schema: Schema): void {
  const { inputs, outputs, state } = config
  const fits = (tensor: Tensor | undefined, shape: readonly number[]) =>
    tensor !== undefined &&
    tensor.shape.length === shape.length &&
    tensor.shape.every((size, axis) => typeof size === 'string' || size === shape[axis])
  const named = (tensors: readonly Tensor[], name: string) => tensors.find(tensor => tensor.name === name)
  const taken = [inputs.audio, inputs.sampleRate, ...state.map(({ input }) => input)]
  const agrees =
    schema.inputs.length === taken.length &&
    taken.every(name => named(schema.inputs, name)) &&
    named(schema.outputs, outputs.probability) !== undefined &&
    state.every(
      ({ input, output, shape }) =>
        fits(named(schema.inputs, input), shape) && fits(named(schema.outputs, output), shape),
    )
  if (!agrees) throw new Error(`The settings of Silero ${version} do not fit the tensors of its model`)
}
