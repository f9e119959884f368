import { type ContractFunctionReturnType, createPublicClient, type Hex, http, keccak256 } from 'viem'
import { lensAbi } from '../chain/abi/index.ts'
import { KedgeError } from '../errors/index.ts'
import type { Trust } from './trust.ts'

/** Everything that a verdict rests on, as the Lens answers it at one block. */
export type Provenance = ContractFunctionReturnType<typeof lensAbi, 'view', 'verdict'>

/** One endpoint's answer at one block. */
export interface Sighting {
  readonly block: { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }
  readonly provenance: Provenance
}

/** What enough endpoints agree on at a finalized block, and what each of them says of its newest. */
export interface ChainView {
  readonly finalized: Sighting
  readonly latest: readonly Sighting[]
}

/** What is asked: a version, or with `version` left out the active one. */
export interface Question {
  readonly model: Hex
  readonly environment: Hex
  readonly version: Hex | undefined
}

/**
 * Asks every endpoint of the trust policy. A finalized answer counts when `agree` endpoints give the same one for the
 * same block; of the newest blocks, `agree` endpoints must show one that is not too old.
 *
 * @throws KedgeError `WRONG_NETWORK`, `WRONG_CONTRACT`, `RPC_UNAVAILABLE`, `RPC_DISAGREE`, `STALE_VIEW`.
 */
export async function readChainView(trust: Trust, question: Question, now: number): Promise<ChainView> {
  const endpoints = await ask(
    trust,
    trust.endpoints.map(url => connect(trust, url)),
  )
  // The lowest finalized block that anyone names is one that everyone can speak of.
  const common = endpoints.map(({ finalized }) => finalized).reduce((a, b) => (a < b ? a : b))
  const sightings = await ask(
    trust,
    endpoints.map(async ({ client }) => {
      const latest = await sight(client, trust, question, undefined)
      // Without a claim, the newest active version is the one to speak of at the finalized block too.
      const version = question.version ?? latest.provenance.version.id
      return { latest, finalized: await sight(client, trust, { ...question, version }, common) }
    }),
  )
  const finalized = agreed(
    trust,
    sightings.map(sighting => sighting.finalized),
  )
  const latest = sightings.map(sighting => sighting.latest)
  const fresh = latest.filter(({ block }) => Math.abs(now - Number(block.timestamp)) <= trust.maximumAge)
  if (fresh.length < trust.agree) {
    const newest = latest.reduce((a, b) => (a.block.timestamp > b.block.timestamp ? a : b)).block
    throw new KedgeError('STALE_VIEW', `the newest block is ${now - Number(newest.timestamp)} seconds away`, {
      block: newest.number.toString(),
      timestamp: newest.timestamp.toString(),
      now,
      maximumAge: trust.maximumAge,
    })
  }
  return { finalized, latest: fresh }
}

type Client = ReturnType<typeof clientOf>

function clientOf(trust: Trust, url: string) {
  const transport = http(url, { batch: true, timeout: trust.timeout, retryCount: 1 })
  return createPublicClient({ transport, cacheTime: 0 })
}

/** The endpoint serves the chain and the code that are pinned, or it is not asked anything else. */
async function connect(trust: Trust, url: string): Promise<{ client: Client; finalized: bigint }> {
  const client = clientOf(trust, url)
  const [chainId, genesis, finalized, ...codes] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 0n }),
    client.getBlock({ blockTag: 'finalized' }),
    ...[trust.registry, trust.rules, trust.lens].map(({ address }) => client.getCode({ address })),
  ])
  if (chainId !== trust.chainId || genesis.hash !== trust.genesisHash) {
    throw new KedgeError('WRONG_NETWORK', `${url} serves another chain`, {
      endpoint: url,
      expected: `${trust.chainId} ${trust.genesisHash}`,
      actual: `${chainId} ${genesis.hash}`,
    })
  }
  for (const [index, pinned] of [trust.registry, trust.rules, trust.lens].entries()) {
    const actual = keccak256(codes[index] ?? '0x')
    if (actual === pinned.codeHash) continue
    throw new KedgeError('WRONG_CONTRACT', `${url} shows other code at ${pinned.address}`, {
      endpoint: url,
      address: pinned.address,
      expected: pinned.codeHash,
      actual,
    })
  }
  return { client, finalized: finalized.number }
}

async function sight(
  client: Client,
  trust: Trust,
  question: Question,
  blockNumber: bigint | undefined,
): Promise<Sighting> {
  const block = await client.getBlock(blockNumber === undefined ? {} : { blockNumber })
  const lens = { address: trust.lens.address, abi: lensAbi, blockNumber: block.number } as const
  const provenance =
    question.version === undefined
      ? await client.readContract({
          ...lens,
          functionName: 'provenance',
          args: [question.model, question.environment],
        })
      : await client.readContract({
          ...lens,
          functionName: 'verdict',
          args: [question.model, question.environment, question.version],
        })
  return {
    block: { number: block.number, hash: block.hash, timestamp: block.timestamp },
    provenance,
  }
}

/** Waits for all, keeps who answered. A lie about chain or code is louder than an endpoint that is down. */
async function ask<T>(trust: Trust, requests: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(requests)
  const failures = settled
    .filter(result => result.status === 'rejected')
    .map(({ reason }) => reason as unknown)
  const answers = settled.filter(result => result.status === 'fulfilled').map(({ value }) => value)
  if (answers.length >= trust.agree) return answers
  const lie = failures.find(failure => failure instanceof KedgeError)
  if (lie !== undefined) throw lie
  const reasons = failures.map(failure =>
    failure instanceof Error ? failure.message.split('\n')[0] : String(failure),
  )
  throw new KedgeError(
    'RPC_UNAVAILABLE',
    `${answers.length} of ${requests.length} endpoints answered, ${trust.agree} are needed`,
    { reasons: reasons.map(reason => reason ?? '') },
    { cause: failures[0] },
  )
}

function agreed(trust: Trust, sightings: readonly Sighting[]): Sighting {
  const groups = Map.groupBy(sightings, fingerprint)
  const largest = [...groups.values()].reduce((a, b) => (a.length >= b.length ? a : b))
  const [first] = largest
  if (first !== undefined && largest.length >= trust.agree) return first
  throw new KedgeError(
    'RPC_DISAGREE',
    `at most ${largest.length} endpoints agree, ${trust.agree} are needed`,
    {
      answers: sightings.map(({ block }) => `${block.number} ${block.hash}`),
    },
  )
}

function fingerprint(sighting: Sighting): string {
  return JSON.stringify(sighting, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}
