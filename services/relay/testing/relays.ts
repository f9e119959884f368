import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Deployment, Kedge } from '@kedge/sdk/chain'
import { createRelay, type Relay, type RelayOptions } from '../relay.ts'

/** A relay with a store of its own. */
export interface TestRelay extends Relay {
  readonly directory: string
  readonly logged: unknown[]
  /** Closes it and opens it again on the same store. */
  readonly restart: () => Promise<void>
  /** Closes it and throws its store away. */
  readonly end: () => Promise<void>
}

/** Starts a relay in a temporary directory. Without a chain, what it reads of the chain fails. */
export async function startTestRelay(options: Partial<RelayOptions> = {}): Promise<TestRelay> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'kedge-relay-')))
  const logged: unknown[] = []
  const start = () =>
    createRelay({ kedge: noChain, grace: 1_000, log: error => logged.push(error), ...options, directory })
  let relay = await start()
  return {
    get url() {
      return relay.url
    },
    directory,
    logged,
    close: () => relay.close(),
    restart: async () => {
      await relay.close()
      relay = await start()
    },
    end: async () => {
      await relay.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const address = `0x${'11'.repeat(20)}` as const
const hash = `0x${'22'.repeat(32)}` as const
const three = <T>(value: T) => ({ assembly: value, oversight: value, emergency: value })
const perContract = <T>(value: T) => ({
  rules: value,
  registry: value,
  lens: value,
  timelocks: three(value),
  seats: three(value),
  committees: three(value),
})

/** A deployment that is nowhere. */
export const noDeployment: Deployment = {
  chainId: 31_337,
  genesisHash: hash,
  block: 0,
  contracts: perContract(address),
  codeHashes: perContract(hash),
}

/** Port 9 (discard) is not listened on anywhere. */
const noChain: Kedge = { rpcUrl: 'http://127.0.0.1:9', deployment: noDeployment }

/** Starts `main.ts` as a process of its own, behind another program if one is named. */
export function spawnRelay(environment: Readonly<Record<string, string>>, prefix: readonly string[] = []) {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const [program, ...args] = [...prefix, process.execPath, '--conditions=@kedge/source', main]
  return spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** An upload that sends its first bytes and then waits. */
export async function beginUpload(url: string, first: Uint8Array) {
  const upload = request(`${url}/files`, { method: 'POST' })
  const ended = new Promise<number | undefined>(resolve => {
    upload.once('response', response => {
      response.resume()
      resolve(response.statusCode)
    })
    upload.once('error', () => resolve(undefined))
  })
  await new Promise(resolve => upload.write(first, resolve))
  return { upload, ended }
}
