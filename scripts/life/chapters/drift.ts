import type { Hex } from 'viem'
import {
  auditEntries,
  haltCall,
  modelIdOf,
  proposeCall,
  reportTriggerCall,
  retireCall,
  rollbackCall,
  suspendModelCall,
} from '../../../sdk/chain/index.ts'
import { measureDrift } from '../../models/drift.ts'
import { decideTogether, gateSays, production, type Stagehand } from '../cast.ts'
import { about, type LifeDocument, type LifeVersion, makeDocument, nameOf } from '../version.ts'
import type { Silero } from './silero.ts'

const model = modelIdOf('silero-vad')

/** Drift in v6: reported, halted, rolled back by the Emergency Committee; then v5 -> legacy with a plan, and v5 retires. */
export async function drift(hand: Stagehand, silero: Silero, trustPath: string): Promise<void> {
  const { society, record } = hand
  const { v5 } = silero
  record.chapter('Drift')
  const reason = await findDrift(hand, silero)
  await halt(hand, silero, reason, trustPath)
  const ending = { alternatives: [], document: reason.digest }
  const retirement = retireCall(society.kedge.deployment.contracts, v5.identity, ending)
  await record.refused(
    'Ada Osei',
    `retires ${nameOf(v5)}, to which one must be able to go back`,
    'RegistryNoAlternative',
    () => society.act('Ada Osei', retirement),
  )
  await rollBack(hand, silero, reason, trustPath)
  record.chapter('Back to an incompatible version')
  await rollBackFurther(hand, silero, trustPath)
  await record.act('Ada Osei', `retires ${nameOf(v5)}, to which nobody can go back any more`, () =>
    society.act('Ada Osei', retirement),
  )
}

async function findDrift(hand: Stagehand, { v5, v6 }: Silero): Promise<LifeDocument> {
  const measured = await measureDrift('distant')
  hand.record.expect(
    `the wards’ sound has drifted from the evaluation of ${nameOf(v6)}`,
    `stability index ${measured.indexPerMille}/1000, threshold ${measured.thresholdPerMille}/1000`,
    measured.exceeded,
  )
  const text = `Population stability index ${measured.indexPerMille}/1000 over ${measured.thresholdPerMille}/1000.`
  const reason = makeDocument({ kind: 'reason', ...about(v6, v5), text })
  await hand.publish(reason)
  return reason
}

const trigger = 'DriftOrIntegrity'

/** From one version to another, in production. */
function back(from: LifeVersion, to: LifeVersion, reason: Hex) {
  return { model, environment: production, from: from.id, to: to.id, trigger, reason } as const
}

/** A Monitor reports, the operator alone may not act on what is Critical, the RAIO halts, and no more is in scope. */
async function halt(
  hand: Stagehand,
  { v5, v6 }: Silero,
  { digest: reason }: LifeDocument,
  trustPath: string,
): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  const stop = { model, environment: production, version: v6.id, trigger, reason } as const
  await record.act('Watch Post 1', `reports a trigger for ${nameOf(v6)}`, () =>
    society.act('Watch Post 1', reportTriggerCall(contracts, stop, 'Monitor')),
  )
  await record.refused(
    'Emil Novak',
    `rolls the Critical ${nameOf(v6)} back alone`,
    'RegistryInsufficientAuthority',
    () => society.act('Emil Novak', rollbackCall(contracts, back(v6, v5, reason), 'SystemOperator')),
  )
  await record.act('Ada Osei', `halts ${nameOf(v6)}`, () =>
    society.act('Ada Osei', haltCall(contracts, stop, 'ResponsibleAIOfficer')),
  )
  const halted = { exitCode: 1, code: 'HALTED' } as const
  await gateSays(hand, `kedge verify of ${nameOf(v6)}`, halted, { version: v6, trustPath })
  const beyond = {
    calls: [suspendModelCall(contracts, model, reason)],
    description: '# Suspend the model',
  }
  await record.refused(
    'Jonas Vale',
    'proposes to suspend silero-vad, which is out of scope',
    'CommitteeOutOfScope',
    () => society.act('Jonas Vale', proposeCall(contracts.committees.emergency, beyond)),
  )
}

/** The Emergency Committee goes back to 5.0.0. */
async function rollBack(
  hand: Stagehand,
  { v5, v6 }: Silero,
  { digest: reason }: LifeDocument,
  trustPath: string,
): Promise<void> {
  const { contracts } = hand.society.kedge.deployment
  await decideTogether(hand, {
    committee: 'emergency',
    members: ['Jonas Vale', 'Kira Boon', 'Liam Frost'],
    calls: [rollbackCall(contracts, back(v6, v5, reason), 'EmergencyCommittee')],
    title: `Back to ${nameOf(v5)}`,
    what: `the rollback to ${nameOf(v5)}`,
  })
  const rolledBack = { exitCode: 1, code: 'ROLLED_BACK' } as const
  await gateSays(hand, `kedge verify of ${nameOf(v6)}`, rolledBack, { version: v6, trustPath })
  await gateSays(hand, `kedge verify of ${nameOf(v5)}`, { exitCode: 0 }, { version: v5, trustPath })
}

/** The RAIO goes back to a version that lacks a schema, by a plan for degraded service. */
async function rollBackFurther(hand: Stagehand, { legacy, v5 }: Silero, trustPath: string): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  const worse = makeDocument({ kind: 'reason', ...about(v5, legacy), text: 'The same drift shows in 5.0.0.' })
  const text = 'Recorders fall back to their energy gate.'
  const plan = makeDocument({ kind: 'plan', ...about(legacy), text })
  await hand.publish(worse)
  await hand.publish(plan)
  const further = back(v5, legacy, worse.digest)
  const planned = { ...further, plan: plan.digest }
  await record.refused(
    'Ada Osei',
    `rolls back to ${nameOf(legacy)} without a plan`,
    'RegistryIncompatible',
    () => society.act('Ada Osei', rollbackCall(contracts, further, 'ResponsibleAIOfficer')),
  )
  await record.act('Ada Osei', `rolls back to ${nameOf(legacy)} with a plan`, () =>
    society.act('Ada Osei', rollbackCall(contracts, planned, 'ResponsibleAIOfficer')),
  )
  const last = (await auditEntries(society.kedge, contracts.registry)).at(-1)
  record.expect(
    `the audit entry of the rollback to ${nameOf(legacy)} holds what must degrade`,
    `mask 0x${last?.systems.toString(16)}`,
    last?.action === 'RolledBack' && last.systems === 2n,
  )
  const live = { version: legacy, trustPath }
  const title = `kedge verify of ${nameOf(legacy)}`
  await gateSays(hand, title, { exitCode: 1, code: 'INCOMPATIBLE' }, live)
  await gateSays(hand, `${title}, by the plan`, { exitCode: 0 }, { ...live, schemas: '0' })
}
