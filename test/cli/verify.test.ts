import { cp, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentIdOf, haltCall, modelIdOf } from '../../sdk/chain/index.ts'
import { besideOf, markOf, parseReceipt, parseTrust, trustOf } from '../../sdk/verify/index.ts'
import { endHalt } from '../verify/versions.ts'
import { jsonIn, kedge, type RunOptions } from './kedge.ts'
import { anyDigest, foundTown, steady, type Town } from './town.ts'

// The deploy gate as a process: each exit code, for the reasons that it stands for.

const model = 'triage-note'
let town: Town
let older: `0x${string}`
let live: `0x${string}`

beforeAll(async () => {
  town = await foundTown()
  await town.createModel(model, 'Low')
  older = await town.makeVersion('older', { model, text: '1', label: '1.0.0' })
  live = await town.makeVersion('live', { model, text: '2', label: '2.0.0' })
  await town.catchUp()
  await town.write('trust.json', trust())
}, 120_000)

afterAll(() => town.end())

function trust(changes: object = {}): object {
  const { deployment, rpcUrl } = town.society.kedge
  return { ...trustOf(deployment, { endpoints: [rpcUrl], maximumAge: 3600 }), ...changes }
}

const gate = (line: string, options?: RunOptions) =>
  town.kedge(`verify ${line} --model ${model}`, { environment: { KEDGE_TRUST: 'trust.json' }, ...options })

/** A copy of the live version, with its documents. */
async function copy(name: string): Promise<string> {
  await cp(town.path('live'), town.path(name), { recursive: true })
  for (const kind of ['artifact', 'manifest'] as const) {
    await cp(besideOf(town.path('live'))[kind], besideOf(town.path(name))[kind])
  }
  return town.path(name)
}

describe.concurrent('exit code 0', () => {
  it('is given to the live version', async ({ expect }) => {
    const { code, stdout, stderr } = await gate('live')
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'allowed: triage-note 2.0.0 in production\n' })
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "version    ID
      number     2
      sequence   6
      finalized  block N ID
      latest     block N
      endpoints  1 of 1 agree
      "
    `)
  })

  it('comes with a receipt for machines, also where only a deployment file is trusted', async ({
    expect,
  }) => {
    const environment = {}
    const outcome = await gate(`live --version ${live} --environment staging --json`, { environment })
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(/^no --trust file: trusting/) })
    const receipt = jsonIn(outcome) as ReturnType<typeof parseReceipt>
    expect(parseReceipt(receipt)).toEqual(receipt)
    expect(receipt.predicate.kedge).toMatchObject({ environment: 'staging', version: live, label: '2.0.0' })
  })
})

describe.concurrent('exit code 1', () => {
  it('is given to bytes that are not the approved ones', async ({ expect }) => {
    const altered = await copy('altered')
    await writeFile(`${altered}/LICENSE`, 'SPDX-License-Identifier: Apache-1.0\n')
    const outcome = await gate(`${altered} --json`)
    expect(outcome.code).toBe(1)
    expect(jsonIn(outcome)).toMatchObject({
      error: { code: 'DIGEST_MISMATCH', class: 'invalid', facts: { path: 'LICENSE' } },
    })
  })

  it('is given to a version that was replaced', async ({ expect }) => {
    const { code, stdout, stderr } = await gate('older')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(steady(stderr)).toMatch(/^NOT_ACTIVE: .*\n/)
    const claimed = await gate(`live --version ${older} --json`)
    expect(claimed.code).toBe(1)
  })

  it('is given where nothing runs', async ({ expect }) => {
    expect(await gate('live --environment ward-3')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^NOT_ACTIVE: /),
    })
  })
})

describe.concurrent('exit code 2', () => {
  it.each(['', '--rpc http://127.0.0.1:9', '--deployment deployment.json'])(
    'is given where nobody is named whom to trust: %s',
    async flags => {
      const { directory } = town
      expect(await kedge(`verify live --model ${model} ${flags}`, { directory })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^USAGE: whom to trust\? .*\n {2}kedge trust init writes a trust file/),
      })
    },
  )

  it.each([
    ['a trust file that is not there', '--trust nowhere.json', 'POLICY_INVALID'],
    ['a trust file with a wrong field', '--trust wrong.json', 'POLICY_INVALID'],
    ['no model', '--model ""', 'USAGE'],
  ])('is given to %s', async (_, flags, code) => {
    await town.write('wrong.json', trust({ agree: 2 }))
    const outcome = await gate(`live ${flags} --json`)
    expect(outcome.code).toBe(2)
    // The last --model counts.
    if (code === 'POLICY_INVALID') expect(jsonIn(outcome)).toMatchObject({ error: { code, class: 'usage' } })
  })
})

describe.concurrent('exit code 3', () => {
  it('is given when the endpoint is gone', async ({ expect }) => {
    await town.write('gone.json', trust({ endpoints: ['http://127.0.0.1:9'] }))
    const outcome = await gate('live --trust gone.json --json')
    expect(outcome.code).toBe(3)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: 'RPC_UNAVAILABLE', class: 'could-not-tell' } })
  })

  it('is given when the documents cannot be had', async ({ expect }) => {
    const bare = await copy('bare')
    await rm(besideOf(bare).artifact)
    expect(await gate(bare)).toMatchObject({ code: 3, stderr: expect.stringMatching(/^UNAVAILABLE: /) })
  })

  it('is given to a directory that is not there, by its name', async ({ expect }) => {
    expect(await gate('nowhere')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^UNAVAILABLE: there is no artifact at .*nowhere: it does not exist\n/),
    })
  })
})

describe.concurrent('exit code 4', () => {
  it('is given to an endpoint that lags', async ({ expect }) => {
    await town.write('impatient.json', trust({ maximumAge: 1 }))
    expect(await gate('live --trust impatient.json')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^STALE_VIEW: /),
    })
  })

  it('is given to a chain that is older than what was seen before', async ({ expect }) => {
    await markOf(town.path('marks'), parseTrust(trust()), modelIdOf(model)).raise(99n)
    const outcome = await gate('live --marks marks --json')
    expect(outcome.code).toBe(4)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: 'SEQUENCE_REGRESSED', class: 'stale' } })
  })
})

describe('a halt', () => {
  it('denies at once; its end waits until it is final', async () => {
    const { deployment } = town.society.kedge
    const place = { model: modelIdOf(model), environment: environmentIdOf('production'), version: live }
    const order = { ...place, trigger: 'SafetyRisk', reason: anyDigest } as const
    await town.society.act('Emil Novak', haltCall(deployment.contracts, order, 'SystemOperator'))
    expect(await gate('live')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^HALTED: /) })
    await town.society.client.mine({ blocks: 70 })
    await endHalt(town.society, 'Emil Novak', order, 'SystemOperator')
    expect(await gate('live')).toMatchObject({ code: 3, stderr: expect.stringMatching(/^NOT_FINAL: /) })
    await town.society.client.mine({ blocks: 70 })
    expect(await gate('live')).toMatchObject({ code: 0 })
  })
})
