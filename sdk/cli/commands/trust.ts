import { type Command, Option } from 'commander'
import { checkDeployment } from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { fingerprintOf, readTrust, type Trust, trustOf } from '../../verify/index.ts'
import { parseCount, parseEndpoint } from '../arguments.ts'
import { writeWhole } from '../files.ts'
import { print, say } from '../output.ts'
import { withProgress } from '../progress.ts'
import { readDeployment, withJson } from '../session.ts'
import { counted } from '../words.ts'

/** `kedge trust init | fingerprint`. */
export function addTrustCommands(program: Command): void {
  const trust = program
    .command('trust')
    .description('The trust file: which chain and contracts a machine believes, and whom it asks.')
  addInit(trust)
  addFingerprint(trust)
}

interface InitOptions {
  readonly deployment?: string
  readonly rpc?: readonly string[]
  readonly agree?: number
  readonly maximumAge: number
  readonly out: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

function addInit(trust: Command): void {
  withJson(trust.command('init'))
    .summary('Write a trust file from a deployment, once every endpoint has shown all of it.')
    .description(
      'Write a trust file from a deployment, once every endpoint has shown its chain, its genesis block and the code ' +
        'of each of its contracts.\nCompare the fingerprint with the one that the DAO has published.',
    )
    .addOption(
      new Option('--deployment <file>', 'the deployment: deployments/<chainId>.json').env('KEDGE_DEPLOYMENT'),
    )
    .addOption(
      new Option('--rpc <url...>', 'JSON-RPC endpoints, best of different operators')
        .env('KEDGE_RPC_URL')
        .argParser((text, before: readonly string[] | undefined) => [...(before ?? []), parseEndpoint(text)]),
    )
    .addOption(
      new Option('--agree <number>', 'how many endpoints must agree; otherwise all of them').argParser(
        parseCount,
      ),
    )
    .addOption(
      new Option('--maximum-age <seconds>', 'how old the newest block may be')
        .argParser(parseCount)
        .default(600),
    )
    .option('--out <file>', 'where to write it', 'kedge.trust.json')
    .option('--overwrite', 'replace what stands in the file')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  $ kedge trust init --deployment deployments/1.json --rpc https://one.example https://two.example https://three.example --agree 2',
    )
    .action(async (options: InitOptions) => {
      const { deployment: path, rpc: endpoints = [], agree, maximumAge, out } = options
      if (path === undefined) {
        throw new KedgeError('USAGE', 'no deployment: give --deployment or set KEDGE_DEPLOYMENT')
      }
      if (endpoints.length === 0) {
        throw new KedgeError('USAGE', 'no endpoint: give --rpc or set KEDGE_RPC_URL')
      }
      if (agree !== undefined && agree > endpoints.length) {
        throw new KedgeError(
          'USAGE',
          `${counted(agree, 'endpoint')} must agree, and only ${endpoints.length} ${endpoints.length === 1 ? 'is' : 'are'} given`,
          { agree, endpoints: endpoints.length },
          { remedy: 'Give more endpoints with --rpc, or a smaller --agree.' },
        )
      }
      const deployment = await readDeployment(path)
      const trust = trustOf(deployment, { endpoints, maximumAge, ...(agree !== undefined && { agree }) })
      await withProgress(async progress => {
        progress.update('asking every endpoint for chain, genesis and code')
        await Promise.all(endpoints.map(rpcUrl => checkDeployment({ rpcUrl, deployment })))
      })
      await writeWhole(
        [{ path: out, bytes: new TextEncoder().encode(`${JSON.stringify(trust, null, 2)}\n`) }],
        options,
      )
      if (endpoints.length === 1) {
        say('note: one endpoint alone can keep a halt from you; name several, of different operators')
      }
      await print({ path: out, ...summaryOf(trust) }, options)
    })
}

function addFingerprint(trust: Command): void {
  withJson(trust.command('fingerprint <file>'))
    .description(
      'The fingerprint of a trust file: of the chain and the contracts that it pins, nothing else.',
    )
    .addHelpText('after', '\nExample:\n  $ kedge trust fingerprint kedge.trust.json')
    .action(async (path: string, options: { readonly json?: boolean }) => {
      await print(summaryOf(await readTrust(path)), options)
    })
}

function summaryOf(trust: Trust) {
  const { chainId, registry, endpoints, agree, maximumAge } = trust
  return {
    fingerprint: fingerprintOf(trust),
    chainId,
    registry: registry.address,
    // Without their paths, which often hold a key.
    endpoints: endpoints.map(url => new URL(url).host),
    agree,
    maximumAge,
  }
}
