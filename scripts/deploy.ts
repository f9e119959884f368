import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { reach, readerOf } from '../sdk/chain/index.ts'
import { loadAccount } from '../sdk/keys/index.ts'
import { readOptions, usage } from './commandLine.ts'
import { deployKedge } from './deployment/deploy.ts'
import { reportError, SetupError } from './errors.ts'
import { exitCodeOf, untilSignal } from './interruption.ts'
import { writeWhole } from './wholeFile.ts'

// Deploys to a network that exists: see the help below.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const command = 'deploy'
const shown = (path: string) => relative(process.cwd(), path)
const say = (line: string) => console.error(line)

const help = `Deploys Kedge's twelve contracts and checks every role, seat and setting on the chain.

usage: npm run deploy -- --parameters <file> --rpc <url> [options]

  --parameters <file>     people, committees, delays and thresholds; the policy document lies beside it
  --rpc <url>             an endpoint of the chain; KEDGE_RPC_URL if left out
  --keystore <file>       the deployer's key, an encrypted JSON keystore (V3); otherwise KEDGE_PRIVATE_KEY
  --password-file <file>  the keystore's password; otherwise KEDGE_KEYSTORE_PASSWORD
  --confirmations <n>     blocks that must hold a transaction before the next is sent, 1 to 999; 5 if left out
  --help                  this text

example:
  npm run deploy -- --parameters deployments/sepolia/parameters.json --rpc https://rpc.example \\
    --keystore deployer.json --password-file password

It checks the parameters and the deployer's money before the first transaction. Use the key for nothing else until
it is done: the addresses follow from its nonce. It keeps no right.

It writes
  ${shown(join(root, 'deployments'))}/<chainId>.json     addresses, code hashes, genesis hash, block: publish it
  ${shown(join(root, '.kedge/deployments'))}/<chainId>/  the journal: what was sent, and with which parameters

After an interruption the same command goes on where it stopped, out of the journal; once all is deployed it only
checks again. Until Rules, the fourth contract, is deployed, it does so within a day: certificates run from the moment
when the deployment was begun. To give a deployment up and begin anew, move both away.

exit codes: 0 deployed and as it must be, 2 refused or stopped, 3 the endpoint could not be reached, 130 interrupted`

try {
  const options = parse()
  if (options.help) console.log(help)
  else console.log(shown(await run(options)))
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function run(options: ReturnType<typeof parse>): Promise<string> {
  const { parameters, rpc, keystore, 'password-file': passwordFile, confirmations } = options
  if (parameters === undefined || rpc === '') throw usage(command, 'give --parameters <file> and --rpc <url>')
  if (!/^[1-9]\d{0,2}$/.test(confirmations)) throw usage(command, '--confirmations is a number from 1 to 999')
  const deployer = await loadAccount({ keystore, passwordFile, environment: process.env })
  const chainId = await reach(() => readerOf(rpc).getChainId())
  const path = join(root, 'deployments', `${chainId}.json`)
  const journal = join(root, '.kedge', 'deployments', String(chainId))
  // With its journal it is an interrupted deployment, or one to be checked again; without, it is another one.
  if (existsSync(path) && !existsSync(journal)) {
    throw new SetupError('DEPLOYMENT_EXISTS', `${path} names a deployment on chain ${chainId}`, { path })
  }
  say(
    `chain ${chainId}; the journal is ${shown(journal)}: after an interruption the same command goes on from it`,
  )
  void untilSignal().then(signal => {
    say(
      `stopped; what was sent stays sent. The same command goes on where it stopped, out of ${shown(journal)}`,
    )
    process.exit(exitCodeOf(signal))
  })
  const deployment = await deployKedge({
    rpcUrl: rpc,
    deployer,
    parametersPath: resolve(parameters),
    journal,
    requiredConfirmations: Number(confirmations),
    onProgress: say,
  })
  await writeWhole(path, `${JSON.stringify(deployment, null, 2)}\n`)
  return path
}

function parse() {
  return readOptions(command, {
    help: { type: 'boolean', default: false },
    parameters: { type: 'string' },
    rpc: { type: 'string', default: process.env['KEDGE_RPC_URL'] ?? '' },
    keystore: { type: 'string' },
    'password-file': { type: 'string' },
    confirmations: { type: 'string', default: '5' },
  })
}
