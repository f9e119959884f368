import type { Abi, AbiParameter, Address } from 'viem'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi } from '../chain/abi/index.ts'
import type { CommitteeName, Contracts } from '../chain/index.ts'

/** An act by its name, with what must be told of it. */
export interface Act {
  readonly name: string
  /** The function of the contract. */
  readonly functionName: string
  readonly abi: Abi
  /** Whose contract it is: of acts on seats and settings, each committee has its own. */
  readonly of: 'registry' | 'rules' | 'seats' | 'committees'
  readonly inputs: readonly AbiParameter[]
  readonly fields: readonly Field[]
}

/** One thing that must be told of an act. */
export interface Field {
  readonly name: string
  readonly input: AbiParameter
}

/** The acts that have commands of their own, which know more about them. */
export const commandOf: Readonly<Record<string, string>> = {
  register: 'register',
  registerBySig: 'carry',
  signOff: 'sign-off',
  promote: 'promote',
  rollback: 'rollback',
  withdraw: 'withdraw',
  rollbackBySig: 'carry',
  halt: 'halt',
  haltBySig: 'carry',
  resume: 'resume',
  rotate: 'rotate',
  recover: 'recover',
}

/** What only contracts call. */
const internal = ['pullReview']

/** Of a token and of a Governor only what the project's own acts are. */
const seatActs = {
  grantSeat: 'grant',
  withdrawSeat: 'withdraw',
  clearSeat: 'clear',
  followSeat: 'follow',
} as const
const committeeActs = ['setQuorums', 'setVotingDelay', 'setVotingPeriod', 'setLateQuorumVoteExtension']

/** Every act that has no command of its own, from the contracts' own interfaces: none can be forgotten. */
export const acts: readonly Act[] = [
  ...functionsOf(registryAbi).map(name => actOf('registry', registryAbi, name)),
  ...functionsOf(rulesAbi).map(name => actOf('rules', rulesAbi, name)),
  ...Object.entries(seatActs).map(([name, functionName]) => actOf('seats', seatsAbi, functionName, name)),
  ...committeeActs.map(name => actOf('committees', committeeAbi, name)),
]

/** The arguments of an act's function, from the values of its fields. */
export function argumentsOf(
  { inputs }: Pick<Act, 'inputs'>,
  values: ReadonlyMap<string, unknown>,
): readonly unknown[] {
  return inputs.map(input => {
    if (input.internalType === 'struct Identity') return values.get('version')
    if (!('components' in input)) return values.get(nameOf(input))
    const members = argumentsOf({ inputs: input.components }, values)
    return Object.fromEntries(input.components.map(({ name }, index) => [name, members[index]] as const))
  })
}

/** Where an act is done. */
export function targetOf({ of }: Act, contracts: Contracts, committee: CommitteeName): Address {
  return of === 'registry' || of === 'rules' ? contracts[of] : contracts[of][committee]
}

/** The fields of an act as its command line has them. */
export function fieldNames({ of, fields }: Act): readonly string[] {
  const names = fields.map(({ name }) => name)
  return of === 'registry' || of === 'rules' ? names : ['committee', ...names]
}

function functionsOf(abi: Abi): string[] {
  return abi
    .flatMap(item => (item.type === 'function' && item.stateMutability === 'nonpayable' ? [item.name] : []))
    .filter(name => !internal.includes(name) && !Object.hasOwn(commandOf, name))
}

function actOf(of: Act['of'], abi: Abi, functionName: string, name = functionName): Act {
  // Who consents to an epoch tells all of it, as who starts it: the hash of it is not for people to make.
  const told = functionName === 'consentToEpoch' ? 'startEpoch' : functionName
  const found = abi.find(item => item.type === 'function' && item.name === told)
  const inputs = (found?.type === 'function' ? found.inputs : []).map(input =>
    told === 'startEpoch' && input.name === 'document' ? { ...input, name: 'policy' } : input,
  )
  return { name, functionName, abi, of, inputs, fields: inputs.flatMap(fieldsOf) }
}

/** A struct's members are fields of their own; an identity is named as a whole. */
function fieldsOf(input: AbiParameter): readonly Field[] {
  if (input.internalType === 'struct Identity') return [{ name: 'version', input }]
  if ('components' in input) return input.components.flatMap(fieldsOf)
  return [{ name: nameOf(input), input }]
}

function nameOf({ name = '', internalType }: AbiParameter): string {
  return internalType === 'ModelId' ? 'model' : name.replace(/_$/, '')
}
