import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCid } from '../bytes/cid.ts'
import { bytesOfDigest } from './digest.ts'
import {
  type ArtifactFile,
  buildArtifactStatement,
  buildDocument,
  buildManifest,
  checkBinding,
  checkCoverage,
  parseArtifactStatement,
  parseDocument,
  parseManifest,
  serializeArtifactStatement,
  serializeDocument,
  serializeManifest,
  walk,
} from './index.ts'
import { sampleManifest, sampleTest, sha256 } from './samples.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kedge-documents-'))
  for (const path of ['weights/model.onnx', 'run.py', 'metrics/eval.json', '.git/HEAD']) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), path)
  }
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('from a directory to what the chain holds', () => {
  it('goes through A, B and C, and every check holds', async () => {
    const files: ArtifactFile[] = []
    let totalBytes = 0n
    for await (const path of walk(root)) {
      const bytes = await readFile(join(root, path))
      totalBytes += BigInt(bytes.length)
      files.push({ path, sha256: createHash('sha256').update(bytes).digest('hex') })
    }
    expect(files.map(({ path }) => path)).toEqual(['metrics/eval.json', 'run.py', 'weights/model.onnx'])

    const bytesOfA = serializeArtifactStatement(buildArtifactStatement({ model: 'silero-vad', files }))
    const artifact = parseArtifactStatement(bytesOfA)
    const bytesOfB = serializeManifest(
      buildManifest({
        ...sampleManifest,
        artifact,
        treeCid: formatCid({ codec: 'dag-pb', digest: bytesOfDigest(sha256('tree')) }),
        totalBytes,
        kinds: {
          ...sampleManifest.kinds,
          weights: { paths: ['weights'] },
          'inference-code': { paths: ['run.py'] },
          metrics: { paths: ['metrics'] },
        },
      }),
    )
    const parsed = parseManifest(bytesOfB)
    checkBinding(parsed.manifest, artifact)
    checkCoverage(parsed.manifest, artifact)
    expect(parsed.manifest.artifact).toMatchObject({ fileCount: '3', totalBytes: '41' })

    const bytesOfC = serializeDocument(
      buildDocument({
        kind: 'evidence',
        model: 'silero-vad',
        versions: [{ label: parsed.manifest.label, manifestDigest: parsed.digest }],
        text: 'Held-out set of January.',
        test: sampleTest,
      }),
    )
    expect(parseDocument(bytesOfC).content.versions).toEqual([
      { label: '6.0.0', manifestDigest: parsed.digest },
    ])
  })
})
