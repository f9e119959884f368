import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keccak256 } from 'viem'
import { type Deployment, deploymentSchema, type Kedge, readerOf } from '../sdk/chain/index.ts'
import { createRelay, lockDirectory, RelayError } from '../services/relay/index.ts'
import { localClient } from './chain/anvil.ts'
import { keepAlive } from './chain/finality.ts'
import { openSavedChain, type SavedChain } from './chain/state.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError, SetupError } from './errors.ts'
import { lifeSeconds, liveLife } from './life/life.ts'
import { writeMembers } from './life/members.ts'
import { startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'
import { writeWhole } from './wholeFile.ts'

// A local chain and a relay that keep their state in .kedge/ (or KEDGE_STATE), and on the first run the life of a
// model. They stay up until they are interrupted; the next start goes on from there.

const state = resolve(process.env['KEDGE_STATE'] ?? fileURLToPath(new URL('../.kedge/', import.meta.url)))
const deploymentPath = join(state, 'deployment.json')
const summaryPath = join(state, 'life.json')
const say = (line: string) => console.error(line)

/** How often the chain is saved, in milliseconds: what a power cut may cost. */
const saveInterval = 2000

try {
  const unlock = await lockState()
  try {
    await start()
  } finally {
    unlock()
  }
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function lockState(): Promise<() => void> {
  try {
    await mkdir(state, { recursive: true })
  } catch (cause) {
    throw new SetupError('STATE_UNWRITABLE', `${state} cannot be made`, { state }, { cause })
  }
  try {
    return lockDirectory(state)
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== 'STORE_LOCKED') throw error
    throw new SetupError('STATE_IN_USE', `another npm start uses ${state}`, { state }, { cause: error })
  }
}

async function start(): Promise<void> {
  const stopped = untilSignal()
  const port = portOf('KEDGE_CHAIN_PORT', 8545)
  const timestamp = Math.floor(Date.now() / 1000) - lifeSeconds
  const chain = await openSavedChain(join(state, 'chain'), { timestamp, port })
  try {
    say(chain.resumed ? 'the chain goes on from its saved state' : 'a new chain begins')
    const deployment = chain.resumed ? await resumeDeployment(chain.rpcUrl) : await deployAnew(chain)
    const kedge = { rpcUrl: chain.rpcUrl, deployment }
    const relay = await createRelay({
      directory: join(state, 'relay'),
      kedge,
      port: portOf('KEDGE_RELAY_PORT', 8420),
    })
    try {
      if (!chain.resumed) await firstLife(kedge, relay.url)
      await chain.save()
      const { keys, names } = await writeMembers(state)
      say(
        `\nchain  ${chain.rpcUrl}\nrelay  ${relay.url}\nkeys   ${keys} (README.md there: whose)\nnames  ${names}`,
      )
      say('stop with Ctrl-C; npm start goes on from here')
      await keepUp(chain, stopped)
    } finally {
      await relay.close()
    }
    await chain.save()
  } finally {
    await chain.stop()
  }
}

function portOf(variable: string, usual: number): number {
  const text = process.env[variable] ?? String(usual)
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new SetupError('PORT_INVALID', `${variable} is "${text}"`, { [variable]: text })
}

/** The deployment of the saved chain, which must really be on it. */
async function resumeDeployment(rpcUrl: string): Promise<Deployment> {
  const parsed = deploymentSchema.safeParse(await readDeployment())
  if (!parsed.success) throw unusable(`${deploymentPath} is not a deployment`)
  const { contracts, codeHashes } = parsed.data
  const code = await readerOf(rpcUrl).getCode({ address: contracts.registry })
  if (keccak256(code ?? '0x') !== codeHashes.registry) {
    throw unusable(`the saved chain does not hold the registry that ${deploymentPath} names`)
  }
  return parsed.data
}

async function readDeployment(): Promise<unknown> {
  try {
    return JSON.parse(await readFile(deploymentPath, 'utf8'))
  } catch (cause) {
    throw unusable(`${deploymentPath} cannot be read`, cause)
  }
}

function unusable(problem: string, cause?: unknown): SetupError {
  return new SetupError(
    'STATE_UNUSABLE',
    `${problem}. Move ${join(state, 'chain')} away`,
    { state },
    { cause },
  )
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
  await writeWhole(deploymentPath, `${JSON.stringify(deployment, null, 2)}\n`)
  return deployment
}

async function firstLife(kedge: Kedge, relayUrl: string): Promise<void> {
  const directory = join(state, 'life')
  await mkdir(directory, { recursive: true })
  const record = startRecord(say)
  try {
    await liveLife({ kedge, relayUrl, directory, record })
  } finally {
    await writeRecord(summaryPath, record.steps)
    console.log(`\n${tableOf(record.steps)}\n\nThe same as JSON: ${summaryPath}`)
  }
  if (record.failures.length === 0) return
  throw new SetupError('LIFE_FAILED', `${record.failures.length} steps did not come out as they must`)
}

function untilSignal(): Promise<'stopped'> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('stopped'))
  })
}

/** Keeps the chain alive and saved until a signal comes or the chain ends by itself. */
async function keepUp(chain: SavedChain, stopped: Promise<'stopped'>): Promise<void> {
  const breathe = keepAlive(localClient(chain.rpcUrl))
  let busy = Promise.resolve()
  const timer = setInterval(() => {
    busy = busy
      .then(breathe)
      .then(() => chain.save())
      .catch(error => void reportError(error, say))
  }, saveInterval)
  const ending = await Promise.race([stopped, chain.ended])
  clearInterval(timer)
  await busy
  if (ending === 'stopped') return say('stopping')
  throw new SetupError(
    'CHAIN_FAILED',
    'the local chain ended by itself; npm start goes on from its last save',
  )
}
