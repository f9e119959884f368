import { type Hex, keccak256, toHex } from 'viem'
import { afterAll, beforeAll, it } from 'vitest'
import { registryAbi, rulesAbi } from '../../../sdk/chain/abi/index.ts'
import {
  activateCall,
  addSchemaCall,
  callOf,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  promoteCall,
  registerCall,
  reportTriggerCall,
  resumeCall,
  rollbackCall,
  setMonitoredCall,
  signSignOff,
  versionIdOf,
  withdrawCall,
} from '../../../sdk/chain/index.ts'
import { type Risk, type Role, roles, type Stage, stages } from '../../../sdk/policy/words.ts'
import { type FoundedSociety, foundSociety } from '../../life/society.ts'
import { expectReplay, speak } from './liveChain.ts'
import { fieldsOf, membersOf } from './storage.ts'

// What the vectors do not reach, because it depends on the time: halts that take a proof, a Monitor's step back,
// suspensions by the RAIO, an environment beyond those that a word has room for; and much that stays open at the end.

const digest = (text: string) => keccak256(toHex(text))
const document = digest('a document')
const reason = digest('a reason')
const hour = 3600
const day = 24 * hour

let society: FoundedSociety

beforeAll(async () => {
  society = await foundSociety()
}, 120_000)

afterAll(async () => society?.end())

const deployment = () => society.kedge.deployment
const contracts = () => deployment().contracts

function idOf(identity: Identity): Hex {
  return versionIdOf({ chainId: deployment().chainId, registry: contracts().registry, identity })
}

async function createModel(name: string, floor: Risk): Promise<Hex> {
  const model = modelIdOf(name)
  const developers = [society.person('Dana Cruz')]
  const domain = domainIdOf('speech')
  await society.act('Ada Osei', createModelCall(contracts(), { name, domain, floor, developers, document }))
  const schema = { model, digest: digest('schema'), satisfies: 0n, document }
  await society.act('Ada Osei', addSchemaCall(contracts(), schema))
  return model
}

async function register(model: Hex, label: string, risk: Risk): Promise<Identity> {
  const [manifestDigest, artifactDigest] = [digest(`B ${label}`), digest(`A ${label}`)]
  const author = society.person('Dana Cruz')
  const identity = {
    model,
    label: labelHashOf(label),
    manifestDigest,
    artifactDigest,
    parent: none,
    schema: 0,
    risk,
    author,
  }
  await society.act('Dana Cruz', registerCall(contracts(), identity))
  return identity
}

async function promote(identity: Identity, stage: Stage, signers: Readonly<Partial<Record<Role, string>>>) {
  const evidence = digest('evidence')
  const terms = {
    version: idOf(identity),
    stage,
    risk: identity.risk,
    evidence,
    plan: none,
    policyEpoch: 1,
    signingEpoch: 0,
    deadline: (await society.now()) + day,
  }
  const signOffs = await Promise.all(
    Object.entries(signers).map(([role, name]) =>
      signSignOff({
        account: society.account(name),
        chainId: deployment().chainId,
        rules: contracts().rules,
        signOff: { ...terms, role: role as Role },
      }),
    ),
  )
  await society.act('Emil Novak', promoteCall(contracts(), { identity, stage, evidence, signOffs }))
}

/** The sequence of what is active there. */
async function sequenceOf(model: Hex, environment: Hex): Promise<number> {
  const [, word] = await society.client.readContract({
    address: contracts().registry,
    abi: registryAbi,
    functionName: 'active',
    args: [model, environment],
  })
  const { sequence } = membersOf(word, fieldsOf('ActiveWord'))
  return Number(sequence)
}

const onRules = (name: string, args: readonly unknown[]) => callOf(contracts().rules, rulesAbi, name, args)

it('leads to every word by the document, whatever came before', { timeout: 120_000 }, async () => {
  const { assembly, oversight, emergency } = contracts().timelocks
  const cause = { trigger: 'PerformanceRegression', reason } as const
  const model = await createModel('triage-note', 'Low')
  const validation = environmentIdOf('validation')
  const versions: Identity[] = []
  const enter = async (label: string) => {
    const identity = await register(model, label, 'Low')
    await promote(identity, 'Validation', { TechnicalLead: 'Ben Ito' })
    versions.push(identity)
    await society.pass(2 * hour)
    return idOf(identity)
  }
  const first = await enter('1.0.0')
  const second = await enter('2.0.0')
  const third = await enter('3.0.0')
  const back = { model, environment: validation, ...cause }
  await society.act(
    'Emil Novak',
    rollbackCall(contracts(), { ...back, from: third, to: second }, 'SystemOperator'),
  )
  // Replaced while the RAIO has it halted: it is not proven any more.
  await society.act('Ada Osei', haltCall(contracts(), { ...back, version: second }, 'ResponsibleAIOfficer'))
  const fourth = await enter('4.0.0')
  const fifth = await enter('5.0.0')
  await society.pass(day)
  await society.act('Ada Osei', setMonitoredCall(contracts(), { model, monitored: true, document }))
  await society.act(
    'Watch Post 1',
    rollbackCall(contracts(), { ...back, from: fifth, to: fourth }, 'Monitor'),
  )
  await society.act('Watch Post 1', haltCall(contracts(), { ...back, version: fourth }, 'Monitor'))
  await society.act(
    'Emil Novak',
    reportTriggerCall(contracts(), { ...back, version: fourth }, 'SystemOperator'),
  )
  // A higher rank takes the halt over; what is not active is only condemned.
  await speak(society, emergency, haltCall(contracts(), { ...back, version: fourth }, 'EmergencyCommittee'))
  await speak(
    society,
    emergency,
    rollbackCall(contracts(), { ...back, from: first, to: second }, 'EmergencyCommittee'),
  )

  // What a senior has halted goes into no further environment.
  const sequence = await sequenceOf(model, validation)
  const resumption = { ...back, version: fourth, sequence }
  await speak(society, emergency, resumeCall(contracts(), resumption, 'EmergencyCommittee'))

  // The first environment for which a word has no bit: proven there, and no more.
  for (let index = 4; index <= 96; index++) {
    const environment = environmentIdOf(`ward-${index}`)
    await speak(
      society,
      assembly,
      onRules('addEnvironment', [environment, stages.indexOf('Validation'), document]),
    )
  }
  const ward = environmentIdOf('ward-96')
  const [, secondIdentity, , fourthIdentity] = versions
  for (const identity of [secondIdentity, fourthIdentity]) {
    if (identity === undefined) throw new Error('too few versions')
    await society.act('Emil Novak', activateCall(contracts(), identity, ward))
    await society.pass(2 * hour)
  }
  const there = { model, environment: ward, ...cause }
  await society.act(
    'Emil Novak',
    rollbackCall(contracts(), { ...there, from: fourth, to: second }, 'SystemOperator'),
  )
  // Replaced while a committee has it halted: it is not proven any more. The operator's condemnation is lifted.
  await speak(society, oversight, haltCall(contracts(), { ...there, version: second }, 'OversightCommittee'))
  await speak(
    society,
    emergency,
    rollbackCall(contracts(), { ...there, from: second, to: fourth }, 'EmergencyCommittee'),
  )
  const sixth = await register(model, '6.0.0', 'Low')
  await promote(sixth, 'Validation', { TechnicalLead: 'Ben Ito' })
  await society.act('Emil Novak', activateCall(contracts(), sixth, ward))

  // Halted before it has soaked, the time until it is replaced does not count.
  const halt = { ...back, version: idOf(sixth) }
  await society.act('Emil Novak', haltCall(contracts(), halt, 'SystemOperator'))
  await society.pass(2 * hour)
  const seventh = await enter('7.0.0')
  // Halted after it has soaked, by an operator, it stays proven.
  await society.act('Emil Novak', haltCall(contracts(), { ...back, version: seventh }, 'SystemOperator'))
  const eighth = await enter('8.0.0')
  // Condemned again: the first time counts.
  const late = { ...back, from: seventh, to: idOf(sixth) }
  for (const order of [late, late]) {
    await speak(society, emergency, rollbackCall(contracts(), order, 'EmergencyCommittee'))
    await society.pass(hour)
  }

  await society.pass(day)
  // An operator withdraws, which keeps nobody out; the RAIO does, and keeps the place empty.
  await society.act(
    'Emil Novak',
    withdrawCall(contracts(), { ...there, from: idOf(sixth) }, 'SystemOperator'),
  )
  await society.act('Ada Osei', withdrawCall(contracts(), { ...back, from: eighth }, 'ResponsibleAIOfficer'))

  // The first High version in Production pulls the review.
  const vad = await register(await createModel('silero-vad', 'Medium'), '6.0.0', 'High')
  const signers = { ResponsibleAIOfficer: 'Ada Osei', DomainLead: 'Chloe Martin' } as const
  for (const stage of ['Validation', 'Staging', 'Production'] as const) await promote(vad, stage, signers)

  // Halted after it has soaked, and not replaced.
  await society.pass(2 * day)
  const production = environmentIdOf('production')
  const stop = { model: vad.model, environment: production, version: idOf(vad), ...cause }
  await society.act('Ada Osei', haltCall(contracts(), stop, 'ResponsibleAIOfficer'))

  const until = (await society.now()) + 7 * day
  const officer = roles.indexOf('ResponsibleAIOfficer')
  for (const [index, name] of ['Maya Stone', 'Noor Haddad'].entries()) {
    const args = [society.person(name), until + index, officer, document]
    await society.act('Ada Osei', onRules('suspend', args))
  }
  await speak(society, assembly, onRules('reinstate', [society.person('Maya Stone'), document]))
  const grace = society.person('Grace Lindt')
  await speak(
    society,
    assembly,
    onRules('suspend', [grace, 2 ** 40 - 1, roles.indexOf('Assembly'), document]),
  )
  const dana = society.person('Dana Cruz')
  await speak(society, assembly, onRules('setRoles', [dana, 1 << roles.indexOf('ModelDeveloper'), document]))
  for (let count = 0; count < 2; count++) {
    await speak(society, oversight, onRules('recordViolation', [dana, document]))
    await society.pass(hour)
  }
  await speak(
    society,
    assembly,
    onRules('startRecovery', [society.person('Hiro Tan'), `0x${'17'.repeat(20)}`, document]),
  )
  await speak(society, oversight, onRules('consentToEpoch', [digest('terms')]))
  await speak(
    society,
    assembly,
    callOf(contracts().registry, registryAbi, 'setFloor', [model, 3, roles.indexOf('Assembly'), document]),
  )

  await expectReplay(society)
})
