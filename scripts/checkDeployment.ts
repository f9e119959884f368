import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { type Deployment, deploymentSchema, reach } from '../sdk/chain/index.ts'
import { timeText } from '../sdk/cli/words.ts'
import { exitCodes, systemReason } from '../sdk/errors/index.ts'
import { readOptions, usage } from './commandLine.ts'
import { checkDeployment } from './deployment/check/check.ts'
import { sentenceOf } from './deployment/check/deviations.ts'
import { persistentReader } from './deployment/check/endpoints.ts'
import { readParameters } from './deployment/parameters.ts'
import { reportError, SetupError } from './errors.ts'

// Holds a deployment against its parameters and this build: see the help below.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const command = 'deployment:check'
const shown = (path: string) => relative(process.cwd(), path)
const say = (line: string) => console.error(line)
const localEndpoint = `http://127.0.0.1:${process.env['KEDGE_CHAIN_PORT'] ?? 8545}`

/** How far the time of a newest block may be from now, in seconds: as in a trust file. */
const usualAge = 600

const help = `Reads a deployment back from the chain, and names everything that is not as it must be: code, roles, calls and
delays of the timelocks, seats, quorums, scopes, people, certificates, policy, environments, audit heads.

usage: npm run deployment:check -- --network <name> [options]

  --network <name>  the people and settings are those of ${shown(join(root, 'deployments'))}/<name>/parameters.json, the policy lies
                    beside it, the addresses are in ${shown(join(root, 'deployments'))}/<chainId>.json; "local" is the chain of npm start
  --rpc <url>       an endpoint of the chain; KEDGE_RPC_URL if left out. Give several, each by a --rpc of its own: each
                    is asked for everything, and where one tells otherwise than another, that is a deviation
  --maximum-age <seconds>
                    how far the time of an endpoint's newest block may be from this machine's; ${usualAge} if left out
  --json            {network, chainId, deviations: [{what, actual, expected, endpoint?}],
                    endpoints: [{endpoint, block, timestamp, stale}]} instead of sentences; endpoint of a deviation: who
                    says so, where others do not; timestamp: seconds since 1970; stale: older than --maximum-age
  --help            this text

Each endpoint is asked at its own newest block, whose number and time are told: of what came later, it knows nothing.
Where blocks come only with transactions, as on a chain of tests, say how old the newest one may be.

What changed since it was deployed must have been decided by proposal, or be an act on record; anything else deviates.

A single endpoint is believed. Against the audit heads it cannot get far; but it could keep back that a timelock gave a
role to an account of which nothing else is known, or that a call waits in it that no proposal asks for, and it could
lie about what is stored. Name endpoints of several operators.

example:
  npm run deployment:check -- --network sepolia --rpc https://rpc.example --rpc https://another.example

exit codes: 0 as it must be, 1 it deviates, 2 the question cannot be understood, 3 an endpoint could not be reached,
4 what an endpoint shows is too old to tell`

try {
  const options = parse()
  if (options.help) console.log(help)
  else await run(options)
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function run({ network, rpc, json, 'maximum-age': age }: ReturnType<typeof parse>): Promise<void> {
  if (network === undefined || !/^[\w-]+$/.test(network)) throw wrong('give --network <name>')
  if (!/^[1-9]\d{0,9}$/.test(age)) throw wrong('--maximum-age is a number of seconds')
  const [rpcUrl, ...others] = rpc.length > 0 || network !== 'local' ? rpc : [localEndpoint]
  if (rpcUrl === undefined) throw wrong('give --rpc <url>')
  const terms = await readParameters(join(root, 'deployments', network, 'parameters.json'))
  const chainId = await reach(() => persistentReader(rpcUrl).getChainId())
  const deployment = await readDeployment(recordOf(network, chainId))
  const now = Date.now() / 1000
  const { deviations, views } = await checkDeployment({ rpcUrl, deployment }, terms, {
    others,
    onProgress: line => say(`kedge: ${line}`),
  })
  const endpoints = views.map(({ endpoint, block, time }) => {
    return { endpoint, block: Number(block), timestamp: time, stale: Math.abs(now - time) > Number(age) }
  })
  const stale = endpoints.filter(endpoint => endpoint.stale).length
  if (stale > 0) process.exitCode = exitCodes.stale
  if (deviations.length > 0) process.exitCode = 1
  if (json) return console.log(JSON.stringify({ network, chainId, deviations, endpoints }, null, 2))
  for (const deviation of deviations) console.log(`- ${sentenceOf(deviation)}`)
  for (const { endpoint, block, timestamp, stale: apart } of endpoints) {
    const doubt = apart ? `, more than ${age} seconds from now` : ''
    console.log(`${endpoint} showed block ${block} of ${timeText(timestamp)}${doubt}`)
  }
  console.log(`the deployment on chain ${chainId} ${outcomeOf(deviations.length, stale)}`)
}

function outcomeOf(deviations: number, stale: number): string {
  if (deviations > 0) return `deviates in ${deviations}: do not use it`
  if (stale === 0) return 'is as it must be'
  return `may deviate: not every endpoint showed what is there now. Check that they are in sync, and the clock here`
}

/** Where the addresses of a deployment are written: those of npm start are in its state, published nowhere. */
function recordOf(network: string, chainId: number): string {
  if (network !== 'local') return join(root, 'deployments', `${chainId}.json`)
  return join(resolve(process.env['KEDGE_STATE'] ?? join(root, '.kedge')), 'deployment.json')
}

async function readDeployment(path: string): Promise<Deployment> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unusable(path, systemReason(cause), cause)
  })
  try {
    return deploymentSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw unusable(path, 'it is not a deployment file', cause)
  }
}

function unusable(path: string, why: string, cause: unknown): SetupError {
  return new SetupError('DEPLOYMENT_UNUSABLE', `${path} cannot be used: ${why}`, { path }, { cause })
}

function parse() {
  const values = readOptions(command, {
    help: { type: 'boolean', default: false },
    network: { type: 'string' },
    rpc: { type: 'string', multiple: true },
    'maximum-age': { type: 'string', default: String(usualAge) },
    json: { type: 'boolean', default: false },
  })
  const fromEnvironment = process.env['KEDGE_RPC_URL']
  return { ...values, rpc: values.rpc ?? (fromEnvironment ? [fromEnvironment] : []) }
}

function wrong(problem: string): Error {
  return usage(command, problem)
}
