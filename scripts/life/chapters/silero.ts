import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  modelIdOf,
  type Role,
  registerCall,
  requireSchemasCall,
  type Stage,
  signOffCall,
  type Warrant,
} from '../../../sdk/chain/index.ts'
import type { Risk } from '../../../sdk/policy/words.ts'
import { type Artifact, writeSileroArtifact } from '../../models/artifact.ts'
import type { Evaluation } from '../../models/evaluation.ts'
import { evaluateSilero, type SileroVersion } from '../../models/silero.ts'
import {
  carryPromotion,
  decideTogether,
  production,
  registerVersion,
  type Stagehand,
  signOff,
} from '../cast.ts'
import {
  about,
  describeVersion,
  type LifeDocument,
  type LifeVersion,
  makeDocument,
  nameOf,
} from '../version.ts'

const model = 'silero-vad'
const steps = ['Validation', 'Staging', 'Production'] as const satisfies readonly Stage[]
const day = 86_400

/** The three versions of the speech model, in the order of their lives. */
export interface Silero {
  readonly legacy: LifeVersion
  readonly v5: LifeVersion
  readonly v6: LifeVersion
}

/** Three versions of a real speech model, Medium, High and Critical, each through all stages. */
export async function silero(hand: Stagehand): Promise<Silero> {
  hand.record.chapter('A speech model and its schemas')
  const legacy = await createModel(hand)
  hand.record.chapter('silero-vad 4.0.0, Medium')
  await medium(hand, legacy)
  await hand.society.pass(day)
  hand.record.chapter('silero-vad 5.0.0, High')
  const v5 = await makeVersion(hand, 'v5', legacy)
  await high(hand, v5, legacy)
  await hand.society.pass(4 * day)
  hand.record.chapter('silero-vad 6.0.0, Critical')
  const v6 = await makeVersion(hand, 'v6', v5)
  await critical(hand, v6, v5)
  return { legacy, v5, v6 }
}

async function createModel(hand: Stagehand): Promise<LifeVersion> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  const why = makeDocument({
    kind: 'reason',
    model,
    text: 'Tells speech from silence before anything listens.',
  })
  await hand.publish(why)
  await record.act('Ada Osei', `creates the model ${model} with a floor of Medium`, () =>
    society.act(
      'Ada Osei',
      createModelCall(contracts, {
        name: model,
        domain: domainIdOf('speech'),
        floor: 'Medium',
        developers: [society.person('Dana Cruz')],
        document: why.digest,
      }),
    ),
  )
  const legacy = await makeVersion(hand, 'legacy', null)
  const { schema } = await evaluateSilero('v6')
  const names = [legacy.manifest.manifest.featureSchema.name, schemaNameOf(schema)]
  for (const [number, name] of names.entries()) {
    const document = makeDocument({ kind: 'reason', model, text: `Schema ${number}: ${name}` })
    await hand.publish(document)
    const addition = {
      model: modelIdOf(model),
      digest: document.digest,
      satisfies: 0n,
      document: document.digest,
    }
    await record.act('Ada Osei', `adds schema ${number} to ${model}: ${name}`, () =>
      society.act('Ada Osei', addSchemaCall(contracts, addition)),
    )
  }
  return legacy
}

/** Medium: the RAIO alone. What must be refused on the way is tried on the way. */
async function medium(hand: Stagehand, legacy: LifeVersion): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  await record.refused(
    'Dana Cruz',
    `declares ${nameOf(legacy)} Low, below the floor`,
    'RegistryRiskBelowFloor',
    () => society.act('Dana Cruz', registerCall(contracts, { ...legacy.identity, risk: 'Low' })),
  )
  await registerVersion(hand, legacy)
  let previous: { readonly signOff: Warrant; readonly evidence: LifeDocument } | undefined
  for (const stage of steps) {
    const evidence = await evidenceFor(hand, legacy, 'legacy', stage)
    if (stage === 'Validation') {
      const skip = await sign(hand, 'Ada Osei', 'ResponsibleAIOfficer', legacy, 'Staging', 'Medium', evidence)
      await record.refused(
        'Emil Novak',
        `skips Validation with ${nameOf(legacy)}`,
        'RegistryStageSkipped',
        () => carryPromotion(hand, legacy, 'Staging', evidence, [skip]),
      )
      await record.refused(
        'Emil Novak',
        `brings no sign-off for ${nameOf(legacy)}`,
        'RulesSignOffMissing',
        () => carryPromotion(hand, legacy, stage, evidence, []),
      )
    }
    if (previous !== undefined && stage === 'Staging') {
      const { signOff: replayed, evidence: earlier } = previous
      await record.refused(
        'Emil Novak',
        `replays the sign-off of ${nameOf(legacy)} for Validation`,
        'RulesInvalidSignature',
        () => carryPromotion(hand, legacy, stage, earlier, [replayed]),
      )
    }
    const signed = await sign(hand, 'Ada Osei', 'ResponsibleAIOfficer', legacy, stage, 'Medium', evidence)
    await enters(hand, legacy, stage, evidence, [signed])
    previous = { signOff: signed, evidence }
  }
}

/** High: the RAIO and the lead of the domain, two persons, neither the author. */
async function high(hand: Stagehand, v5: LifeVersion, legacy: LifeVersion): Promise<void> {
  const { society, record } = hand
  await registerVersion(hand, v5, legacy)
  const squatter = await describeAgain(hand, v5, legacy)
  for (const stage of steps) {
    const evidence = await evidenceFor(hand, v5, 'v5', stage)
    const officer = await sign(hand, 'Ada Osei', 'ResponsibleAIOfficer', v5, stage, 'High', evidence)
    if (stage !== 'Production') {
      await enters(hand, v5, stage, evidence, [officer])
      continue
    }
    const lead = await sign(hand, 'Chloe Martin', 'DomainLead', v5, stage, 'High', evidence)
    const author = await sign(hand, 'Dana Cruz', 'TechnicalLead', v5, stage, 'High', evidence)
    await record.refused(
      'Emil Novak',
      `brings the author’s own sign-off for ${nameOf(v5)}`,
      'RulesAuthorSignedOff',
      () => carryPromotion(hand, v5, stage, evidence, [officer, lead, author]),
    )
    const both = [
      await sign(hand, 'Pia Weber', 'ResponsibleAIOfficer', v5, stage, 'High', evidence),
      await sign(hand, 'Pia Weber', 'DomainLead', v5, stage, 'High', evidence),
    ]
    await record.refused(
      'Emil Novak',
      `brings one person in two roles for ${nameOf(v5)}`,
      'RulesPersonFillsTwoRoles',
      () => carryPromotion(hand, v5, stage, evidence, both),
    )
    await enters(hand, v5, stage, evidence, [officer, lead])
  }
  const evidence = await evidenceFor(hand, squatter, 'v5', 'Validation')
  const officer = await sign(
    hand,
    'Ada Osei',
    'ResponsibleAIOfficer',
    squatter,
    'Validation',
    'High',
    evidence,
  )
  await record.refused(
    'Emil Novak',
    `carries another ${nameOf(squatter)} into Validation`,
    'RegistryLabelTaken',
    () => carryPromotion(hand, squatter, 'Validation', evidence, [officer]),
  )
  await society.pass(1)
}

/** Critical: the RAIO, the domain lead, and the Oversight Committee by proposal, votes, queue and execution. */
async function critical(hand: Stagehand, v6: LifeVersion, v5: LifeVersion): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  await registerVersion(hand, v6, v5)
  const need = makeDocument({ kind: 'reason', model, text: 'The wards’ recorders keep the state tensor.' })
  await hand.publish(need)
  const required = { model: modelIdOf(model), environment: production, schemas: 2n, document: need.digest }
  await record.act('Ada Osei', `requires schema 1 of ${model} in production`, () =>
    society.act('Ada Osei', requireSchemasCall(contracts, required)),
  )
  for (const stage of steps) {
    const evidence = await evidenceFor(hand, v6, 'v6', stage)
    const officer = await sign(hand, 'Ada Osei', 'ResponsibleAIOfficer', v6, stage, 'Critical', evidence)
    if (stage === 'Validation') {
      const lapsed = await sign(hand, 'Noor Haddad', 'TechnicalLead', v6, stage, 'Critical', evidence)
      await record.refused(
        'Noor Haddad',
        `signs ${nameOf(v6)} off with a lapsed certificate`,
        'RulesCertificateLapsed',
        () => carryPromotion(hand, v6, stage, evidence, [lapsed, officer]),
      )
    }
    if (stage !== 'Production') {
      await enters(hand, v6, stage, evidence, [officer])
      continue
    }
    const lead = await sign(hand, 'Chloe Martin', 'DomainLead', v6, stage, 'Critical', evidence)
    await record.refused(
      'Emil Novak',
      `carries ${nameOf(v6)} without the Oversight Committee`,
      'RulesSignOffMissing',
      () => carryPromotion(hand, v6, stage, evidence, [officer, lead]),
    )
    const consent = await oversightConsent(hand, v6, evidence)
    await enters(hand, v6, stage, evidence, [officer, lead, consent])
  }
}

/** The Oversight Committee's consent: a call out of its executed proposal. */
async function oversightConsent(hand: Stagehand, v6: LifeVersion, evidence: LifeDocument): Promise<Warrant> {
  const { society } = hand
  const { contracts } = society.kedge.deployment
  const deadline = (await society.now()) + 14 * day
  const call = signOffCall(contracts, {
    version: v6.id,
    role: 'OversightCommittee',
    stage: 'Production',
    risk: 'Critical',
    evidence: evidence.digest,
    policyEpoch: 1,
    signingEpoch: 0,
    deadline,
  })
  await decideTogether(hand, {
    committee: 'oversight',
    members: ['Grace Lindt', 'Hiro Tan'],
    calls: [call],
    title: `Consent to ${nameOf(v6)}`,
    what: `the sign-off of ${nameOf(v6)}`,
  })
  return { role: 'OversightCommittee', deadline, signer: '0x', signature: '0x' }
}

async function enters(
  hand: Stagehand,
  version: LifeVersion,
  stage: Stage,
  evidence: LifeDocument,
  signOffs: readonly Warrant[],
): Promise<void> {
  const signers = signOffs.map(({ role }) => role).join(', ')
  await hand.record.act('Emil Novak', `carries ${nameOf(version)} into ${stage}`, async () => ({
    ...(await carryPromotion(hand, version, stage, evidence, signOffs)),
    note: `done; signed off by ${signers}`,
  }))
}

async function sign(
  hand: Stagehand,
  who: string,
  role: Role,
  version: LifeVersion,
  stage: Stage,
  risk: Risk,
  evidence: LifeDocument,
): Promise<Warrant> {
  return await signOff(hand, who, { version, role, stage, risk, evidence })
}

/** Evidence for a stage: the model is run again, and the result must be the documented one. */
async function evidenceFor(
  hand: Stagehand,
  version: LifeVersion,
  run: SileroVersion,
  stage: Stage,
): Promise<LifeDocument> {
  const { evaluation } = await evaluateSilero(run)
  const path = join(version.directory, 'evaluation', 'results.json')
  const documented = JSON.parse(await readFile(path, 'utf8')) as Evaluation
  const same = documented.outputSha256 === evaluation.outputSha256
  const passed = evaluation.criteria.filter(criterion => criterion.passed)
  const failed = evaluation.criteria.filter(criterion => !criterion.passed)
  const describe = ({ name, minimum, measured }: Evaluation['criteria'][number]) =>
    `${name} >= ${minimum} (measured ${measured})`
  const evidence = makeDocument({
    kind: 'evidence',
    ...about(version),
    text: `Run again before ${stage}: ${evaluation.frames} frames, output ${evaluation.outputSha256}.`,
    test: {
      result: same && failed.length === 0 ? 'PASSED' : 'FAILED',
      configuration: [version.manifest.manifest.evaluation.criteria],
      url: null,
      passedTests: [...passed.map(describe), ...(same ? ['the output is the documented one'] : [])],
      warnedTests: [],
      failedTests: [...failed.map(describe), ...(same ? [] : ['the output differs from the documented one'])],
    },
  })
  await hand.publish(evidence)
  return evidence
}

const facts = {
  legacy: { label: '4.0.0', architecture: 'silero-vad-lstm', schema: 0, risk: 'Medium' },
  v5: { label: '5.0.0', architecture: 'silero-vad-stft-lstm', schema: 1, risk: 'High' },
  v6: { label: '6.0.0', architecture: 'silero-vad-stft-lstm', schema: 1, risk: 'Critical' },
} as const

async function makeVersion(
  hand: Stagehand,
  run: SileroVersion,
  parent: LifeVersion | null,
): Promise<LifeVersion> {
  const artifact = await writeSileroArtifact(
    run,
    join(hand.directory, 'artifacts', `${model}-${facts[run].label}`),
  )
  return await describe(hand, artifact, run, parent)
}

/** The same artifact under a second manifest of the same label: an attempt to take the label. */
async function describeAgain(hand: Stagehand, v5: LifeVersion, parent: LifeVersion): Promise<LifeVersion> {
  const artifact = await writeSileroArtifact('v5', join(hand.directory, 'artifacts', `${model}-5.0.0-again`))
  await hand.society.pass(60)
  const again = await describe(hand, artifact, 'v5', parent)
  if (again.id === v5.id) throw new Error('the second 5.0.0 is the first')
  await registerVersion(hand, again, parent, `another ${nameOf(v5)}`)
  return again
}

async function describe(
  hand: Stagehand,
  artifact: Artifact<Evaluation>,
  run: SileroVersion,
  parent: LifeVersion | null,
): Promise<LifeVersion> {
  const { framework, version } = artifact.evaluation.runtime
  return await describeVersion(hand.society, model, artifact, {
    ...facts[run],
    parent: parent === null ? null : parent.manifest.digest,
    schemaName: schemaNameOf(artifact.schema),
    author: hand.society.person('Dana Cruz'),
    createdAt: new Date((await hand.society.now()) * 1000),
    framework: { name: framework, version },
    absent: {
      prompts: 'The model takes sound, not text.',
      'training-code': 'The package that publishes the model holds no training code.',
    },
  })
}

/** A schema's name, read off it: "input, state, sr -> output, stateN". */
function schemaNameOf(schema: Artifact<unknown>['schema']): string {
  const names = (tensors: readonly { readonly name: string }[]) => tensors.map(({ name }) => name).join(', ')
  return `${names(schema.inputs)} -> ${names(schema.outputs)}`
}
