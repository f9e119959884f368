import { type Address, getAddress, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'
import type { Deployment } from '../chain/deployment.ts'
import { canonicalize } from '../documents/canonical.ts'
import { digestOf, type Sha256 } from '../documents/digest.ts'
import { modelField } from '../documents/fields.ts'
import { parseJson } from '../documents/json.ts'
import { KedgeError } from '../errors/index.ts'
import { readRegular } from './readRegular.ts'

/** The most bytes of a trust file. */
const MAX_TRUST_BYTES = 1024 * 1024

const hash = z
  .custom<Hex>(value => isHex(value) && value.length === 66, 'not 32 bytes in hex')
  .transform(value => value.toLowerCase() as Hex)
const pinned = z.strictObject({
  address: z
    .custom<Address>(value => typeof value === 'string' && isAddress(value), 'not an address')
    .transform(value => getAddress(value)),
  /** keccak256 of the code. */
  codeHash: hash,
})
const place = z
  .url({ protocol: /^https?$/ })
  .refine(url => !/^https?:\/\/[^/?#]*@/i.test(url), 'must not hold a name or a password')

const trustSchema = z
  .strictObject({
    trustVersion: z.literal(1),
    chainId: z.int().positive(),
    genesisHash: hash,
    registry: pinned,
    rules: pinned,
    lens: pinned,
    /** JSON-RPC endpoints. */
    endpoints: z.array(place).min(1),
    /** How many endpoints must give the same answer. */
    agree: z.int().positive(),
    /** How old the newest block may be, in seconds. */
    maximumAge: z.int().positive(),
    /** How long one question to one endpoint or gateway may take, in milliseconds. */
    timeout: z
      .int()
      .positive()
      .max(2 ** 31 - 1)
      .default(10_000),
    /** Trustless IPFS gateways, for documents that do not lie beside the artifact. */
    gateways: z.array(place).default([]),
    /** The least sequence of a model's chain view, by model name: for machines that keep no disk. */
    minimumSequence: z.record(modelField, z.int().nonnegative()).default({}),
  })
  .refine(trust => trust.agree <= trust.endpoints.length, {
    path: ['agree'],
    error: 'must not be larger than the number of endpoints',
  })
  // One that stands twice would agree with itself.
  .refine(trust => new Set(trust.endpoints.map(sameEndpoint)).size === trust.endpoints.length, {
    path: ['endpoints'],
    error: 'must not name one endpoint twice',
  })

/**
 * What a verdict may rest on: everything else is checked against it. Which chain and which contracts, whom to ask,
 * how many of them must agree, and how old their newest block may be.
 */
export type Trust = z.output<typeof trustSchema>

/**
 * Checks a trust policy. Hashes and addresses come back in their one spelling, and what was left out is filled in.
 *
 * @param value - Plain data, as JSON gives it.
 * @returns The policy.
 * @throws KedgeError `POLICY_INVALID` that names each wrong field.
 *
 * @example
 * ```ts
 * const trust = parseTrust({
 *   trustVersion: 1,
 *   chainId: 1,
 *   genesisHash: '0xd4e5…',
 *   registry: { address: '0x…', codeHash: '0x…' },
 *   rules: { address: '0x…', codeHash: '0x…' },
 *   lens: { address: '0x…', codeHash: '0x…' },
 *   endpoints: ['https://one.example', 'https://two.example', 'https://three.example'],
 *   agree: 2,
 *   maximumAge: 120,
 * })
 * ```
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
 * Reads a trust file: JSON, without two equal keys, of at most 1 MiB.
 *
 * @param path - The file.
 * @returns The policy, see {@link parseTrust}.
 * @throws KedgeError `POLICY_INVALID`.
 *
 * @example
 * ```ts
 * const trust = await readTrust('kedge.trust.json')
 * ```
 */
export async function readTrust(path: string): Promise<Trust> {
  const refused = (why: string, cause?: unknown) =>
    new KedgeError('POLICY_INVALID', `the trust file ${path} ${why}`, { path }, { cause })
  let value: unknown
  const bytes = await readRegular(path, MAX_TRUST_BYTES).catch(cause => {
    throw refused('cannot be read', cause)
  })
  if (bytes === undefined) throw refused('is not there')
  try {
    value = parseJson(bytes, { maxBytes: MAX_TRUST_BYTES })
  } catch (cause) {
    throw refused(`is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  return parseTrust(value)
}

/**
 * The trust policy that pins a deployment.
 *
 * @param deployment - As `deployments/<chainId>.json` holds it.
 * @param options.endpoints - JSON-RPC endpoints, see {@link Trust}.
 * @param options.agree - How many of them must agree; all, if left out.
 * @param options.maximumAge - How old the newest block may be, in seconds.
 * @returns The policy.
 * @throws KedgeError `POLICY_INVALID`.
 *
 * @example
 * ```ts
 * const trust = trustOf(deployment, { endpoints: ['http://127.0.0.1:8545'], maximumAge: 60 })
 * ```
 */
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

/**
 * The fingerprint of what a trust policy pins: chain, genesis, contracts and their code. Whom one asks, how many of
 * them must agree and how old a block may be differs from place to place, and is not in it: two files with the same
 * fingerprint trust the same contracts.
 *
 * @param trust - A checked policy.
 * @returns SHA-256 of the canonical JSON (RFC 8785) of the pinned fields, in hex.
 *
 * @example
 * ```ts
 * fingerprintOf(await readTrust('kedge.trust.json')) // compare it with the published one
 * ```
 */
export function fingerprintOf(trust: Trust): Sha256 {
  const { trustVersion, chainId, genesisHash, registry, rules, lens } = trust
  return digestOf(canonicalize({ trustVersion, chainId, genesisHash, registry, rules, lens }))
}

/** The same for two spellings of one endpoint: a fragment is never sent, and a port may be left out. */
function sameEndpoint(text: string): string {
  // The schema has complained already about what is no URL.
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  url.hash = ''
  return url.href
}
