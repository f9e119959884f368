import { beforeAll, describe, expect, it } from 'vitest'
import { digestOfScores, type Evaluation, evaluate } from '../../scripts/models/evaluation.ts'
import { decide, openDetector } from '../../scripts/models/inference.mjs'
import { jsonText } from '../../scripts/models/json.ts'
import { schemaOf } from '../../scripts/models/run.ts'
import {
  evaluateSilero,
  type Run,
  runSilero,
  type Schema,
  type SileroVersion,
  settingsOf,
  sileroVersions,
} from '../../scripts/models/silero.ts'
import { readWeights } from '../../scripts/models/source.ts'

const results = {} as Record<SileroVersion, { run: Run; schema: Schema; evaluation: Evaluation }>

beforeAll(async () => {
  for (const version of sileroVersions) results[version] = await evaluateSilero(version)
})

describe('the schema', () => {
  it('is one for v5 and v6, and another for legacy', () => {
    expect(results.v5.schema).toEqual(results.v6.schema)
    expect(results.legacy.schema).not.toEqual(results.v6.schema)
  })

  it('is what the runtime tells of v6', () => {
    expect(results.v6.schema).toMatchInlineSnapshot(`
      {
        "inputs": [
          {
            "name": "input",
            "shape": [
              "input.0",
              "input.1",
            ],
            "type": "float32",
          },
          {
            "name": "state",
            "shape": [
              2,
              "state.1",
              128,
            ],
            "type": "float32",
          },
          {
            "name": "sr",
            "shape": [],
            "type": "int64",
          },
        ],
        "outputs": [
          {
            "name": "output",
            "shape": [
              "output.0",
              1,
            ],
            "type": "float32",
          },
          {
            "name": "stateN",
            "shape": [
              "stateN.0",
              "stateN.1",
              "stateN.2",
            ],
            "type": "float32",
          },
        ],
      }
    `)
  })

  it('is what the runtime tells of legacy', () => {
    expect(results.legacy.schema).toMatchInlineSnapshot(`
      {
        "inputs": [
          {
            "name": "input",
            "shape": [
              "batch",
              "sequence",
            ],
            "type": "float32",
          },
          {
            "name": "sr",
            "shape": [],
            "type": "int64",
          },
          {
            "name": "h",
            "shape": [
              2,
              "batch",
              64,
            ],
            "type": "float32",
          },
          {
            "name": "c",
            "shape": [
              2,
              "batch",
              64,
            ],
            "type": "float32",
          },
        ],
        "outputs": [
          {
            "name": "output",
            "shape": [
              "batch",
              1,
            ],
            "type": "float32",
          },
          {
            "name": "hn",
            "shape": [
              2,
              "batch",
              64,
            ],
            "type": "float32",
          },
          {
            "name": "cn",
            "shape": [
              2,
              "batch",
              64,
            ],
            "type": "float32",
          },
        ],
      }
    `)
  })

  it('refuses a session that holds something else than tensors', () => {
    const session = { inputMetadata: [{ name: 'map', isTensor: false }], outputMetadata: [] } as const
    expect(() => schemaOf(session)).toThrow('map is no tensor')
  })
})

describe('the evaluation', () => {
  it('is what the three versions achieve', () => {
    const summary = sileroVersions.map(version => {
      const { frames, detections, result } = results[version].evaluation
      return { version, frames, ...detections, result }
    })
    expect(summary).toMatchInlineSnapshot(`
      [
        {
          "falseNegatives": 0,
          "falsePositives": 18,
          "frames": 134,
          "recall": "1.0000",
          "result": "PASSED",
          "specificity": "0.7429",
          "trueNegatives": 52,
          "truePositives": 64,
          "version": "legacy",
        },
        {
          "falseNegatives": 1,
          "falsePositives": 40,
          "frames": 402,
          "recall": "0.9948",
          "result": "PASSED",
          "specificity": "0.8095",
          "trueNegatives": 170,
          "truePositives": 191,
          "version": "v5",
        },
        {
          "falseNegatives": 5,
          "falsePositives": 30,
          "frames": 402,
          "recall": "0.9740",
          "result": "PASSED",
          "specificity": "0.8571",
          "trueNegatives": 180,
          "truePositives": 187,
          "version": "v6",
        },
      ]
    `)
  })

  it('counts every frame once', () => {
    for (const version of sileroVersions) {
      const { frames, segments, detections } = results[version].evaluation
      const { truePositives, falsePositives, trueNegatives, falseNegatives } = detections
      expect(truePositives + falsePositives + trueNegatives + falseNegatives).toBe(frames)
      expect(segments.reduce((sum, segment) => sum + segment.frames, 0)).toBe(frames)
    }
  })

  it.each(sileroVersions)('of %s is the same when it is run again', async version => {
    expect(jsonText((await evaluateSilero(version)).evaluation)).toBe(jsonText(results[version].evaluation))
  })

  it('differs between versions, and follows each score', () => {
    const digests = sileroVersions.map(version => results[version].evaluation.outputSha256)
    expect(new Set(digests).size).toBe(3)
    const { scores } = results.v6.run
    expect(digestOfScores(scores)).toBe(results.v6.evaluation.outputSha256)
    expect(digestOfScores(scores.with(7, (scores[7] ?? 0) + 1))).not.toBe(results.v6.evaluation.outputSha256)
  })

  it('fails a model that hears speech everywhere, or nowhere', () => {
    const { run } = results.v6
    const everywhere = evaluate({ ...run, decisions: run.decisions.map(() => true) })
    expect(everywhere).toMatchObject({
      result: 'FAILED',
      detections: { recall: '1.0000', specificity: '0.0000' },
    })
    const nowhere = evaluate({ ...run, decisions: run.decisions.map(() => false) })
    expect(nowhere).toMatchObject({
      result: 'FAILED',
      detections: { recall: '0.0000', specificity: '1.0000' },
    })
  })

  it('depends on the state that goes from frame to frame', async () => {
    const { run } = results.v6
    const frames = 40
    const start = run.signal.samples.subarray(run.signal.segments[2]?.start)
    const later = await runSilero('v6', {
      samples: start.slice(0, frames * 512),
      segments: [{ name: 'voice', speech: true, start: 0, samples: frames * 512 }],
    })
    const first = (run.signal.segments[2]?.start ?? 0) / 512
    expect(later.scores).not.toEqual(run.scores.slice(first, first + frames))
  })
})

describe('the inference code', () => {
  it('keeps speaking down to the offset, and starts at the onset', () => {
    const settings = { version: '1', onset: '0.5000', offset: '0.3500' }
    expect(decide([0.4, 0.5, 0.36, 0.35, 0.34, 0.49], settings)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('refuses a frame of another length', async () => {
    const ort = await import('onnxruntime-web')
    ort.env.wasm.numThreads = 1
    const { bytes } = await readWeights('v6')
    const detector = await openDetector(ort, { weights: bytes, ...settingsOf('v6') })
    await expect(detector.probability(new Int16Array(1536))).rejects.toThrow(
      'a frame has 512 samples, not 1536',
    )
    await detector.release()
  })
})

it('says which file of the package is missing', async () => {
  await expect(readWeights('v7' as SileroVersion)).rejects.toThrow(
    '@ricky0123/vad-web is installed, but its dist/silero_vad_v7.onnx cannot be read; run `npm ci`',
  )
})
