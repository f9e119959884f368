import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { type Deployment, deploymentSchema, reach } from '../sdk/chain/index.ts'
import { systemReason } from '../sdk/errors/index.ts'
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

const help = `Reads a deployment back from the chain, and names everything that is not as it must be: code, roles, calls and
delays of the timelocks, seats, quorums, scopes, people, certificates, policy, environments, audit heads.

usage: npm run deployment:check -- --network <name> [options]

  --network <name>  the people and settings are those of ${shown(join(root, 'deployments'))}/<name>/parameters.json, the policy lies
                    beside it, the addresses are in ${shown(join(root, 'deployments'))}/<chainId>.json; "local" is the chain of npm start
  --rpc <url>       an endpoint of the chain; KEDGE_RPC_URL if left out. Give several, each by a --rpc of its own: each
                    is asked for everything, and where one tells otherwise than another, that is a deviation
  --json            {network, chainId, deviations: [{what, actual, expected, endpoint?}]} instead of sentences;
                    endpoint: who says so, where others do not
  --help            this text

What changed since it was deployed must have been decided by proposal, or be an act on record; anything else deviates.

A single endpoint is believed. Against the audit heads it cannot get far; but it could keep back that a timelock gave a
role to an account of which nothing else is known, or that a call waits in it that no proposal asks for, and it could
lie about what is stored. Name endpoints of several operators.

example:
  npm run deployment:check -- --network sepolia --rpc https://rpc.example --rpc https://another.example

exit codes: 0 as it must be, 1 it deviates, 2 the question cannot be understood, 3 the endpoint could not be reached`

try {
  const options = parse()
  if (options.help) console.log(help)
  else await run(options)
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function run({ network, rpc, json }: ReturnType<typeof parse>): Promise<void> {
  if (network === undefined || !/^[\w-]+$/.test(network)) throw wrong('give --network <name>')
  const [rpcUrl, ...others] = rpc.length > 0 || network !== 'local' ? rpc : [localEndpoint]
  if (rpcUrl === undefined) throw wrong('give --rpc <url>')
  const terms = await readParameters(join(root, 'deployments', network, 'parameters.json'))
  const chainId = await reach(() => persistentReader(rpcUrl).getChainId())
  const deployment = await readDeployment(recordOf(network, chainId))
  const deviations = await checkDeployment({ rpcUrl, deployment }, terms, {
    others,
    onProgress: line => say(`kedge: ${line}`),
  })
  if (deviations.length > 0) process.exitCode = 1
  if (json) return console.log(JSON.stringify({ network, chainId, deviations }, null, 2))
  for (const deviation of deviations) console.log(`- ${sentenceOf(deviation)}`)
  const outcome =
    deviations.length === 0 ? 'is as it must be' : `deviates in ${deviations.length}: do not use it`
  console.log(`the deployment on chain ${chainId} ${outcome}`)
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
    json: { type: 'boolean', default: false },
  })
  const fromEnvironment = process.env['KEDGE_RPC_URL']
  return { ...values, rpc: values.rpc ?? (fromEnvironment ? [fromEnvironment] : []) }
}

function wrong(problem: string): Error {
  return usage(command, problem)
}
