import { keccak256, toBytes } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lensAbi, registryAbi, rulesAbi } from '../../sdk/chain/abi/index.ts'
import {
  type Approval,
  addSchemaCall,
  auditEntries,
  callOf,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  headOf,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  type Proposal,
  promoteCall,
  proposeCall,
  type Risk,
  type Role,
  registerCall,
  reportTriggerCall,
  requireSchemasCall,
  rollbackCall,
  type Stage,
  signOffCall,
  signSignOff,
  stages,
  versionIdOf,
} from '../../sdk/chain/index.ts'
import { KedgeError } from '../../sdk/errors/index.ts'
import { type FoundedSociety, foundSociety } from './society.ts'

const digest = (text: string) => keccak256(toBytes(text))
const refusedWith = (error: string) =>
  expect.toSatisfy(
    (thrown: unknown) => thrown instanceof KedgeError && thrown.facts['error'] === error,
    error,
  )

const model = modelIdOf('silero-vad')
const production = environmentIdOf('production')
const signOffSeconds = 7 * 86_400

let society: FoundedSociety
let legacy: Identity
let v5: Identity
let v6: Identity

beforeAll(async () => {
  society = await foundSociety()
  const author = society.person('Dana Cruz')
  const version = (label: string, schema: number, risk: Risk, parent: Identity | undefined): Identity => ({
    model,
    label: labelHashOf(label),
    manifestDigest: digest(`manifest ${label}`),
    artifactDigest: digest(`artifact ${label}`),
    parent: parent?.manifestDigest ?? none,
    schema,
    risk,
    author,
  })
  legacy = version('4.0.0', 0, 'Medium', undefined)
  v5 = version('5.0.0', 1, 'High', legacy)
  v6 = version('6.0.0', 1, 'Critical', v5)
})

afterAll(async () => society.end())

function idOf(identity: Identity) {
  const { chainId, contracts } = society.kedge.deployment
  return versionIdOf({ chainId, registry: contracts.registry, identity })
}

async function signOff(
  name: string,
  role: Role,
  identity: Identity,
  stage: Stage,
  risk: Risk,
  evidence = digest(`evidence ${stage}`),
): Promise<Approval> {
  const { chainId, contracts } = society.kedge.deployment
  return await signSignOff({
    account: society.account(name),
    chainId,
    registry: contracts.registry,
    signOff: {
      version: idOf(identity),
      role,
      stage,
      risk,
      evidence,
      policyEpoch: 1,
      signingEpoch: 0,
      deadline: (await society.now()) + signOffSeconds,
    },
  })
}

const contracts = () => society.kedge.deployment.contracts
const promotion = (identity: Identity, stage: Stage, approvals: readonly Approval[]) =>
  promoteCall(contracts(), { identity, stage, evidence: digest(`evidence ${stage}`), approvals })

async function activeVersion() {
  const [version] = await society.client.readContract({
    address: contracts().registry,
    abi: registryAbi,
    functionName: 'active',
    args: [model, production],
  })
  return version
}

describe('the life of a model', { timeout: 120_000 }, () => {
  it('the RAIO creates the model with its schemas', async () => {
    await society.act(
      'Ada Osei',
      createModelCall(contracts(), {
        name: 'silero-vad',
        domain: domainIdOf('speech'),
        floor: 'Medium',
        developers: [society.person('Dana Cruz')],
        document: digest('why'),
      }),
    )
    for (const name of ['h, c', 'state']) {
      const schema = { model, digest: digest(name), satisfies: 0n, document: digest('why') }
      await society.act('Ada Osei', addSchemaCall(contracts(), schema))
    }
    await expect(
      society.act(
        'Ben Ito',
        addSchemaCall(contracts(), { model, digest: none, satisfies: 0n, document: none }),
      ),
    ).rejects.toEqual(refusedWith('RegistryUnauthorized'))
  })

  it('refuses a risk below the floor, then registers with the id that the SDK computes', async () => {
    await expect(
      society.act('Dana Cruz', registerCall(contracts(), { ...legacy, risk: 'Low' })),
    ).rejects.toEqual(refusedWith('RegistryRiskBelowFloor'))
    await expect(
      society.act('Dana Cruz', registerCall(contracts(), { ...legacy, author: society.person('Ben Ito') })),
    ).rejects.toEqual(refusedWith('RegistryNotAuthor'))
    await expect(society.act('Dana Cruz', registerCall(contracts(), v5, idOf(v6)))).rejects.toEqual(
      refusedWith('RegistryParentMismatch'),
    )
    await society.act('Dana Cruz', registerCall(contracts(), legacy))
    await society.act('Dana Cruz', registerCall(contracts(), v5, idOf(legacy)))
    await society.act('Dana Cruz', registerCall(contracts(), v6, idOf(v5)))
    const [manifestDigest] = await society.client.readContract({
      address: contracts().registry,
      abi: registryAbi,
      functionName: 'version',
      args: [idOf(v6)],
    })
    expect(manifestDigest).toBe(v6.manifestDigest)
  })

  it('promotes the Medium version by the RAIO alone, step by step', async () => {
    const skipped = await signOff('Ada Osei', 'ResponsibleAIOfficer', legacy, 'Staging', 'Medium')
    await expect(society.act('Emil Novak', promotion(legacy, 'Staging', [skipped]))).rejects.toEqual(
      refusedWith('RegistryStageSkipped'),
    )
    await expect(society.act('Emil Novak', promotion(legacy, 'Validation', []))).rejects.toEqual(
      refusedWith('RegistrySignOffMissing'),
    )
    for (const stage of ['Validation', 'Staging', 'Production'] as const) {
      const approval = await signOff('Ada Osei', 'ResponsibleAIOfficer', legacy, stage, 'Medium')
      await society.act('Emil Novak', promotion(legacy, stage, [approval]))
      const next = stages[stages.indexOf(stage) + 1] as Stage
      if (next !== 'Retired') {
        await expect(society.act('Emil Novak', promotion(legacy, next, [approval]))).rejects.toEqual(
          refusedWith('RegistrySignOffInvalid'),
        )
      }
    }
    expect(await activeVersion()).toBe(idOf(legacy))
    await society.pass(86_400)
  })

  it('refuses a label that is taken', async () => {
    const squatter = { ...v5, label: legacy.label }
    await society.act('Dana Cruz', registerCall(contracts(), squatter, idOf(legacy)))
    const approval = await signOff('Ada Osei', 'ResponsibleAIOfficer', squatter, 'Validation', 'High')
    await expect(society.act('Emil Novak', promotion(squatter, 'Validation', [approval]))).rejects.toEqual(
      refusedWith('RegistryLabelTaken'),
    )
  })

  it('promotes the High version by RAIO and domain lead, two persons', async () => {
    for (const stage of ['Validation', 'Staging'] as const) {
      const approval = await signOff('Ada Osei', 'ResponsibleAIOfficer', v5, stage, 'High')
      await society.act('Emil Novak', promotion(v5, stage, [approval]))
    }
    const both = [
      await signOff('Pia Weber', 'ResponsibleAIOfficer', v5, 'Production', 'High'),
      await signOff('Pia Weber', 'DomainLead', v5, 'Production', 'High'),
    ]
    await expect(society.act('Emil Novak', promotion(v5, 'Production', both))).rejects.toEqual(
      refusedWith('RegistryPersonFillsTwoRoles'),
    )
    const officer = await signOff('Ada Osei', 'ResponsibleAIOfficer', v5, 'Production', 'High')
    const lead = await signOff('Chloe Martin', 'DomainLead', v5, 'Production', 'High')
    const author = await signOff('Dana Cruz', 'TechnicalLead', v5, 'Production', 'High')
    await expect(
      society.act('Emil Novak', promotion(v5, 'Production', [officer, lead, author])),
    ).rejects.toEqual(refusedWith('RegistryAuthorSignedOff'))
    await society.act('Emil Novak', promotion(v5, 'Production', [lead, officer]))
    await society.pass(3 * 86_400)
  })

  it('refuses who is not certified any more', async () => {
    await society.pass(7 * 86_400)
    const lapsed = await signOff('Noor Haddad', 'TechnicalLead', v6, 'Validation', 'Critical')
    const officer = await signOff('Ada Osei', 'ResponsibleAIOfficer', v6, 'Validation', 'Critical')
    await expect(society.act('Emil Novak', promotion(v6, 'Validation', [lapsed, officer]))).rejects.toEqual(
      refusedWith('RegistryCertificateLapsed'),
    )
  })

  it('promotes the Critical version with the consent of the Oversight Committee', async () => {
    await society.act(
      'Ada Osei',
      requireSchemasCall(contracts(), {
        model,
        environment: production,
        schemas: 2n,
        document: digest('the ward needs state'),
      }),
    )
    for (const stage of ['Validation', 'Staging'] as const) {
      const approval = await signOff('Ada Osei', 'ResponsibleAIOfficer', v6, stage, 'Critical')
      await society.act('Emil Novak', promotion(v6, stage, [approval]))
    }
    const deadline = (await society.now()) + signOffSeconds
    const consent = signOffCall(contracts(), {
      version: idOf(v6),
      role: 'OversightCommittee',
      stage: 'Production',
      risk: 'Critical',
      evidence: digest('evidence Production'),
      policyEpoch: 1,
      signingEpoch: 0,
      deadline,
    })
    const approvals = [
      await signOff('Ada Osei', 'ResponsibleAIOfficer', v6, 'Production', 'Critical'),
      await signOff('Chloe Martin', 'DomainLead', v6, 'Production', 'Critical'),
      {
        role: 'OversightCommittee',
        deadline,
        signer: contracts().timelocks.oversight,
        signature: '0x',
      } satisfies Approval,
    ]
    await expect(society.act('Emil Novak', promotion(v6, 'Production', approvals))).rejects.toEqual(
      refusedWith('RegistrySignOffInvalid'),
    )
    await society.decide('oversight', ['Grace Lindt', 'Hiro Tan'], [consent], 'Consent to silero-vad 6.0.0')
    await society.act('Emil Novak', promotion(v6, 'Production', approvals))
    expect(await activeVersion()).toBe(idOf(v6))
  })

  it('appoints a person by the Assembly’s vote', async () => {
    const account = society.client
    const newcomer = '0x00000000000000000000000000000000000a11ce'
    const appointment = { signer: newcomer, salt: digest('Quinn'), roles: 1 << 7, domains: [] }
    const call = callOf(contracts().rules, rulesAbi, 'appoint', [appointment, digest('elected')])
    await expect(society.act('Ada Osei', call)).rejects.toEqual(refusedWith('RulesUnauthorized'))
    const members = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak'] as const
    await society.decide('assembly', members, [call], 'Appoint Otis Quinn')
    const { standing, cleared } = await account.readContract({
      address: contracts().lens,
      abi: lensAbi,
      functionName: 'person',
      args: [newcomer],
    })
    expect({ roles: standing.roles, cleared }).toEqual({ roles: 1 << 7, cleared: false })
  })

  it('halts at once, and rolls back by the Emergency Committee alone', async () => {
    const order = {
      model,
      environment: production,
      version: idOf(v6),
      trigger: 'DriftOrIntegrity',
      reason: digest('drift'),
    } as const
    const rollback = {
      model,
      environment: production,
      from: idOf(v6),
      to: idOf(v5),
      trigger: 'DriftOrIntegrity',
      reason: digest('drift'),
    } as const
    await society.act('Watch Post 1', reportTriggerCall(contracts(), order, 'Monitor'))
    await expect(society.act('Emil Novak', haltCall(contracts(), order, 'SystemOperator'))).rejects.toEqual(
      refusedWith('RegistryInsufficientAuthority'),
    )
    await society.act('Ada Osei', haltCall(contracts(), order, 'ResponsibleAIOfficer'))
    await expect(
      society.act('Emil Novak', rollbackCall(contracts(), rollback, 'SystemOperator')),
    ).rejects.toEqual(refusedWith('RegistryInsufficientAuthority'))
    const beyond: Proposal = {
      calls: [callOf(contracts().registry, registryAbi, 'suspendModel', [model, digest('x')])],
      description: '# Suspend',
    }
    await expect(
      society.act('Jonas Vale', proposeCall(contracts().committees.emergency, beyond)),
    ).rejects.toEqual(refusedWith('CommitteeOutOfScope'))
    const call = rollbackCall(contracts(), rollback, 'EmergencyCommittee')
    await society.decide('emergency', ['Jonas Vale', 'Kira Boon', 'Liam Frost'], [call], 'Back to 5.0.0')
    expect(await activeVersion()).toBe(idOf(v5))
  })

  it('rolls back to an incompatible version only with a plan, and the entry holds the mask', async () => {
    const order = {
      model,
      environment: production,
      from: idOf(v5),
      to: idOf(legacy),
      trigger: 'PerformanceRegression',
      reason: digest('worse'),
    } as const
    await expect(
      society.act('Ada Osei', rollbackCall(contracts(), order, 'ResponsibleAIOfficer')),
    ).rejects.toEqual(refusedWith('RegistryIncompatible'))
    const planned = { ...order, plan: digest('degrade to energy-based detection') }
    await society.act('Ada Osei', rollbackCall(contracts(), planned, 'ResponsibleAIOfficer'))
    const entries = await auditEntries(society.kedge, contracts().registry)
    expect(entries.at(-1)).toMatchObject({
      action: 'RolledBack',
      systems: 2n,
      authority: 'ResponsibleAIOfficer',
    })
    await expect(
      society.act(
        'Ada Osei',
        rollbackCall(contracts(), { ...planned, from: order.to, to: order.from }, 'ResponsibleAIOfficer'),
      ),
    ).rejects.toEqual(refusedWith('RegistryTargetIneligible'))
  })

  it('leaves events from which both heads follow', async () => {
    const heads = await Promise.all(
      (
        [
          ['registry', registryAbi],
          ['rules', rulesAbi],
        ] as const
      ).map(async ([name, abi]) => ({
        fromEvents: headOf(await auditEntries(society.kedge, contracts()[name])),
        onChain: await society.client.readContract({ address: contracts()[name], abi, functionName: 'head' }),
      })),
    )
    for (const { fromEvents, onChain } of heads) expect(fromEvents).toBe(onChain)
  })
})
