import { rmSync } from 'node:fs'
import { access, constants, mkdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keccak256 } from 'viem'
import { type Deployment, deploymentSchema, type Kedge, readerOf } from '../sdk/chain/index.ts'
import { systemReason } from '../sdk/errors/index.ts'
import { createRelay, lockDirectory, type Relay, RelayError } from '../services/relay/index.ts'
import { localClient } from './chain/anvil.ts'
import { catchUp, keepAlive } from './chain/finality.ts'
import { openSavedChain, type SavedChain } from './chain/state.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError, SetupError } from './errors.ts'
import { exitCodeOf, type Interruption, untilSignal } from './interruption.ts'
import { lifeSeconds, liveLife } from './life/life.ts'
import { writeMembers } from './life/members.ts'
import { type LifeRecord, startRecord, tableOf, writeRecord } from './life/record.ts'
import { carrier, localParametersPath } from './life/society.ts'
import { writeWhole } from './wholeFile.ts'

// A local chain and a relay that keep their state in .kedge/ (or KEDGE_STATE), and on the first run the life of a
// model. They stay up until they are interrupted; the next start goes on from there.

const state = resolve(process.env['KEDGE_STATE'] ?? fileURLToPath(new URL('../.kedge/', import.meta.url)))
const deploymentPath = join(state, 'deployment.json')
const summaryPath = join(state, 'life.json')
/** What belongs to one life, and is made anew with it. */
const ofOneLife = ['journal', 'life', 'life.json', 'deployment.json'].map(name => join(state, name))

/** Whether the set-up was given up: what is still under way in it has nothing more to say. */
let abandoned = false
const say = (line: string) => {
  if (!abandoned) console.error(line)
}

/** How often the chain is saved, in milliseconds: what a power cut may cost. */
const saveInterval = 2000

try {
  const unlock = await lockState()
  let givenUp: Interruption | undefined
  try {
    givenUp = await start()
  } finally {
    unlock()
  }
  // Whatever is still under way has lost its chain and its files.
  if (givenUp !== undefined) process.exit(exitCodeOf(givenUp))
} catch (error) {
  process.exitCode = reportError(inTermsOfState(error), say)
}

async function lockState(): Promise<() => void> {
  try {
    await mkdir(state, { recursive: true })
    await access(state, constants.W_OK)
  } catch (cause) {
    throw unwritable(`${state}: ${whyNoDirectory(cause)}`, cause)
  }
  return lockDirectory(state)
}

function whyNoDirectory(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EEXIST') return 'it is not a directory'
  // Node says so of a directory that it may not make, too.
  return code === 'ENOENT' ? 'it cannot be made' : systemReason(cause)
}

function unwritable(problem: string, cause: unknown): SetupError {
  const remedy = 'Allow writing there, or set KEDGE_STATE to another directory.'
  return new SetupError('STATE_UNWRITABLE', problem, { state }, { cause, remedy })
}

/** What the relay says of its directory names its own variables: here a person sets KEDGE_STATE. */
function inTermsOfState(error: unknown): unknown {
  if (!(error instanceof RelayError)) return error
  const { code, message } = error
  if (code === 'STORE_LOCKED') return new SetupError('STATE_IN_USE', message, { state }, { cause: error })
  return code === 'STORE_UNUSABLE' ? unwritable(message, error) : error
}

/** Runs until it is interrupted. Returns by what, if that was before all was up. */
async function start(): Promise<Interruption | undefined> {
  const interrupted = untilSignal()
  void interrupted.then(() => say('\nstopping'))
  const ports = { chain: portOf('KEDGE_CHAIN_PORT', 8545), relay: portOf('KEDGE_RELAY_PORT', 8420) }
  const timestamp = Math.floor(Date.now() / 1000) - lifeSeconds
  const chain = await openSavedChain(join(state, 'chain'), { timestamp, port: ports.chain })
  try {
    const relay = await Promise.race([prepare(chain, ports.relay), interrupted])
    if (typeof relay === 'string') {
      await abandon(chain)
      return relay
    }
    try {
      await chain.save()
      const { keys, names } = await writeMembers(state)
      say(
        `\nchain  ${chain.rpcUrl}\nrelay  ${relay.url}\nkeys   ${keys} (README.md there: whose)\nnames  ${names}`,
      )
      say('stop with Ctrl-C; npm start goes on from here')
      await keepUp(chain, interrupted)
    } finally {
      await relay.close()
    }
    await chain.save()
    return undefined
  } finally {
    await chain.stop()
  }
}

function portOf(variable: string, usual: number): number {
  const text = process.env[variable] ?? String(usual)
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new SetupError('PORT_INVALID', `${variable} is "${text}"`, { [variable]: text })
}

/** A deployment, a relay, and the first time a whole life on them. */
async function prepare(chain: SavedChain, port: number): Promise<Relay> {
  say(chain.resumed ? 'the chain goes on from its saved state' : 'a new chain begins')
  const deployment = chain.resumed ? await resumeDeployment(chain.rpcUrl) : await deployAnew(chain)
  const kedge = { rpcUrl: chain.rpcUrl, deployment }
  const relay = await createRelay({ directory: join(state, 'relay'), kedge, port })
  if (chain.resumed) return relay
  try {
    await firstLife(kedge, relay.url)
    await catchUp(localClient(chain.rpcUrl))
    return relay
  } catch (error) {
    await relay.close()
    throw error
  }
}

/** Ends an interrupted set-up at once, whatever is under way in it: the chain was not saved since it began. */
async function abandon(chain: SavedChain): Promise<void> {
  say(
    chain.resumed
      ? 'the saved state stays as it was'
      : `nothing of the first life is kept but the bytes in ${join(state, 'relay')}; the next npm start begins anew`,
  )
  abandoned = true
  await chain.stop()
  const made = chain.resumed ? [] : ofOneLife
  for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
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
  const remedy = `Put a copy of the file back; or, to begin anew, move ${join(state, 'chain')} away. Nothing was changed.`
  return new SetupError('STATE_UNUSABLE', problem, { state }, { cause, remedy })
}

/** Nothing of a first run that was broken off is kept: the chain is saved only when its life is complete. */
async function deployAnew({ rpcUrl }: SavedChain): Promise<Deployment> {
  for (const path of ofOneLife) await rm(path, { recursive: true, force: true })
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
    if (!abandoned) await tell(record)
  }
  if (record.failures.length === 0) return
  throw new SetupError('LIFE_FAILED', `${record.failures.length} steps did not come out as they must`)
}

async function tell({ steps }: LifeRecord): Promise<void> {
  console.log(`\n${tableOf(steps)}`)
  await writeRecord(summaryPath, steps)
  console.log(`\nThe same as JSON: ${summaryPath}`)
}

/** Keeps the chain alive and saved until a signal comes or the chain ends by itself. */
async function keepUp(chain: SavedChain, interrupted: Promise<Interruption>): Promise<void> {
  const breathe = keepAlive(localClient(chain.rpcUrl))
  let busy = Promise.resolve()
  const timer = setInterval(() => {
    busy = busy
      .then(breathe)
      .then(() => chain.save())
      .catch(error => void reportError(error, say))
  }, saveInterval)
  const ending = await Promise.race([interrupted, chain.ended])
  clearInterval(timer)
  await busy
  if (ending !== undefined) return
  throw new SetupError(
    'CHAIN_FAILED',
    'the local chain ended by itself; npm start goes on from its last save',
  )
}
