import { join } from 'node:path'
import { lensAbi } from '../../../sdk/chain/abi/index.ts'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  modelIdOf,
  overruleCall,
  type RollbackOrder,
  rollbackBySignatureCall,
  rollbackCall,
  type Stage,
  setMonitoredCall,
  signRollback,
} from '../../../sdk/chain/index.ts'
import {
  evaluatePrompt,
  laterCases,
  type PromptVersion,
  releaseCases,
  writePromptArtifact,
} from '../../models/prompt.ts'
import { carryPromotion, production, registerVersion, type Stagehand, signOff } from '../cast.ts'
import { about, describeVersion, type LifeVersion, makeDocument, nameOf } from '../version.ts'

const model = 'triage-note'
const day = 86_400

/**
 * Two versions of a Low-risk prompt template: the technical lead alone approves, a Monitor may take one step back, an
 * operator alone rolls back.
 */
export async function prompt(hand: Stagehand): Promise<LifeVersion> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  record.chapter('A prompt template of low risk')
  const why = makeDocument({
    kind: 'reason',
    model,
    text: 'Notes for the triage desk, written by a template.',
  })
  await hand.publish(why)
  await record.act('Ada Osei', `creates the model ${model}`, () =>
    society.act(
      'Ada Osei',
      createModelCall(contracts, {
        name: model,
        domain: domainIdOf('speech'),
        floor: 'Low',
        developers: [society.person('Dana Cruz')],
        document: why.digest,
      }),
    ),
  )
  const first = await makeVersion(hand, '1', null)
  const schema = {
    model: modelIdOf(model),
    digest: `0x${first.manifest.manifest.featureSchema.digest.sha256}` as const,
    satisfies: 0n,
    document: why.digest,
  }
  await record.act('Ada Osei', `adds schema 0 to ${model}`, () =>
    society.act('Ada Osei', addSchemaCall(contracts, schema)),
  )
  const second = await makeVersion(hand, '2', first)
  await live(hand, first, undefined)
  await society.pass(2 * 3600)
  await live(hand, second, first)
  await stepBack(hand, second, first)
  await society.pass(day)
  await rollBack(hand, second, first)
  return first
}

async function makeVersion(hand: Stagehand, version: PromptVersion, parent: LifeVersion | null) {
  const artifact = await writePromptArtifact(
    version,
    join(hand.directory, 'artifacts', `${model}-${version}`),
  )
  return await describeVersion(hand.society, model, artifact, {
    label: `${version}.0.0`,
    architecture: 'text-template',
    parent: parent === null ? null : parent.manifest.digest,
    schema: 0,
    schemaName: 'triage-note',
    risk: 'Low',
    author: hand.society.person('Dana Cruz'),
    createdAt: new Date((await hand.society.now()) * 1000),
    framework: { name: 'node', version: process.versions.node },
    absent: {
      weights: 'A template has no weights.',
      'training-code': 'A template is not trained.',
      'inference-code': 'Whoever sends the note renders the template.',
      'pre-processing': 'The variables are taken as they come.',
      'post-processing': 'The note is sent as it is rendered.',
    },
  })
}

async function live(hand: Stagehand, version: LifeVersion, parent: LifeVersion | undefined): Promise<void> {
  await registerVersion(hand, version, parent)
  const { label } = version.manifest.manifest
  for (const stage of ['Validation', 'Staging', 'Production'] as const satisfies readonly Stage[]) {
    // Rendered again before each stage: the evidence is what came out, whatever that is.
    const found = await evaluatePrompt(label.startsWith('1.') ? '1' : '2', releaseCases)
    const evidence = makeDocument({
      kind: 'evidence',
      ...about(version),
      text: `Rendered again before ${stage}: ${found.passedCases} of ${found.cases.length} cases passed, template ${found.templateSha256}.`,
      test: {
        result: found.result,
        configuration: [version.manifest.manifest.evaluation.criteria],
        url: null,
        passedTests: found.cases.filter(({ passed }) => passed).map(({ name }) => name),
        warnedTests: [],
        failedTests: found.cases.filter(({ passed }) => !passed).map(({ name }) => name),
      },
    })
    await hand.publish(evidence)
    await record(hand, `carries ${nameOf(version)} into ${stage}`, async () => {
      const terms = { version, role: 'TechnicalLead', stage, risk: 'Low', evidence } as const
      const receipt = await carryPromotion(hand, version, stage, evidence, [
        await signOff(hand, 'Ben Ito', terms),
      ])
      return { ...receipt, note: 'done; signed off by TechnicalLead' }
    })
  }
}

const record = <T extends object>(hand: Stagehand, title: string, perform: () => Promise<T>) =>
  hand.record.act('Emil Novak', title, perform)

/** A case that came up later fails for the second version: really rendered, really checked. */
async function failingCase(hand: Stagehand, from: LifeVersion, to: LifeVersion): Promise<RollbackOrder> {
  const found = await evaluatePrompt('2', laterCases)
  hand.record.expect(
    `a case of the day fails with ${nameOf(from)}`,
    `test result ${found.result}`,
    found.result === 'FAILED',
  )
  const problems = found.cases.flatMap(({ problems: list }) => list)
  const reason = makeDocument({
    kind: 'reason',
    ...about(from, to),
    text: `Version 2 fails: ${problems.join('; ')}`,
  })
  await hand.publish(reason)
  return {
    model: modelIdOf(model),
    environment: production,
    from: from.id,
    to: to.id,
    trigger: 'PerformanceRegression',
    reason: reason.digest,
  }
}

/** A Monitor goes one step back by itself, where the RAIO lets it; she overrules it within the day. */
async function stepBack(hand: Stagehand, from: LifeVersion, to: LifeVersion): Promise<void> {
  const { society } = hand
  const { contracts } = society.kedge.deployment
  const order = await failingCase(hand, from, to)
  const back = rollbackCall(contracts, order, 'Monitor')
  await hand.record.refused('Watch Post 1', `takes ${model} one step back`, 'RegistryNotMonitored', () =>
    society.act('Watch Post 1', back),
  )
  const terms = { model: modelIdOf(model), monitored: true, document: order.reason }
  await hand.record.act('Ada Osei', `lets monitors take ${model} one step back`, () =>
    society.act('Ada Osei', setMonitoredCall(contracts, terms)),
  )
  await hand.record.act('Watch Post 1', `takes ${model} one step back, from 2.0.0 to 1.0.0`, () =>
    society.act('Watch Post 1', back),
  )
  const why = makeDocument({
    kind: 'reason',
    ...about(to, from),
    text: 'One case of many: until the desk has seen it, version 2 serves better.',
  })
  await hand.publish(why)
  const again = { ...order, from: to.id, to: from.id, reason: why.digest }
  await hand.record.act('Ada Osei', `overrules it: ${nameOf(from)} is active again`, () =>
    society.act('Ada Osei', overruleCall(contracts, again)),
  )
}

/** An operator rolls back alone: a signature, which anyone carries. */
async function rollBack(hand: Stagehand, from: LifeVersion, to: LifeVersion): Promise<void> {
  const { society } = hand
  const { chainId, contracts } = society.kedge.deployment
  const order = await failingCase(hand, from, to)
  const { active } = await society.client.readContract({
    address: contracts.lens,
    abi: lensAbi,
    functionName: 'provenance',
    args: [order.model, order.environment],
  })
  const warrant = await signRollback({
    account: society.account('Emil Novak'),
    chainId,
    rules: contracts.rules,
    rollback: {
      ...order,
      sequence: Number(active.sequence),
      role: 'SystemOperator',
      signingEpoch: 0,
      deadline: (await society.now()) + day,
    },
  })
  const carried = rollbackBySignatureCall(contracts, order, warrant)
  await hand.record.act('anyone', `carries Emil Novak’s rollback of ${model} from 2.0.0 to 1.0.0`, () =>
    society.carry(carried),
  )
  await hand.record.refused('anyone', 'carries the same signature again', 'RulesInvalidSignature', () =>
    society.carry(carried),
  )
}
