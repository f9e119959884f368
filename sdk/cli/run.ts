import { CommanderError } from 'commander'
import { exitCodes, KedgeError } from '../errors/index.ts'
import { report } from './output.ts'
import { createProgram } from './program.ts'

/**
 * Runs one command.
 *
 * @param argv - As `process.argv` has it.
 * @returns The exit code.
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv)
    return 0
  } catch (error) {
    return await exitCodeOf(error, argv.includes('--json'))
  }
}

async function exitCodeOf(error: unknown, json: boolean): Promise<number> {
  if (!(error instanceof CommanderError)) return await report(error, json)
  if (error.exitCode === 0) return 0
  // The help that is shown when no command was given says it all.
  if (error.code === 'commander.help') return exitCodes.usage
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
  const remedy = 'kedge <command> --help shows what there is, with examples.'
  return await report(new KedgeError('USAGE', message, {}, { remedy }), json)
}
