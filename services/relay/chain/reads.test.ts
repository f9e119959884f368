import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  promoteCall,
  registerCall,
  signSignOff,
  versionIdOf,
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
  await society.act('Dana Cruz', registerCall(contracts, child, version))
  const evidence = digest('evidence')
  const signOff = await signSignOff({
    account: society.account('Ada Osei'),
    chainId,
    registry: contracts.registry,
    signOff: {
      version,
      role: 'ResponsibleAIOfficer',
      stage: 'Validation',
      risk: 'Medium',
      evidence,
      policyEpoch: 1,
      signingEpoch: 0,
      deadline: (await society.now()) + 86_400,
    },
  })
  const promotion = { identity, stage: 'Validation', evidence, signOffs: [signOff] } as const
  await society.act('Dana Cruz', promoteCall(contracts, promotion))
})

afterAll(async () => {
  await relay?.end()
  await society?.end()
})

function idOf(of: Identity) {
  const { chainId, contracts } = society.kedge.deployment
  return versionIdOf({ chainId, registry: contracts.registry, identity: of })
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
      suspended: false,
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
      registeredAt: expect.any(Number),
      stageSince: expect.any(Number),
      condemnedFrom: null,
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
          activeIn: 1,
        },
        {
          ...now,
          id: idOf(child),
          identity: child,
          parentVersion: idOf(identity),
          number: 2,
          stage: 'Development',
          activeIn: 0,
        },
      ],
    })
    expect(await get('/models/nobody/versions')).toBe('404 NOT_REGISTERED')
  })

  it('what is active', async () => {
    const validation = await get('/models/silero-vad/active/validation')
    expect(validation).toMatchObject({
      model,
      environment: environmentIdOf('validation'),
      suspended: false,
      sequence: '1',
      requiredStage: 'Validation',
      missingSchemas: '0',
      active: {
        version: idOf(identity),
        number: 1,
        manifestDigest: identity.manifestDigest,
        stage: 'Validation',
        effective: 'Medium',
        halt: null,
        condemnedFrom: null,
      },
    })
    expect(await get(`/models/silero-vad/active/${environmentIdOf('validation')}`)).toEqual(validation)
    expect(await get('/models/silero-vad/active/production')).toMatchObject({ active: null })
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
    ])
    expect(registry.entries[5]).toMatchObject({
      subject: idOf(identity),
      systems: '0',
      block: expect.any(String),
    })
    expect(await get('/audit/rules')).toMatchObject({ contract: 'rules', complete: true })
    expect(await get('/audit/lens')).toBe('404 NOT_FOUND')
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
