import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRelay } from '../services/relay/index.ts'
import { startAnvil } from './chain/anvil.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError } from './errors.ts'
import { lifeSeconds, liveLife } from './life/life.ts'
import { type LifeRecord, startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'

// The life of `npm start`, on a chain of its own that is gone afterwards. Exit code 0 only if every step, refusals
// included, came out as it must.

const say = (line: string) => console.error(line)
const summaryPath = fileURLToPath(new URL('../.kedge/demo.json', import.meta.url))
const begun = performance.now()
const record = startRecord(say)
const directory = await mkdtemp(join(tmpdir(), 'kedge-demo-'))
let complete = false
try {
  await demonstrate(directory, record)
  complete = true
} catch (error) {
  process.exitCode = reportError(error, say)
} finally {
  await rm(directory, { recursive: true, force: true })
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

async function demonstrate(scratch: string, to: LifeRecord): Promise<void> {
  const chain = await startAnvil({ timestamp: Math.floor(Date.now() / 1000) - lifeSeconds })
  try {
    const deployment = await deployKedge({
      rpcUrl: chain.rpcUrl,
      deployer: carrier,
      parametersPath: localParametersPath,
      journal: join(scratch, 'journal'),
      requiredConfirmations: 1,
      onProgress: say,
    })
    const kedge = { rpcUrl: chain.rpcUrl, deployment }
    const relay = await createRelay({ directory: join(scratch, 'relay'), kedge })
    try {
      const life = join(scratch, 'life')
      await mkdir(life)
      await liveLife({ kedge, relayUrl: relay.url, directory: life, record: to })
    } finally {
      await relay.close()
    }
  } finally {
    await chain.stop()
  }
}
