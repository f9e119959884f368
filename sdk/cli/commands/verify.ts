import { type Command, Option } from 'commander'
import { readTrust, type Trust, trustOf, verify } from '../../verify/index.ts'
import { print, say } from '../output.ts'
import { type ChainOptions, openKedge, versionArgument, withChain } from '../session.ts'

interface VerifyOptions extends ChainOptions {
  readonly model: string
  readonly environment: string
  readonly version?: string
  readonly schema?: readonly number[]
  readonly trust?: string
  readonly marks?: string
}

const example = `
Example:
  $ kedge verify models/silero-vad --model silero-vad --environment production --trust kedge.trust.json
  allowed: silero-vad 6.0.0 in production`

/** `kedge verify`: the deploy gate. */
export function addVerifyCommand(program: Command): void {
  withChain(program.command('verify <directory>'))
    .description('Ask whether a directory is exactly the approved, live version. Exit code 0 means yes.')
    .requiredOption('--model <name>', 'the model')
    .option('--environment <name>', 'where it is to run', 'production')
    .option(
      '--version <id>',
      'the version that is claimed; otherwise that of the manifest beside, or the active one',
    )
    .option(
      '--schema <numbers>',
      'the schemas that this system still needs, separated by commas ("" for none); otherwise all that the environment requires',
      schemasArgument,
    )
    .addOption(new Option('--trust <file>', 'trust policy').env('KEDGE_TRUST'))
    .addOption(
      new Option('--marks <directory>', 'where the highest sequence seen is kept').env('KEDGE_MARKS'),
    )
    .addHelpText('after', example)
    .action(async (directory: string, options: VerifyOptions) => {
      const receipt = await verify({
        artifact: directory,
        model: options.model,
        environment: options.environment,
        trust: await trustFrom(options),
        ...(options.version !== undefined && { version: versionArgument(options.version) }),
        ...(options.schema !== undefined && { schemas: options.schema }),
        ...(options.marks !== undefined && { marks: options.marks }),
      })
      if (options.json) return print(receipt, options)
      const { kedge } = receipt.predicate
      say(`allowed: ${kedge.model} ${kedge.label} in ${kedge.environment}`)
      print(kedge, options)
    })
}

function schemasArgument(argument: string): readonly number[] {
  if (argument === '') return []
  return argument.split(',').map(number => (/^\d{1,3}$/.test(number) ? Number(number) : Number.NaN))
}

/** A trust file; or, from a deployment file, one endpoint and an hour: enough to try it out. */
async function trustFrom(options: VerifyOptions): Promise<Trust> {
  if (options.trust !== undefined) return await readTrust(options.trust)
  const { deployment, rpcUrl } = await openKedge(options)
  say('no --trust file: trusting the deployment file and its one endpoint')
  return trustOf(deployment, { endpoints: [rpcUrl], maximumAge: 3600 })
}
