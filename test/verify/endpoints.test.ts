import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { activateCall, environmentIdOf, haltCall, modelIdOf, rollbackCall } from '../../sdk/chain/index.ts'
import { type Provenance, type Receipt, type Trust, trustOf, verify } from '../../sdk/verify/index.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { type Refusal, refusalOf } from './answers.ts'
import { headerLie, type Lie, lensLie, olderLie, resultLie, startProxy, type TestEndpoint } from './proxy.ts'
import {
  anchor,
  anyDigest,
  catchUp,
  createModel,
  endHalt,
  finalize,
  makeVersion,
  type TestVersion,
} from './versions.ts'

// Three endpoints in front of one chain. What they do when they are honest is in status.test.ts.

const model = 'triage-note'
const production = environmentIdOf('production')
const bytes32 = (byte: string): Hex => `0x${byte.repeat(32)}`

let society: FoundedSociety
let scratch: string
let trust: Trust
let names: Map<string, string>
let proxies: readonly [TestEndpoint, TestEndpoint, TestEndpoint]
let first: TestVersion
let second: TestVersion
/** The blocks at which the first was active, and the second was. */
let before: bigint
let after: bigint
let snapshot: Hex
let places = 0

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-endpoints-'))
  society = await foundSociety()
  const make = (label: string, prompt: '1' | '2') =>
    makeVersion(society, { model, label, prompt, directory: join(scratch, label) })
  await createModel(society, model)
  first = await make('1.0.0', '1')
  second = await make('2.0.0', '2')
  await anchor(society, first, 'Production')
  await society.pass(7200)
  before = await society.client.getBlockNumber()
  await anchor(society, second, 'Production')
  await catchUp(society)
  after = await society.client.getBlockNumber()
  const { rpcUrl } = society.kedge
  proxies = [await startProxy(rpcUrl), await startProxy(rpcUrl), await startProxy(rpcUrl)]
  trust = trustOf(society.kedge.deployment, {
    endpoints: proxies.map(({ url }) => url),
    agree: 2,
    maximumAge: 3600,
  })
  names = new Map([
    ...proxies.map(({ name }, index) => [name, `<endpoint ${index + 1}>`] as const),
    [first.id, '<first>'],
    [second.id, '<second>'],
    [trust.genesisHash, '<genesis>'],
    [trust.lens.address, '<lens>'],
    [trust.lens.codeHash, '<code of the lens>'],
  ])
}, 120_000)

afterAll(async () => {
  await Promise.all(proxies.map(proxy => proxy.close()))
  await society.end()
  await rm(scratch, { recursive: true, force: true })
})

beforeEach(async () => {
  snapshot = await society.client.snapshot()
})
afterEach(async () => {
  for (const proxy of proxies) {
    proxy.lie = undefined
    proxy.requests = 0
  }
  await society.client.revert({ id: snapshot })
})

/** The first endpoints lie, the others are honest. */
function liars(...lies: readonly (Lie | undefined)[]): void {
  for (const [index, lie] of lies.entries()) {
    const proxy = proxies[index]
    if (proxy !== undefined) proxy.lie = lie
  }
}

function ask(
  version: TestVersion = second,
  changes: Partial<Trust> = {},
  more: { readonly version?: Hex; readonly marks?: string } = {},
): Promise<Receipt> {
  places += 1
  const marks = join(scratch, `marks-${places}`)
  const policy = { ...trust, ...changes }
  return verify({
    artifact: version.directory,
    model,
    environment: 'production',
    marks,
    trust: policy,
    ...more,
  })
}

const refused = (...question: Parameters<typeof ask>): Promise<Refusal> => refusalOf(ask(...question), names)

/** The code of a refusal, or the version's number. */
async function outcome(...question: Parameters<typeof ask>): Promise<string | number> {
  return await ask(...question).then(
    receipt => receipt.predicate.kedge.number,
    (error: { readonly code: string }) => error.code,
  )
}

const order = () =>
  ({
    model: modelIdOf(model),
    environment: production,
    version: second.id,
    trigger: 'SafetyRisk',
    reason: anyDigest,
  }) as const
const halt = () =>
  society.act('Emil Novak', haltCall(society.kedge.deployment.contracts, order(), 'SystemOperator'))
const resume = () => endHalt(society, 'Emil Novak', order(), 'SystemOperator')

const dropped: Lie = { respond: response => response.destroy() }
const page: Lie = { respond: response => response.end('<!doctype html><title>Sign in</title>') }
const silent: Lie = { respond: () => undefined }
const busy: Lie = { respond: response => response.writeHead(429, { 'retry-after': '100000' }).end() }
const endless: Lie = {
  respond: response => {
    const more = () => {
      while (response.write(' '.repeat(1_048_576)));
      response.once('drain', more)
    }
    more()
  },
}
const elsewhere: Lie = {
  respond: response => response.writeHead(307, { location: society.kedge.rpcUrl }).end(),
}
const otherChain = resultLie('eth_chainId', () => '0x1')
const otherGenesis = headerLie('0x0', { hash: bytes32('01') })
const otherCode = resultLie('eth_getCode', (code, { params }) =>
  params[0] === trust.lens.address ? '0x6000' : code,
)
const otherBlock = resultLie('eth_getBlockByNumber', (block, { params }) =>
  /^0x[1-9a-f]/.test(String(params[0])) ? { ...(block as object), number: '0x1' } : block,
)
const rejects: Lie = {
  answer: (answer, { method, id }) =>
    method === 'eth_call' ? { id, error: { code: -32_000, message: 'missing trie node' } } : answer,
}

describe('two of three', () => {
  it('agree when all are honest, in two round trips, and the receipt says how many', async () => {
    const receipt = await ask()
    expect(receipt.predicate.kedge.endpoints).toEqual({ asked: 3, agreed: 3 })
    // Two looks: who are you; newest and finalized, at once.
    expect(proxies.map(({ requests }) => requests)).toEqual([6, 6, 6])
  })

  it.each<[string, () => Lie]>([
    ['drops connections', () => dropped],
    ['shows a page', () => page],
    ['is silent', () => silent],
    ['has no time', () => busy],
    ['never stops', () => endless],
    ['sends one elsewhere', () => elsewhere],
    ['serves another chain', () => otherChain],
    ['serves a chain with another genesis', () => otherGenesis],
    ['shows other code', () => otherCode],
    ['knows no state', () => rejects],
    ['answers nothing', () => resultLie('eth_call', () => '0x')],
    ['answers garbage', () => resultLie('eth_call', () => `0x${'ff'.repeat(1184)}`)],
    ['answers too short', () => resultLie('eth_call', result => (result as string).slice(0, 200))],
    ['answers what is no hex', () => resultLie('eth_call', () => ({ toString: 1 }))],
    ['has blocks without a hash', () => headerLie('latest', { hash: null })],
    ['has a newest block in the far past', () => headerLie('latest', { timestamp: '0x1' })],
    ['has a newest block in the far future', () => headerLie('latest', { timestamp: '0xffffffffffffffff' })],
    ['has numbers that are none', () => headerLie('latest', { number: `0x${'f'.repeat(17)}` })],
    [
      'has no finalized block',
      () =>
        resultLie('eth_getBlockByNumber', (block, { params }) => (params[0] === 'finalized' ? null : block)),
    ],
    ['calls finalized what is newer than its newest', () => headerLie('finalized', { number: '0xffffff' })],
    ['calls the first block finalized', () => headerLie('finalized', { number: '0x0' })],
    ['lags behind what is final', () => olderLie({ latest: before, finalized: before - 5n })],
    ['froze its finalized block', () => olderLie({ finalized: before })],
    [
      'answers for another version',
      () => lensLie('both', truth => ({ ...truth, version: { ...truth.version, id: first.id } })),
    ],
    ['answers for another chain', () => lensLie('both', truth => ({ ...truth, chainId: 1n }))],
    [
      'answers from another block',
      () => lensLie('both', truth => ({ ...truth, timestamp: truth.timestamp - 1n })),
    ],
    [
      'tells another story of what is final',
      () => lensLie('finalized', truth => ({ ...truth, sequence: 1000n })),
    ],
    ['gives another block than was asked', () => otherBlock],
  ])('are enough for a yes when one %s', async (_, lie) => {
    liars(lie())
    expect(await outcome(second, { timeout: 2000 })).toBe(2)
  })
})

describe('one of three', () => {
  it('is not enough for a yes', async () => {
    liars(page, busy)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "RPC_UNAVAILABLE",
        "facts": {
          "reasons": [
            "<endpoint 1>: the answer is not JSON",
            "<endpoint 2>: status 429",
          ],
        },
      }
    `)
    liars(otherChain, dropped)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "WRONG_NETWORK",
        "facts": {
          "actual": "1 <genesis>",
          "endpoint": "<endpoint 1>",
          "expected": "31337 <genesis>",
        },
      }
    `)
    liars(otherCode, dropped)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "WRONG_CONTRACT",
        "facts": {
          "actual": "0x07ad118d6cc8642c86c03827f276d8b791a65e5c99a3845faf186be720a1455d",
          "address": "<lens>",
          "endpoint": "<endpoint 1>",
          "expected": "<code of the lens>",
        },
      }
    `)
    liars(otherCode, otherGenesis)
    expect((await refused()).code).toBe('WRONG_NETWORK')
    liars(silent, page)
    expect(await refused(second, { timeout: 2000 })).toMatchInlineSnapshot(`
      {
        "code": "RPC_UNAVAILABLE",
        "facts": {
          "reasons": [
            "<endpoint 1>: no whole answer within 2000 ms",
            "<endpoint 2>: the answer is not JSON",
          ],
        },
      }
    `)
    liars(rejects, rejects)
    expect((await refused()).code).toBe('RPC_UNAVAILABLE')
    const mute = resultLie('eth_call', () => '0x')
    liars(mute, mute)
    expect((await refused()).facts['reasons']).toEqual([
      '<endpoint 1>: the lens gives no answer',
      '<endpoint 2>: the lens gives no answer',
    ])
  })

  it.each<[string, Lie]>([
    ['answer for another chain', lensLie('finalized', truth => ({ ...truth, chainId: 1n }))],
    ['answer from another block', lensLie('finalized', truth => ({ ...truth, timestamp: 1n }))],
    ['give another block than was asked', otherBlock],
  ])('stands against two that both %s', async (_, lie) => {
    liars(lie, lie)
    expect(await outcome()).toBe('RPC_UNAVAILABLE')
  })

  it('is enough for a no that someone decided', async () => {
    await halt()
    const [, , honest] = proxies
    liars(olderLie({ latest: after }), olderLie({ latest: after }))
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "HALTED",
        "facts": {
          "block": "<block>",
          "by": "SystemOperator",
          "endpoint": "<endpoint 3>",
          "number": 2,
          "since": "<since>",
          "version": "<second>",
        },
      }
    `)
    liars(dropped, page)
    expect((await refused()).code).toBe('HALTED')
    // It lags itself, but not behind what is final.
    await society.client.mine({ blocks: 5 })
    honest.lie = olderLie({ latest: after + 1n })
    liars(undefined, dropped)
    expect((await refused()).code).toBe('HALTED')
  })

  it('is enough for a no, in a rollback, even when the others froze', async () => {
    const contracts = society.kedge.deployment.contracts
    const rollback = {
      model: modelIdOf(model),
      environment: production,
      from: second.id,
      to: first.id,
      trigger: 'SafetyRisk',
      reason: anyDigest,
    } as const
    await society.act('Emil Novak', rollbackCall(contracts, rollback, 'SystemOperator'))
    const frozen = olderLie({ latest: after, finalized: after - 64n })
    liars(frozen, frozen)
    expect((await refused()).code).toBe('ROLLED_BACK')
    expect((await refused(first)).code).toBe('NOT_ACTIVE')
    liars(undefined, undefined)
    expect(await outcome(first)).toBe(1)
  })

  it('does not keep a version down by a halt that was lifted, once that is final and it is old', async () => {
    await halt()
    const halted = await society.client.getBlockNumber()
    await resume()
    await society.client.setNextBlockTimestamp({ timestamp: BigInt(Math.floor(Date.now() / 1000) - 50) })
    await finalize(society)
    liars(olderLie({ latest: halted, finalized: halted - 64n }))
    expect((await refused()).code).toBe('HALTED')
    // By this it is too old, and known to be overtaken.
    expect(await outcome(second, { maximumAge: 100 })).toBe(2)
  })
})

describe('disagreement', () => {
  const sequence = (value: bigint) => lensLie('finalized', truth => ({ ...truth, sequence: value }))

  it('is told when no answer has enough behind it, or two have', async () => {
    liars(sequence(1000n), sequence(1001n))
    const refusal = await refused()
    expect({ ...refusal, facts: { ...refusal.facts, answers: [] } }).toMatchInlineSnapshot(`
      {
        "code": "RPC_DISAGREE",
        "facts": {
          "agree": 2,
          "answers": [],
        },
      }
    `)
    expect(refusal.facts['answers']).toHaveLength(3)
    liars(sequence(1000n))
    expect((await refused(second, { agree: 1 })).code).toBe('RPC_DISAGREE')
    expect((await refused(second, { agree: 3 })).code).toBe('RPC_DISAGREE')
  })

  it('is told when endpoints name different active versions, and none was claimed', async () => {
    const directory = join(scratch, 'unclaimed')
    const unclaimed = { ...second, directory }
    liars(lensLie('latest', truth => asActive(truth, first)))
    const old = olderLie({ latest: before, finalized: before })
    expect(await refused(unclaimed)).toMatchInlineSnapshot(`
      {
        "code": "RPC_DISAGREE",
        "facts": {
          "versions": [
            "<first>",
            "<second>",
          ],
        },
      }
    `)
    // Old ones are not asked which it is, even if they are many: only the documents are missing.
    liars(old, old)
    expect(await outcome(unclaimed, { agree: 1 })).toBe('UNAVAILABLE')
  })

  it('about whether a version was a rollback’s target makes it wait', async () => {
    const contracts = society.kedge.deployment.contracts
    const rollback = {
      model: modelIdOf(model),
      environment: production,
      from: second.id,
      to: first.id,
      trigger: 'SafetyRisk',
      reason: anyDigest,
    } as const
    await society.act('Emil Novak', rollbackCall(contracts, rollback, 'SystemOperator'))
    const none = lensLie('finalized', truth => ({
      ...truth,
      version: { ...truth.version, target: false },
    }))
    for (const proxy of proxies) proxy.requests = 0
    expect(await outcome(first)).toBe(1)
    // Going back takes no round trip more than any other answer.
    expect(proxies.map(({ requests }) => requests)).toEqual([6, 6, 6])
    liars(none)
    expect(await outcome(first)).toBe(1)
    expect(await outcome(first, { agree: 3 })).toBe('RPC_DISAGREE')
    liars(none, none)
    expect(await outcome(first)).toBe('NOT_FINAL')
    liars(rejects, rejects)
    expect(await outcome(first)).toBe('RPC_UNAVAILABLE')
    liars(undefined, undefined)
    await finalize(society)
    expect(await outcome(first)).toBe(1)
  })

  it('cannot make a target of what never was active', async () => {
    await society.act(
      'Emil Novak',
      activateCall(society.kedge.deployment.contracts, second.identity, environmentIdOf('ward-3')),
    )
    const none = resultLie('eth_call', result =>
      (result as string).length === 66 ? `0x${'00'.repeat(32)}` : result,
    )
    liars(none, none, none)
    const question = {
      artifact: second.directory,
      model,
      environment: 'ward-3',
      marks: join(scratch, 'ward'),
    }
    expect((await refusalOf(verify({ ...question, trust }))).code).toBe('NOT_FINAL')
  })

  /** What a liar says who has another version active. */
  function asActive(truth: Provenance, version: TestVersion): Provenance {
    return {
      ...truth,
      active: { ...truth.active, version: version.id, number: 1 },
      version: { ...truth.version, id: version.id, number: 1 },
    }
  }
})

describe('a majority of liars', () => {
  it('is beyond what agreement can catch, but not beyond the honest one and the bytes', async () => {
    const yes = lensLie('both', truth => ({
      ...truth,
      sequence: 50n,
      active: { ...truth.active, version: first.id, number: 1 },
      version: { ...truth.version, number: 1, condemnedFrom: 0 },
    }))
    liars(yes, yes)
    expect((await refused(first)).code).toBe('NOT_ACTIVE')
    liars(yes, yes, yes)
    // Nobody is honest: now only what the digests say still holds.
    expect(await outcome(first)).toBe(1)
    expect((await refused({ ...second, directory: second.directory }, {}, { version: first.id })).code).toBe(
      'MANIFEST_MISMATCH',
    )
  })

  it('cannot give a version the manifest of another', async () => {
    const digest = lensLie('both', truth => ({
      ...truth,
      version: { ...truth.version, id: second.id, manifestDigest: first.identity.manifestDigest },
    }))
    liars(digest, digest, digest)
    expect(await refused(first, {}, { version: second.id })).toMatchInlineSnapshot(`
      {
        "code": "IDENTITY_MISMATCH",
        "facts": {
          "actual": "<first>",
          "expected": "<second>",
        },
      }
    `)
    const schema = lensLie('both', truth => ({ ...truth, version: { ...truth.version, schema: 1 } }))
    liars(schema, schema, schema)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "MANIFEST_MISMATCH",
        "facts": {
          "chain": "1",
          "field": "schema",
          "manifest": "0",
        },
      }
    `)
  })
})

describe('age', () => {
  it('of the newest block is bounded, whoever shows it', async () => {
    expect((await refused(second, { maximumAge: 10 })).code).toBe('STALE_VIEW')
    const old = olderLie({ latest: before, finalized: before - 5n })
    liars(old, old)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "STALE_VIEW",
        "facts": {
          "block": "<block>",
          "maximumAge": 3600,
          "now": "<now>",
          "timestamp": "<timestamp>",
        },
      }
    `)
    liars(old, old, old)
    expect((await refused(first)).code).toBe('STALE_VIEW')
  })

  it('does not matter by which side a clock is off', async () => {
    const ahead = Math.floor(Date.now() / 1000) + 7200
    await society.client.setNextBlockTimestamp({ timestamp: BigInt(ahead) })
    await society.client.mine({ blocks: 1 })
    expect((await refused()).code).toBe('STALE_VIEW')
  })

  it('of an old view never gives back what was seen before', async () => {
    const marks = join(scratch, 'marks-kept')
    expect(await outcome(second, {}, { marks })).toBe(2)
    // All of them replay the chain of two months ago, and the policy would take it.
    const old = olderLie({ latest: before, finalized: before })
    liars(old, old, old)
    const generous = { maximumAge: 365 * 86_400 }
    expect(await outcome(first, generous, {})).toBe(1)
    expect(await refused(first, generous, { marks })).toMatchInlineSnapshot(`
      {
        "code": "SEQUENCE_REGRESSED",
        "facts": {
          "seen": "6",
          "sequence": "3",
        },
      }
    `)
  })
})

describe('finality', () => {
  it('is none while the contracts are not final', async () => {
    const young = olderLie({ finalized: 1n })
    liars(young, young, young)
    expect(await refused()).toMatchInlineSnapshot(`
      {
        "code": "NOT_FINAL",
        "facts": {
          "finalizedBlock": "<finalizedBlock>",
          "finalizedSays": "NOT_REGISTERED",
        },
      }
    `)
  })

  it('is not what one says who contradicts itself, even where one is enough', async () => {
    liars(headerLie('finalized', { number: '0xffffff' }))
    expect(await outcome(second, { agree: 1 })).toBe(2)
  })

  it('is what two of three call so', async () => {
    const { number } = await society.client.getBlock({ blockTag: 'finalized' })
    const eager = olderLie({ finalized: after })
    liars(eager)
    expect((await ask()).predicate.kedge.finalized.number).toBe(`${number}`)
    liars(eager, eager)
    expect((await ask()).predicate.kedge.finalized.number).toBe(`${after}`)
    liars(olderLie({ finalized: number - 10n }))
    expect((await ask()).predicate.kedge.finalized.number).toBe(`${number}`)
  })
})
