import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Artifact, writeSileroArtifact } from '../../scripts/models/artifact.ts'
import { digestOfScores, type Evaluation } from '../../scripts/models/evaluation.ts'
import { synthesise } from '../../scripts/models/signal.ts'
import { type SileroVersion, sileroVersions } from '../../scripts/models/silero.ts'
import { walk } from '../../sdk/documents/walk.ts'

let room: string
const artifacts = {} as Record<SileroVersion, Artifact<Evaluation>>

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'kedge-models-'))
  for (const version of sileroVersions) {
    artifacts[version] = await writeSileroArtifact(version, join(room, version))
  }
})

afterAll(async () => {
  await rm(room, { recursive: true, force: true })
})

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
const fileOf = (version: SileroVersion, path: string) =>
  artifacts[version].files.find(file => file.path === path)

describe('the artifact of a speech model', () => {
  it('holds these files, each of one kind', () => {
    expect(artifacts.v6.files.map(({ path, kind }) => `${kind}: ${path}`)).toMatchInlineSnapshot(`
      [
        "weights: LICENSE",
        "weights: NOTICE",
        "inference-code: code/inference.mjs",
        "post-processing: code/post-processing.json",
        "pre-processing: code/pre-processing.json",
        "inference-code: config.json",
        "benchmarks: evaluation/criteria.json",
        "metrics: evaluation/results.json",
        "inference-code: schema.json",
        "weights: weights/silero_vad.onnx",
      ]
    `)
  })

  it.each(sileroVersions)('of %s has on disk what it lists, and nothing else', async version => {
    const { directory, files } = artifacts[version]
    const found: string[] = []
    for await (const path of walk(directory)) found.push(path)
    expect(found.toSorted()).toEqual(files.map(({ path }) => path))
    for (const { path, sha256 } of files) expect(await digest(join(directory, path))).toBe(sha256)
    expect(fileOf(version, 'weights/silero_vad.onnx')?.sha256).toBe(
      artifacts[version].evaluation.weightsSha256,
    )
  })

  it('is the same tree when it is written again', async () => {
    const again = await writeSileroArtifact('v6', join(room, 'v6-again'))
    expect(again.files).toEqual(artifacts.v6.files)
  })

  it('shares the schema between v5 and v6, byte for byte', () => {
    expect(fileOf('v5', 'schema.json')).toEqual(fileOf('v6', 'schema.json'))
    expect(fileOf('legacy', 'schema.json')).not.toEqual(fileOf('v6', 'schema.json'))
  })

  it('writes JSON without floats and without places of this machine', async () => {
    const { directory, files } = artifacts.v6
    for (const { path } of files.filter(file => file.path.endsWith('.json'))) {
      const text = await readFile(join(directory, path), 'utf8')
      expect(text.endsWith('}\n')).toBe(true)
      expect(text).not.toMatch(/[:[,]\s*-?\d+\.\d/)
      expect(text).not.toContain(tmpdir())
      expect(text).not.toContain('node_modules')
    }
  })

  it.each(sileroVersions)('of %s carries code that gives the documented output', async version => {
    const { directory, evaluation } = artifacts[version]
    const at = (path: string) => join(directory, path)
    const json = async (path: string) => JSON.parse(await readFile(at(path), 'utf8'))
    const code: typeof import('../../scripts/models/inference.mjs') = await import(
      pathToFileURL(at('code/inference.mjs')).href
    )
    const ort = await import('onnxruntime-web')
    ort.env.wasm.numThreads = 1
    const detector = await code.openDetector(ort, {
      weights: new Uint8Array(await readFile(at('weights/silero_vad.onnx'))),
      config: await json('config.json'),
      preProcessing: await json('code/pre-processing.json'),
    })
    const { samples } = synthesise()
    const size = samples.length / evaluation.frames
    const scores: number[] = []
    for (let frame = 0; frame < evaluation.frames; frame++) {
      const probability = await detector.probability(samples.subarray(frame * size, (frame + 1) * size))
      scores.push(Math.round(probability * 10_000))
    }
    await detector.release()
    expect(digestOfScores(scores)).toBe(evaluation.outputSha256)
  })

  it('is never written over another', async () => {
    await expect(writeSileroArtifact('v5', artifacts.v6.directory)).rejects.toThrow('is not empty')
  })
})
