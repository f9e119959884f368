import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createTestClient, http, publicActions, walletActions } from 'viem'
import { foundry } from 'viem/chains'

/** The well-known development phrase of every local chain. Its keys are public: never use them elsewhere. */
export const developmentMnemonic = 'test test test test test test test test test test test junk'

/** A running local chain. */
export interface LocalChain {
  readonly rpcUrl: string
  readonly port: number
  /** Ends the chain; it writes its state first where it was given a file for it. */
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
 * Starts anvil, as installed from npm, on 127.0.0.1.
 *
 * @param options.port - Zero takes a free one.
 * @param options.timestamp - The time of the genesis block, in seconds. It may lie in the past, so that the clock
 * can be moved forward without leaving the chain in the future.
 * @param options.loadState - A state file to resume from.
 */
export async function startAnvil(
  options: { readonly port?: number; readonly timestamp?: number; readonly loadState?: string } = {},
): Promise<LocalChain> {
  const port = options.port || (await freePort())
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--silent', '--mnemonic', developmentMnemonic]
  flags.push('--accounts', '30', '--preserve-historical-states')
  if (options.timestamp !== undefined) flags.push('--timestamp', String(options.timestamp))
  if (options.loadState !== undefined) flags.push('--load-state', options.loadState)
  const child = spawn(anvilBinary(), flags, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A terminal's Ctrl-C goes to the whole process group: the chain must outlive it until its state is saved.
    detached: true,
  })
  const endWithUs = () => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = `${complaint}${chunk}`.slice(-4000)
  })
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', error => {
      complaint = error.message
      resolve()
    })
  })
  const rpcUrl = `http://127.0.0.1:${port}`
  await ready(rpcUrl, child, () => complaint)
  return {
    rpcUrl,
    port,
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended
      process.off('exit', endWithUs)
    },
  }
}

function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform === 'win32' ? 'win32' : process.platform}-${
    process.arch === 'x64' ? 'amd64' : process.arch
  }`
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`${name}/package.json`)
  const path = fileURLToPath(new URL('bin/anvil', `file://${manifest}`))
  const binary = process.platform === 'win32' ? `${path}.exe` : path
  if (!existsSync(binary)) throw new Error(`anvil is not installed at ${binary}; run npm ci again`)
  return binary
}

async function ready(rpcUrl: string, child: ChildProcess, complaint: () => string): Promise<void> {
  const client = localClient(rpcUrl)
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    if (child.exitCode !== null || child.pid === undefined) {
      throw new Error(`the local chain did not start: ${complaint() || `exit code ${child.exitCode}`}`)
    }
    const chainId = await client.getChainId().catch(() => undefined)
    if (chainId !== undefined) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  child.kill('SIGKILL')
  throw new Error(`the local chain did not answer within 30 seconds: ${complaint()}`)
}

/** A port on 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
