#!/usr/bin/env node
import { removeDrafts } from './files.ts'
import { bearBrokenStreams, report } from './output.ts'
import { run } from './run.ts'

bearBrokenStreams()

// Ended by a signal, as the shell expects it, with nothing half written. A transaction that was sent stays sent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    removeDrafts()
    process.kill(process.pid, signal)
  })
}
// An accident is no "denied", which Node's own exit code 1 would say.
process.once('uncaughtException', error => {
  removeDrafts()
  void report(error, process.argv.includes('--json')).then(code => process.exit(code))
})

process.exitCode = await run(process.argv)
