import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTestClient, http, publicActions, walletActions } from 'viem'
import { foundry } from 'viem/chains'
import { SetupError } from '../errors.ts'

/** The well-known development phrase of every local chain. Its keys are public: never use them elsewhere. */
export const developmentMnemonic = 'test test test test test test test test test test test junk'

/** A running local chain. */
export interface LocalChain {
  readonly rpcUrl: string
  readonly port: number
  /** Ends the chain. */
  stop(): Promise<void>
  /** Settles when the process has ended, however it did. */
  readonly ended: Promise<void>
}

/** A client that may also mine and move the clock of a local chain. */
export function localClient(rpcUrl: string) {
  return createTestClient({ chain: foundry, mode: 'anvil', transport: http(rpcUrl), cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions)
}

/**
 * Starts anvil, as installed from npm, on 127.0.0.1. It ends with this process, however that ends.
 *
 * @param options.port - Zero takes a free one.
 * @param options.timestamp - The time of the genesis block, in seconds. It may lie in the past, so that the clock
 * can be moved forward without leaving the chain in the future.
 * @throws SetupError `PORT_TAKEN`, `CHAIN_FAILED`.
 */
export async function startAnvil(
  options: { readonly port?: number; readonly timestamp?: number } = {},
): Promise<LocalChain> {
  const port = options.port || (await freePort())
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--mnemonic', developmentMnemonic]
  flags.push('--accounts', '30', '--preserve-historical-states')
  if (options.timestamp !== undefined) flags.push('--timestamp', String(options.timestamp))
  const keeper = spawn(process.execPath, [keeperPath, anvilBinary(), ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A terminal's Ctrl-C goes to the whole process group: the chain must outlive it until its state is saved.
    detached: true,
  })
  let complaint = ''
  keeper.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-4000)
  })
  const ended = new Promise<void>(resolve => {
    keeper.once('close', () => resolve())
    keeper.once('error', error => {
      complaint = error.message
      resolve()
    })
  })
  const stop = async () => {
    keeper.stdin.destroy()
    await ended
  }
  const outcome = await Promise.race([
    once(keeper.stdout, 'data').then(() => 'listening' as const),
    ended.then(() => 'ended' as const),
    setTimeout(startSeconds * 1000, 'silent' as const, { ref: false }),
  ])
  if (outcome !== 'listening') {
    await stop()
    throw await failure(port, outcome, complaint.trim())
  }
  return { rpcUrl: `http://127.0.0.1:${port}`, port, ended, stop }
}

const keeperPath = fileURLToPath(new URL('keeper.ts', import.meta.url))

/** How long anvil may take until it listens. */
const startSeconds = 30

async function failure(port: number, outcome: 'ended' | 'silent', complaint: string): Promise<SetupError> {
  if (outcome === 'ended' && !(await isFree(port))) {
    return new SetupError('PORT_TAKEN', `something else listens on 127.0.0.1:${port}`, { port })
  }
  const what = outcome === 'ended' ? 'ended at once' : `did not listen within ${startSeconds} seconds`
  return new SetupError('CHAIN_FAILED', `the local chain ${what}: ${complaint || 'it said nothing'}`, {
    port,
  })
}

function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform === 'win32' ? 'win32' : process.platform}-${
    process.arch === 'x64' ? 'amd64' : process.arch
  }`
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`${name}/package.json`)
  const path = fileURLToPath(new URL('bin/anvil', `file://${manifest}`))
  const binary = process.platform === 'win32' ? `${path}.exe` : path
  if (!existsSync(binary)) throw new SetupError('CHAIN_FAILED', `anvil is not installed at ${binary}`)
  return binary
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** A port on 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
