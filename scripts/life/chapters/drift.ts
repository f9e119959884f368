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
import { about, makeDocument, nameOf } from '../version.ts'
import type { Silero } from './silero.ts'

const model = modelIdOf('silero-vad')

/** Drift in v6: reported, halted, rolled back by the Emergency Committee; then v5 -> legacy with a plan, and v5 retires. */
export async function drift(hand: Stagehand, { legacy, v5, v6 }: Silero, trustPath: string): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  record.chapter('Drift')
  const measured = await measureDrift('distant')
  record.expect(
    `the wards’ sound has drifted from the evaluation of ${nameOf(v6)}`,
    `stability index ${measured.indexPerMille}/1000, threshold ${measured.thresholdPerMille}/1000`,
    measured.exceeded,
  )
  const text = `Population stability index ${measured.indexPerMille}/1000 over ${measured.thresholdPerMille}/1000.`
  const reason = makeDocument({ kind: 'reason', ...about(v6, v5), text })
  await hand.publish(reason)
  const cause = { trigger: 'DriftOrIntegrity', reason: reason.digest } as const
  const stop = { model, environment: production, version: v6.id, ...cause } as const
  const back = { model, environment: production, from: v6.id, to: v5.id, ...cause } as const

  await record.act('Watch Post 1', `reports a trigger for ${nameOf(v6)}`, () =>
    society.act('Watch Post 1', reportTriggerCall(contracts, stop, 'Monitor')),
  )
  await record.refused(
    'Emil Novak',
    `rolls the Critical ${nameOf(v6)} back alone`,
    'RegistryInsufficientAuthority',
    () => society.act('Emil Novak', rollbackCall(contracts, back, 'SystemOperator')),
  )
  await record.act('Ada Osei', `halts ${nameOf(v6)}`, () =>
    society.act('Ada Osei', haltCall(contracts, stop, 'ResponsibleAIOfficer')),
  )
  await gateSays(
    hand,
    `kedge verify of ${nameOf(v6)}`,
    { exitCode: 1, code: 'HALTED' },
    { version: v6, trustPath },
  )

  const beyond = {
    calls: [suspendModelCall(contracts, model, reason.digest)],
    description: '# Suspend the model',
  }
  await record.refused(
    'Jonas Vale',
    'proposes to suspend silero-vad, which is out of scope',
    'CommitteeOutOfScope',
    () => society.act('Jonas Vale', proposeCall(contracts.committees.emergency, beyond)),
  )
  const retirement = retireCall(contracts, v5.identity, { alternatives: [], document: reason.digest })
  await record.refused(
    'Ada Osei',
    `retires ${nameOf(v5)}, to which one must be able to go back`,
    'RegistryNoAlternative',
    () => society.act('Ada Osei', retirement),
  )
  const call = rollbackCall(contracts, back, 'EmergencyCommittee')
  await decideTogether(hand, {
    committee: 'emergency',
    members: ['Jonas Vale', 'Kira Boon', 'Liam Frost'],
    calls: [call],
    title: `Back to ${nameOf(v5)}`,
    what: `the rollback to ${nameOf(v5)}`,
  })
  await gateSays(
    hand,
    `kedge verify of ${nameOf(v6)}`,
    { exitCode: 1, code: 'ROLLED_BACK' },
    { version: v6, trustPath },
  )
  await gateSays(hand, `kedge verify of ${nameOf(v5)}`, { exitCode: 0 }, { version: v5, trustPath })

  record.chapter('Back to an incompatible version')
  const worse = makeDocument({ kind: 'reason', ...about(v5, legacy), text: 'The same drift shows in 5.0.0.' })
  const plan = makeDocument({
    kind: 'plan',
    ...about(legacy),
    text: 'Recorders fall back to their energy gate.',
  })
  await hand.publish(worse)
  await hand.publish(plan)
  const further = { ...back, from: v5.id, to: legacy.id, reason: worse.digest }
  await record.refused(
    'Ada Osei',
    `rolls back to ${nameOf(legacy)} without a plan`,
    'RegistryIncompatible',
    () => society.act('Ada Osei', rollbackCall(contracts, further, 'ResponsibleAIOfficer')),
  )
  await record.act('Ada Osei', `rolls back to ${nameOf(legacy)} with a plan`, () =>
    society.act(
      'Ada Osei',
      rollbackCall(contracts, { ...further, plan: plan.digest }, 'ResponsibleAIOfficer'),
    ),
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
  await record.act('Ada Osei', `retires ${nameOf(v5)}, to which nobody can go back any more`, () =>
    society.act('Ada Osei', retirement),
  )
}
