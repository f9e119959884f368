import { type Evaluation, evaluate } from './evaluation.ts'
import { type Run, runSilero, type Schema } from './run.ts'
import { synthesise } from './signal.ts'
import type { SileroVersion } from './source.ts'

export { type Run, runSilero, type Schema, type Settings, settingsOf } from './run.ts'
export { type SileroVersion, sileroVersions } from './source.ts'

/**
 * Runs a version of the model on the test signal and measures it.
 *
 * @example
 * ```ts
 * const { schema, evaluation } = await evaluateSilero('v6')
 * ```
 */
export async function evaluateSilero(
  version: SileroVersion,
): Promise<{ readonly run: Run; readonly schema: Schema; readonly evaluation: Evaluation }> {
  const run = await runSilero(version, synthesise())
  return { run, schema: run.schema, evaluation: evaluate(run) }
}
