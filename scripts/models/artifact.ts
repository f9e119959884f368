import { readFile } from 'node:fs/promises'
import { criteriaOf, type Evaluation } from './evaluation.ts'
import { jsonText } from './json.ts'
import { evaluateSilero, type Run, type Schema } from './silero.ts'
import type { SileroVersion, Weights } from './source.ts'
import { type Part, type WrittenFile, writeTree } from './writeTree.ts'

/** A version of a model as a directory. */
export interface Artifact<Result> {
  readonly directory: string
  readonly schema: Schema
  readonly evaluation: Result
  /** Sorted by path, each with the kind of the manifest it falls in. */
  readonly files: readonly WrittenFile[]
}

/**
 * Runs a version of the speech model and writes its artifact: weights, code, settings, criteria and results. The same
 * version gives the same bytes.
 *
 * @param directory - Must not exist, or be empty.
 *
 * @example
 * ```ts
 * const { schema, evaluation, files } = await writeSileroArtifact('v6', '.kedge/models/silero-v6')
 * ```
 */
export async function writeSileroArtifact(
  version: SileroVersion,
  directory: string,
): Promise<Artifact<Evaluation>> {
  const { run, schema, evaluation } = await evaluateSilero(version)
  const files = await writeTree(directory, await partsOf(run, evaluation))
  return { directory, schema, evaluation, files }
}

async function partsOf(
  { weights, settings, schema, signal }: Run,
  evaluation: Evaluation,
): Promise<readonly Part[]> {
  const inference = await readFile(new URL('./inference.mjs', import.meta.url), 'utf8')
  const { config, preProcessing, postProcessing } = settings
  return [
    { path: 'weights/silero_vad.onnx', kind: 'weights', content: weights.bytes },
    { path: 'LICENSE', kind: 'weights', content: licenseOf(weights) },
    { path: 'NOTICE', kind: 'weights', content: noticeOf(weights) },
    { path: 'code/inference.mjs', kind: 'inference-code', content: inference },
    { path: 'config.json', kind: 'inference-code', content: jsonText(config) },
    { path: 'schema.json', kind: 'inference-code', content: jsonText(schema) },
    { path: 'code/pre-processing.json', kind: 'pre-processing', content: jsonText(preProcessing) },
    { path: 'code/post-processing.json', kind: 'post-processing', content: jsonText(postProcessing) },
    { path: 'evaluation/criteria.json', kind: 'benchmarks', content: jsonText(criteriaOf(signal)) },
    { path: 'evaluation/results.json', kind: 'metrics', content: jsonText(evaluation) },
  ]
}

/** The package declares its licence in its package.json and carries no licence text: no more is said here. */
function licenseOf({ license, package: name, packageVersion, file }: Weights): string {
  return [
    `weights/silero_vad.onnx is ${file} of the npm package ${name} ${packageVersion}, unchanged.`,
    `The package.json of that package declares the licence ${license}.`,
    '',
    'Everything else in this directory: SPDX-License-Identifier: Apache-2.0',
    '',
  ].join('\n')
}

function noticeOf({ package: name, packageVersion, file, sha256 }: Weights): string {
  return [
    'Silero VAD, a detector of speech, by the Silero team: https://github.com/snakers4/silero-vad',
    `Taken from: https://www.npmjs.com/package/${name}/v/${packageVersion}`,
    `File: ${file}`,
    `SHA-256: ${sha256}`,
    '',
  ].join('\n')
}
