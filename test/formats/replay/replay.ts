import {
  type Abi,
  type Address,
  concatHex,
  decodeAbiParameters,
  decodeFunctionData,
  encodeAbiParameters,
  type Hex,
  hexToBigInt,
  keccak256,
  parseAbiParameters,
  size,
  toHex,
} from 'viem'
import { registryAbi, rulesAbi } from '../../sdk/chain/abi/index.ts'
import { type AuditEntry, environmentIdOf, modelIdOf, none, personIdOf } from '../../sdk/chain/index.ts'
import { risks, roles, stages } from '../../sdk/policy/words.ts'
import { text } from './readDocument.ts'
import { createStorage, type Key, type Storage, wordOf } from './storage.ts'

// The section "Replay" of docs/formats.md as a program: entries in, the storage of both contracts out. It asks the chain
// nothing but when each block was.

/** An entry, of which contract, and the time of its block. */
export interface TimedEntry extends AuditEntry {
  readonly contract: 'Registry' | 'Rules'
  readonly address: Address
  readonly chainId: number
  readonly time: bigint
}

/** The storage that a log leads to, but for the heads. */
export function replay(entries: readonly TimedEntry[]): Readonly<Record<'Registry' | 'Rules', Storage>> {
  const state = { Registry: createStorage('Registry'), Rules: createStorage('Rules') }
  for (const entry of entries) {
    const effects = entry.contract === 'Registry' ? registryEffects : rulesEffects
    const effect = effects[entry.action]
    if (effect === undefined) throw new Error(`the document has no effect of ${entry.action}`)
    effect({ ...state, entry, time: entry.time, call: argumentsOf(entry) })
  }
  return state
}

interface Step {
  readonly Registry: Storage
  readonly Rules: Storage
  readonly entry: TimedEntry
  readonly time: bigint
  /** The arguments of the call. */
  readonly call: Arguments
}

/** The call's arguments have the types of the ABI; the document names them. */
interface Arguments {
  readonly [name: string]: unknown
}

type Effect = (step: Step) => void

const day = 86_400n
const hour = 3_600n
const number = (name: string, names: readonly string[]) => BigInt(names.indexOf(name))
const High = number('High', risks)

function argumentsOf({ contract, action, data }: TimedEntry): Arguments {
  if (action === 'Genesis') return {}
  const abi: Abi = contract === 'Registry' ? registryAbi : rulesAbi
  const { functionName, args = [] } = decodeFunctionData({ abi, data })
  const item = abi.find(found => found.type === 'function' && found.name === functionName)
  const inputs = item?.type === 'function' ? item.inputs : []
  return Object.fromEntries(inputs.map(({ name = '' }, index) => [name, args[index]]))
}

/** What an argument leads to, as a word. */
function wordAt({ call }: Step, path: string): bigint {
  const found = path.split('.').reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), call)
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'bigint')
    return BigInt(found)
  if (typeof found === 'boolean') return found ? 1n : 0n
  throw new Error(`the call has no ${path}`)
}

const idAt = (step: Step, path: string): Hex => wordOf(wordAt(step, path))

// Registry

const model = ({ Registry }: Step, id: Key) => Registry.slotOf('_models', id)
const wordOfVersion = ({ Registry }: Step, id: Key) => Registry.slotOf('_versions', id) + 1n

const changeModel = (step: Step, id: Key, changes: Readonly<Record<string, bigint>>) =>
  step.Registry.change('ModelWord', model(step, id), changes)
const changeVersion = (step: Step, id: Key, changes: Readonly<Record<string, bigint>>) =>
  step.Registry.change('VersionWord', wordOfVersion(step, id), changes)

/** A member of a word; the table of the document has it. */
function member(storage: Storage, kind: string, slot: bigint, name: string): bigint {
  const value = storage.read(kind, slot)[name]
  if (value === undefined) throw new Error(`a ${kind} has no ${name}`)
  return value
}

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

function activate(step: Step, modelId: Key, environment: Key, to: Hex, risk: bigint): void {
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
    stopped: stopped ? 1n : 0n,
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

function moveBack(step: Step): void {
  const { Registry, time } = step
  const [modelId, environment] = [idAt(step, 'order.model'), idAt(step, 'order.environment')]
  const [from, to] = [idAt(step, 'order.from'), idAt(step, 'order.to')]
  const before = member(Registry, 'ActiveWord', Registry.slotOf('_active', modelId, environment), 'risk')
  if (from !== none) condemn(step, from)
  activate(step, modelId, environment, to, to === none ? before : effectiveRisk(step, modelId, to))
  if (isJunior(step)) Registry.set(Registry.slotOf('_operatorRollbacks', modelId, environment), time)
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
    changeModel(step, idAt(step, 'id'), { state })

const setRaised: Effect = step => changeVersion(step, step.entry.subject, { raised: wordAt(step, 'risk') })

const registryEffects: Partial<Record<AuditEntry['action'], Effect>> = {
  Genesis: () => undefined,
  ModelCreated(step) {
    const { Registry, call } = step
    const count = Registry.slotOf('_modelCount')
    const tag = Registry.get(count) + 1n
    Registry.set(count, tag)
    const id = modelIdOf(String(call['name']))
    changeModel(step, id, { tag, floor: wordAt(step, 'floor'), state: 1n })
    Registry.set(Registry.slotOf('_domains', id), wordAt(step, 'domain'))
    for (const person of call['developers'] as readonly Hex[]) {
      Registry.set(Registry.slotOf('_developers', id, person), 1n)
    }
  },
  FloorSet: step => changeModel(step, idAt(step, 'id'), { floor: wordAt(step, 'floor') }),
  DeveloperSet(step) {
    const slot = step.Registry.slotOf('_developers', idAt(step, 'id'), idAt(step, 'person'))
    step.Registry.set(slot, wordAt(step, 'allowed'))
  },
  SchemaAdded(step) {
    const { Registry } = step
    const id = idAt(step, 'id')
    const count = ofModel(step, id, 'schemas')
    changeModel(step, id, { schemas: count + 1n })
    const slot = Registry.slotOf('_schemas', id, count)
    Registry.set(slot, wordAt(step, 'digest'))
    Registry.set(slot + 1n, wordAt(step, 'satisfies') | (1n << count))
  },
  SchemasRequired(step) {
    const slot = step.Registry.slotOf('_required', idAt(step, 'id'), idAt(step, 'environment'))
    step.Registry.set(slot, wordAt(step, 'schemas'))
  },
  MonitorSet: step => changeModel(step, idAt(step, 'id'), { monitored: wordAt(step, 'monitored') }),
  ModelSuspended: setState(2n),
  ModelReinstated: setState(1n),
  ModelMoved: setState(3n),
  Registered(step) {
    const { Registry, entry } = step
    const id = idAt(step, 'identity.model')
    const versions = ofModel(step, id, 'versions') + 1n
    changeModel(step, id, { versions })
    Registry.set(Registry.slotOf('_versions', entry.subject), wordAt(step, 'identity.manifestDigest'))
    changeVersion(step, entry.subject, {
      number: versions,
      model: ofModel(step, id, 'tag'),
      stage: 1n,
      declared: wordAt(step, 'identity.risk'),
      raised: wordAt(step, 'identity.risk'),
      schema: wordAt(step, 'identity.schema'),
    })
  },
  RiskRaised: setRaised,
  RiskRestored: setRaised,
  DefectRecorded: step => condemn(step, step.entry.subject),
  Promoted(step) {
    const { Registry, entry } = step
    const [id, stage] = [idAt(step, 'identity.model'), wordAt(step, 'stage')]
    const version = entry.subject
    const name = stages[Number(stage)]
    if (name === 'Validation') {
      Registry.set(Registry.slotOf('_labels', id, idAt(step, 'identity.label')), version)
      Registry.set(Registry.slotOf('_numbered', id, ofVersion(step, version, 'number')), version)
    }
    changeVersion(step, version, { stage })
    const risk = effectiveRisk(step, id, version)
    if (name === 'Production' && risk >= High) changeModel(step, id, { introduced: 1n })
    activate(step, id, environmentIdOf(String(name).toLowerCase()), version, risk)
  },
  Activated(step) {
    const id = idAt(step, 'identity.model')
    const version = step.entry.subject
    activate(step, id, idAt(step, 'environment'), version, effectiveRisk(step, id, version))
  },
  RolledBack: moveBack,
  Withdrawn: moveBack,
  Condemned: step => condemn(step, idAt(step, 'order.from')),
  Overruled(step) {
    const [id, to] = [idAt(step, 'order.model'), idAt(step, 'order.to')]
    const operatorRollbacks = ofVersion(step, to, 'operatorRollbacks') - 1n
    const condemnedFrom = operatorRollbacks === 0n ? 0n : step.time + 24n * hour
    changeVersion(step, to, { operatorRollbacks, condemnedFrom })
    activate(step, id, idAt(step, 'order.environment'), to, effectiveRisk(step, id, to))
  },
  Halted(step) {
    const { Registry, time, entry } = step
    const [id, environment] = [idAt(step, 'order.model'), idAt(step, 'order.environment')]
    const slot = Registry.slotOf('_active', id, environment)
    const haltedBy = number(entry.authority, roles)
    const soaked = hasSoaked(step, slot) ? 1n : 0n
    Registry.change('ActiveWord', slot, { soaked, timer: time, haltedBy, sequence: nextSequence(step, id) })
    // Six times of 40 bits in each word.
    const times = Registry.slotOf('_haltTimes', idAt(step, 'order.version'), environment) + haltedBy / 6n
    const shift = 40n * (haltedBy % 6n)
    Registry.set(times, (Registry.get(times) & ~(((1n << 40n) - 1n) << shift)) | (time << shift))
  },
  Resumed: step => endHalt(step, idAt(step, 'order.model'), idAt(step, 'order.environment')),
  Lapsed: step => endHalt(step, idAt(step, 'id'), idAt(step, 'environment')),
  TriggerReported(step) {
    const { Registry, Rules, time } = step
    const keys = [idAt(step, 'order.model'), idAt(step, 'order.environment')]
    const slot = Registry.slotOf('_active', ...keys)
    const { incident, risk, number: running = 0n } = Registry.read('ActiveWord', slot)
    if (incident === 1n) return
    Registry.change('ActiveWord', slot, { incident: 1n })
    const thresholds = Rules.slotOf('_thresholds') + 1n
    Registry.change('Incident 0', Registry.slotOf('_incidents', ...keys), {
      trigger: wordAt(step, 'order.trigger'),
      number: running,
      reportedAt: time,
      respondBy: time + member(Rules, 'Thresholds 1', thresholds, `response[${risk}]`),
    })
  },
  IncidentClosed(step) {
    const { Registry } = step
    const keys = [idAt(step, 'id'), idAt(step, 'environment')]
    Registry.change('ActiveWord', Registry.slotOf('_active', ...keys), { incident: 0n })
    Registry.set(Registry.slotOf('_incidents', ...keys), 0n)
  },
  Retired: step => changeVersion(step, step.entry.subject, { stage: number('Retired', stages) }),
  Released: step => changeVersion(step, step.entry.subject, { released: 1n }),
}

// Rules

const person = ({ Rules }: Step, id: Key) => Rules.slotOf('_people', id)
const changePerson = (step: Step, id: Key, changes: Readonly<Record<string, bigint>>) =>
  step.Rules.change('StandingWord', person(step, id), changes)
const ofPerson = (step: Step, id: Key, name: string) =>
  member(step.Rules, 'StandingWord', person(step, id), name)

const setReview =
  (after: bigint): Effect =>
  ({ Rules, time }) =>
    Rules.change('Policy 0', Rules.slotOf('_policy'), { reviewDueAt: time + after })

const pullReview: Effect = ({ Rules, time }) => {
  const slot = Rules.slotOf('_policy')
  const due = member(Rules, 'Policy 0', slot, 'reviewDueAt')
  if (due > time + 30n * day) Rules.change('Policy 0', slot, { reviewDueAt: time + 30n * day })
}

const endRecovery = ({ Rules }: Step, holder: bigint) => {
  Rules.change('Person 2', holder + 2n, { recoverableFrom: 0n })
  Rules.set(holder + 3n, 0n)
}

const nextEpoch = (step: Step, id: Key) =>
  changePerson(step, id, { signingEpoch: ofPerson(step, id, 'signingEpoch') + 1n })

/** The key becomes the person's. */
function setKey({ Rules }: Step, id: Hex, signer: Hex): void {
  const key = keccak256(signer)
  Rules.set(Rules.slotOf('_personOf', key), id)
  const holder = Rules.slotOf('_people', id)
  Rules.set(holder + 1n, key)
  Rules.change('Person 2', holder + 2n, { account: size(signer) === 20 ? hexToBigInt(signer) : 0n })
}

const replaceKey: Effect = step => {
  const { Rules, entry, call } = step
  const id = entry.subject
  const holder = person(step, id)
  Rules.set(Rules.slotOf('_personOf', Rules.get(holder + 1n)), 1n)
  setKey(step, id, call['signer'] as Hex)
  nextEpoch(step, id)
  endRecovery(step, holder)
}

interface Appointment {
  readonly signer: Hex
  readonly salt: Hex
  readonly roles: number
  readonly domains: readonly Hex[]
}

function appoint(step: Step, appointment: Appointment): Hex {
  const { Rules } = step
  const id = personIdOf(appointment.signer, appointment.salt)
  setKey(step, id, appointment.signer)
  changePerson(step, id, { roles: BigInt(appointment.roles) })
  for (const domain of appointment.domains) Rules.set(Rules.slotOf('_leads', id, domain), 1n)
  return id
}

interface Certificate {
  readonly versioning: number
  readonly rollback: number
  readonly incident: number
}

function certify(step: Step, id: Hex, { versioning, rollback, incident }: Certificate): void {
  changePerson(step, id, {
    versioning: BigInt(versioning),
    rollback: BigInt(rollback),
    incident: BigInt(incident),
  })
}

function addEnvironment({ Rules }: Step, environment: Hex, stage: bigint): void {
  const list = Rules.slotOf('_environments')
  const index = Rules.get(list)
  Rules.set(list, index + 1n)
  Rules.set(hexToBigInt(keccak256(wordOf(list))) + index, environment)
  Rules.change('Place 0', Rules.slotOf('_places', environment), { stage, index })
}

interface Thresholds {
  readonly soak: readonly number[]
  readonly response: readonly number[]
}

function startEpoch({ Rules, time }: Step, matrix: bigint, thresholds: Thresholds): void {
  const policy = Rules.slotOf('_policy')
  const epoch = member(Rules, 'Policy 0', policy, 'epoch') + 1n
  Rules.change('Policy 0', policy, { epoch, reviewDueAt: time + 365n * day, matrix })
  for (const [word, name] of (['soak', 'response'] as const).entries()) {
    const times = thresholds[name].map((value, risk) => [`${name}[${risk}]`, BigInt(value)] as const)
    Rules.change(`Thresholds ${word}`, Rules.slotOf('_thresholds') + BigInt(word), Object.fromEntries(times))
  }
}

/** What the constructor of Rules was given, by the types that the document says. */
function genesisOf({ entry }: Step) {
  const [, types = ''] = /^- Rules: `\(([^`]+)\)`$/m.exec(text) ?? []
  return decodeAbiParameters(parseAbiParameters(types), entry.data).at(-1) as {
    readonly people: readonly Appointment[]
    readonly certificates: readonly Certificate[]
    readonly environments: readonly Hex[]
    readonly stages: readonly number[]
    readonly matrix: bigint
    readonly thresholds: Thresholds
  }
}

/** The structHash of a sign-off, by its type in the document. */
function structHashOf({ call }: Step): Hex {
  const [, type = ''] = /`(SignOff\([^)]+\))`/.exec(text) ?? []
  const members = [...type.matchAll(/(\w+) (\w+)[,)]/g)]
  const terms = call['terms'] as Readonly<Record<string, unknown>>
  const types = [{ type: 'bytes32' }, ...members.map(([, kind = '']) => ({ type: kind }))]
  const values = [keccak256(toHex(type)), ...members.map(([, , name = '']) => terms[name])]
  return keccak256(encodeAbiParameters(types, values))
}

/** The last three violations; the latest first. */
const violations = [0, 1, 2].map(index => `violations[${index}]`)

const rulesEffects: Partial<Record<AuditEntry['action'], Effect>> = {
  Genesis(step) {
    const { people, certificates, environments, stages: required, matrix, thresholds } = genesisOf(step)
    for (const name of ['Validation', 'Staging', 'Production']) {
      addEnvironment(step, environmentIdOf(name.toLowerCase()), number(name, stages))
    }
    for (const [index, environment] of environments.entries()) {
      addEnvironment(step, environment, BigInt(required[index] ?? 0))
    }
    startEpoch(step, matrix, thresholds)
    for (const [index, appointment] of people.entries()) {
      const certificate = certificates[index]
      const id = appoint(step, appointment)
      if (certificate !== undefined) certify(step, id, certificate)
    }
  },
  Appointed: step => void appoint(step, step.call['appointment'] as Appointment),
  RolesChanged(step) {
    const [id, given] = [idAt(step, 'person'), wordAt(step, 'roles')]
    if ((ofPerson(step, id, 'roles') & ~given) !== 0n) nextEpoch(step, id)
    changePerson(step, id, { roles: given })
  },
  DomainSet(step) {
    const slot = step.Rules.slotOf('_leads', idAt(step, 'person'), idAt(step, 'domain'))
    step.Rules.set(slot, wordAt(step, 'isLead'))
  },
  Certified: step => certify(step, idAt(step, 'person'), step.call['certificate'] as Certificate),
  Suspended(step) {
    const { Rules, entry } = step
    const [id, until] = [idAt(step, 'person'), wordAt(step, 'until')]
    if (entry.authority === 'ResponsibleAIOfficer') {
      const slot = Rules.slotOf('_suspensions')
      const shifts = [0n, 40n, 80n]
      const ends = shifts.map(shift => (Rules.get(slot) >> shift) & ((1n << 40n) - 1n))
      const earliest = ends.indexOf(ends.reduce((a, b) => (b < a ? b : a)))
      const word = ends
        .with(earliest, until)
        .reduce((sum, end, index) => sum | (end << (shifts[index] ?? 0n)), 0n)
      Rules.set(slot, word)
      changePerson(step, id, { suspendableFrom: until + 30n * day })
    }
    changePerson(step, id, { suspendedUntil: until })
    nextEpoch(step, id)
  },
  Reinstated: step => changePerson(step, idAt(step, 'person'), { suspendedUntil: 0n }),
  Sanctioned: () => undefined,
  ViolationRecorded(step) {
    const { Rules, time } = step
    const id = idAt(step, 'person')
    const slot = person(step, id) + 4n
    const before = violations.map(name => member(Rules, 'Person 4', slot, name))
    const now = [time, before[0] ?? 0n, before[1] ?? 0n]
    Rules.change(
      'Person 4',
      slot,
      Object.fromEntries(violations.map((name, index) => [name, now[index] ?? 0n])),
    )
    const third = now[2] ?? 0n
    if (third !== 0n && time - third <= 365n * day) changePerson(step, id, { auditRequired: 1n })
  },
  AuditAccepted(step) {
    const id = idAt(step, 'person')
    changePerson(step, id, { auditRequired: 0n })
    step.Rules.set(person(step, id) + 4n, 0n)
  },
  Rotated: replaceKey,
  Recovered: replaceKey,
  RecoveryStarted(step) {
    const { Rules, call, time } = step
    const holder = person(step, idAt(step, 'person'))
    Rules.change('Person 2', holder + 2n, { recoverableFrom: time + 7n * day })
    Rules.set(holder + 3n, keccak256(call['signer'] as Hex))
  },
  RecoveryObjected(step) {
    nextEpoch(step, step.entry.subject)
    endRecovery(step, person(step, step.entry.subject))
  },
  EnvironmentAdded: step => addEnvironment(step, idAt(step, 'environment'), wordAt(step, 'stage')),
  SignedOff(step) {
    const { Rules, entry } = step
    Rules.set(Rules.slotOf('_consents', structHashOf(step), entry.actor), 1n)
  },
  EpochConsented: ({ Rules, entry }) => Rules.set(Rules.slotOf('_epochConsents', entry.subject), 1n),
  EpochStarted(step) {
    const { Rules, call, entry } = step
    const thresholds = call['thresholds'] as Thresholds
    startEpoch(step, wordAt(step, 'matrix'), thresholds)
    Rules.set(Rules.slotOf('_epochConsents', termsOf(step, entry.subject, thresholds)), 0n)
  },
  ReviewRecorded: setReview(365n * day),
  ReviewPulled: pullReview,
}

/** What the Oversight Committee consented to, as section 4 of the document has it. */
function termsOf({ entry, call }: Step, epoch: Hex, { soak, response }: Thresholds): Hex {
  const words = [
    BigInt(entry.chainId),
    hexToBigInt(entry.address),
    hexToBigInt(epoch),
    BigInt(call['document'] as Hex),
    call['matrix'] as bigint,
    ...[...soak, ...response].map(BigInt),
  ]
  return keccak256(concatHex(words.map(wordOf)))
}
