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
import { startRecord, tableOf, writeRecord } from './life/record.ts'
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
const directory = await mkdtemp(join(tmpdir(), 'kedge-demo-'))
const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
let complete = false
try {
  const signal = await demonstrate()
  remove()
  // Whatever is still under way has lost its chain and its directory.
  if (signal !== undefined) process.exit(exitCodeOf(signal))
  complete = true
} catch (error) {
  remove()
  process.exitCode = reportError(error, say)
}
if (record.steps.length > 0) {
  await writeRecord(summaryPath, record.steps)
  console.log(`\n${tableOf(record.steps)}\n\nThe same as JSON: ${summaryPath}`)
}
const { failures, steps } = record
const seconds = ((performance.now() - begun) / 1000).toFixed(1)
console.log(
  `${steps.length - failures.length} of ${steps.length} steps came out as they must, in ${seconds} s`,
)
if (!complete || failures.length > 0) process.exitCode ||= 1

async function demonstrate(): Promise<Interruption | undefined> {
  const chain = await startAnvil({ timestamp: Math.floor(Date.now() / 1000) - lifeSeconds })
  try {
    return await Promise.race([live(chain), interrupted])
  } finally {
    await chain.stop()
  }
}

async function live({ rpcUrl }: LocalChain): Promise<undefined> {
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
