import type { Hex } from 'viem'
import { environmentIdOf, modelIdOf, none } from '../../../sdk/chain/index.ts'
import { risks, roles, stages } from '../../../sdk/policy/words.ts'
import {
  type Changes,
  type Effect,
  type Effects,
  hour,
  member,
  numberAt,
  numberOf,
  type Step,
  wordAt,
} from './step.ts'
import type { Key } from './storage.ts'

const High = numberOf('High', risks)

const model = ({ Registry }: Step, id: Key) => Registry.slotOf('_models', id)
const wordOfVersion = ({ Registry }: Step, id: Key) => Registry.slotOf('_versions', id) + 1n

const changeModel = (step: Step, id: Key, changes: Changes) =>
  step.Registry.change('ModelWord', model(step, id), changes)
const changeVersion = (step: Step, id: Key, changes: Changes) =>
  step.Registry.change('VersionWord', wordOfVersion(step, id), changes)

const ofModel = (step: Step, id: Key, name: string) =>
  member(step.Registry, 'ModelWord', model(step, id), name)
const ofVersion = (step: Step, id: Key, name: string) =>
  member(step.Registry, 'VersionWord', wordOfVersion(step, id), name)

function effectiveRisk(step: Step, modelId: Key, version: Key): bigint {
  const candidates = [
    ofModel(step, modelId, 'floor'),
    ofVersion(step, version, 'declared'),
    ofVersion(step, version, 'raised'),
  ]
  return candidates.reduce((a, b) => (a > b ? a : b))
}

function nextSequence(step: Step, modelId: Key): bigint {
  const sequence = ofModel(step, modelId, 'sequence') + 1n
  changeModel(step, modelId, { sequence })
  return sequence
}

function rankOf(role: bigint): number {
  const name = roles[Number(role)]
  if (name === 'Assembly') return 4
  if (name === 'EmergencyCommittee' || name === 'OversightCommittee') return 3
  return name === 'ResponsibleAIOfficer' ? 2 : 1
}

function hasSoaked(step: Step, active: bigint): boolean {
  const { Registry, Rules, time } = step
  const { soaked, haltedBy, timer = 0n, risk } = Registry.read('ActiveWord', active)
  if (soaked === 1n) return true
  const soak = member(Rules, 'Thresholds 0', Rules.slotOf('_thresholds'), `soak[${risk}]`)
  return haltedBy === 0n && time - timer >= soak
}

function setProven(step: Step, version: Key, place: bigint, proven: boolean): void {
  const { Registry } = step
  if (place >= 96n) {
    Registry.set(Registry.slotOf('_provenFurther', version, place), proven ? 1n : 0n)
    return
  }
  const bits = ofVersion(step, version, 'provenIn') & ~(1n << place)
  changeVersion(step, version, { provenIn: proven ? bits | (1n << place) : bits })
}

/** held: who keeps the place empty, or None. */
function activate(step: Step, modelId: Key, environment: Key, to: Hex, risk: bigint, held = 0n): void {
  const { Registry, Rules, time } = step
  const slot = Registry.slotOf('_active', modelId, environment)
  const {
    newest = 0n,
    number: previous = 0n,
    haltedBy = 0n,
    incident,
    ...before
  } = Registry.read('ActiveWord', slot)
  const index = member(Rules, 'Place 0', Rules.slotOf('_places', environment), 'index')
  const place = newest === 0n ? index : (before['place'] ?? 0n)
  const stopped = rankOf(haltedBy) > 1
  if (previous !== 0n && (stopped || hasSoaked(step, slot))) {
    const replaced = Registry.get(Registry.slotOf('_numbered', modelId, previous))
    setProven(step, replaced, place, !stopped)
  }
  const next = to === none ? 0n : ofVersion(step, to, 'number')
  Registry.set(slot, 0n)
  Registry.change('ActiveWord', slot, {
    number: next,
    sequence: nextSequence(step, modelId),
    since: time,
    timer: time,
    risk,
    haltedBy: held,
    place,
    newest: next > newest ? next : newest,
    previous,
  })
  if (incident === 1n) Registry.set(Registry.slotOf('_incidents', modelId, environment), 0n)
}

function isJunior({ entry }: Step): boolean {
  return entry.authority === 'SystemOperator' || entry.authority === 'Monitor'
}

function condemn(step: Step, version: Key): void {
  const time = isJunior(step) ? step.time + 24n * hour : step.time
  if (isJunior(step)) {
    changeVersion(step, version, { operatorRollbacks: ofVersion(step, version, 'operatorRollbacks') + 1n })
  }
  const before = ofVersion(step, version, 'condemnedFrom')
  if (before === 0n || before > time) changeVersion(step, version, { condemnedFrom: time })
}

/** What an operator or a Monitor made active: no overruling of anything else. */
function noteJunior(step: Step, modelId: Key, environment: Key, number: bigint): void {
  const { Registry, time } = step
  Registry.change('JuniorRollback 0', Registry.slotOf('_juniorRollbacks', modelId, environment), {
    time,
    number,
  })
}

function rollBack(step: Step): void {
  const [modelId, environment] = [wordAt(step, 'order.model'), wordAt(step, 'order.environment')]
  const [from, to] = [wordAt(step, 'order.from'), wordAt(step, 'order.to')]
  if (from !== none) condemn(step, from)
  if (isJunior(step)) noteJunior(step, modelId, environment, ofVersion(step, to, 'number'))
  const byCommittee = rankOf(numberOf(step.entry.authority, roles)) > 2
  if (byCommittee && ofVersion(step, to, 'condemnedFrom') > step.time) {
    changeVersion(step, to, { condemnedFrom: 0n, operatorRollbacks: 0n })
  }
  activate(step, modelId, environment, to, effectiveRisk(step, modelId, to))
}

function withdraw(step: Step): void {
  const { Registry, entry } = step
  const [modelId, environment] = [wordAt(step, 'order.model'), wordAt(step, 'order.environment')]
  const before = member(Registry, 'ActiveWord', Registry.slotOf('_active', modelId, environment), 'risk')
  condemn(step, wordAt(step, 'order.from'))
  if (isJunior(step)) noteJunior(step, modelId, environment, 0n)
  const held = isJunior(step) ? 0n : numberOf(entry.authority, roles)
  activate(step, modelId, environment, none, before, held)
}

/** Ends a halt, in the environment of these arguments. */
function endHalt(step: Step, modelId: Hex, environment: Hex): void {
  const slot = step.Registry.slotOf('_active', modelId, environment)
  const sequence = nextSequence(step, modelId)
  step.Registry.change('ActiveWord', slot, { timer: step.time, haltedBy: 0n, sequence })
}

const setState =
  (state: bigint): Effect =>
  step =>
    changeModel(step, wordAt(step, 'id'), { state })

const setRaised: Effect = step => changeVersion(step, step.entry.subject, { raised: numberAt(step, 'risk') })

/** What the entries of the Registry do. */
export const registryEffects: Effects = {
  Genesis: () => undefined,
  ModelCreated(step) {
    const { Registry, call } = step
    const count = Registry.slotOf('_modelCount')
    const tag = Registry.get(count) + 1n
    Registry.set(count, tag)
    const id = modelIdOf(String(call['name']))
    changeModel(step, id, { tag, floor: numberAt(step, 'floor'), state: 1n })
    Registry.set(Registry.slotOf('_domains', id), numberAt(step, 'domain'))
    for (const person of call['developers'] as readonly Hex[]) {
      Registry.set(Registry.slotOf('_developers', id, person), 1n)
    }
  },
  FloorSet: step => changeModel(step, wordAt(step, 'id'), { floor: numberAt(step, 'floor') }),
  DeveloperSet(step) {
    const slot = step.Registry.slotOf('_developers', wordAt(step, 'id'), wordAt(step, 'person'))
    step.Registry.set(slot, numberAt(step, 'allowed'))
  },
  SchemaAdded(step) {
    const { Registry } = step
    const id = wordAt(step, 'id')
    const count = ofModel(step, id, 'schemas')
    changeModel(step, id, { schemas: count + 1n })
    const slot = Registry.slotOf('_schemas', id, count)
    Registry.set(slot, numberAt(step, 'digest'))
    Registry.set(slot + 1n, numberAt(step, 'satisfies') | (1n << count))
  },
  SchemasRequired(step) {
    const slot = step.Registry.slotOf('_required', wordAt(step, 'id'), wordAt(step, 'environment'))
    step.Registry.set(slot, numberAt(step, 'schemas'))
  },
  MonitorSet: step => changeModel(step, wordAt(step, 'id'), { monitored: numberAt(step, 'monitored') }),
  ModelSuspended: setState(2n),
  ModelReinstated: setState(1n),
  ModelMoved: setState(3n),
  Registered(step) {
    const { Registry, entry } = step
    const id = wordAt(step, 'identity.model')
    const versions = ofModel(step, id, 'versions') + 1n
    changeModel(step, id, { versions })
    Registry.set(Registry.slotOf('_versions', entry.subject), numberAt(step, 'identity.manifestDigest'))
    changeVersion(step, entry.subject, {
      number: versions,
      model: ofModel(step, id, 'tag'),
      stage: 1n,
      declared: numberAt(step, 'identity.risk'),
      raised: numberAt(step, 'identity.risk'),
      schema: numberAt(step, 'identity.schema'),
    })
  },
  RiskRaised: setRaised,
  RiskRestored: setRaised,
  DefectRecorded: step => condemn(step, step.entry.subject),
  Promoted(step) {
    const { Registry, entry } = step
    const [id, stage] = [wordAt(step, 'identity.model'), numberAt(step, 'stage')]
    const version = entry.subject
    const name = stages[Number(stage)]
    if (name === 'Validation') {
      Registry.set(Registry.slotOf('_labels', id, wordAt(step, 'identity.label')), version)
      Registry.set(Registry.slotOf('_numbered', id, ofVersion(step, version, 'number')), version)
    }
    const risk = effectiveRisk(step, id, version)
    changeVersion(step, version, { stage, approved: risk })
    if (name === 'Production' && risk >= High) changeModel(step, id, { introduced: 1n })
    activate(step, id, environmentIdOf(String(name).toLowerCase()), version, risk)
  },
  Activated(step) {
    const id = wordAt(step, 'identity.model')
    const version = step.entry.subject
    activate(step, id, wordAt(step, 'environment'), version, effectiveRisk(step, id, version))
  },
  RolledBack: rollBack,
  Withdrawn: withdraw,
  Condemned: step => condemn(step, wordAt(step, 'order.from')),
  Overruled(step) {
    const [id, to] = [wordAt(step, 'order.model'), wordAt(step, 'order.to')]
    const operatorRollbacks = ofVersion(step, to, 'operatorRollbacks') - 1n
    const condemnedFrom = operatorRollbacks === 0n ? 0n : step.time + 24n * hour
    changeVersion(step, to, { operatorRollbacks, condemnedFrom })
    activate(step, id, wordAt(step, 'order.environment'), to, effectiveRisk(step, id, to))
  },
  Halted(step) {
    const { Registry, time, entry } = step
    const [id, environment] = [wordAt(step, 'order.model'), wordAt(step, 'order.environment')]
    const slot = Registry.slotOf('_active', id, environment)
    const haltedBy = numberOf(entry.authority, roles)
    const soaked = hasSoaked(step, slot) ? 1n : 0n
    Registry.change('ActiveWord', slot, { soaked, timer: time, haltedBy, sequence: nextSequence(step, id) })
    Registry.set(Registry.slotOf('_haltTimes', wordAt(step, 'order.version'), environment, entry.actor), time)
  },
  Resumed: step => endHalt(step, wordAt(step, 'order.model'), wordAt(step, 'order.environment')),
  Lapsed: step => endHalt(step, wordAt(step, 'id'), wordAt(step, 'environment')),
  TriggerReported(step) {
    const { Registry, Rules, time } = step
    const keys = [wordAt(step, 'order.model'), wordAt(step, 'order.environment')]
    const slot = Registry.slotOf('_active', ...keys)
    const { incident, risk, number: running = 0n } = Registry.read('ActiveWord', slot)
    if (incident === 1n) return
    Registry.change('ActiveWord', slot, { incident: 1n })
    const thresholds = Rules.slotOf('_thresholds') + 1n
    Registry.change('Incident 0', Registry.slotOf('_incidents', ...keys), {
      trigger: numberAt(step, 'order.trigger'),
      number: running,
      reportedAt: time,
      respondBy: time + member(Rules, 'Thresholds 1', thresholds, `response[${risk}]`),
    })
  },
  IncidentClosed(step) {
    const { Registry } = step
    const keys = [wordAt(step, 'id'), wordAt(step, 'environment')]
    Registry.change('ActiveWord', Registry.slotOf('_active', ...keys), { incident: 0n })
    Registry.set(Registry.slotOf('_incidents', ...keys), 0n)
  },
  Retired: step => changeVersion(step, step.entry.subject, { stage: numberOf('Retired', stages) }),
  Released: step => changeVersion(step, step.entry.subject, { released: 1n }),
}
