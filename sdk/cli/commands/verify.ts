import { type Command, Option } from 'commander'
import type { Hex } from 'viem'
import { KedgeError } from '../../errors/index.ts'
import { readTrust, type Trust, trustOf, verify } from '../../verify/index.ts'
import { parseId, parseModelName, parseName, parseSchemas } from '../arguments.ts'
import { print, say } from '../output.ts'
import { bytesText, withProgress } from '../progress.ts'
import { type ChainOptions, describedKedge, withChain } from '../session.ts'

interface VerifyOptions extends ChainOptions {
  readonly model: string
  readonly environment: string
  readonly version?: Hex
  readonly schemas?: readonly number[]
  readonly trust?: string
  readonly marks?: string
}

const examples = `
Examples:
  $ kedge verify models/silero-vad --model silero-vad --environment production --trust kedge.trust.json
  $ kedge verify models/silero-vad --model silero-vad --deployment deployments/1.json --rpc https://rpc.example
The first is for deployment; the second, which trusts one endpoint, is for trying it out.`

/** `kedge verify`: the deploy gate. */
export function addVerifyCommand(program: Command): void {
  withChain(program.command('verify <directory>'))
    .description('Ask whether a directory is exactly the approved, live version. Exit code 0 means yes.')
    .addOption(new Option('--model <name>', 'the model').argParser(parseModelName).makeOptionMandatory())
    .addOption(
      new Option('--environment <name>', 'where it is to run').argParser(parseName).default('production'),
    )
    .addOption(
      new Option(
        '--version <id>',
        'the version that is claimed; otherwise that of the manifest beside, or the active one',
      ).argParser(parseId),
    )
    .addOption(
      new Option(
        '--schemas <numbers>',
        'the schemas that this system needs, as 0,2 ("" for none); otherwise all that the environment requires',
      ).argParser(parseSchemas),
    )
    .addOption(new Option('--trust <file>', 'trust policy (docs/formats.md)').env('KEDGE_TRUST'))
    .addOption(
      new Option('--marks <directory>', 'where the highest sequence seen is kept').env('KEDGE_MARKS'),
    )
    .addHelpText('after', examples)
    .action(async (directory: string, options: VerifyOptions) => {
      const { model, environment, version, schemas, marks } = options
      const trust = await trustFrom(options)
      const receipt = await withProgress(progress =>
        verify({
          artifact: directory,
          model,
          environment,
          trust,
          ...(version !== undefined && { version }),
          ...(schemas !== undefined && { schemas }),
          ...(marks !== undefined && { marks }),
          onProgress: ({ files, of }) => progress.update(`checked ${files} of ${of} files`),
          onRead: ({ path, done, total }) =>
            progress.update(`checking ${path}: ${bytesText(done)} of ${bytesText(total)}`),
        }),
      )
      const { kedge } = receipt.predicate
      say(`allowed: ${kedge.model} ${kedge.label} in ${kedge.environment}`)
      if (kedge.missingSchemas.length > 0) {
        say(`degraded: it lacks the schemas ${kedge.missingSchemas.join(', ')}; follow the degradation plan`)
      }
      await print(receipt, options, [
        `version    ${kedge.version}`,
        `number     ${kedge.number}`,
        `sequence   ${kedge.sequence}`,
        `finalized  block ${kedge.finalized.number} ${kedge.finalized.hash}`,
        `latest     block ${kedge.latest.number}`,
        `endpoints  ${kedge.endpoints.agreed} of ${kedge.endpoints.asked} agree`,
      ])
    })
}

/** A trust file; or, from a deployment file, one endpoint and an hour: enough to try it out. */
async function trustFrom(options: VerifyOptions): Promise<Trust> {
  if (options.trust !== undefined) return await readTrust(options.trust)
  if (options.rpc === undefined || options.deployment === undefined) {
    throw new KedgeError(
      'USAGE',
      'whom to trust? Give --trust; or, to try it out, --deployment and --rpc',
      {},
      { remedy: 'kedge trust init writes a trust file.' },
    )
  }
  const { deployment, rpcUrl } = await describedKedge(options)
  say('no --trust file: trusting the deployment file and its one endpoint')
  return trustOf(deployment, { endpoints: [rpcUrl], maximumAge: 3600 })
}
