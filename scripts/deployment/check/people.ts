import {
  type Address,
  type DecodeFunctionDataReturnType,
  decodeFunctionData,
  type Hex,
  keccak256,
  size,
  zeroAddress,
} from 'viem'
import { rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { type AuditEntry, none } from '../../../sdk/chain/index.ts'
import { roles } from '../../../sdk/policy/words.ts'
import type { Design } from '../contracts.ts'
import type { Times } from './history.ts'

// What the entries of Rules say of people, by the section "Replay" of docs/formats.md: who is not as this says was
// changed by nobody's act.

/** A person, as all that is on record makes them. */
export interface Person {
  readonly standing: {
    readonly roles: number
    readonly signingEpoch: number
    readonly suspendedUntil: number
    readonly suspendableFrom: number
    readonly versioning: number
    readonly rollback: number
    readonly incident: number
    readonly auditRequired: boolean
  }
  readonly key: Hex
  readonly account: Address
  /** The keys before, which are nobody's any more. */
  readonly retired: readonly Hex[]
  readonly domains: ReadonlySet<Hex>
  /** The times of the last three; the latest first. */
  readonly violations: readonly [number, number, number]
  readonly recovery: { readonly key: Hex; readonly readyAt: number }
}

const day = 86_400
const noRecovery = { key: none, readyAt: 0 } as const

/** A call that changed Rules. */
type Call = DecodeFunctionDataReturnType<typeof rulesAbi>

/** The call of an entry; undefined if it is none, as only an endpoint that lies says. */
export function callOf({ data }: AuditEntry): Call | undefined {
  try {
    return decodeFunctionData({ abi: rulesAbi, data })
  } catch {
    return undefined
  }
}

/** Everyone, by id, after these entries. */
export function peopleAfter(
  { genesis, people: ids, parameters }: Design,
  entries: readonly AuditEntry[],
  times: Times,
): ReadonlyMap<Hex, Person> {
  const people = new Map<Hex, Person>()
  for (const [index, appointment] of genesis.people.entries()) {
    const id = ids.get(parameters.people[index]?.name ?? '')
    const person = appointed(appointment)
    const standing = { ...person.standing, ...genesis.certificates[index] }
    if (id !== undefined) people.set(id, { ...person, standing })
  }
  for (const entry of entries) {
    const call = callOf(entry)
    const before = people.get(entry.subject)
    const time = times.get(entry.block) ?? 0
    if (call?.functionName === 'appoint') people.set(entry.subject, appointed(call.args[0]))
    else if (call !== undefined && before !== undefined)
      people.set(entry.subject, changed(before, call, time))
  }
  return people
}

/** Until when the three suspensions last that officers may have imposed at a time. */
export function suspensionsAfter(entries: readonly AuditEntry[]): readonly number[] {
  const ends = [0, 0, 0]
  for (const call of entries.map(callOf)) {
    if (call?.functionName !== 'suspend' || !isOfficers(call.args[2])) continue
    ends[ends.indexOf(Math.min(...ends))] = call.args[1]
  }
  return ends
}

function isOfficers(authority: number): boolean {
  return roles[authority] === 'ResponsibleAIOfficer'
}

function appointed(appointment: {
  readonly signer: Hex
  readonly roles: number
  readonly domains: readonly Hex[]
}): Person {
  return {
    standing: {
      roles: appointment.roles,
      signingEpoch: 0,
      suspendedUntil: 0,
      suspendableFrom: 0,
      versioning: 0,
      rollback: 0,
      incident: 0,
      auditRequired: false,
    },
    ...keyOf(appointment.signer),
    retired: [],
    domains: new Set(appointment.domains),
    violations: [0, 0, 0],
    recovery: noRecovery,
  }
}

function keyOf(signer: Hex): Pick<Person, 'key' | 'account'> {
  return { key: keccak256(signer), account: size(signer) === 20 ? signer : zeroAddress }
}

/** The person after a call that was about them. */
function changed(person: Person, call: Call, time: number): Person {
  const { standing } = person
  const standingWith = (changes: Partial<Person['standing']>) => ({
    ...person,
    standing: { ...standing, ...changes },
  })
  const signingEpoch = standing.signingEpoch + 1
  switch (call.functionName) {
    case 'setRoles': {
      const [, given] = call.args
      return standingWith({ roles: given, ...((standing.roles & ~given) !== 0 && { signingEpoch }) })
    }
    case 'setDomain': {
      const [, domain, isLead] = call.args
      const others = [...person.domains].filter(other => other !== domain)
      return { ...person, domains: new Set(isLead ? [...others, domain] : others) }
    }
    case 'certify':
      return standingWith(call.args[1])
    case 'suspend': {
      const [, suspendedUntil, authority] = call.args
      const again = suspendedUntil + 30 * day
      const suspendableFrom = isOfficers(authority) ? again : standing.suspendableFrom
      return standingWith({ suspendedUntil, suspendableFrom, signingEpoch })
    }
    case 'reinstate':
      return standingWith({ suspendedUntil: 0 })
    case 'recordViolation': {
      const [last, second] = person.violations
      const third = second !== 0 && time - second <= 365 * day
      return { ...standingWith(third ? { auditRequired: true } : {}), violations: [time, last, second] }
    }
    case 'acceptAudit':
      return { ...standingWith({ auditRequired: false }), violations: [0, 0, 0] }
    case 'startRecovery':
      return { ...person, recovery: { key: keccak256(call.args[1]), readyAt: time + 7 * day } }
    case 'objectToRecovery':
      return { ...standingWith({ signingEpoch }), recovery: noRecovery }
    case 'rotate':
      return withKey(standingWith({ signingEpoch }), call.args[2])
    case 'recover':
      return withKey(standingWith({ signingEpoch }), call.args[1])
    default:
      return person
  }
}

function withKey(person: Person, signer: Hex): Person {
  return { ...person, ...keyOf(signer), retired: [...person.retired, person.key], recovery: noRecovery }
}
