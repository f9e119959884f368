import {
  type HaltOrder,
  haltArguments,
  type RollbackOrder,
  rollbackArguments,
} from '../../sdk/chain/orders.ts'
import { signHalt, signRollback } from '../../sdk/chain/typedData.ts'
import { packWarrant } from '../../sdk/chain/warrants.ts'
import { type Role, roles } from '../../sdk/policy/words.ts'
import type { Sample } from './evm.ts'
import { change, create, read, type Slot, type Work } from './floor.ts'
import { type Bench, deadline, document, environments, identityArguments, type Version } from './models.ts'
import { firstAndLast, type Operation } from './operation.ts'
import {
  type Career,
  type Careers,
  caller,
  careerVersion,
  digestHash,
  keyHash,
  versionHash,
} from './versions.ts'

const day = 86_400
const haltInterval = 30 * day

/** Who acts, and in which role. */
interface Actor {
  readonly name: string
  readonly role: Role
}

const operator: Actor = { name: 'Emil', role: 'SystemOperator' }
const officer: Actor = { name: 'Ada', role: 'ResponsibleAIOfficer' }
const monitor: Actor = { name: 'Watch', role: 'Monitor' }

/** Activating, halting, rolling back, withdrawing, ending versions. The careers are used up in this order. */
export async function brakeOperations(bench: Bench, all: Careers): Promise<readonly Operation[]> {
  const operations: Operation[] = []
  operations.push(await activation(bench, all.medium))
  operations.push(...(await halts(bench, all.held)))
  operations.push(await carriedHalts(bench, all.medium))
  operations.push(await reports(bench, all.low))
  operations.push(...(await operatorRollbacks(bench, all.medium)))
  operations.push(...(await officerRollbacks(bench, all.high)))
  operations.push(await emergencyRollback(bench, all.critical))
  operations.push(await retirements(bench, [all.low, all.held]))
  return operations
}

/** Whatever makes another version active, apart from whose word it is. */
const moving = [
  ...read('Registry._required[model][environment]', 'Registry._schemas[model][schema].satisfies'),
  ...read('Rules._thresholds'),
  ...change('Registry._models[model]', 'Registry._active[model][environment]', 'Registry._log.head'),
]

const rollingBack = [
  ...caller,
  ...moving,
  ...read('Registry._versions[to].word'),
  ...change('Registry._versions[from].word'),
]

function act(slots: readonly Slot[], hashes: Work['hashes'] = []): Work {
  return { contracts: ['Rules'], slots, hashes: [keyHash, ...hashes], audited: true }
}

/** The same by a carried signature over so many words. */
function carried(slots: readonly Slot[], words: number): Work {
  const typedData = { what: 'the typed data', bytes: 32 * words }
  return { ...act(slots, [typedData, digestHash]), recoveries: 1 }
}

async function activation({ evm, society }: Bench, medium: Career): Promise<Operation> {
  const from = society.member(operator.name).account.address
  const samples: Sample[] = []
  for (const version of medium.versions.slice(0, 2)) {
    const call = [identityArguments(version), environments.ward, document]
    samples.push(await evm.send(from, society.registry, 'activate', call))
    medium.model.soak()
  }
  const slots = [
    ...caller,
    ...moving,
    ...read('Registry._versions[version].word', 'Rules._places[environment]'),
    // Whether a senior has it halted in the environment of its stage.
    ...read('Registry._active[model][environment of the stage]'),
    ...read('Registry._numbered[model][number of the predecessor]'),
    ...change('Registry._versions[predecessor].word'),
  ]
  return {
    name: 'activate',
    ...firstAndLast(samples),
    work: act(slots, [versionHash]),
    peer: 'AccessManager-guarded call',
  }
}

async function halts({ evm, society }: Bench, held: Career): Promise<readonly Operation[]> {
  const from = society.member(officer.name).account.address
  const order = haltArguments(haltOf(held, careerVersion(held, -1)))
  const authority = roles.indexOf(officer.role)
  const halted: Sample[] = []
  const resumed: Sample[] = []
  for (let round = 1; round <= 2; round += 1) {
    halted.push(await evm.send(from, society.registry, 'halt', [order, authority]))
    evm.pass(day)
    const resumption = [order, await sequenceOf({ evm, society }, held), authority]
    resumed.push(await evm.send(from, society.registry, 'resume', resumption))
    evm.pass(haltInterval)
  }
  const interrupted = [
    ...caller,
    ...read('Registry._versions[version].word', 'Registry._required[model][environment]'),
    ...change('Registry._models[model]', 'Registry._active[model][environment]', 'Registry._log.head'),
  ]
  // Whether it has soaked, its word tells from the first halt on.
  const halting = [...interrupted, ...change('Registry._haltTimes[version][environment][actor]')]
  const peer = 'AccessManager-guarded call'
  return [
    { name: 'halt, by the RAIO', ...firstAndLast(halted), work: act(halting), peer },
    { name: 'resume, by the RAIO', ...firstAndLast(resumed), work: act(interrupted), peer },
  ]
}

async function carriedHalts({ evm, society }: Bench, medium: Career): Promise<Operation> {
  const order = haltOf(medium, careerVersion(medium, -1))
  const { account } = society.member(operator.name)
  const samples: Sample[] = []
  for (let round = 1; round <= 2; round += 1) {
    const halt = { ...order, ...(await consentOf({ evm, society }, medium, operator)) }
    const warrant = packWarrant(await signHalt({ ...medium.model.jurisdiction, account, halt }))
    const call = [haltArguments(order), warrant]
    samples.push(await evm.send(society.stranger(0), society.registry, 'haltBySig', call))
    evm.pass(4 * day)
    const environment = environments.Production
    await evm.send(society.stranger(0), society.registry, 'lapse', [medium.model.id, environment])
    evm.pass(haltInterval)
  }
  const slots = [
    ...caller,
    ...read('Registry._versions[version].word', 'Registry._required[model][environment]'),
    ...change('Registry._haltTimes[version][environment][actor]'),
    ...change('Registry._models[model]', 'Registry._active[model][environment]', 'Registry._log.head'),
  ]
  return {
    name: 'haltBySig, by an operator',
    ...firstAndLast(samples),
    work: carried(slots, 10),
    peer: 'Safe 1-of-1 execution',
  }
}

async function reports({ evm, society }: Bench, low: Career): Promise<Operation> {
  const order = haltArguments(haltOf(low, careerVersion(low, -1)))
  const { model } = low
  const samples: Sample[] = []
  for (let round = 1; round <= 2; round += 1) {
    const watch = society.member(monitor.name).account.address
    const call = [order, roles.indexOf(monitor.role)]
    samples.push(await evm.send(watch, society.registry, 'reportTrigger', call))
    const ada = society.member(officer.name).account.address
    await evm.send(ada, society.registry, 'closeIncident', [model.id, environments.Production, document])
  }
  const slots = [
    ...caller,
    ...read('Registry._models[model]', 'Registry._versions[version].word', 'Rules._thresholds.response'),
    ...read('Registry._required[model][environment]'),
    ...create('Registry._incidents[model][environment]'),
    ...change('Registry._active[model][environment]', 'Registry._log.head'),
  ]
  return {
    name: 'reportTrigger, by a Monitor',
    ...firstAndLast(samples),
    work: act(slots),
    peer: 'AccessManager-guarded call',
  }
}

async function operatorRollbacks(bench: Bench, medium: Career): Promise<readonly Operation[]> {
  const { evm, society } = bench
  const steps: readonly (readonly [number, number])[] = [
    [-1, -2],
    [-2, -3],
  ]
  const samples: Sample[] = []
  for (const [from, to] of steps) {
    const order = rollbackOf(medium, careerVersion(medium, from), careerVersion(medium, to))
    samples.push(await rollBack(bench, operator, order))
    medium.model.soak()
  }
  const limited = [...rollingBack, ...change('Registry._juniorRollbacks[model][environment]')]
  const undone = rollbackOf(medium, careerVersion(medium, -3), careerVersion(medium, -4))
  await rollBack(bench, operator, undone)
  const overruling = { ...undone, from: undone.to as string, to: undone.from as string } as RollbackOrder
  const ada = society.member(officer.name).account.address
  const overruled = await evm.send(ada, society.registry, 'overrule', [rollbackArguments(overruling)])
  const overrulingSlots = [
    ...caller,
    ...read('Registry._required[model][environment]', 'Registry._schemas[model][schema].satisfies'),
    ...read('Registry._juniorRollbacks[model][environment]', 'Registry._versions[from].word'),
    ...read('Rules._thresholds'),
    ...change('Registry._models[model]', 'Registry._active[model][environment]', 'Registry._log.head'),
    ...change('Registry._versions[to].word'),
  ]
  const peer = 'AccessManager-guarded call'
  return [
    { name: 'rollback, Medium by an operator', ...firstAndLast(samples), work: act(limited), peer },
    { name: 'overrule', ...firstAndLast([overruled]), work: act(overrulingSlots), peer },
  ]
}

async function officerRollbacks(bench: Bench, high: Career): Promise<readonly Operation[]> {
  const { evm, society } = bench
  const { account } = society.member(officer.name)
  const called: Sample[] = []
  for (const index of [-1, -2]) {
    const order = rollbackOf(high, careerVersion(high, index), careerVersion(high, index - 1))
    called.push(await rollBack(bench, officer, order))
    high.model.soak()
  }
  const signed: Sample[] = []
  for (const index of [-3, -4]) {
    const order = rollbackOf(high, careerVersion(high, index), careerVersion(high, index - 1))
    const rollback = { ...order, ...(await consentOf(bench, high, officer)) }
    const warrant = packWarrant(await signRollback({ ...high.model.jurisdiction, account, rollback }))
    const call = [rollbackArguments(order), warrant]
    signed.push(await evm.send(society.stranger(0), society.registry, 'rollbackBySig', call))
    high.model.soak()
  }
  const withdrawn: Sample[] = []
  for (const index of [-5, -6]) {
    const version = careerVersion(high, index)
    const call = [rollbackArguments(rollbackOf(high, version)), roles.indexOf(officer.role)]
    withdrawn.push(await evm.send(account.address, society.registry, 'withdraw', call))
    high.model.soak()
    await rollBack(bench, officer, rollbackOf(high, undefined, careerVersion(high, index - 1)))
    high.model.soak()
  }
  const withdrawing = [
    ...caller,
    ...read('Registry._required[model][environment]', 'Rules._thresholds'),
    ...change('Registry._models[model]', 'Registry._active[model][environment]', 'Registry._log.head'),
    ...change('Registry._versions[from].word'),
  ]
  return [
    {
      name: 'rollback, High by the RAIO',
      ...firstAndLast(called),
      work: act(rollingBack),
      peer: 'AccessManager-guarded call',
    },
    {
      name: 'rollbackBySig, High by the RAIO',
      ...firstAndLast(signed),
      work: carried(rollingBack, 12),
      peer: 'Safe 1-of-1 execution',
    },
    {
      name: 'withdraw, High by the RAIO',
      ...firstAndLast(withdrawn),
      work: act(withdrawing),
      peer: 'EAS revoke',
    },
  ]
}

/** The committee's timelock executes it; what that takes beside is another line of the table. */
async function emergencyRollback({ evm, society }: Bench, critical: Career): Promise<Operation> {
  const order = rollbackOf(critical, careerVersion(critical, -1), careerVersion(critical, -2))
  const call = [rollbackArguments(order), roles.indexOf('EmergencyCommittee')]
  const sample = await evm.send(society.emergency.voice, society.registry, 'rollback', call)
  const slots = [...rollingBack.filter(slot => !caller.includes(slot)), ...read('Rules._policy')]
  return {
    name: 'rollback, Critical by the Emergency Committee',
    ...firstAndLast([sample]),
    work: { ...act(slots), hashes: [] },
    peer: 'AccessManager-guarded call',
  }
}

async function retirements({ evm, society }: Bench, careers: readonly Career[]): Promise<Operation> {
  const from = society.member(officer.name).account.address
  const samples: Sample[] = []
  for (const career of careers) {
    const [retired, other] = [careerVersion(career, 0), careerVersion(career, 1)]
    // Proven in validation, staging and production alike.
    const alternatives = [other.id, other.id, other.id]
    const call = [identityArguments(retired), alternatives, document]
    samples.push(await evm.send(from, society.registry, 'retire', call))
  }
  const places = ['validation', 'staging', 'production', 'ward-3']
  const slots = [
    ...caller,
    ...read('Rules._environments.length', ...places.map((_, index) => `Rules._environments.${index}`)),
    ...places.flatMap(place => read(`Registry._active[model][${place}]`)),
    ...read('Registry._versions[alternative].word'),
    ...change('Registry._versions[version].word', 'Registry._log.head'),
  ]
  return {
    name: 'retire, 4 environments',
    ...firstAndLast(samples),
    work: act(slots, [versionHash]),
    peer: 'EAS revoke',
  }
}

async function rollBack({ evm, society }: Bench, actor: Actor, order: RollbackOrder): Promise<Sample> {
  const from = society.member(actor.name).account.address
  const call = [rollbackArguments(order), roles.indexOf(actor.role)]
  return await evm.send(from, society.registry, 'rollback', call)
}

/** The terms on which a carried act holds now. */
async function consentOf(bench: Bench, career: Career, { role }: Actor) {
  return { role, signingEpoch: 0, deadline, sequence: await sequenceOf(bench, career) }
}

/** The sequence of what is active now. */
async function sequenceOf({ evm, society }: Bench, { model }: Career): Promise<number> {
  const [, word] = (await evm.read(society.registry, 'active', [model.id, environments.Production])) as [
    unknown,
    bigint,
  ]
  return Number((word >> 32n) & 0xffffffffffn)
}

function haltOf({ model }: Career, version: Version): HaltOrder {
  const environment = environments.Production
  return { model: model.id, environment, version: version.id, trigger: 'DriftOrIntegrity', reason: document }
}

function rollbackOf({ model }: Career, from: Version | undefined, to?: Version): RollbackOrder {
  return {
    model: model.id,
    environment: environments.Production,
    ...(from && { from: from.id }),
    ...(to && { to: to.id }),
    trigger: 'DriftOrIntegrity',
    reason: document,
    plan: document,
  }
}
