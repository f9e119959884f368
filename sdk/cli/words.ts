import {
  type Abi,
  type AbiParameter,
  type ContractFunctionArgs,
  type ContractFunctionName,
  decodeFunctionData,
  type Hex,
} from 'viem'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi } from '../chain/abi/index.ts'
import { type AuditEntry, type Call, type Contracts, none, readWarrants } from '../chain/index.ts'
import { type Action, forGood, risks, roles, stages, triggers } from '../policy/words.ts'
import { type Book, type IdentityWords, short } from './book.ts'
import { jsonOf } from './output.ts'

/** A call in words: what a committee is asked to do, or what an entry of the audit chain recorded. */
export function wordsOfCall(call: Call, contracts: Contracts, book: Book): string {
  const { contract, abi } = contractAt(call.to, contracts)
  const decoded = decode(abi, call.data)
  if (decoded === undefined) return `call ${short(call.data)} of ${contract}`
  const { functionName, args } = decoded
  const words = phrases[contract]?.[functionName]
  return words?.(args as never, book) ?? `${contract}: ${functionName}(${listed(abi, functionName, args)})`
}

/** The name of the act that a call is; undefined for what is no act of a contract of this deployment. */
export function nameOfCall(call: Call, contracts: Contracts): string | undefined {
  return decode(contractAt(call.to, contracts).abi, call.data)?.functionName
}

/** The digest of the document that a call names: its reason, its evidence, or whatever else explains it. */
export function documentOfCall(call: Call, contracts: Contracts): Hex | undefined {
  const { abi } = contractAt(call.to, contracts)
  const decoded = decode(abi, call.data)
  if (decoded === undefined) return undefined
  const names = inputsOf(abi, decoded.functionName).map(({ name }) => name)
  const named = Object.fromEntries(names.map((name, index) => [name, decoded.args[index]] as const))
  const terms = decoded.args.find(argument => typeof argument === 'object' && argument !== null) ?? {}
  const { document, reason, evidence } = { ...named, ...terms } as Readonly<Record<string, unknown>>
  const found = [document, reason, evidence].find(value => typeof value === 'string')
  return found as Hex | undefined
}

/** An entry of an audit chain in words: who did what, in which role. */
export function wordsOfEntry(
  entry: AuditEntry & { readonly contract: 'registry' | 'rules' },
  contracts: Contracts,
  book: Book,
): string {
  const { action, actor, authority, data, contract } = entry
  if (action === 'Genesis') return `the ${contract === 'registry' ? 'Registry' : 'Rules'} began`
  const call = { to: contracts[contract], data }
  const words = orderThatFailed(action, call, contracts, book)
  const number = book.schemaOf(entry)
  const as = number === undefined ? '' : ` as number ${number}`
  return `${whoAs(book.who(actor), authority)}: ${words ?? wordsOfCall(call, contracts, book)}${as}`
}

/**
 * What became of a rollback that the Emergency Committee ordered where it came late: what it was about was no longer
 * active, and nothing moved; or its target was no longer fit, and nothing took the place.
 */
function orderThatFailed(action: Action, call: Call, contracts: Contracts, book: Book): string | undefined {
  const [order] = decode(contractAt(call.to, contracts).abi, call.data)?.args ?? []
  if (typeof order !== 'object' || order === null) return undefined
  const terms = order as RollbackTerms
  if (action === 'Condemned') {
    const where = book.environment(terms.environment)
    return `condemn ${book.version(terms.from)}, no longer active in ${where}, for ${triggers[terms.trigger]}`
  }
  if (action !== 'Withdrawn' || terms.to === none) return undefined
  return `${rolledBack({ ...terms, to: none }, book)}, as ${book.version(terms.to)} could no longer run there`
}

/** Somebody in a role; a committee's name says it already. */
export function whoAs(who: string, authority: string | undefined): string {
  return authority === undefined || authority === 'None' || who.startsWith('the ')
    ? who
    : `${who} as ${authority}`
}

/** The acts of a contract in words, as what somebody does or is asked to do. */
type PhrasesOf<abi extends Abi> = {
  readonly [name in ContractFunctionName<abi, 'nonpayable'>]?: (
    args: ContractFunctionArgs<abi, 'nonpayable', name>,
    book: Book,
  ) => string
}

export const registryPhrases: PhrasesOf<typeof registryAbi> = {
  createModel: ([name, , floor, developers], book) =>
    `create the model ${name} with the floor ${risks[floor]}, ${developedBy(developers, book)}`,
  setDeveloper: ([model, person, allowed], book) =>
    `${allowed ? 'let' : 'no longer let'} ${book.who(person)} develop ${book.model(model)}`,
  addSchema: ([model, digest], book) => `add the schema ${short(digest)} to ${book.model(model)}`,
  requireSchemas: ([model, environment, schemas], book) =>
    `require the schemas ${numbered(schemas)} of ${book.model(model)} in ${book.environment(environment)}`,
  setMonitored: ([model, monitored], book) =>
    `${monitored ? 'let' : 'no longer let'} Monitors take ${book.model(model)} one step back`,
  setFloor: ([model, floor], book) => `set the floor of ${book.model(model)} to ${risks[floor]}`,
  suspendModel: ([model], book) => `suspend the model ${book.model(model)}`,
  reinstateModel: ([model], book) => `reinstate the model ${book.model(model)}`,
  register: ([identity], book) => `register ${registered(identity, book)}`,
  raiseRisk: ([identity, risk], book) => `raise the risk of ${book.identity(identity)} to ${risks[risk]}`,
  registerBySig: ([identity], book) => `register ${registered(identity, book)}, signed by its author`,
  promote: ([identity, stage, , plan, signOffs], book) =>
    `carry ${book.identity(identity)} into ${stages[stage]}${withPlan(plan)}; signed off by ${signers(signOffs, book)}`,
  activate: ([identity, environment, plan], book) =>
    `activate ${book.identity(identity)} in ${book.environment(environment)}${withPlan(plan)}`,
  rollback: ([order], book) => rolledBack(order, book),
  withdraw: ([order], book) => rolledBack(order, book),
  rollbackBySig: ([order, warrant], book) =>
    `${rolledBack(order, book)}, signed by ${signers(warrant, book)}`,
  overrule: ([order], book) =>
    `overrule a rollback: in ${book.environment(order.environment)} from ${book.version(order.from)} to ${book.version(order.to)} again`,
  halt: ([order], book) => halted(order, book),
  haltBySig: ([order, warrant], book) => `${halted(order, book)}, signed by ${signers(warrant, book)}`,
  resume: ([order, sequence], book) =>
    `resume ${book.version(order.version)} in ${book.environment(order.environment)}, halted at sequence ${sequence}`,
  lapse: ([model, environment], book) =>
    `let the halt of ${book.model(model)} in ${book.environment(environment)} lapse`,
  reportTrigger: ([order], book) =>
    `report ${triggers[order.trigger]} of ${book.version(order.version)} in ${book.environment(order.environment)}`,
  closeIncident: ([model, environment], book) =>
    `close the incident of ${book.model(model)} in ${book.environment(environment)}`,
  retire: ([identity, alternatives], book) =>
    `retire ${book.identity(identity)}${instead(alternatives, book)}`,
  release: ([identity, alternatives], book) =>
    `release the bytes of ${book.identity(identity)}${instead(alternatives, book)}`,
  restoreRisk: ([identity, raised, risk], book) =>
    `take the risk of ${book.identity(identity)}, raised to ${risks[raised]}, back to ${risks[risk]}`,
  recordDefect: ([identity], book) => `put a defect of ${book.identity(identity)} on record: it is condemned`,
  moveModel: ([model, chainId, registry], book) =>
    `move the model ${book.model(model)} for good to the registry ${registry} on chain ${chainId}`,
}

export const rulesPhrases: PhrasesOf<typeof rulesAbi> = {
  appoint: ([{ signer, roles: given }], book) =>
    `appoint the holder of ${book.who(signer)} ${asRoles(given)}`,
  setRoles: ([person, given], book) => `have ${book.who(person)} act ${asRoles(given)} from now on`,
  setDomain: ([person, domain, leads], book) =>
    `${leads ? 'let' : 'no longer let'} ${book.who(person)} lead the domain ${short(domain)}`,
  certify: ([person, certificate], book) =>
    `certify ${book.who(person)} until ${timeText(Math.min(certificate.versioning, certificate.rollback, certificate.incident))}`,
  suspend: ([person, until], book) =>
    `suspend ${book.who(person)} ${until === forGood ? 'for good' : `until ${timeText(until)}`}`,
  reinstate: ([person], book) => `reinstate ${book.who(person)}`,
  sanction: ([person], book) => `put a sanction of ${book.who(person)} on record`,
  recordViolation: ([person], book) => `record a violation by ${book.who(person)}`,
  acceptAudit: ([person], book) => `accept the external audit of ${book.who(person)}`,
  signOff: ([terms], book) =>
    `sign off that ${book.version(terms.version)} may enter ${stages[terms.stage]} at risk ${risks[terms.risk]}${withPlan(terms.plan)}`,
  rotate: ([, , signer], book) => `replace the own key by ${book.who(signer)}`,
  startRecovery: ([person, signer], book) =>
    `begin to give ${book.who(person)} the key ${book.who(signer)} for a lost one`,
  objectToRecovery: ([person], book) => `call the recovery of ${book.who(person)} off`,
  recover: ([person, signer], book) => `complete the recovery of ${book.who(person)} to ${book.who(signer)}`,
  addEnvironment: ([environment, stage], book) =>
    `add ${book.environment(environment)}, which requires ${stages[stage]}`,
  consentToEpoch: ([terms]) => `consent to the policy epoch with the terms ${short(terms)}`,
  startEpoch: ([document]) => `start a policy epoch with the document ${short(document)}`,
  recordReview: ([document]) => `record a review of the policy: ${short(document)}`,
  orderReview: () => 'order a review of the policy within 30 days',
  pullReview: () => 'pull the review of the policy forward',
}

const seatsPhrases: PhrasesOf<typeof seatsAbi> = {
  grant: ([person], book) => `give ${book.who(person)} a seat`,
  withdraw: ([person], book) => `take the seat of ${book.who(person)}`,
  clear: ([person], book) => `clear the seat of ${book.who(person)}`,
  follow: ([person], book) => `move the seat of ${book.who(person)} to the key in use`,
}

type Phrases = Readonly<Record<string, (args: never, book: Book) => string>>

const phrases: Readonly<Record<string, Phrases>> = {
  Registry: registryPhrases,
  Rules: rulesPhrases,
  'Seats of the Assembly': seatsPhrases,
  'Seats of the Oversight Committee': seatsPhrases,
  'Seats of the Emergency Committee': seatsPhrases,
}

/** A time for people, in UTC. */
export function timeText(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime())
    ? `${seconds} s`
    : `${date.toISOString().slice(0, -5).replace('T', ' ')}Z`
}

/** A time for machines. */
export function isoOf(seconds: number | bigint): string {
  return new Date(Number(seconds) * 1000).toISOString()
}

function contractAt(address: Hex, contracts: Contracts): { readonly contract: string; readonly abi: Abi } {
  const is = (other: Hex) => other.toLowerCase() === address.toLowerCase()
  if (is(contracts.registry)) return { contract: 'Registry', abi: registryAbi }
  if (is(contracts.rules)) return { contract: 'Rules', abi: rulesAbi }
  const bodies = { assembly: 'Assembly', oversight: 'Oversight Committee', emergency: 'Emergency Committee' }
  for (const name of ['assembly', 'oversight', 'emergency'] as const) {
    if (is(contracts.seats[name])) return { contract: `Seats of the ${bodies[name]}`, abi: seatsAbi }
    if (is(contracts.committees[name])) return { contract: bodies[name], abi: committeeAbi }
    if (is(contracts.timelocks[name]))
      return { contract: `Timelock of the ${bodies[name]}`, abi: timelockAbi }
  }
  return { contract: address, abi: [] }
}

function decode(abi: Abi, data: Hex) {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data })
    return { functionName, args }
  } catch {
    return undefined
  }
}

function inputsOf(abi: Abi, functionName: string): readonly AbiParameter[] {
  const item = abi.find(candidate => candidate.type === 'function' && candidate.name === functionName)
  return item?.type === 'function' ? item.inputs : []
}

function listed(abi: Abi, functionName: string, args: readonly unknown[]): string {
  const inputs = inputsOf(abi, functionName)
  const text = (value: unknown) =>
    typeof value === 'object' && value !== null ? jsonOf(value) : String(value)
  return args.map((value, index) => `${inputs[index]?.name ?? index} ${text(value)}`).join(', ')
}

function signers(packed: Hex, book: Book): string {
  const warrants = readWarrants(packed)
  if (warrants === undefined) return `what is no warrant: ${short(packed)}`
  if (warrants.length === 0) return 'nobody'
  return warrants
    .map(({ role, signer }) => (signer === '0x' ? role : `${role} ${book.who(signer)}`))
    .join(', ')
}

function registered(identity: IdentityWords & { readonly manifestDigest: Hex }, book: Book): string {
  return `${book.identity(identity)}, risk ${risks[identity.risk]}, schema ${identity.schema}, manifest ${short(identity.manifestDigest)}`
}

/** A rollback's order, as a call holds it. */
interface RollbackTerms {
  readonly environment: Hex
  readonly from: Hex
  readonly to: Hex
  readonly trigger: number
  readonly plan: Hex
}

/** A rollback, or where there is no target a withdrawal. */
function rolledBack(order: RollbackTerms, book: Book): string {
  const environment = book.environment(order.environment)
  const why = `for ${triggers[order.trigger]}${withPlan(order.plan)}`
  if (order.to === none) return `withdraw ${book.version(order.from)} from ${environment} ${why}`
  if (order.from === none) return `restore ${book.version(order.to)} in ${environment} ${why}`
  return `roll ${environment} back from ${book.version(order.from)} to ${book.version(order.to)} ${why}`
}

function halted(
  order: { readonly environment: Hex; readonly version: Hex; readonly trigger: number },
  book: Book,
): string {
  return `halt ${book.version(order.version)} in ${book.environment(order.environment)} for ${triggers[order.trigger]}`
}

function developedBy(developers: readonly Hex[], book: Book): string {
  if (developers.length === 0) return 'without a developer'
  return `developed by ${developers.map(id => book.who(id)).join(', ')}`
}

function instead(alternatives: readonly Hex[], book: Book): string {
  if (alternatives.length === 0) return ''
  return `; one can roll back to ${alternatives.map(id => book.version(id)).join(', ')} instead`
}

function withPlan(plan: Hex): string {
  return plan === none ? '' : `, with the plan ${short(plan)}`
}

/** A number of things. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function asRoles(bitmap: number): string {
  const names = roles.filter((_, index) => (bitmap >> index) & 1)
  return names.length === 0 ? 'without a role' : `as ${names.join(', ')}`
}

/** The numbers of the bits that are set. */
export function numbersOf(bitmap: bigint): number[] {
  return Array.from({ length: 256 }, (_, index) => index).filter(index => (bitmap >> BigInt(index)) & 1n)
}

function numbered(bitmap: bigint): string {
  const numbers = numbersOf(bitmap)
  return numbers.length === 0 ? 'none' : numbers.join(', ')
}
