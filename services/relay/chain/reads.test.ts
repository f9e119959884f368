import { readFileSync } from 'node:fs'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  promoteCall,
  registerBySignatureCall,
  registerCall,
  setMonitoredCall,
  signRegistration,
  signSignOff,
  versionIdOf,
  withdrawCall,
} from '@kedge/sdk/chain'
import { keccak256, toBytes } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foundSociety } from '../../../test/life/society.ts'
import { startTestRelay, type TestRelay } from '../testing/relays.ts'

const digest = (text: string) => keccak256(toBytes(text))
const model = modelIdOf('silero-vad')

let society: Awaited<ReturnType<typeof foundSociety>>
let relay: TestRelay
let identity: Identity
let child: Identity

beforeAll(async () => {
  society = await foundSociety()
  relay = await startTestRelay({ kedge: society.kedge })
  const { contracts, chainId } = society.kedge.deployment
  await society.act(
    'Ada Osei',
    createModelCall(contracts, {
      name: 'silero-vad',
      domain: domainIdOf('speech'),
      floor: 'Medium',
      developers: [society.person('Dana Cruz')],
      document: digest('why'),
    }),
  )
  const schema = { model, digest: digest('state'), satisfies: 0n, document: digest('why') }
  await society.act('Ada Osei', addSchemaCall(contracts, schema))
  identity = {
    model,
    label: labelHashOf('5.0.0'),
    manifestDigest: digest('manifest'),
    artifactDigest: digest('artifact'),
    parent: none,
    schema: 0,
    risk: 'Medium',
    author: society.person('Dana Cruz'),
  }
  child = {
    ...identity,
    label: labelHashOf('6.0.0'),
    manifestDigest: digest('6'),
    parent: digest('manifest'),
  }
  await society.act('Dana Cruz', registerCall(contracts, identity))
  const version = idOf(identity)
  const deadline = (await society.now()) + 86_400
  const { rules } = contracts
  const registration = { version: idOf(child), parentVersion: version, signingEpoch: 0, deadline }
  const account = society.account('Dana Cruz')
  const warrant = await signRegistration({ account, chainId, rules, registration })
  await society.act('Grace Lindt', registerBySignatureCall(contracts, child, warrant, version))
  const evidence = digest('evidence')
  const signOff = await signSignOff({
    account: society.account('Ada Osei'),
    chainId,
    rules,
    signOff: {
      version,
      role: 'ResponsibleAIOfficer',
      stage: 'Validation',
      risk: 'Medium',
      evidence,
      plan: none,
      policyEpoch: 1,
      signingEpoch: 0,
      deadline,
    },
  })
  const promotion = { identity, stage: 'Validation', evidence, signOffs: [signOff] } as const
  await society.act('Dana Cruz', promoteCall(contracts, promotion))
  const terms = { model, monitored: true, document: digest('why') }
  await society.act('Ada Osei', setMonitoredCall(contracts, terms))
})

afterAll(async () => {
  await relay?.end()
  await society?.end()
})

function idOf(of: Identity) {
  const { chainId, contracts } = society.kedge.deployment
  return versionIdOf({ chainId, registry: contracts.registry, identity: of })
}

/** The example that docs/relay.md has of an answer. */
function documented(path: string): unknown {
  const text = readFileSync(new URL('../../../docs/relay.md', import.meta.url), 'utf8')
  const [, section = ''] = text.split(`### GET ${path}\n`)
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? '')
}

/** The names in an answer, in their order; what may be null counts as there. */
function shapeOf(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return null
  return Object.entries(answer).map(([name, value]) => [name, shapeOf(value)])
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${relay.url}${path}`)
  const body = (await response.json()) as { error?: { code: string } }
  return body.error === undefined ? body : `${response.status} ${body.error.code}`
}

describe('what the relay reads from the chain', () => {
  it('the deployment', async () => {
    expect(await get('/deployment')).toEqual(society.kedge.deployment)
    expect(await get('/health')).toMatchObject({ status: 'ok', chain: { reachable: true } })
  })

  it('the models', async () => {
    expect(await get('/models')).toEqual([{ id: model, name: 'silero-vad', createdIn: expect.any(String) }])
    expect(await get('/models/silero-vad')).toEqual({
      id: model,
      name: 'silero-vad',
      domain: domainIdOf('speech'),
      floor: 'Medium',
      state: 'Open',
      monitored: true,
      versions: 2,
      sequence: '1',
      schemas: [{ number: 0, digest: digest('state'), satisfies: '1' }],
      block: String(await society.client.getBlockNumber()),
    })
    expect(await get('/models/nobody')).toBe('404 NOT_REGISTERED')
  })

  it('the versions, as they were registered and as they stand', async () => {
    const now = {
      declared: 'Medium',
      raised: 'Medium',
      effective: 'Medium',
      condemnedFrom: null,
      released: false,
      registeredIn: { block: expect.any(String), transaction: expect.stringMatching(/^0x/) },
    }
    expect(await get('/models/silero-vad/versions')).toEqual({
      model,
      block: String(await society.client.getBlockNumber()),
      versions: [
        {
          ...now,
          id: idOf(identity),
          identity,
          parentVersion: null,
          number: 1,
          stage: 'Validation',
        },
        {
          ...now,
          id: idOf(child),
          identity: child,
          parentVersion: idOf(identity),
          number: 2,
          stage: 'Development',
        },
      ],
    })
    expect(await get('/models/nobody/versions')).toBe('404 NOT_REGISTERED')
  })

  it('what is active', async () => {
    const validation = await get('/models/silero-vad/active/validation')
    expect(validation).toEqual({
      model,
      environment: environmentIdOf('validation'),
      state: 'Open',
      sequence: '1',
      requiredStage: 'Validation',
      requiredSchemas: '0',
      missingSchemas: '0',
      active: {
        version: idOf(identity),
        number: 1,
        previous: null,
        manifestDigest: identity.manifestDigest,
        stage: 'Validation',
        effective: 'Medium',
        sequence: '1',
        since: expect.any(Number),
        halt: null,
        incident: false,
        condemnedFrom: null,
      },
      withdrawal: null,
      heads: { registry: expect.stringMatching(/^0x/), rules: expect.stringMatching(/^0x/) },
      block: String(await society.client.getBlockNumber()),
      timestamp: expect.stringMatching(/^[0-9]+$/),
    })
    expect(shapeOf(validation)).toEqual(shapeOf(documented('/models/{name}/active/{environment}')))
    expect(await get(`/models/silero-vad/active/${environmentIdOf('validation')}`)).toEqual(validation)
    expect(await get('/models/silero-vad/active/production')).toMatchObject({
      active: null,
      withdrawal: null,
    })
    expect(await get('/models/silero-vad/active/moon')).toBe('404 STAGE_MISMATCH')
    expect(await get('/models/nobody/active/production')).toBe('404 NOT_REGISTERED')
  })

  it('the audit chains, and that they are whole', async () => {
    const registry = (await get('/audit/registry')) as { head: string; entries: { action: string }[] }
    expect(registry).toMatchObject({
      contract: 'registry',
      address: society.kedge.deployment.contracts.registry,
      recomputed: registry.head,
      complete: true,
    })
    expect(registry.entries.map(({ action }) => action)).toEqual([
      'Genesis',
      'ModelCreated',
      'SchemaAdded',
      'Registered',
      'Registered',
      'Promoted',
      'MonitorSet',
    ])
    expect(registry.entries[5]).toMatchObject({
      subject: idOf(identity),
      systems: '0',
      block: expect.any(String),
    })
    expect(await get('/audit/rules')).toMatchObject({ contract: 'rules', complete: true })
    expect(await get('/audit/lens')).toBe('404 NOT_FOUND')
  })

  it('a halt, since when and by whom', async () => {
    const order = {
      model,
      environment: environmentIdOf('validation'),
      version: idOf(identity),
      trigger: 'SafetyRisk',
      reason: digest('why'),
    } as const
    await society.act('Ada Osei', haltCall(society.kedge.deployment.contracts, order, 'ResponsibleAIOfficer'))
    const at = await society.now()
    expect(await get('/models/silero-vad/active/validation')).toMatchObject({
      sequence: '2',
      active: { sequence: '2', halt: { by: 'ResponsibleAIOfficer', at } },
      withdrawal: null,
    })
  })

  it('a withdrawal, of what, by whom and when', async () => {
    const { contracts } = society.kedge.deployment
    const environment = environmentIdOf('validation')
    const cause = { trigger: 'SafetyRisk', reason: digest('why') } as const
    const order = { model, environment, from: idOf(identity), ...cause }
    await society.act('Ada Osei', withdrawCall(contracts, order, 'ResponsibleAIOfficer'))
    const at = await society.now()
    expect(await get('/models/silero-vad/active/validation')).toMatchObject({
      active: null,
      withdrawal: { number: 1, by: 'ResponsibleAIOfficer', at },
    })
  })

  it('nothing from another chain than the deployment’s', async () => {
    const { rpcUrl, deployment } = society.kedge
    const other = { ...deployment, genesisHash: `0x${'11'.repeat(32)}` as const }
    const sameId = await startTestRelay({ kedge: { rpcUrl, deployment: other } })
    expect((await fetch(`${sameId.url}/models`)).status).toBe(502)
    await sameId.end()
    const astray = await startTestRelay({ kedge: { rpcUrl, deployment: { ...deployment, chainId: 1 } } })
    const response = await fetch(`${astray.url}/models`)
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { error: { code: 'WRONG_NETWORK' } },
    ])
    await astray.end()
  })
})
