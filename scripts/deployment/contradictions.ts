import { getAddress, zeroAddress } from 'viem'
import { committeeNames } from '../../sdk/chain/deployment.ts'
import { APPROVED_STAGES, approvalFloor } from '../../sdk/documents/index.ts'
import { risks } from '../../sdk/policy/words.ts'
import type { Parameters } from './parameters.ts'

/** What is wrong with one field of a parameters file. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly problem: string
}

/** A field as a person finds it in the file: `people[3].account`. */
export function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text === '' ? 'the file' : text.replace(/^\./, '')
}

/** What each field allows and all of them together do not, or the policy's floor does not: the contracts would refuse it. */
export function contradictions(parameters: Parameters): Problem[] {
  return [
    ...samePeople(parameters),
    ...sameEnvironments(parameters),
    ...belowFloor(parameters),
    ...beyondReach(parameters),
    ...wrongThresholds(parameters),
    ...wrongCommittees(parameters),
  ]
}

function samePeople({ people }: Parameters): Problem[] {
  const names = repeated(people.map(({ name }) => name))
  const accounts = repeated(people.map(({ account }) => getAddress(account)))
  const nobody = people.flatMap(({ account }, index) => (account === zeroAddress ? [index] : []))
  return [
    ...names.map(([index, first]) => ({
      path: ['people', index, 'name'],
      problem: `"${people[index]?.name}" is the name of people[${first}] already`,
    })),
    ...accounts.map(([index, first]) => ({
      path: ['people', index, 'account'],
      problem: `${people[index]?.account} is the account of people[${first}] already`,
    })),
    ...nobody.map(index => ({
      path: ['people', index, 'account'],
      problem: 'the zero address is nobody’s account',
    })),
  ]
}

/** Rules has one environment for each of these stages from the beginning, by the stage's name in lower case. */
const builtIn = APPROVED_STAGES.map(stage => stage.toLowerCase())

function sameEnvironments({ environments }: Parameters): Problem[] {
  const names = repeated([...builtIn, ...environments.map(({ name }) => name)])
  return names.map(([index, first]) => {
    const at = index - builtIn.length
    const name = environments[at]?.name
    const problem =
      first < builtIn.length
        ? `"${name}" exists without being named here`
        : `"${name}" is the name of environments[${first - builtIn.length}] already`
    return { path: ['environments', at, 'name'], problem }
  })
}

function belowFloor({ matrix }: Parameters): Problem[] {
  return APPROVED_STAGES.flatMap(stage =>
    risks.flatMap(risk => {
      const missing = approvalFloor(risk)[stage].filter(role => !matrix[stage][risk].includes(role))
      if (missing.length === 0) return []
      const problem = `lacks ${missing.join(' and ')}, which the policy’s floor demands`
      return [{ path: ['matrix', stage, risk], problem }]
    }),
  )
}

/** The Emergency Committee reaches the brake alone: what it would have to sign off could never go on. */
function beyondReach({ matrix }: Parameters): Problem[] {
  return APPROVED_STAGES.flatMap(stage =>
    risks.flatMap(risk => {
      const index = matrix[stage][risk].indexOf('EmergencyCommittee')
      if (index < 0) return []
      return [{ path: ['matrix', stage, risk, index], problem: 'the EmergencyCommittee cannot sign off' }]
    }),
  )
}

/** Neither nothing, which would prove every version at once, nor for good. */
function wrongThresholds({ thresholds }: Parameters): Problem[] {
  return (['soak', 'response'] as const).flatMap(kind =>
    risks.flatMap(risk => {
      const path = ['thresholds', kind, risk]
      if (thresholds[kind][risk] === 0) return [{ path, problem: 'must be longer than 0' }]
      return thresholds[kind][risk] > longestThreshold ? [{ path, problem: 'is longer than 365 days' }] : []
    }),
  )
}

const longestThreshold = 365 * 86_400

type Committee = Parameters['committees'][(typeof committeeNames)[number]]

function wrongCommittees({ committees, people }: Parameters): Problem[] {
  const names = new Set(people.map(({ name }) => name))
  return committeeNames.flatMap(key => {
    const committee = committees[key]
    const problems = [...wrongSeats(committee, names), ...wrongTimes(committee), ...wrongQuorums(committee)]
    return problems.map(({ path, problem }) => ({ path: ['committees', key, ...path], problem }))
  })
}

function wrongSeats({ seats }: Committee, names: ReadonlySet<string>): Problem[] {
  const strangers = seats.flatMap((seat, index) => (names.has(seat) ? [] : [index]))
  return [
    ...strangers.map(index => ({
      path: ['seats', index],
      problem: `"${seats[index]}" is not among people`,
    })),
    ...repeated(seats).map(([index, first]) => ({
      path: ['seats', index],
      problem: `"${seats[index]}" has seats[${first}] already`,
    })),
  ]
}

/**
 * No committee lets more time pass before or while it votes, in seconds: it could never again decide to let less pass.
 * Nor does what it has decided wait longer.
 */
const longestTime = 30 * 86_400

/** Nor does it vote, or may its decision be carried out, for less: within an hour blocks come. */
const shortestTime = 3600

function wrongTimes({ votingDelay, votingPeriod, lateQuorumExtension, expiry }: Committee): Problem[] {
  const tooLong = Object.entries({ votingDelay, votingPeriod, lateQuorumExtension, expiry })
    .filter(([, seconds]) => seconds > longestTime)
    .map(([field]) => ({ path: [field], problem: 'is longer than 30 days' }))
  const tooShort = Object.entries({ votingPeriod, expiry })
    .filter(([, seconds]) => seconds < shortestTime)
    .map(([field]) => ({ path: [field], problem: 'is shorter than 1 hour' }))
  const beyond = { path: ['lateQuorumExtension'], problem: 'is longer than the votingPeriod' }
  return [...tooLong, ...tooShort, ...(lateQuorumExtension > votingPeriod ? [beyond] : [])]
}

function wrongQuorums({ seats: { length: seats }, quorum, superQuorum }: Committee): Problem[] {
  // The contracts take a bare majority at most: seats that are cleared one by one never leave too few to decide.
  const majority = Math.floor((seats + 1) / 2)
  const rules: readonly (readonly [broken: boolean, field: string, problem: string])[] = [
    [quorum < 2, 'quorum', `${quorum} is fewer than 2: nobody is a committee alone`],
    [quorum > superQuorum, 'quorum', `${quorum} is more than the superQuorum of ${superQuorum}`],
    [quorum > majority, 'quorum', `${quorum} is more than ${majority}, the most that ${seats} seats allow`],
    [superQuorum > seats, 'superQuorum', `${superQuorum} is more than the ${seats} seats`],
  ]
  return rules.flatMap(([broken, field, problem]) => (broken ? [{ path: [field], problem }] : []))
}

/** The index of each value that was there before, and where it was first. */
function repeated(values: readonly string[]): (readonly [index: number, first: number])[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value)
    return first < index ? [[index, first] as const] : []
  })
}
