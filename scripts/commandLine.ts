import { type ParseArgsConfig, parseArgs } from 'node:util'
import { KedgeError } from '../sdk/errors/index.ts'

/**
 * The options that a command was given.
 *
 * @param command - As npm calls it, `deployment:check`.
 * @throws KedgeError `USAGE` for what it does not know.
 */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  options: Options,
) {
  try {
    return parseArgs({ options }).values
  } catch (cause) {
    throw usage(command, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/** A command that cannot be understood. */
export function usage(command: string, problem: string, cause?: unknown): KedgeError {
  return new KedgeError('USAGE', problem, {}, { remedy: `See npm run ${command} -- --help.`, cause })
}
