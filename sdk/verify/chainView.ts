import {
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  isHex,
  keccak256,
  numberToHex,
} from 'viem'
import { lensAbi } from '../chain/abi/index.ts'
import { KedgeError } from '../errors/index.ts'
import { nameOf, reasonOf } from './fetchBounded.ts'
import { type RpcAnswer, type RpcRequest, requestBatch } from './jsonRpc.ts'
import type { Trust } from './trust.ts'

/** Everything that a verdict rests on, as the Lens answers it at one block. */
export type Provenance = ContractFunctionReturnType<typeof lensAbi, 'view', 'verdict'>

/** A block, as an endpoint describes it. */
export interface Block {
  readonly number: bigint
  readonly hash: Hex
  /** Seconds since 1970-01-01 UTC. */
  readonly timestamp: bigint
}

/** What one endpoint says of its newest block. */
export interface Sighting {
  /** Host and port. */
  readonly endpoint: string
  readonly block: Block
  /** Whether the block is as young as the trust policy demands, by this machine's clock. */
  readonly fresh: boolean
  readonly provenance: Provenance
}

/** What enough endpoints say of one finalized block. */
export interface FinalSighting {
  readonly block: Block
  /** Undefined if the contracts were not there yet. */
  readonly provenance: Provenance | undefined
  /** How many endpoints say the same. */
  readonly agreed: number
}

/** What the endpoints of a trust policy say, before it is judged. */
export interface ChainView {
  /** Of everyone who serves the pinned chain and code, and gave an answer that fits together. */
  readonly newest: readonly Sighting[]
  readonly finalized: FinalSighting | undefined
  /** Why this view can carry no yes, if so. It may still carry a no. */
  readonly doubt: KedgeError | undefined
}

/** What is asked: a version, or with `version` left out the active one. */
export interface Question {
  readonly model: Hex
  readonly environment: Hex
  readonly version: Hex | undefined
}

/**
 * Asks every endpoint of a trust policy, in at most three round trips: who it is and how far it has come; what it says
 * of its newest block, pinned by hash; and of one finalized block, the same for all. A finalized answer counts when
 * `agree` endpoints give the same one, and no other answer has as many.
 *
 * It never throws for what endpoints do: that is in `doubt`.
 *
 * @param trust - Whom to ask, and what is pinned.
 * @param question - {@link Question}
 * @param now - The time, in seconds since 1970-01-01 UTC.
 * @param signal - Ends the wait with the signal's reason.
 * @returns {@link ChainView}
 *
 * @example
 * ```ts
 * const view = await readChainView(trust, {
 *   model: modelIdOf('silero-vad'),
 *   environment: environmentIdOf('production'),
 *   version: undefined,
 * }, Math.floor(Date.now() / 1000))
 * ```
 */
export async function readChainView(
  trust: Trust,
  question: Question,
  now: number,
  signal?: AbortSignal,
): Promise<ChainView> {
  const met = await settle(trust.endpoints.map(url => meet({ trust, url, signal })))
  const witnesses = met.values
  const block = commonFinal(trust, witnesses)
  const askFinal = (version: Hex) =>
    settle(
      block === undefined
        ? []
        : witnesses.map(witness => finalOf(witness, trust, { ...question, version }, block)),
    )
  // With a version named, both questions go out at once; otherwise the newest block says of which to ask.
  const [seen, named] = await Promise.all([
    settle(witnesses.map(witness => newestOf(witness, trust, question, now))),
    question.version === undefined ? undefined : askFinal(question.version),
  ])
  const newest = seen.values
  const final = named ?? (newest[0] && (await askFinal(mostNamed(newest)))) ?? { values: [], failures: [] }
  signal?.throwIfAborted()

  const unsure = witnesses.flatMap(({ endpoint, unsure }) =>
    unsure ? [new Error(`${endpoint.name}: ${unsure}`)] : [],
  )
  const failures = [...met.failures, ...unsure, ...seen.failures, ...final.failures]
  const answered = Math.min(newest.length, final.values.length)
  if (answered < trust.agree) {
    return { newest, finalized: undefined, doubt: tooFew(trust, answered, failures) }
  }
  const agreed = agreement(trust, final.values)
  if (agreed === undefined) return { newest, finalized: undefined, doubt: disagree(trust, final.values) }
  return { newest, finalized: { ...agreed.value, agreed: agreed.count }, doubt: undefined }
}

/** How to reach one endpoint. */
interface Endpoint {
  readonly name: string
  readonly ask: (requests: readonly RpcRequest[]) => Promise<readonly RpcAnswer[]>
}

/** An endpoint of the pinned chain, with the pinned code. */
interface Witness {
  readonly endpoint: Endpoint
  readonly newest: Block
  /** The number of the block that it calls finalized. */
  readonly finalized: bigint | undefined
  /** Why it has none. */
  readonly unsure: string | undefined
}

/** What an endpoint says of the block that all are asked about. */
type FinalAnswer = Pick<FinalSighting, 'block' | 'provenance'>

const pinnedContracts = ['registry', 'rules', 'lens'] as const

/** The endpoint serves the chain and the code that are pinned, or it is not asked anything else. */
async function meet(parameters: {
  readonly trust: Trust
  readonly url: string
  readonly signal: AbortSignal | undefined
}): Promise<Witness> {
  const { trust, url, signal } = parameters
  const { timeout } = trust
  const endpoint = {
    name: nameOf(url),
    ask: (requests: readonly RpcRequest[]) => requestBatch(url, requests, { timeout, signal }),
  }
  return about(endpoint, async () => {
    const [chain, genesis, latest, final, ...codes] = await endpoint.ask([
      { method: 'eth_chainId', params: [] },
      { method: 'eth_getBlockByNumber', params: ['0x0', false] },
      { method: 'eth_getBlockByNumber', params: ['latest', false] },
      { method: 'eth_getBlockByNumber', params: ['finalized', false] },
      ...pinnedContracts.map(name => ({ method: 'eth_getCode', params: [trust[name].address, 'latest'] })),
    ])
    const chainId = quantity(resultOf(chain), 'chain id')
    const { hash } = blockOf(resultOf(genesis))
    if (chainId !== BigInt(trust.chainId) || hash !== trust.genesisHash) {
      throw new KedgeError('WRONG_NETWORK', `${endpoint.name} serves another chain`, {
        endpoint: endpoint.name,
        expected: `${trust.chainId} ${trust.genesisHash}`,
        actual: `${chainId} ${hash}`,
      })
    }
    for (const [index, name] of pinnedContracts.entries()) {
      const { address, codeHash } = trust[name]
      const actual = keccak256(bytesOf(resultOf(codes[index]), 'code'))
      if (actual === codeHash) continue
      throw new KedgeError('WRONG_CONTRACT', `${endpoint.name} shows other code at ${address}`, {
        endpoint: endpoint.name,
        address,
        expected: codeHash,
        actual,
      })
    }
    const newest = blockOf(resultOf(latest))
    try {
      const { number } = blockOf(resultOf(final))
      if (number <= newest.number) return { endpoint, newest, finalized: number, unsure: undefined }
      const unsure = `calls block ${number} finalized and ${newest.number} the newest`
      return { endpoint, newest, finalized: undefined, unsure }
    } catch (error) {
      return { endpoint, newest, finalized: undefined, unsure: `no finalized block: ${reasonOf(error)}` }
    }
  })
}

/**
 * The highest block that `agree` endpoints call finalized. Fewer than that can neither push it up to what is not
 * final nor hold it back.
 */
function commonFinal(trust: Trust, witnesses: readonly Witness[]): bigint | undefined {
  return witnesses
    .flatMap(({ finalized }) => finalized ?? [])
    .toSorted((a, b) => (a > b ? -1 : Number(a < b)))
    .at(trust.agree - 1)
}

/** The version that most newest blocks call active; old ones have a say only among themselves. */
function mostNamed(newest: readonly Sighting[]): Hex {
  const fresh = newest.filter(sighting => sighting.fresh)
  const heard = fresh.length > 0 ? fresh : newest
  const [most] = [...Map.groupBy(heard, ({ provenance }) => provenance.version.id)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  )
  if (most === undefined) throw new Error('nobody was asked')
  return most[0]
}

async function newestOf(witness: Witness, trust: Trust, question: Question, now: number): Promise<Sighting> {
  const { endpoint, newest: block } = witness
  return about(endpoint, async () => {
    const [answer] = await endpoint.ask([callOf(trust, question, { blockHash: block.hash })])
    const provenance = provenanceOf(resultOf(answer), question)
    if (provenance === undefined) throw new Error('the lens gives no answer')
    checkFit(trust, question, block, provenance)
    const fresh = Math.abs(now - Number(block.timestamp)) <= trust.maximumAge
    return { endpoint: endpoint.name, block, fresh, provenance }
  })
}

async function finalOf(
  witness: Witness,
  trust: Trust,
  question: Question,
  number: bigint,
): Promise<FinalAnswer> {
  const { endpoint } = witness
  return about(endpoint, async () => {
    const tag = numberToHex(number)
    const [header, answer] = await endpoint.ask([
      { method: 'eth_getBlockByNumber', params: [tag, false] },
      callOf(trust, question, tag),
    ])
    const block = blockOf(resultOf(header))
    if (block.number !== number) throw new Error(`asked for block ${number}, it gave ${block.number}`)
    const provenance = provenanceOf(resultOf(answer), question)
    if (provenance !== undefined) checkFit(trust, question, block, provenance)
    return { block, provenance }
  })
}

function callOf(trust: Trust, question: Question, block: Hex | { readonly blockHash: Hex }): RpcRequest {
  const { model, environment, version } = question
  const data =
    version === undefined
      ? encodeFunctionData({ abi: lensAbi, functionName: 'provenance', args: [model, environment] })
      : encodeFunctionData({ abi: lensAbi, functionName: 'verdict', args: [model, environment, version] })
  return { method: 'eth_call', params: [{ to: trust.lens.address, data }, block] }
}

/** Nothing where the contracts are not there yet. Both functions of the lens answer with the same struct. */
function provenanceOf(result: unknown, question: Question): Provenance | undefined {
  const data = bytesOf(result, 'answer')
  if (data === '0x') return undefined
  const answer = decodeFunctionResult({ abi: lensAbi, functionName: 'verdict', data })
  const { version } = answer
  // Of a version that is not registered all is zero, its id too: it still is the one that was asked about.
  const id = version.number === 0 ? (question.version ?? version.id) : version.id
  return { ...answer, version: { ...version, id } }
}

/**
 * The answer is about what was asked, and from within the block that the header describes. Its number is left out:
 * some rollups tell contracts the number of another chain's block.
 */
function checkFit(trust: Trust, question: Question, block: Block, provenance: Provenance): void {
  const { chainId, timestamp, version } = provenance
  if (chainId !== BigInt(trust.chainId)) throw new Error(`the answer is from chain ${chainId}`)
  if (timestamp !== block.timestamp) throw new Error(`the answer is not from block ${block.number}`)
  if (question.version !== undefined && version.id !== question.version) {
    throw new Error('the answer is about another version')
  }
}

/** What at least `agree` give alike, unless another answer has as many as that. */
function agreement<T>(
  trust: Trust,
  values: readonly T[],
): { readonly value: T; readonly count: number } | undefined {
  const [first, second] = [...Map.groupBy(values, fingerprint).values()]
    .filter(group => group.length >= trust.agree)
    .map(group => ({ value: group[0] as T, count: group.length }))
  return second === undefined ? first : undefined
}

function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner)) ?? ''
}

function disagree(trust: Trust, values: readonly FinalAnswer[]): KedgeError {
  const groups = [...Map.groupBy(values, fingerprint).values()]
  const largest = Math.max(...groups.map(group => group.length))
  const detail =
    largest < trust.agree
      ? `at most ${largest} endpoints agree, ${trust.agree} are needed`
      : `the endpoints are divided, with ${trust.agree} or more behind different answers`
  return new KedgeError('RPC_DISAGREE', detail, {
    answers: values.map(({ block }) => `${block.number} ${block.hash}`),
    agree: trust.agree,
  })
}

/** A lie about chain or code is louder than an endpoint that is down. */
function tooFew(trust: Trust, answered: number, failures: readonly unknown[]): KedgeError {
  const lies = failures.filter(failure => failure instanceof KedgeError)
  const [lie] = [...lies.filter(({ code }) => code === 'WRONG_NETWORK'), ...lies]
  if (lie !== undefined) return lie
  return new KedgeError(
    'RPC_UNAVAILABLE',
    `${answered} of ${trust.endpoints.length} endpoints answered, ${trust.agree} are needed`,
    { reasons: failures.map(reasonOf) },
    { cause: failures[0] },
  )
}

/** Runs what asks an endpoint; a failure says whose it is. */
async function about<T>({ name }: Endpoint, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof KedgeError) throw cause
    throw new Error(`${name}: ${reasonOf(cause)}`, { cause })
  }
}

async function settle<T>(
  promises: readonly Promise<T>[],
): Promise<{ readonly values: readonly T[]; readonly failures: readonly unknown[] }> {
  const settled = await Promise.allSettled(promises)
  return {
    values: settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])),
    failures: settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  }
}

function resultOf(answer: RpcAnswer | undefined): unknown {
  if (answer === undefined) throw new Error('no answer')
  if ('error' in answer) throw new Error(answer.error)
  return answer.result
}

function blockOf(value: unknown): Block {
  if (typeof value !== 'object' || value === null) throw new Error('it has no such block')
  const { number, hash, timestamp } = value as Readonly<Record<string, unknown>>
  if (!isHex(hash) || hash.length !== 66) throw new Error('a block without a hash')
  return {
    number: quantity(number, 'block number'),
    hash: hash.toLowerCase() as Hex,
    timestamp: quantity(timestamp, 'block time'),
  }
}

/** Up to 2^64 - 1, which chain ids, block numbers and times stay below. */
function quantity(value: unknown, what: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value)) return BigInt(value)
  throw new Error(`a malformed ${what}`)
}

function bytesOf(value: unknown, what: string): Hex {
  if (typeof value === 'string' && /^0x(?:[0-9a-f]{2})*$/i.test(value)) return value as Hex
  throw new Error(`a malformed ${what}`)
}
