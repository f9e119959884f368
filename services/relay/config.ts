import { readFile } from 'node:fs/promises'
import { deploymentSchema } from '@kedge/sdk/chain'
import { z } from 'zod'
import { RelayError } from './errors.ts'
import type { RelayOptions } from './relay.ts'

/**
 * The options of the relay from the environment:
 *
 * - `KEDGE_RPC_URL`: an endpoint of the chain.
 * - `KEDGE_DEPLOYMENT`: path of `deployments/<chainId>.json`.
 * - `KEDGE_RELAY_DATA`: directory of the store.
 * - `KEDGE_RELAY_PORT`: 8420 if left out; 0 takes a free one.
 * - `KEDGE_RELAY_HOST`: 127.0.0.1 if left out.
 *
 * @throws RelayError `CONFIG_INVALID`.
 */
export async function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RelayOptions> {
  const required = (name: string) => {
    const value = environment[name]
    if (value === undefined || value === '') throw invalid(name, 'is not set')
    return value
  }
  const rpcUrl = required('KEDGE_RPC_URL')
  if (!/^https?:\/\//.test(rpcUrl) || !URL.canParse(rpcUrl))
    throw invalid('KEDGE_RPC_URL', 'is no http address')
  const path = required('KEDGE_DEPLOYMENT')
  const directory = required('KEDGE_RELAY_DATA')
  const port = environment['KEDGE_RELAY_PORT'] ?? '8420'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw invalid('KEDGE_RELAY_PORT', 'is no port')
  const deployment = deploymentSchema.safeParse(await readJson(path))
  if (!deployment.success) {
    throw invalid('KEDGE_DEPLOYMENT', `names no deployment: ${z.prettifyError(deployment.error)}`)
  }
  const host = environment['KEDGE_RELAY_HOST'] ?? '127.0.0.1'
  // To Node an empty host is every address of the machine, which nobody may get by leaving something out.
  if (host === '') throw invalid('KEDGE_RELAY_HOST', 'is empty')
  return { directory, kedge: { rpcUrl, deployment: deployment.data }, host, port: Number(port) }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw invalid('KEDGE_DEPLOYMENT', `cannot be read: ${cause instanceof Error ? cause.message : ''}`)
  }
}

function invalid(variable: string, problem: string): RelayError {
  return new RelayError('CONFIG_INVALID', `${variable} ${problem}`, { variable })
}
