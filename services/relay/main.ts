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
  console.error(`kedge relay: ${error.message}\n${error.remedy}`)
  process.exitCode = cannotStart
}
