import {
  concatHex,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  hexToBigInt,
  keccak256,
  parseAbiParameters,
  size,
  toHex,
} from 'viem'
import { environmentIdOf, personIdOf } from '../../../sdk/chain/index.ts'
import { stages } from '../../../sdk/policy/words.ts'
import { text } from '../readDocument.ts'
import {
  type Changes,
  day,
  type Effect,
  type Effects,
  member,
  numberAt,
  numberOf,
  type Step,
  wordAt,
} from './step.ts'
import { type Key, wordOf } from './storage.ts'

const person = ({ Rules }: Step, id: Key) => Rules.slotOf('_people', id)
const changePerson = (step: Step, id: Key, changes: Changes) =>
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

/** What the entries of Rules do. */
export const rulesEffects: Effects = {
  Genesis(step) {
    const { people, certificates, environments, stages: required, matrix, thresholds } = genesisOf(step)
    for (const name of ['Validation', 'Staging', 'Production']) {
      addEnvironment(step, environmentIdOf(name.toLowerCase()), numberOf(name, stages))
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
    const [id, given] = [wordAt(step, 'person'), numberAt(step, 'roles')]
    if ((ofPerson(step, id, 'roles') & ~given) !== 0n) nextEpoch(step, id)
    changePerson(step, id, { roles: given })
  },
  DomainSet(step) {
    const slot = step.Rules.slotOf('_leads', wordAt(step, 'person'), wordAt(step, 'domain'))
    step.Rules.set(slot, numberAt(step, 'isLead'))
  },
  Certified: step => certify(step, wordAt(step, 'person'), step.call['certificate'] as Certificate),
  Suspended(step) {
    const { Rules, entry } = step
    const [id, until] = [wordAt(step, 'person'), numberAt(step, 'until')]
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
  Reinstated: step => changePerson(step, wordAt(step, 'person'), { suspendedUntil: 0n }),
  Sanctioned: () => undefined,
  ViolationRecorded(step) {
    const { Rules, time } = step
    const id = wordAt(step, 'person')
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
    const id = wordAt(step, 'person')
    changePerson(step, id, { auditRequired: 0n })
    step.Rules.set(person(step, id) + 4n, 0n)
  },
  Rotated: replaceKey,
  Recovered: replaceKey,
  RecoveryStarted(step) {
    const { Rules, call, time } = step
    const holder = person(step, wordAt(step, 'person'))
    Rules.change('Person 2', holder + 2n, { recoverableFrom: time + 7n * day })
    Rules.set(holder + 3n, keccak256(call['signer'] as Hex))
  },
  RecoveryObjected(step) {
    nextEpoch(step, step.entry.subject)
    endRecovery(step, person(step, step.entry.subject))
  },
  EnvironmentAdded: step => addEnvironment(step, wordAt(step, 'environment'), numberAt(step, 'stage')),
  SignedOff(step) {
    const { Rules, entry } = step
    Rules.set(Rules.slotOf('_consents', structHashOf(step), entry.actor), 1n)
  },
  EpochConsented: ({ Rules, entry, time }) =>
    Rules.set(Rules.slotOf('_epochConsents', entry.subject), time + 30n * day),
  EpochStarted(step) {
    const { Rules, call, entry } = step
    const thresholds = call['thresholds'] as Thresholds
    startEpoch(step, numberAt(step, 'matrix'), thresholds)
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
