import { readConfig } from './config.ts'
import { RelayError } from './errors.ts'
import { createRelay } from './relay.ts'

/** Exit code when the relay cannot start for a reason that its operator can remove. */
const cannotStart = 2

try {
  const relay = await createRelay(await readConfig(process.env))
  console.log(`kedge relay: ${relay.url}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void relay.close())
} catch (error) {
  if (!(error instanceof RelayError)) throw error
  console.error(explain(error).join('\n'))
  process.exitCode = cannotStart
}

/** An error as `kedge` tells it: code and sentence, the facts in one column, what to do. */
function explain({ code, message, facts, remedy }: RelayError): readonly string[] {
  const width = Math.max(0, ...Object.keys(facts).map(name => name.length))
  const lines = Object.entries(facts).map(
    ([name, fact]) => `  ${name.padEnd(width)}  ${Array.isArray(fact) ? fact.join(', ') : String(fact)}`,
  )
  return [`${code}: ${message}`, ...lines, `  ${remedy}`]
}
