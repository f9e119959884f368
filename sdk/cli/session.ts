import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type Hex, isHex, type LocalAccount } from 'viem'
import {
  type Call,
  deploymentSchema,
  environmentIdOf,
  type Kedge,
  modelIdOf,
  none,
  send,
} from '../chain/index.ts'
import { digestOf } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { loadAccount } from '../keys/index.ts'
import { print } from './output.ts'

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
  /** Print the call instead of sending it: for a committee to propose. */
  readonly call?: boolean
}

/** Adds the options that say which chain. */
export function withChain(command: Command): Command {
  return command
    .addOption(new Option('--rpc <url>', 'JSON-RPC endpoint').env('KEDGE_RPC_URL'))
    .addOption(new Option('--deployment <file>', 'deployments/<chainId>.json').env('KEDGE_DEPLOYMENT'))
    .option('--json', 'print one JSON object')
}

/** Adds the options that say whose key. The key itself is never an argument. */
export function withKey(command: Command): Command {
  return withChain(command)
    .addOption(new Option('--keystore <file>', 'encrypted JSON keystore (V3)').env('KEDGE_KEYSTORE'))
    .option('--password-file <file>', 'file with the keystore’s password')
}

/** The chain and the deployment that the options name. */
export async function openKedge(options: ChainOptions): Promise<Kedge> {
  if (options.rpc === undefined) throw new KedgeError('USAGE', 'no endpoint: give --rpc or set KEDGE_RPC_URL')
  if (options.deployment === undefined) {
    throw new KedgeError('USAGE', 'no deployment: give --deployment or set KEDGE_DEPLOYMENT')
  }
  const parsed = deploymentSchema.safeParse(await readJson(options.deployment))
  if (!parsed.success) {
    throw new KedgeError('USAGE', `${options.deployment} is not a deployment file`, {
      path: options.deployment,
    })
  }
  return { rpcUrl: options.rpc, deployment: parsed.data }
}

/** The account whose key the options name. */
export async function openAccount(options: KeyOptions): Promise<LocalAccount> {
  const { keystore, passwordFile } = options
  return await loadAccount({ keystore, passwordFile, environment: process.env })
}

/** Sends a call, or with `--call` prints it for a proposal. */
export async function perform(
  kedge: Kedge,
  call: Call,
  options: KeyOptions,
  more: object = {},
): Promise<void> {
  if (options.call === true) {
    print({ ...more, ...call }, { json: true })
    return
  }
  const receipt = await send(kedge, await openAccount(options), call)
  const { transactionHash: transaction, blockNumber: block, gasUsed: gas } = receipt
  print({ ...more, transaction, block, gas }, options)
}

/** Parses a JSON file. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readBytes(path)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (cause) {
    throw new KedgeError('USAGE', `${path} is not JSON`, { path }, { cause })
  }
}

/** The bytes of a file that an argument names. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (cause) {
    throw new KedgeError('USAGE', `${path} cannot be read`, { path }, { cause })
  }
}

/** A document's digest: given in hex, or taken from the file of that name. */
export async function documentDigest(argument: string | undefined): Promise<Hex> {
  if (argument === undefined) return none
  if (isHex(argument) && argument.length === 66) return argument
  return `0x${digestOf(await readBytes(argument))}`
}

/** A model by name, or by its 32-byte id in hex. */
export function modelArgument(argument: string): Hex {
  return isHex(argument) && argument.length === 66 ? argument : modelIdOf(argument)
}

/** A version id in hex. */
export function versionArgument(argument: string): Hex {
  if (isHex(argument) && argument.length === 66) return argument
  throw new KedgeError('USAGE', `"${argument}" is not a version id (0x and 64 hex digits)`, { argument })
}

export { environmentIdOf as environmentArgument }
