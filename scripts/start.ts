import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deploymentSchema } from '../sdk/chain/deployment.ts'
import type { Deployment } from '../sdk/chain/index.ts'
import { KedgeError } from '../sdk/errors/index.ts'
import { createRelay, RelayError } from '../services/relay/index.ts'
import { openSavedChain, type SavedChain } from './chain/state.ts'
import { deployKedge } from './deployment/deploy.ts'
import { lifeSeconds, liveLife, summaryPath } from './life/life.ts'
import { startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'

// A local chain and a relay that keep their state in .kedge/, and on the first run the life of a model. They stay up
// until they are interrupted; the next start goes on from there.

const state = fileURLToPath(new URL('../.kedge/', import.meta.url))
const deploymentPath = join(state, 'deployment.json')
const ports = {
  chain: Number(process.env['KEDGE_CHAIN_PORT'] ?? 8545),
  relay: Number(process.env['KEDGE_RELAY_PORT'] ?? 8420),
}
const say = (line: string) => console.error(line)

try {
  await start()
} catch (error) {
  const known = error instanceof KedgeError || error instanceof RelayError
  say(`kedge: ${known ? `${error.code}: ` : ''}${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}

async function start(): Promise<void> {
  await mkdir(state, { recursive: true })
  const timestamp = Math.floor(Date.now() / 1000) - lifeSeconds
  const chain = await openSavedChain(join(state, 'chain'), { timestamp, port: ports.chain })
  try {
    say(chain.resumed ? 'the chain goes on from its saved state' : 'a new chain begins')
    const deployment = chain.resumed ? await readDeployment() : await deployAnew(chain)
    const kedge = { rpcUrl: chain.rpcUrl, deployment }
    const relay = await createRelay({ directory: join(state, 'relay'), kedge, port: ports.relay })
    try {
      if (!chain.resumed) await firstLife(kedge, relay.url)
      await chain.save()
      say(`\nchain  ${chain.rpcUrl}\nrelay  ${relay.url}\nstop with Ctrl-C; npm start goes on from here`)
      await untilStopped(chain)
    } finally {
      await relay.close()
    }
    await chain.save()
  } finally {
    await chain.stop()
  }
}

async function readDeployment(): Promise<Deployment> {
  const text = await readFile(deploymentPath, 'utf8').catch(() => undefined)
  const parsed = deploymentSchema.safeParse(text === undefined ? undefined : JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new Error(`${deploymentPath} cannot be used. Move ${state} away to begin anew; nothing was changed.`)
}

/** Nothing of a first run that was broken off is kept: the chain is saved only when its life is complete. */
async function deployAnew({ rpcUrl }: SavedChain): Promise<Deployment> {
  for (const name of ['journal', 'life']) await rm(join(state, name), { recursive: true, force: true })
  const deployment = await deployKedge({
    rpcUrl,
    deployer: carrier,
    parametersPath: localParametersPath,
    journal: join(state, 'journal'),
    requiredConfirmations: 1,
    onProgress: say,
  })
  await writeFile(deploymentPath, `${JSON.stringify(deployment, null, 2)}\n`)
  return deployment
}

async function firstLife(kedge: Parameters<typeof liveLife>[0]['kedge'], relayUrl: string): Promise<void> {
  const directory = join(state, 'life')
  await mkdir(directory, { recursive: true })
  const record = startRecord(say)
  try {
    await liveLife({ kedge, relayUrl, directory, record })
  } finally {
    await writeRecord(summaryPath(state), record.steps)
    console.log(`\n${tableOf(record.steps)}\n\nThe same as JSON: ${summaryPath(state)}`)
  }
  if (record.failures.length > 0)
    throw new Error(`${record.failures.length} steps did not come out as they must`)
}

/** Saves the chain every two seconds until a signal comes or the chain ends by itself. */
async function untilStopped(chain: SavedChain): Promise<void> {
  let stop: () => void = () => undefined
  const stopped = new Promise<void>(resolve => {
    stop = resolve
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  let saving = Promise.resolve()
  const timer = setInterval(() => {
    saving = saving
      .then(() => chain.save())
      .catch(error => say(`kedge: the chain could not be saved: ${error}`))
  }, 2000)
  const ending = await Promise.race([stopped, chain.ended.then(() => 'ended' as const)])
  clearInterval(timer)
  await saving
  if (ending === 'ended')
    throw new Error('the local chain ended by itself; npm start goes on from its last saved state')
  say('stopping')
}
