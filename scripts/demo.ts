import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRelay } from '../services/relay/index.ts'
import { type LocalChain, startAnvil } from './chain/anvil.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError } from './errors.ts'
import { exitCodeOf, type Interruption, untilSignal } from './interruption.ts'
import { lifeSeconds, liveLife } from './life/life.ts'
import { type LifeRecord, startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'

// The life of `npm start`, on a chain of its own that is gone afterwards. Exit code 0 only if every step, refusals
// included, came out as it must.

const summaryPath = fileURLToPath(new URL('../.kedge/demo.json', import.meta.url))
const begun = performance.now()
/** Whether it was interrupted: what is still under way has nothing more to say. */
let abandoned = false
const say = (line: string) => {
  if (!abandoned) console.error(line)
}
const interrupted = untilSignal()
void interrupted.then(() => {
  say('\nstopping; nothing of this life is kept')
  abandoned = true
})
const record = startRecord(say)
let complete = false
try {
  const directory = await mkdtemp(join(tmpdir(), 'kedge-demo-'))
  let signal: Interruption | undefined
  try {
    signal = await demonstrate(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  // Whatever is still under way has lost its chain and its directory.
  if (signal !== undefined) process.exit(exitCodeOf(signal))
  complete = true
} catch (error) {
  process.exitCode = reportError(error, say)
}
try {
  await summarise(record)
} catch (error) {
  process.exitCode = reportError(error, say)
}
if (!complete || record.failures.length > 0) process.exitCode ||= 1

async function summarise({ steps, failures }: LifeRecord): Promise<void> {
  if (steps.length === 0) return
  console.log(`\n${tableOf(steps)}`)
  await writeRecord(summaryPath, steps)
  console.log(`\nThe same as JSON: ${summaryPath}`)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(
    `${steps.length - failures.length} of ${steps.length} steps came out as they must, in ${seconds} s`,
  )
}

async function demonstrate(directory: string): Promise<Interruption | undefined> {
  const chain = await startAnvil({ timestamp: Math.floor(Date.now() / 1000) - lifeSeconds })
  try {
    return await Promise.race([live(chain, directory), interrupted])
  } finally {
    await chain.stop()
  }
}

async function live({ rpcUrl }: LocalChain, directory: string): Promise<undefined> {
  const deployment = await deployKedge({
    rpcUrl,
    deployer: carrier,
    parametersPath: localParametersPath,
    journal: join(directory, 'journal'),
    requiredConfirmations: 1,
    onProgress: say,
  })
  const kedge = { rpcUrl, deployment }
  const relay = await createRelay({ directory: join(directory, 'relay'), kedge })
  try {
    const life = join(directory, 'life')
    await mkdir(life)
    await liveLife({ kedge, relayUrl: relay.url, directory: life, record })
  } finally {
    await relay.close()
  }
}
