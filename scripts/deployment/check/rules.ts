import type { Hex } from 'viem'
import { rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { type AuditEntry, environmentIdOf, none, reach } from '../../../sdk/chain/index.ts'
import { timeText } from '../../../sdk/cli/words.ts'
import { APPROVED_STAGES } from '../../../sdk/documents/index.ts'
import { type Action, type Role, risks, roles, stages } from '../../../sdk/policy/words.ts'
import type { Genesis } from '../parameters.ts'
import { type Expect, expectSame } from './deviations.ts'
import { callOf, type Person, peopleAfter, suspensionsAfter } from './people.ts'
import { askAll } from './questions.ts'
import { nameOf, type Sight } from './sight.ts'

/** Holds people, policy and environments against what they must be: as the genesis says, or as an act on record since. */
export async function checkRules(sight: Sight, expect: Expect): Promise<void> {
  await checkVoices(sight, expect)
  await checkPolicy(sight, expect)
  await checkEnvironments(sight, expect)
  await checkPeople(sight, expect)
}

function contractOf({ addresses, block }: Sight) {
  return { address: addresses.rules, abi: rulesAbi, blockNumber: block } as const
}

async function checkVoices(sight: Sight, expect: Expect): Promise<void> {
  const voices = [
    ['Assembly', sight.addresses.timelocks.assembly],
    ['OversightCommittee', sight.addresses.timelocks.oversight],
    ['EmergencyCommittee', sight.addresses.timelocks.emergency],
  ] as const satisfies readonly (readonly [Role, Hex])[]
  for (const [role, timelock] of voices) {
    const voice = await reach(() =>
      sight.client.readContract({
        ...contractOf(sight),
        functionName: 'committee',
        args: [roles.indexOf(role)],
      }),
    )
    expect(`who speaks for the ${role} in Rules`, voice, timelock)
  }
}

/** The acts on record since the genesis. */
function actsOf({ history }: Sight, ...actions: readonly Action[]): readonly AuditEntry[] {
  return history.rules.slice(1).filter(({ action }) => actions.includes(action))
}

/** The epoch that must be in force: the genesis' one, or what the last act that started one gave. */
function epochOf(sight: Sight): Pick<Genesis, 'matrix' | 'thresholds'> & { readonly epoch: number } {
  const started = actsOf(sight, 'EpochStarted')
  const { matrix, thresholds } = sight.genesis
  const epoch = 1 + started.length
  const last = started.at(-1)
  if (last === undefined) return { epoch, matrix, thresholds }
  const call = callOf(last)
  if (call?.functionName !== 'startEpoch') return { epoch, matrix, thresholds }
  return { epoch, matrix: call.args[1], thresholds: call.args[2] }
}

async function checkPolicy(sight: Sight, expect: Expect): Promise<void> {
  const { client } = sight
  const contract = contractOf(sight)
  const expected = epochOf(sight)
  const [epoch, matrix, due] = await reach(() => client.readContract({ ...contract, functionName: 'policy' }))
  expect('the policy epoch', epoch, expected.epoch)
  expect('when the review is due', timeText(due), timeText(reviewDueAt(sight)))
  for (const [index, [risk, stage]] of risks
    .flatMap(risk => APPROVED_STAGES.map(stage => [risk, stage] as const))
    .entries()) {
    const cell = (of: bigint) =>
      roles.filter((_, bit) => (of >> BigInt(16 * index + bit)) & 1n).join(', ') || 'nobody'
    expect(`who signs off ${risk} to enter ${stage}`, cell(matrix), cell(expected.matrix))
  }
  for (const [index, risk] of risks.entries()) {
    const [soak, response] = await reach(() =>
      Promise.all([
        client.readContract({ ...contract, functionName: 'soakTime', args: [index] }),
        client.readContract({ ...contract, functionName: 'responseTime', args: [index] }),
      ]),
    )
    expect(`the soak time of ${risk}`, soak, expected.thresholds.soak[index])
    expect(`the response time of ${risk}`, response, expected.thresholds.response[index])
  }
}

const day = 86_400

/** A new policy counts as reviewed for a year; whatever pulls the review leaves 30 days at most. */
function reviewDueAt({ history, times }: Sight): number {
  return history.rules.reduce((due, { action, block }) => {
    const time = times.get(block) ?? 0
    if (action === 'ReviewPulled') return Math.min(due, time + 30 * day)
    return ['Genesis', 'EpochStarted', 'ReviewRecorded'].includes(action) ? time + 365 * day : due
  }, 0)
}

async function checkEnvironments(sight: Sight, expect: Expect): Promise<void> {
  const { client, parameters, genesis } = sight
  const contract = contractOf(sight)
  const added = actsOf(sight, 'EnvironmentAdded').map(({ subject }) => ({ id: subject, name: subject }))
  const named = [
    ...APPROVED_STAGES.map(stage => ({ name: stage.toLowerCase(), stage: stages.indexOf(stage) })),
    ...parameters.environments.map(({ name }, index) => ({ name, stage: genesis.stages[index] })),
  ]
  const ids = await reach(() => client.readContract({ ...contract, functionName: 'environments' }))
  const expected = [...named.map(({ name }) => environmentIdOf(name)), ...added.map(({ id }) => id)]
  expectSame(expect, ['environments', 'Rules'], ids, expected)
  for (const { name, stage } of named) {
    const [actual] = await reach(() =>
      client.readContract({ ...contract, functionName: 'place', args: [environmentIdOf(name)] }),
    )
    expect(`the stage of ${name}`, stages[actual], stages[stage ?? 0])
  }
}

/** Everyone stands as all that is on record says. */
async function checkPeople(sight: Sight, expect: Expect): Promise<void> {
  const acts = sight.history.rules.slice(1)
  for (const entry of acts) {
    const data = callOf(entry) === undefined ? 'no call' : 'a call of Rules'
    expect(`the data of the entry of Rules in transaction ${entry.transaction}`, data, 'a call of Rules')
  }
  const domains = domainsIn(sight, acts)
  const facts = [...peopleAfter(sight, acts, sight.times)].flatMap(([id, person]) =>
    factsOf(nameOf(sight, id), id, person, domains),
  )
  facts.push(['the suspensions by officers', 'suspensions', [], suspensionsAfter(acts)])
  const actual = await askAll(
    sight,
    facts.map(([, functionName, args]) => ({
      address: sight.addresses.rules,
      abi: rulesAbi,
      functionName,
      args,
    })),
  )
  for (const [index, [what, asked, , expected]] of facts.entries()) {
    if (asked === 'standing') expectSame(expect, ['', what], actual[index], expected)
    else expect(what, actual[index], expected)
  }
}

/** What it is called, the function that tells it and its arguments, and what that must return. */
type Fact = readonly [what: string, functionName: string, args: readonly Hex[], expected: unknown]

function factsOf(name: string, id: Hex, person: Person, domains: ReadonlySet<Hex>): readonly Fact[] {
  const { key, account, retired, standing, violations, recovery } = person
  return [
    [`the person with the key ${key}`, 'personOf', [key], id],
    ...retired.map((old): Fact => [`the person with the key ${old}`, 'personOf', [old], none]),
    [`the key and the account of ${name}`, 'keyOf', [id], [key, account]],
    [`the standing of ${name}`, 'standing', [id], standing],
    [`the violations of ${name}`, 'violations', [id], violations],
    [`the recovery of ${name}`, 'recovery', [id], [recovery.key, recovery.readyAt]],
    ...[...domains].map((domain): Fact => {
      const what = `whether ${name} leads the domain ${domain}`
      return [what, 'leads', [id, domain], person.domains.has(domain)]
    }),
  ]
}

/** Every domain that is on record. */
function domainsIn({ genesis }: Sight, acts: readonly AuditEntry[]): ReadonlySet<Hex> {
  const since = acts.flatMap(entry => {
    const call = callOf(entry)
    if (call?.functionName === 'appoint') return call.args[0].domains
    return call?.functionName === 'setDomain' ? [call.args[1]] : []
  })
  return new Set([...genesis.people.flatMap(person => person.domains), ...since])
}
