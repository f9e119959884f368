import { readFile } from 'node:fs/promises'
import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import type { Deployment } from '../chain/deployment.ts'
import { KedgeError } from '../errors/index.ts'

const hash = z.custom<Hex>(value => isHex(value) && value.length === 66, 'not 32 bytes in hex')
const pinned = z.strictObject({
  address: z.custom<Address>(value => typeof value === 'string' && isAddress(value), 'not an address'),
  /** keccak256 of the code. */
  codeHash: hash,
})

const trustSchema = z
  .strictObject({
    trustVersion: z.literal(1),
    chainId: z.int().positive(),
    genesisHash: hash,
    registry: pinned,
    rules: pinned,
    lens: pinned,
    /** JSON-RPC endpoints. */
    endpoints: z.array(z.url({ protocol: /^https?$/ })).min(1),
    /** How many endpoints must give the same answer. */
    agree: z.int().positive(),
    /** How old the newest block may be, in seconds. */
    maximumAge: z.int().positive(),
    /** How long one endpoint may take, in milliseconds. */
    timeout: z.int().positive().default(10_000),
    /** Trustless IPFS gateways, for documents that do not lie beside the artifact. */
    gateways: z.array(z.url({ protocol: /^https?$/ })).default([]),
    /** The least sequence of a model's chain view, by model name: for machines that keep no disk. */
    minimumSequence: z.record(z.string(), z.int().nonnegative()).default({}),
  })
  .refine(trust => trust.agree <= trust.endpoints.length, {
    path: ['agree'],
    error: 'must not be larger than the number of endpoints',
  })

/** What a verdict may rest on: everything else is checked against it. */
export type Trust = z.output<typeof trustSchema>

/**
 * Checks a trust policy.
 *
 * @throws KedgeError `POLICY_INVALID` that names each wrong field.
 */
export function parseTrust(value: unknown): Trust {
  const parsed = trustSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => `${issue.path.join('.') || 'trust'}: ${issue.message}`)
  throw new KedgeError('POLICY_INVALID', `the trust policy is malformed: ${problems.join('; ')}`, {
    problems,
  })
}

/**
 * Reads a trust file.
 *
 * @throws KedgeError `POLICY_INVALID`.
 */
export async function readTrust(path: string): Promise<Trust> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new KedgeError('POLICY_INVALID', `the trust file ${path} cannot be read`, { path }, { cause })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new KedgeError('POLICY_INVALID', `the trust file ${path} is not JSON`, { path }, { cause })
  }
  return parseTrust(value)
}

/** The trust policy that pins a deployment. */
export function trustOf(
  deployment: Deployment,
  options: { readonly endpoints: readonly string[]; readonly agree?: number; readonly maximumAge: number },
): Trust {
  const pin = (name: 'registry' | 'rules' | 'lens') => ({
    address: deployment.contracts[name],
    codeHash: deployment.codeHashes[name],
  })
  return parseTrust({
    trustVersion: 1,
    chainId: deployment.chainId,
    genesisHash: deployment.genesisHash,
    registry: pin('registry'),
    rules: pin('rules'),
    lens: pin('lens'),
    endpoints: options.endpoints,
    agree: options.agree ?? options.endpoints.length,
    maximumAge: options.maximumAge,
  })
}
