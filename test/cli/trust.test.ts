import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { committeeNames, type Deployment } from '../../sdk/chain/index.ts'
import { fingerprintOf, readTrust } from '../../sdk/verify/index.ts'
import { startServer, type TestServer } from '../../sdk/verify/testing/servers.ts'
import { kedgeHere } from './here.ts'
import { jsonIn } from './kedge.ts'
import { type Alteration, liar } from './liar.ts'
import { foundTown, type Town } from './town.ts'

// Where a machine's trust begins: a file that says only what every endpoint has shown.

const model = 'triage-note'
const servers: TestServer[] = []
let town: Town
let deployment: Deployment

beforeAll(async () => {
  town = await foundTown()
  ;({ deployment } = town.society.kedge)
  await town.createModel(model, 'Low')
  await town.makeVersion('live', { model, text: '1', label: '1.0.0' })
  await town.catchUp()
}, 120_000)

afterAll(async () => {
  await town.end()
  await Promise.all(servers.map(server => server.close()))
})

const init = (line: string) => town.kedge(`trust init ${line}`, { runner: kedgeHere })

/** An endpoint of the town's chain that may alter what it says. */
async function endpoint(alter: Alteration = () => undefined): Promise<string> {
  const server = await startServer(liar(town.society.kedge.rpcUrl, alter))
  servers.push(server)
  return server.url
}

/** What an init is refused with; it must have written nothing. */
async function refused(line: string) {
  const before = await readdir(town.directory)
  const outcome = await init(`${line} --json`)
  expect(await readdir(town.directory)).toEqual(before)
  const { error } = jsonIn(outcome) as {
    readonly error: { readonly code: string; readonly message: string; readonly facts: object }
  }
  return { exit: outcome.code, ...error }
}

describe('kedge trust init', () => {
  it('writes a file that the deploy gate takes, and tells its fingerprint', async () => {
    const made = await init('--json')
    const { host } = new URL(town.society.kedge.rpcUrl)
    const trust = await readTrust(town.path('kedge.trust.json'))
    expect(made.code).toBe(0)
    expect(made.stderr).toMatch(/^note: one endpoint alone can keep a halt from you/)
    expect(jsonIn(made)).toEqual({
      path: 'kedge.trust.json',
      fingerprint: fingerprintOf(trust),
      chainId: deployment.chainId,
      registry: trust.registry.address,
      endpoints: [host],
      agree: 1,
      maximumAge: 600,
    })
    const gate = `verify live --model ${model} --trust kedge.trust.json`
    expect(await town.kedge(gate, { runner: kedgeHere })).toMatchObject({ code: 0 })
  })

  it('asks every endpoint, and lets fewer than all of them agree where that is asked for', async () => {
    const [one, two, three] = [await endpoint(), await endpoint(), await endpoint()]
    const made = await init(`--rpc ${one} ${two} --rpc ${three} --agree 2 --maximum-age 60 --out three.json`)
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(await readTrust(town.path('three.json'))).toMatchObject({
      endpoints: [one, two, three],
      agree: 2,
      maximumAge: 60,
    })
    await init(`--rpc ${one} ${two} --out two.json`)
    expect(await readTrust(town.path('two.json'))).toMatchObject({ agree: 2 })
  })

  it('leaves another file alone unless it is told to replace it', async () => {
    await town.write('mine.json', '{}')
    expect(await refused('--out mine.json')).toMatchObject({ exit: 2, code: 'USAGE' })
    expect(await town.read('mine.json')).toBe('{}')
    expect((await init('--out mine.json --overwrite')).code).toBe(0)
  })

  it('refuses a deployment file that is of another chain', async () => {
    for (const change of [{ chainId: 1 }, { genesisHash: `0x${'5a'.repeat(32)}` }]) {
      await town.write('other.json', { ...deployment, ...change })
      expect(await refused('--deployment other.json --out never.json')).toMatchObject({
        exit: 1,
        code: 'WRONG_NETWORK',
      })
    }
  })

  it('refuses a deployment file that gives any of the contracts other code', async () => {
    const { codeHashes } = deployment
    const other = `0x${'5a'.repeat(32)}` as const
    const changes = [
      ...(['registry', 'rules', 'lens'] as const).map(name => ({ [name]: other })),
      ...(['committees', 'seats', 'timelocks'] as const).flatMap(part =>
        committeeNames.map(name => ({ [part]: { ...codeHashes[part], [name]: other } })),
      ),
    ]
    expect(changes).toHaveLength(12)
    for (const change of changes) {
      await town.write('other.json', { ...deployment, codeHashes: { ...codeHashes, ...change } })
      const [name = ''] = Object.keys(change)
      expect([name, await refused('--deployment other.json --out never.json')]).toMatchObject([
        name,
        { exit: 1, code: 'WRONG_CONTRACT', facts: { expected: other } },
      ])
    }
  })

  it('refuses where one of the endpoints shows other code, and says which', async () => {
    const honest = await endpoint()
    const dishonest = await endpoint(({ method }, answer) => {
      if (method === 'eth_getCode') answer.result = '0x60'
    })
    expect(await refused(`--rpc ${honest} ${dishonest} --agree 1 --out never.json`)).toMatchObject({
      exit: 1,
      code: 'WRONG_CONTRACT',
      facts: { endpoint: new URL(dishonest).host },
    })
  })

  it.each<[string, string, number, string, RegExp]>([
    ['an endpoint that is away', '--rpc http://127.0.0.1:9', 3, 'RPC_UNAVAILABLE', /nothing answers at/],
    ['an agreement that cannot be', '--agree 2', 2, 'USAGE', /^2 endpoints must agree, and only 1 is given$/],
    [
      'one endpoint twice',
      '--rpc http://127.0.0.1:9 http://127.0.0.1:9',
      2,
      'POLICY_INVALID',
      /name one endpoint twice/,
    ],
    ['a deployment file that is none', '--deployment live.manifest.json', 2, 'USAGE', /is not a deployment/],
    ['no number', '--maximum-age 0', 2, 'USAGE', /It must be a whole number, at least 1/],
  ])('refuses %s', async (_, line, exit, code, message) => {
    expect(await refused(`${line} --out never.json`)).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('kedge trust fingerprint', () => {
  it('is the one of the contracts, whoever is asked about them', async () => {
    const one = jsonIn(
      await town.kedge('trust fingerprint kedge.trust.json --json', { runner: kedgeHere }),
    ) as { readonly fingerprint: string }
    expect(one.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    const { stdout } = await town.kedge('trust fingerprint three.json', { runner: kedgeHere })
    expect(stdout).toMatch(new RegExp(`^fingerprint {2}${one.fingerprint}\n`))
  })

  it('of a file that cannot be trusted is refused', async () => {
    const line = 'trust fingerprint live.manifest.json --json'
    const outcome = await town.kedge(line, { runner: kedgeHere })
    expect(outcome.code).toBe(2)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: 'POLICY_INVALID' } })
  })
})
