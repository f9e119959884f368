import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { reach, readerOf } from '../sdk/chain/index.ts'
import { KedgeError } from '../sdk/errors/index.ts'
import { loadAccount } from '../sdk/keys/index.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError, SetupError } from './errors.ts'
import { writeWhole } from './wholeFile.ts'

// npm run deploy -- --parameters deployments/<network>/parameters.json --rpc <url> [--keystore file]
// Run it again after an interruption: it goes on where it stopped.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const say = (line: string) => console.error(line)

try {
  console.log(relative(process.cwd(), await run()))
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function run(): Promise<string> {
  const { parameters, rpc, keystore, 'password-file': passwordFile, confirmations } = options()
  if (parameters === undefined || rpc === '') throw usage('give --parameters <file> and --rpc <url>')
  if (!/^[1-9]\d{0,3}$/.test(confirmations)) throw usage('--confirmations is a number from 1 to 9999')
  const deployer = await loadAccount({ keystore, passwordFile, environment: process.env })
  const chainId = await reach(() => readerOf(rpc).getChainId())
  const path = join(root, 'deployments', `${chainId}.json`)
  const journal = join(root, '.kedge', 'deployments', String(chainId))
  // With its journal it is an interrupted deployment, or one to be checked again; without, it is another one.
  if (existsSync(path) && !existsSync(journal)) {
    throw new SetupError('DEPLOYMENT_EXISTS', `${path} names a deployment on chain ${chainId}`, { path })
  }
  const deployment = await deployKedge({
    rpcUrl: rpc,
    deployer,
    parametersPath: parameters,
    journal,
    requiredConfirmations: Number(confirmations),
    onProgress: say,
  })
  await writeWhole(path, `${JSON.stringify(deployment, null, 2)}\n`)
  return path
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        parameters: { type: 'string' },
        rpc: { type: 'string', default: process.env['KEDGE_RPC_URL'] ?? '' },
        keystore: { type: 'string' },
        'password-file': { type: 'string' },
        confirmations: { type: 'string', default: '5' },
      },
    })
    return values
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause))
  }
}

function usage(problem: string): KedgeError {
  return new KedgeError('USAGE', problem)
}
