#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exitCodes, KedgeError } from '../errors/index.ts'
import { removeDrafts } from './files.ts'
import { bearBrokenStreams, report } from './output.ts'
import { createProgram } from './program.ts'

bearBrokenStreams()
const json = process.argv.includes('--json')

// Ended by a signal, as the shell expects it, with nothing half written. A transaction that was sent stays sent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    removeDrafts()
    process.kill(process.pid, signal)
  })
}
// An accident is no "denied": that would be Node's own exit code 1.
process.once('uncaughtException', error => {
  removeDrafts()
  void report(error, json).then(code => process.exit(code))
})

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  process.exitCode = await exitCodeOf(error)
}

async function exitCodeOf(error: unknown): Promise<number> {
  if (!(error instanceof CommanderError)) return await report(error, json)
  if (error.exitCode === 0) return 0
  // The help that is shown when no command was given says it all.
  if (error.code === 'commander.help') return exitCodes.usage
  const message = error.message.replace(/^error: /, '')
  const remedy = 'kedge <command> --help shows what there is, with examples.'
  return await report(new KedgeError('USAGE', message, {}, { remedy }), json)
}
