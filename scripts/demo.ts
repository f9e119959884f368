import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KedgeError } from '../sdk/errors/index.ts'
import { createRelay } from '../services/relay/index.ts'
import { startAnvil } from './chain/anvil.ts'
import { deployKedge } from './deployment/deploy.ts'
import { lifeSeconds, liveLife, summaryPath } from './life/life.ts'
import { startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'

// The life of `npm start`, on a chain of its own that is gone afterwards. Exit code 0 only if every step, refusals
// included, came out as it must.

const say = (line: string) => console.error(line)
const directory = await mkdtemp(join(tmpdir(), 'kedge-demo-'))
const begun = performance.now()
const record = startRecord(say)
const chain = await startAnvil({ timestamp: Math.floor(Date.now() / 1000) - lifeSeconds })
try {
  const deployment = await deployKedge({
    rpcUrl: chain.rpcUrl,
    deployer: carrier,
    parametersPath: localParametersPath,
    journal: join(directory, 'journal'),
    requiredConfirmations: 1,
    onProgress: say,
  })
  const kedge = { rpcUrl: chain.rpcUrl, deployment }
  const relay = await createRelay({ directory: join(directory, 'relay'), kedge })
  try {
    const life = join(directory, 'life')
    await mkdir(life)
    await liveLife({ kedge, relayUrl: relay.url, directory: life, record })
  } finally {
    await relay.close()
  }
} catch (error) {
  console.error(error instanceof KedgeError ? `${error.code}: ${error.message}` : error)
  process.exitCode = 1
} finally {
  await chain.stop()
  if (record.steps.length > 0) {
    const summary = summaryPath(fileURLToPath(new URL('../.kedge/', import.meta.url)))
    await mkdir(dirname(summary), { recursive: true })
    await writeRecord(summary, record.steps)
    console.log(`\n${tableOf(record.steps)}\n`)
    console.log(`The same as JSON: ${summary}`)
  }
  await rm(directory, { recursive: true, force: true })
}
const { failures, steps } = record
const seconds = ((performance.now() - begun) / 1000).toFixed(1)
console.log(
  `${steps.length - failures.length} of ${steps.length} steps came out as they must, in ${seconds} s`,
)
if (failures.length > 0) process.exitCode = 1
