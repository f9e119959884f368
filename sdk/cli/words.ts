import {
  type Abi,
  type AbiParameter,
  type ContractFunctionArgs,
  type ContractFunctionName,
  decodeFunctionData,
  type Hex,
} from 'viem'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi } from '../chain/abi/index.ts'
import { type AuditEntry, type Call, type Contracts, none } from '../chain/index.ts'
import { risks, roles, stages, triggers } from '../policy/words.ts'
import { type Book, short } from './book.ts'
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
  // The Rules log a pulled review under the call of the Registry that caused it.
  const call =
    action === 'ReviewPulled'
      ? `pull the review of the policy forward`
      : wordsOfCall({ to: contracts[contract], data }, contracts, book)
  return `${whoAs(book.who(actor), authority)}: ${call}`
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
  createModel: ([name, , floor, developers]) =>
    `create the model ${name} with the floor ${risks[floor]} and ${counted(developers.length, 'developer')}`,
  setDeveloper: ([model, person, allowed], book) =>
    `${allowed ? 'let' : 'no longer let'} ${book.who(person)} develop ${book.model(model)}`,
  addSchema: ([model, digest], book) => `add the schema ${short(digest)} to ${book.model(model)}`,
  requireSchemas: ([model, environment, schemas], book) =>
    `require the schemas ${numbered(schemas)} of ${book.model(model)} in ${book.environment(environment)}`,
  suspendModel: ([model], book) => `suspend the model ${book.model(model)}`,
  reinstateModel: ([model], book) => `reinstate the model ${book.model(model)}`,
  register: ([identity], book) =>
    `register ${book.identity(identity)}, risk ${risks[identity.risk]}, schema ${identity.schema}, manifest ${short(identity.manifestDigest)}`,
  raiseRisk: ([identity, risk], book) => `raise the risk of ${book.identity(identity)} to ${risks[risk]}`,
  signOff: ([terms], book) =>
    `sign off that ${book.version(terms.version)} may enter ${stages[terms.stage]} at risk ${risks[terms.risk]}`,
  promote: ([promotion], book) =>
    `carry ${book.identity(promotion.identity)} into ${stages[promotion.stage]}${withPlan(promotion.plan)}; signed off by ${signers(promotion.approvals, book)}`,
  activate: ([identity, environment, plan], book) =>
    `activate ${book.identity(identity)} in ${book.environment(environment)}${withPlan(plan)}`,
  rollback: ([order], book) =>
    `roll ${book.environment(order.environment)} back from ${book.version(order.from)} to ${book.version(order.to)} for ${triggers[order.trigger]}${withPlan(order.plan)}`,
  withdraw: ([order], book) =>
    `withdraw ${book.version(order.from)} from ${book.environment(order.environment)} for ${triggers[order.trigger]}${withPlan(order.plan)}`,
  overrule: ([order], book) =>
    `overrule a rollback: in ${book.environment(order.environment)} from ${book.version(order.from)} to ${book.version(order.to)} again`,
  halt: ([order], book) =>
    `halt ${book.version(order.version)} in ${book.environment(order.environment)} for ${triggers[order.trigger]}`,
  resume: ([order], book) =>
    `resume ${book.version(order.version)} in ${book.environment(order.environment)}`,
  lapse: ([model, environment], book) =>
    `let the halt of ${book.model(model)} in ${book.environment(environment)} lapse`,
  reportTrigger: ([order], book) =>
    `report ${triggers[order.trigger]} of ${book.version(order.version)} in ${book.environment(order.environment)}`,
  closeIncident: ([model, environment], book) =>
    `close the incident of ${book.model(model)} in ${book.environment(environment)}`,
  retire: ([identity], book) => `retire ${book.identity(identity)}`,
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
    `suspend ${book.who(person)} ${until === 2 ** 40 - 1 ? 'for good' : `until ${timeText(until)}`}`,
  reinstate: ([person], book) => `reinstate ${book.who(person)}`,
  rotate: ([signer], book) => `replace the own key by ${book.who(signer)}`,
  addEnvironment: ([environment, stage], book) =>
    `add ${book.environment(environment)}, which requires ${stages[stage]}`,
  consentToEpoch: ([terms]) => `consent to the policy epoch with the terms ${short(terms)}`,
  startEpoch: ([document]) => `start a policy epoch with the document ${short(document)}`,
  recordReview: ([document]) => `record a review of the policy: ${short(document)}`,
}

const seatsPhrases: PhrasesOf<typeof seatsAbi> = {
  grant: ([person], book) => `give ${book.who(person)} a seat`,
  withdraw: ([person], book) => `take the seat of ${book.who(person)}`,
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

function signers(approvals: readonly { readonly role: number; readonly signer: Hex }[], book: Book): string {
  if (approvals.length === 0) return 'nobody'
  return approvals
    .map(({ role, signer }) => (signer === '0x' ? roles[role] : signedBy(book.who(signer), roles[role])))
    .join(', ')
}

/** A committee's name says its role already. */
function signedBy(who: string, role: string | undefined): string {
  return who.startsWith('the ') ? who : `${role} ${who}`
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

function numbered(bitmap: bigint): string {
  const numbers = Array.from({ length: 256 }, (_, index) => index).filter(
    index => (bitmap >> BigInt(index)) & 1n,
  )
  return numbers.length === 0 ? 'none' : numbers.join(', ')
}
