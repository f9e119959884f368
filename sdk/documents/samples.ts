import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ArtifactFile } from './artifact.ts'
import { canonicalize } from './canonical.ts'
import type { Bytes32 } from './digest.ts'
import type { DocumentInput, TestResult } from './document.ts'
import type { Json } from './json.ts'
import type { ManifestInput } from './manifest.ts'

/** The vectors of docs/formats.md, which Python made. */
const formats = new URL('../../docs/formats/', import.meta.url)

/** The bytes of a document among the vectors. */
export function vector(
  name: 'a.jcs' | 'b.jcs' | 'c-evidence.jcs' | 'c-reason.jcs' | 'c-report.jcs',
): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, formats)))
}

interface Vectors {
  /** What the chain says of the document B. */
  readonly versions: readonly { readonly identity: Readonly<Record<'manifestDigest' | 'author', Bytes32>> }[]
  readonly artifact: { readonly treeCid: string }
  readonly canonical: readonly { readonly value: Json; readonly text: string; readonly sha256: string }[]
}

/** The vectors that are no documents, as far as these tests need them. */
export const vectors: Vectors = JSON.parse(readFileSync(new URL('vectors.json', formats), 'utf8'))

/** New values by their dotted paths; undefined takes a field away. */
export type Edits = Readonly<Record<string, unknown>>

type VectorName = Parameters<typeof vector>[0]

/** A test vector with changes, in canonical form, so that only the changes can be what is refused. */
export function edited(name: VectorName, edits: Edits): Uint8Array {
  const statement: unknown = JSON.parse(new TextDecoder().decode(vector(name)))
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce<unknown>(
      (inner, key) => (isObject(inner) ? Reflect.get(inner, key) : undefined),
      statement,
    )
    if (!isObject(parent)) throw new Error(`The vector has no ${path}`)
    if (value === undefined) Reflect.deleteProperty(parent, last)
    else Reflect.set(parent, last, value)
  }
  return canonicalize(statement)
}

/** Every field of a test vector, by its dotted path, the document itself as the empty path. */
export function fieldsOf(name: VectorName): readonly { readonly path: string; readonly isObject: boolean }[] {
  const fields: { path: string; isObject: boolean }[] = []
  const visit = (value: unknown, path: string): void => {
    fields.push({ path, isObject: isObject(value) && !Array.isArray(value) })
    if (!isObject(value)) return
    for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`)
  }
  visit(JSON.parse(new TextDecoder().decode(vector(name))), '')
  return fields
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The digest of a test vector, as `sha256sum` prints it. */
export function vectorDigest(name: string): string {
  const sums = readFileSync(new URL('SHA256SUMS', formats), 'utf8')
  return (
    sums
      .split('\n')
      .find(line => line.endsWith(`  ${name}`))
      ?.slice(0, 64) ?? ''
  )
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const contents = {
  'weights/model.onnx': 'weights',
  'weights.json': '{}\n',
  'inference/run.py': 'print(1)\n',
  'metrics/😀.json': '{"f1":"0.93"}\n',
  'metrics/～.json': '{"f1":"0.91"}\n',
  'config.json': '{"a":1}\n',
  '.empty': '',
}

/** The files of the vector A, in no particular order. */
export const sampleFiles: readonly ArtifactFile[] = Object.entries(contents).map(([path, text]) => ({
  path,
  sha256: sha256(text),
}))

export const sampleTotalBytes = Object.values(contents).reduce((sum, text) => sum + BigInt(text.length), 0n)

/** The fields of the vector B that do not follow from A. */
export const sampleManifest: Omit<ManifestInput, 'artifact' | 'treeCid' | 'totalBytes'> = {
  label: '6.0.0',
  architecture: 'stft-conv-lstm',
  parent: sha256('parent'),
  kinds: {
    weights: { paths: ['weights.json', 'weights'] },
    'training-code': {
      external: {
        uri: 'git+https://example.org/silero-vad@v6.0.0',
        digest: { sha256: sha256('training-code') },
      },
    },
    'inference-code': { paths: ['inference', 'config.json', '.empty'] },
    prompts: { absent: 'The model takes audio, not text.' },
    'pre-processing': { absent: 'The model takes raw samples.' },
    'post-processing': { absent: 'Thresholds belong to the caller.' },
    metrics: { paths: ['metrics'] },
    benchmarks: { absent: 'Run after registration; they come as evidence.' },
  },
  training: {
    data: { snapshots: [{ id: 'speech-2026-01', digest: { sha256: sha256('speech-2026-01') } }] },
    hyperparameters: { values: { shuffle: true, learningRate: '0.0003', epochs: 40 } },
    configuration: { name: 'train.yaml', digest: { sha256: sha256('train.yaml') } },
  },
  featureSchema: {
    number: 0,
    name: 'silero-vad-state',
    digest: { sha256: sha256('schema') },
    inputs: [
      { name: 'input', type: 'float32', shape: ['batch', 512] },
      { name: 'state', type: 'float32', shape: [2, 'batch', 128] },
      { name: 'sr', type: 'int64', shape: [] },
    ],
    outputs: [
      { name: 'output', type: 'float32', shape: ['batch', 1] },
      { name: 'stateN', type: 'float32', shape: [2, 'batch', 128] },
    ],
  },
  preprocessingVersion: '1.0.0',
  runtime: {
    image: { absent: 'Runs in the browser.' },
    lockfile: { name: 'package-lock.json', digest: { sha256: sha256('package-lock.json') } },
    framework: { name: 'onnxruntime-web', version: '1.30.0' },
    accelerator: 'cpu',
  },
  closure: { baseModels: [], remoteCode: [] },
  evaluation: {
    criteria: { name: 'criteria.md', digest: { sha256: sha256('criteria.md') } },
    results: { documents: [{ name: 'results.json', digest: { sha256: sha256('results.json') } }] },
  },
  schema: 0,
  risk: 'High',
  createdAt: '2026-01-31T09:30:00Z',
  author: vectors.versions[1]?.identity.author ?? '0x',
  approvingAuthority: {
    Validation: ['ResponsibleAIOfficer'],
    Staging: ['ResponsibleAIOfficer'],
    Production: ['ResponsibleAIOfficer', 'DomainLead'],
  },
}

/** The vector C of kind reason, without its attachment. */
export const sampleReason: DocumentInput = {
  kind: 'reason',
  model: 'silero-vad',
  versions: [{ label: '6.0.0', manifestDigest: vectorDigest('b.jcs') }],
  text: 'Misses quiet speech in the ward.\nBack to 5.1.2 until it is understood.',
  nonce: '000102030405060708090a0b0c0d0e0f',
}

/** The test result of the vector C of kind evidence. */
export const sampleTest: TestResult = {
  result: 'WARNED',
  configuration: [{ name: 'criteria.md', digest: { sha256: sha256('criteria.md') } }],
  url: 'https://ci.example.org/runs/17',
  passedTests: ['recall >= 0.95', 'false alarms <= 0.02'],
  warnedTests: ['latency p99 <= 30 ms'],
  failedTests: [],
}

/** The vector C of kind evidence. */
export const sampleEvidence: DocumentInput = {
  ...sampleReason,
  kind: 'evidence',
  text: 'Held-out set of January.',
  test: sampleTest,
}
