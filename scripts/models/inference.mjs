// Speech or not, frame by frame. The runtime is handed in, and so are the bytes of the weights and of the two
// settings files: whoever deploys this decides which build of onnxruntime runs, and hands over verified bytes only.

/** Opens the model; `config` is config.json, `preProcessing` is code/pre-processing.json. */
export async function openDetector(ort, { weights, config, preProcessing }) {
  const session = await ort.InferenceSession.create(weights, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  })
  const { contextSamples, frameSamples, sampleDivisor, sampleRate } = preProcessing
  const rate = new ort.Tensor('int64', BigInt64Array.of(BigInt(sampleRate)), [])
  let state = emptyState(ort, config)
  let context = new Float32Array(contextSamples)

  /** The probability that the frame, 16-bit samples, holds speech; what came before it is remembered. */
  async function probability(samples) {
    if (samples.length !== frameSamples) {
      throw new RangeError(`a frame has ${frameSamples} samples, not ${samples.length}`)
    }
    const audio = new Float32Array(contextSamples + frameSamples)
    audio.set(context)
    audio.set(
      Float32Array.from(samples, sample => sample / sampleDivisor),
      contextSamples,
    )
    // The tail of a frame goes before the next one, so that a sound which begins at the seam is heard whole.
    context = audio.slice(audio.length - contextSamples)
    const outputs = await session.run({
      [config.inputs.audio]: new ort.Tensor('float32', audio, [1, audio.length]),
      [config.inputs.sampleRate]: rate,
      ...state,
    })
    state = Object.fromEntries(config.state.map(({ input, output }) => [input, outputs[output]]))
    return outputs[config.outputs.probability].data[0]
  }

  return { session, probability, release: () => session.release() }
}

/** Speech begins at a probability of `onset` and ends below `offset`; `postProcessing` is code/post-processing.json. */
export function decide(probabilities, postProcessing) {
  const onset = Number(postProcessing.onset)
  const offset = Number(postProcessing.offset)
  let speaking = false
  return probabilities.map(probability => {
    speaking = probability >= (speaking ? offset : onset)
    return speaking
  })
}

function emptyState(ort, config) {
  return Object.fromEntries(
    config.state.map(({ input, shape }) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1)
      return [input, new ort.Tensor('float32', new Float32Array(size), shape)]
    }),
  )
}
