import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readerOf } from '../sdk/chain/index.ts'
import { KedgeError } from '../sdk/errors/index.ts'
import { loadAccount } from '../sdk/keys/index.ts'
import { deployKedge } from './deployment/deploy.ts'

// npm run deploy -- --parameters deployments/<network>/parameters.json --rpc <url> [--keystore file]
// Run it again after an interruption: it goes on where it stopped.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const { values } = parseArgs({
  options: {
    parameters: { type: 'string' },
    rpc: { type: 'string', default: process.env['KEDGE_RPC_URL'] ?? '' },
    keystore: { type: 'string' },
    'password-file': { type: 'string' },
    confirmations: { type: 'string', default: '5' },
  },
})

try {
  if (values.parameters === undefined || values.rpc === '') {
    throw new KedgeError('USAGE', 'give --parameters <file> and --rpc <url>')
  }
  const deployer = await loadAccount({
    keystore: values.keystore,
    passwordFile: values['password-file'],
    environment: process.env,
  })
  const chainId = await readerOf(values.rpc).getChainId()
  const deployment = await deployKedge({
    rpcUrl: values.rpc,
    deployer,
    parametersPath: values.parameters,
    journal: join(root, '.kedge', 'deployments', String(chainId)),
    requiredConfirmations: Number(values.confirmations),
    onProgress: message => console.error(message),
  })
  const path = join(root, 'deployments', `${chainId}.json`)
  await writeFile(path, `${JSON.stringify(deployment, null, 2)}\n`)
  console.log(path)
} catch (error) {
  const code = error instanceof KedgeError ? `${error.code}: ` : ''
  console.error(`kedge: ${code}${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}
