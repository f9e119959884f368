import { type Command, Option } from 'commander'
import type { LocalAccount, TransactionReceipt } from 'viem'
import {
  type Call,
  checkNetwork,
  type Deployment,
  deploymentSchema,
  type Kedge,
  send,
} from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { loadAccount } from '../keys/index.ts'
import { parseDays, parseEndpoint } from './arguments.ts'
import { readJson, writeWhole } from './files.ts'
import { jsonOf, print, say } from './output.ts'
import { withProgress } from './progress.ts'
import { askSecret } from './prompt.ts'
import { isoOf, timeText } from './words.ts'

/** Options of everything that asks the chain. */
export interface ChainOptions {
  readonly rpc?: string
  readonly deployment?: string
  readonly json?: boolean
}

/** Options of everything that signs. */
export interface KeyOptions extends ChainOptions {
  readonly keystore?: string
  readonly passwordFile?: string
}

/** Options of everything that hands something over to another command. */
export interface HandOverOptions {
  readonly json?: boolean
  readonly out?: string
  readonly overwrite?: boolean
}

/** Options of an act: to be sent, or printed for a committee to propose. */
export interface ActOptions extends KeyOptions, HandOverOptions {
  readonly call?: boolean
}

/** Options of an act that may also be signed, for anyone to carry. */
export interface SignableOptions extends ActOptions {
  readonly sign?: boolean
  readonly days: number
}

/** Adds the option for machines. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON object on stdout, errors too')
}

/** Adds the options that say which chain. */
export function withChain(command: Command): Command {
  return withJson(command)
    .addOption(new Option('--rpc <url>', 'JSON-RPC endpoint').env('KEDGE_RPC_URL').argParser(parseEndpoint))
    .addOption(
      new Option('--deployment <file>', 'the deployment: deployments/<chainId>.json').env('KEDGE_DEPLOYMENT'),
    )
}

/** Adds the options that say whose key. The key itself is never an argument. */
export function withKey(command: Command): Command {
  return withChain(command)
    .addOption(
      new Option('--keystore <file>', 'encrypted JSON keystore (V3); or set KEDGE_PRIVATE_KEY').env(
        'KEDGE_KEYSTORE',
      ),
    )
    .option('--password-file <file>', 'its password; or set KEDGE_KEYSTORE_PASSWORD, or be asked')
}

/** Adds the options that say where a result for another command goes. */
export function withOut(command: Command): Command {
  return command
    .option('--out <file>', 'write it to a file, whole or not at all, instead of stdout')
    .option('--overwrite', 'replace what stands in the file')
}

/** Adds the option for names that the chain does not know. */
export function withNames(command: Command): Command {
  return command.addOption(
    new Option('--names <file>', 'JSON: names of people, by id or address').env('KEDGE_NAMES'),
  )
}

/** Adds the options of an act. */
export function withAct(command: Command): Command {
  return withOut(withKey(command).option('--call', 'print the call for kedge propose, send nothing'))
}

/** Adds the options of an act that may also be signed, for anyone to carry. */
export function withSigning(command: Command): Command {
  return withAct(command)
    .addOption(
      new Option('--sign', 'sign it for anyone to carry (kedge carry), send nothing').conflicts('call'),
    )
    .addOption(
      new Option('--days <number>', 'with --sign: for how many days it may be carried')
        .argParser(parseDays)
        .default(1),
    )
}

/** Reads a deployment file. */
export async function readDeployment(path: string): Promise<Deployment> {
  const parsed = deploymentSchema.safeParse(await readJson(path))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'it'}: ${message}`,
  )
  throw new KedgeError(
    'USAGE',
    `${path} is not a deployment file: ${problems.join('; ')}`,
    { path, problems },
    { remedy: 'Take a fresh copy from where the deployment is published.' },
  )
}

/** The chain and the deployment that the options name, once the endpoint has shown that it serves both. */
export async function openKedge(options: ChainOptions): Promise<Kedge> {
  const kedge = await describedKedge(options)
  await checkNetwork(kedge)
  return kedge
}

/** The chain and the deployment that the options name, before anything was asked. */
export async function describedKedge(options: ChainOptions): Promise<Kedge> {
  if (options.rpc === undefined) {
    throw new KedgeError('USAGE', 'no endpoint: give --rpc or set KEDGE_RPC_URL')
  }
  if (options.deployment === undefined) {
    throw new KedgeError('USAGE', 'no deployment: give --deployment or set KEDGE_DEPLOYMENT')
  }
  return { rpcUrl: options.rpc, deployment: await readDeployment(options.deployment) }
}

/** The account whose key the options name. On a terminal, a person is asked for the password. */
export async function openAccount({ keystore, passwordFile }: KeyOptions): Promise<LocalAccount> {
  return await loadAccount({ keystore, passwordFile, environment: process.env, askPassword: askPassword() })
}

/** The account of a keystore, whichever other key the environment holds. */
export async function openKeystore(source: {
  readonly keystore: string
  readonly passwordFile: string | undefined
}): Promise<LocalAccount> {
  const environment = { ...process.env, KEDGE_PRIVATE_KEY: undefined }
  return await loadAccount({ ...source, environment, askPassword: askPassword() })
}

function askPassword(): ((path: string) => Promise<string>) | undefined {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  return path =>
    askSecret(
      stdin,
      `Password of ${path}: `,
      text => stderr.write(text),
      // Nothing else keeps the process alive until a signal that it sends itself arrives.
      () => process.emit('SIGINT'),
    )
}

/** Sends a call, and tells what becomes of it. */
export async function sendAndSay(
  kedge: Kedge,
  account: LocalAccount,
  call: Call,
): Promise<Pick<TransactionReceipt, 'transactionHash' | 'blockNumber' | 'gasUsed'>> {
  const receipt = await withProgress(progress =>
    send(kedge, account, call, {
      onSent: hash => {
        say(`sent ${hash}`)
        progress.update('waiting until it is in a block')
      },
    }),
  )
  say(`in block ${receipt.blockNumber}`)
  return receipt
}

/** The facts of a transaction, as every command prints them. */
export function factsOf(receipt: Pick<TransactionReceipt, 'transactionHash' | 'blockNumber' | 'gasUsed'>) {
  return { transaction: receipt.transactionHash, block: receipt.blockNumber, gas: receipt.gasUsed }
}

/** Hands over what somebody signed, as the call with which anyone carries it. */
export async function handOverSigned(
  call: Call,
  { deadline }: { readonly deadline: number },
  options: HandOverOptions,
): Promise<void> {
  say(`signed, for anyone to carry until ${timeText(deadline)}: kedge carry`)
  await handOver({ ...call, until: isoOf(deadline) }, options)
}

/**
 * Sends a call and prints what is said about it, some of which may be known only then; or with `--call` hands the call
 * over for a proposal.
 */
export async function perform(
  kedge: Kedge,
  call: Call,
  options: ActOptions,
  result: object | ((receipt: Pick<TransactionReceipt, 'blockNumber'>) => Promise<object>),
): Promise<void> {
  if (options.call === true) return await handOver({ ...call }, options)
  const receipt = await sendAndSay(kedge, await openAccount(options), call)
  const told = typeof result === 'function' ? await result(receipt) : result
  await print({ ...told, ...factsOf(receipt) }, options)
}

/** Gives a result that another command reads: always JSON, on stdout or whole in a file. */
export async function handOver(result: object, options: HandOverOptions): Promise<void> {
  const { out, overwrite } = options
  if (out === undefined) return await print(result, { json: true })
  await writeWhole([{ path: out, bytes: new TextEncoder().encode(`${jsonOf(result)}\n`) }], { overwrite })
  say(`written to ${out}`)
  if (options.json === true) await print(result, options)
}
