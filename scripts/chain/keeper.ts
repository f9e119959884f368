import { spawn } from 'node:child_process'

// Runs anvil for as long as the process that started this one lives. That one holds the other end of our standard
// input, which the kernel closes however it ends, so that no chain is ever left behind on its port. What anvil
// prints is read away, but for one line: that it listens.

const [anvil, ...flags] = process.argv.slice(2)
if (anvil === undefined) throw new Error('usage: keeper.ts <anvil> <flags>')

/** How long anvil may take to end before it is killed, in milliseconds. */
const patience = 5_000

const child = spawn(anvil, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
let printed: string | undefined = ''
child.stdout.on('data', chunk => {
  if (printed === undefined) return
  printed += chunk
  if (!printed.includes('Listening on')) return
  printed = undefined
  process.stdout.write('listening\n')
})
child.once('error', error => {
  process.stderr.write(error.message)
  process.exitCode = 1
})
child.once('exit', code => process.exit(code ?? 1))

process.stdin.resume().once('close', () => {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), patience).unref()
})
// The one that started us decides when the chain ends, and it ends us by closing our input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// Who read our output may be gone before us.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
