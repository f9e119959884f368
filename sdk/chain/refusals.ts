import {
  type Abi,
  type AbiParameter,
  type DecodeErrorResultReturnType,
  decodeErrorResult,
  type Hex,
} from 'viem'
import { type Fact, KedgeError } from '../errors/index.ts'
import { forGood, risks, roles, stages } from '../policy/words.ts'
import { committeeAbi, lensAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi } from './abi/index.ts'
import { proposalStates } from './proposalStates.ts'

/** The errors of all contracts: a committee's call passes on those of its target. */
const errorAbi: Abi = [committeeAbi, lensAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi]
  .flatMap((abi: Abi) => abi.filter(item => item.type === 'error'))
  .filter(
    (item, index, all) => all.findIndex(other => JSON.stringify(other) === JSON.stringify(item)) === index,
  )

/**
 * A refusal by its name: `RegistryLabelTaken`, its values in the words of the policy, what it means and what to do,
 * rather than bytes.
 */
export function refusalOf(data: Hex, cause: unknown): KedgeError {
  let decoded: DecodeErrorResultReturnType
  try {
    decoded = decodeErrorResult({ abi: errorAbi, data })
  } catch {
    return new KedgeError(
      'REFUSED',
      'the contract refused with an error that is not known',
      { data },
      { cause },
    )
  }
  const { abiItem, args, errorName } = decoded
  const inputs = abiItem.type === 'error' ? abiItem.inputs : []
  const facts: Record<string, Fact> = { error: errorName }
  for (const [index, input] of inputs.entries()) {
    facts[input.name ?? `${index}`] = factOf(input, args?.[index])
  }
  const [meaning, remedy] = explain(errorName, facts)
  const detail = `the contract refused with ${errorName}${meaning === undefined ? '' : `: ${meaning}`}`
  return new KedgeError('REFUSED', detail, facts, { cause, remedy })
}

/** The words behind the numbers of an enum of the contracts, by the name that the compiler gives its type. */
const words: Readonly<Record<string, readonly string[]>> = {
  'enum Risk': risks,
  'enum Role': roles,
  'enum Stage': stages,
  'enum IGovernor.ProposalState': proposalStates,
}

/** Values that are sets: a bit for each of these. */
const sets: Readonly<Record<string, readonly string[]>> = {
  roles,
  expectedStates: proposalStates,
}

function factOf(input: AbiParameter, value: unknown): Fact {
  if (typeof value === 'number') {
    const named = words[input.internalType ?? '']?.[value]
    if (named !== undefined) return named
  }
  const set = sets[input.name ?? '']
  if (set !== undefined) {
    const bits = BigInt(value as number | Hex)
    return set.filter((_, index) => (bits >> BigInt(index)) & 1n)
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return String(value)
}

/** What the refusal means, and what to do about it. */
type Explanation = readonly [meaning: string, remedy: string]

type ContractError = Extract<
  | (typeof registryAbi)[number]
  | (typeof rulesAbi)[number]
  | (typeof lensAbi)[number]
  | (typeof committeeAbi)[number]
  | (typeof seatsAbi)[number]
  | (typeof timelockAbi)[number],
  { type: 'error' }
>
type Explain<E extends ContractError> = (
  values: Readonly<Record<E['inputs'][number]['name'], string>>,
) => Explanation

function explain(name: string, facts: Readonly<Record<string, Fact>>): Partial<Explanation> {
  const found = (explanations as Readonly<Record<string, (values: object) => Explanation>>)[name]
  const values = Object.entries(facts).map(([key, fact]) => [key, textOf(fact)] as const)
  return found?.(Object.fromEntries(values)) ?? []
}

function textOf(fact: Fact): string {
  return typeof fact === 'object' && fact !== null ? fact.join(', ') : String(fact)
}

function time(seconds: string): string {
  const date = new Date(Number(seconds) * 1000)
  // Whatever an endpoint made up must not hide the refusal.
  return Number.isNaN(date.getTime()) ? `${seconds} s` : `${date.toISOString().slice(0, -5)}Z`
}

/** The numbers of the schemas in a bitmap. */
function schemas(bitmap: string): string {
  const bits = BigInt(bitmap)
  return Array.from({ length: 256 }, (_, index) => index)
    .filter(index => (bits >> BigInt(index)) & 1n)
    .join(', ')
}

const wait = 'Wait until then, or have an act of a higher authority.'
const giveDocument = 'Give the digest of a document: kedge document writes one.'
const askAssembly = 'The Assembly appoints people and gives them roles: kedge propose assembly.'
const seeStatus = 'Look at kedge status, then name the version that is active.'
const nameAddress = 'Name every address: the deployment’s parameters lack one.'
const readRules = 'Compare the terms with docs/formats.md and propose them again.'
const newSignOffs = 'Have the version signed off again with kedge sign-off.'

/**
 * Every error of the contracts of this project, and those of OpenZeppelin's that people meet. That none of ours is
 * missing is a test.
 */
export const explanations: { readonly [E in ContractError as E['name']]?: Explain<E> } = {
  RegistryInsufficientAuthority: ({ authority, risk }) => [
    `${authority} may not do this at risk ${risk}`,
    'Operators and Monitors act up to Medium, the RAIO up to High (halts: any), the committees on anything. Who rolls back or withdraws needs it for what the version was last signed off for, too, and brings in nothing above it. What the RAIO or a committee halted, no operator and no Monitor rolls back; what one of them withdrew, nobody below brings back: kedge status says who did.',
  ],
  RegistryZeroAddress: () => ['an address is zero', nameAddress],
  RegistryEmptyDigest: () => ['a digest is missing', giveDocument],
  RegistryEmptyName: () => ['the name is empty', 'Give the model a name.'],
  RegistryEmptyId: () => ['the domain is zero', 'Name the domain that the model belongs to.'],
  RegistryEmptyReason: () => ['there is no reason', giveDocument],
  RegistryNoTrigger: () => ['there is no trigger', 'Name the trigger with --trigger.'],
  RegistryModelExists: ({ model }) => [`the model ${model} exists already`, 'Choose another name.'],
  RegistryUnknownModel: ({ model }) => [
    `there is no model ${model}`,
    'Check the name of the model; the RAIO creates models.',
  ],
  RegistryModelSuspended: ({ model }) => [
    `the Assembly has suspended the model ${model}`,
    'Wait until the Assembly reinstates it; halts, rollbacks and withdrawals work meanwhile.',
  ],
  RegistryModelNotSuspended: ({ model }) => [
    `the model ${model} is not suspended`,
    'There is nothing to end.',
  ],
  RegistryModelMoved: ({ model }) => [
    `the model ${model} has moved to another registry for good`,
    'Act in the registry that it moved to: kedge history names it. Halts, rollbacks and withdrawals still work here.',
  ],
  RegistryNoDestination: ({ chainId, registry }) => [
    `a model cannot move to ${registry} on chain ${chainId}`,
    'Name the chain and the address of another registry.',
  ],
  RegistryNotDeveloper: ({ person }) => [
    `${person} is no developer of this model`,
    'The RAIO lets a person register versions of a model.',
  ],
  RegistryNotAuthor: ({ author, caller }) => [
    `the manifest names ${author} as the author, but the key is that of ${caller}`,
    'The author registers with the own key; or write the manifest again with the right author.',
  ],
  RegistryUnknownPerson: ({ person }) => [`${person} was never appointed`, askAssembly],
  RegistryUnknownEnvironment: ({ environment }) => [
    `there is no environment ${environment}`,
    'Check its name; the Assembly adds environments.',
  ],
  RegistryUnknownSchema: ({ model, schemas: unknown }) => [
    `the model ${model} does not have all of the schemas ${schemas(unknown)}`,
    'The RAIO adds schemas to a model, numbered from 0; then name them, in the manifest too.',
  ],
  RegistrySchemasExhausted: ({ model }) => [
    `the model ${model} has 256 schemas already`,
    'Create a new model for further schemas.',
  ],
  RegistryRiskBelowFloor: ({ declared, floor }) => [
    `the declared risk ${declared} is below the model’s floor ${floor}`,
    'Write the manifest again with at least the risk of the floor.',
  ],
  RegistryRiskNotRaised: ({ given, effective }) => [
    `${given} is not above ${effective}, which holds already`,
    'Name a higher risk; only the Assembly lowers a floor, only the Oversight Committee a raised risk.',
  ],
  RegistryRiskNotRestored: ({ given, effective }) => [
    `the effective risk ${effective} cannot be taken back to ${given}`,
    'Name as raised what it is raised to now, and a risk below that which is not below the declared one and the model’s floor.',
  ],
  RegistryNotApproved: ({ version, approved, effective }) => [
    `the version ${version} was signed off for risk ${approved}, and its risk is ${effective} now`,
    'Register a new version and have it signed off for this risk; or the Oversight Committee takes the raised risk back with restoreRisk.',
  ],
  RegistryVersionExists: ({ version }) => [
    `the version ${version} is registered already`,
    'There is nothing to do; go on with kedge sign-off.',
  ],
  RegistryUnknownVersion: ({ version }) => [
    `there is no version ${version}`,
    'Register it with kedge register; or the documents were changed since: get those that were registered.',
  ],
  RegistryParentMismatch: ({ parentVersion, parent }) => [
    `the version ${parentVersion} does not have the manifest ${parent}, which the manifest names as its parent`,
    'Name the parent’s version id with --parent-version.',
  ],
  RegistryVersionRetired: ({ version }) => [`the version ${version} is retired`, 'Use another version.'],
  RegistryVersionActive: ({ version, environment }) => [
    `the version ${version} is active in the environment ${environment}`,
    'Replace it there first.',
  ],
  RegistryVersionCondemned: ({ version }) => [
    `the version ${version} was rolled back, or has a defect on record, and is condemned`,
    'The same bytes may come back as a new version only, through the whole approval.',
  ],
  RegistryVersionReleased: ({ version }) => [
    `the bytes of the version ${version} are released from retention`,
    'It never runs again: register a new version and have it approved.',
  ],
  RegistryAlternativesUnused: ({ unused }) => [
    `the last ${unused} of the alternatives are for no environment`,
    'Give one for each environment in which one could roll back to the version, in the environments’ order.',
  ],
  RegistryNoAlternative: ({ version, environment, alternative }) => [
    `in the environment ${environment} one could roll back to ${version}, and not to ${alternative} in its stead`,
    'Name for each such environment, in the environments’ order, another version that one could roll back to there; if there is none, this version must stay.',
  ],
  RegistryLabelTaken: ({ holder }) => [
    `the version ${holder} has this label already`,
    'Write the manifest again with another label and register that.',
  ],
  RegistryStageSkipped: ({ current, requested }) => [
    `from ${current} the next stage is not ${requested}`,
    'Versions go one stage at a time, forwards: Development, Validation, Staging, Production.',
  ],
  RegistryIncompatible: ({ missing }) => [
    `systems need the schemas ${schemas(missing)}, which the version does not serve`,
    'Give a plan for degraded service with --plan.',
  ],
  RegistryNotActive: ({ claimed, active }) => [
    `${claimed} is not active there, but ${active}`,
    'Somebody was faster. Look at kedge status and decide again.',
  ],
  RegistryNothingActive: () => ['nothing is active there', seeStatus],
  RegistryTargetIneligible: ({ target }) => [
    `the version ${target} may not run there`,
    'Going back, name a version that ran there for its soak time without a halt, and is neither condemned, retired nor released, or use kedge withdraw; what an operator or a Monitor took out in the last 24 hours the RAIO overrules first, and a committee goes back to at once. Going forward, name one that is newer than any before; what the RAIO or a committee has halted there, a newer one replaces by its sign-offs alone. What one of them has halted in the own environment of its stage, no operator and no Monitor brings in elsewhere.',
  ],
  RegistryNotPredecessor: ({ number, predecessor }) => [
    `a Monitor goes one step back, to #${predecessor}, not to #${number}`,
    'Name the direct predecessor, or have a System Operator or the RAIO roll back.',
  ],
  RegistryNotMonitored: ({ model }) => [
    `no Monitor may roll the model ${model} back`,
    'The RAIO allows it with setMonitored; a System Operator or the RAIO may roll back now.',
  ],
  RegistryOperatorLimit: ({ nextAllowedAt }) => [
    `operators and Monitors may do this once in 24 hours: next at ${time(nextAllowedAt)}`,
    wait,
  ],
  RegistryNothingToOverrule: () => [
    'there is no rollback of an operator or a Monitor to overrule, or another version took its place since',
    'Name what is active now as from, and what they took out as to: kedge history shows both.',
  ],
  RegistryHaltLimit: ({ authority, nextAllowedAt }) => [
    `the same ${authority} halted this version there in the last 30 days: next at ${time(nextAllowedAt)}`,
    'Somebody else with the role may halt it now, and so may a higher authority.',
  ],
  RegistryAlreadyHalted: ({ haltedBy }) => [
    `the version is halted already, by ${haltedBy}`,
    'There is nothing to do.',
  ],
  RegistryNotHalted: ({ version }) => [`the version ${version} is not halted`, 'There is nothing to end.'],
  RegistrySequenceMismatch: ({ given, current }) => [
    `this ends the halt with the sequence ${given}, and what is active there has ${current} now`,
    'Somebody halted again, or changed something else there. Look at kedge status, decide again, and make the resumption anew.',
  ],
  RegistryNotLapsed: ({ lapsesAt }) => [`the halt lapses at ${time(lapsesAt)}`, wait],
  RegistryNeverLapses: ({ risk }) => [
    `a halt at risk ${risk} does not lapse`,
    'Have it resumed: kedge resume.',
  ],
  RegistryNoIncident: () => ['there is no open incident', 'There is nothing to close.'],

  RulesUnauthorized: ({ caller, required }) => [
    required === 'None' ? `${caller} may not do this` : `${caller} may not act as ${required}`,
    'Use the key of somebody who holds the role; a committee acts through its proposals (--call, then kedge propose).',
  ],
  RulesUnqualified: ({ person, required }) => [
    `${person} does not hold the role ${required}`,
    'Somebody who holds the role must sign; who rotated since signs again with the new key.',
  ],
  RulesCertificateLapsed: ({ person, certifiedUntil }) => [
    `the certificate of ${person} lapsed at ${time(certifiedUntil)}`,
    'The Training Officer certifies anew after the training.',
  ],
  RulesPersonSuspended: ({ person, suspendedUntil }) => [
    `${person} is suspended ${suspendedUntil === String(forGood) ? 'for good' : `until ${time(suspendedUntil)}`}`,
    'Somebody else with the role must act.',
  ],
  RulesAuditRequired: ({ person }) => [
    `${person} has three violations on record and waits for an external audit`,
    'Somebody else with the role must act, until the Oversight Committee accepts the audit’s report.',
  ],
  RulesZeroAddress: () => ['an address is zero', nameAddress],
  RulesEmptyId: () => [
    'an id is zero: of an environment, a domain or an epoch’s terms',
    'Name what it is about; kedge act makes the id from the name.',
  ],
  RulesEmptyDocument: () => ['a document is missing', giveDocument],
  RulesMalformedSigner: ({ signer }) => [
    `${signer} is neither an account nor an ERC-7913 key`,
    'Give 20 bytes of an address, or a verifier’s address followed by its key.',
  ],
  RulesKeyTaken: ({ key }) => [`the key ${key} is or was somebody’s`, 'Use a fresh key.'],
  RulesUnknownPerson: ({ person }) => [`${person} was never appointed`, askAssembly],
  RulesUnknownRoles: ({ roles: given }) => [
    `${given} cannot be given to a person`,
    'Roles of committees are not personal: give seats instead.',
  ],
  RulesLengthMismatch: ({ left, right }) => [`two lists have ${left} and ${right} entries`, readRules],
  RulesExpiryInPast: ({ expiry }) => [
    `${time(expiry)} is in the past`,
    'Name a time to come; only the Assembly lets a certificate, by the earliest of its curricula, end before now.',
  ],
  RulesOwnCertificate: ({ person }) => [
    `nobody certifies themselves, and the key is that of ${person}`,
    'Another Training Officer certifies, or the Assembly.',
  ],
  RulesEnvironmentExists: ({ environment }) => [
    `the environment ${environment} exists already`,
    'There is nothing to do.',
  ],
  RulesStageWithoutEnvironment: ({ stage }) => [
    `nothing runs in ${stage}`,
    'An environment requires Validation, Staging or Production.',
  ],
  RulesMatrixBelowFloor: () => [
    'the matrix demands fewer sign-offs than the policy does',
    'Add the roles that the policy’s table names.',
  ],
  RulesMatrixUnknownRoles: () => ['the matrix names roles that cannot sign off', readRules],
  RulesThresholdOutOfBounds: ({ given, longest }) => [
    `${given} seconds are no soak or response time: each is from 1 to ${longest}, a year`,
    'Name a time within these bounds, for each of the four risks.',
  ],
  RulesNoConsent: ({ terms }) => [
    `the Oversight Committee has not consented to ${terms}, or more than 30 days ago`,
    'It consents to exactly these terms first, at most 30 days before the epoch starts.',
  ],
  RulesNotSuspended: ({ person }) => [`${person} is not suspended`, 'There is nothing to end.'],
  RulesSuspensionTooShort: ({ until, earliest }) => [
    `the RAIO suspends for 7 to 14 days, at least until ${time(earliest)}, not until ${time(until)}`,
    'Name a later end, or have the Assembly suspend.',
  ],
  RulesSuspensionTooLong: ({ until, latest }) => [
    `the RAIO suspends for 7 to 14 days, at most until ${time(latest)}, not ${until === String(forGood) ? 'for good' : `until ${time(until)}`}`,
    'Name an earlier end, or have the Assembly suspend.',
  ],
  RulesSuspensionBarred: ({ person }) => [
    `${person} holds a seat or is a RAIO, whom the RAIO may not suspend`,
    'The Assembly suspends: kedge propose assembly.',
  ],
  RulesSuspensionTooSoon: ({ person, suspendableFrom }) => [
    `the RAIO may suspend ${person} again from ${time(suspendableFrom)} on`,
    'Wait until then, or have the Assembly suspend.',
  ],
  RulesSuspensionsExhausted: ({ nextAllowedAt }) => [
    `three suspensions by the RAIO are open, the first until ${time(nextAllowedAt)}`,
    'Wait until then, or have the Assembly suspend.',
  ],
  RulesNoAuditRequired: ({ person }) => [`no audit is required of ${person}`, 'There is nothing to accept.'],
  RulesInvalidRotation: () => [
    'the new key did not sign the rotation',
    'Sign the rotation with the new key, for the person’s present signing epoch.',
  ],
  RulesNoRecovery: ({ person }) => [
    `no recovery of ${person} to this key is under way`,
    'The Assembly starts one: kedge propose assembly.',
  ],
  RulesRecoveryNotReady: ({ readyAt }) => [
    `the old key may object until ${time(readyAt)}`,
    'Complete the recovery then.',
  ],
  RulesWarrantMalformed: ({ offset }) => [
    `the bytes at ${offset} are no warrant`,
    'Give the file as kedge sign-off or --sign wrote it.',
  ],
  RulesSignOffsUnsorted: () => [
    'the sign-offs are not in ascending order of their roles, or one role signed twice',
    'Give one sign-off for each role.',
  ],
  RulesSignOffMissing: ({ stage, roles: missing }) => [
    `to enter ${stage}, the sign-offs of ${missing} are missing`,
    'Have them made with kedge sign-off and give them with --sign-off.',
  ],
  RulesSignOffOutdated: ({ given, current }) => [
    `the sign-off names epoch ${given}, now it is ${current}`,
    newSignOffs,
  ],
  RulesDeadlineTooFar: ({ deadline, latest }) => [
    `a committee signs off for at most 30 days, until ${time(latest)}, not until ${time(deadline)}`,
    'Name fewer days when the sign-off is made.',
  ],
  RulesWarrantExpired: ({ role, deadline }) => [
    `what ${role} signed could be used until ${time(deadline)}`,
    'Have it signed again, with kedge sign-off or --sign.',
  ],
  RulesInvalidSignature: ({ role }) => [
    role === 'None'
      ? 'the key in use did not sign exactly this, or the caller is not that key'
      : `what ${role} signed is not exactly this: every fact in it counts, the signing epoch and what is active too`,
    'For a promotion, give the stage, the evidence and the plan that were signed off, or have it signed off anew; a committee’s consent counts once its proposal has been executed. For a rollback or a halt, have it signed for what is active now.',
  ],
  RulesAuthorSignedOff: () => [
    'the author of a version may not sign it off',
    'Somebody else with the role must sign off.',
  ],
  RulesPersonFillsTwoRoles: ({ person, first, second }) => [
    `${person} signed off both as ${first} and as ${second}`,
    'Each sign-off must come from another person.',
  ],
  RulesNotLeadOfDomain: ({ person }) => [
    `${person} does not lead the model’s domain`,
    'A lead of the model’s domain must sign off.',
  ],
  RulesReviewOverdue: ({ dueAt }) => [
    `the review of the policy was due at ${time(dueAt)}; until it is done, High and Critical promotions wait`,
    'The Oversight Committee records the review.',
  ],

  LensZeroAddress: () => ['an address is zero', nameAddress],
  CommitteeZeroAddress: () => ['an address is zero', nameAddress],
  CommitteeOutOfScope: ({ target, selector }) => [
    `this committee may not call ${selector} of ${target}`,
    'The Emergency Committee may only roll back, withdraw, halt and resume; let the committee whose matter it is decide.',
  ],
  CommitteeTargetWithoutCode: ({ target }) => [
    `there is no contract at ${target}`,
    'Make the call again with --call, for this deployment.',
  ],
  CommitteeValueNotZero: () => ['a proposal may not send money', 'Propose calls without value.'],
  CommitteeInvalidQuorums: ({ quorum, superQuorum, seats }) => [
    `with ${seats} seats, a quorum of ${quorum} and a super-quorum of ${superQuorum} cannot be`,
    'The quorum is at least 2, at most a majority of the seats, and not above the super-quorum, which is at most all seats.',
  ],
  CommitteeTimeTooLong: ({ given, longest }) => [
    `${given} seconds are longer than the ${longest} that a vote may be delayed, last or be extended, and that a passed proposal may wait`,
    'Name a shorter time.',
  ],
  CommitteeTimeTooShort: ({ given, shortest }) => [
    `${given} seconds are less than the ${shortest} that a vote must last, and that a passed proposal must be able to wait`,
    'Name a longer time.',
  ],
  CommitteeNoVotes: ({ account }) => [
    `${account} has no vote in this committee`,
    'A member votes with the key that held the seat when voting began and holds it now, with a valid certificate where the committee asks for one.',
  ],
  CommitteeUnsupported: () => ['committees do not offer this', 'Propose the calls themselves.'],
  SeatsZeroAddress: () => ['an address is zero', nameAddress],
  SeatsUnauthorized: ({ caller }) => [
    `${caller} is not the Assembly`,
    'Only the Assembly gives and takes seats.',
  ],
  SeatsNotTransferable: () => ['a seat belongs to its person', 'The Assembly gives and takes seats.'],
  SeatsNotDelegable: () => ['nobody lends a vote', 'Each member votes with the own key.'],
  SeatsPersonWithoutAccount: ({ person }) => [
    `${person} has no account`,
    'A seat needs a person whose key is an account; who holds one is recovered to an account only.',
  ],
  SeatsPersonNotCleared: ({ person }) => [
    `${person} is suspended, or the certificate has lapsed`,
    'The Training Officer certifies first; a suspension must end.',
  ],
  SeatsPersonCleared: ({ person }) => [
    `${person} is in good standing`,
    'Only the seat of a suspended or uncertified person can be cleared.',
  ],
  SeatsTooFew: ({ seats, fewest }) => [
    `the committee would have ${seats} seats and needs ${fewest}`,
    'Give somebody else a seat first, or have the Assembly lower its quorums.',
  ],

  GovernorUnexpectedProposalState: ({ current, expectedStates }) => [
    expectedStates === ''
      ? `it exists already and is ${current}`
      : `the proposal is ${current}, not ${expectedStates}`,
    'See kedge vote --help and kedge execute --help for what a proposal’s states allow.',
  ],
  GovernorNonexistentProposal: ({ proposalId }) => [
    `this committee knows no proposal ${proposalId}`,
    'Check the id and the committee.',
  ],
  GovernorAlreadyCastVote: ({ voter }) => [`${voter} has voted already`, 'A vote is final.'],
  GovernorInvalidSignature: ({ voter }) => [
    `the ballot was not signed by ${voter} for this committee, proposal and vote, or was counted before`,
    'Have the ballot signed again with kedge vote --sign.',
  ],
  GovernorInsufficientProposerVotes: ({ proposer }) => [
    `${proposer} has no seat in this committee that votes`,
    'A member whose certificate is valid must propose.',
  ],
  GovernorRestrictedProposer: ({ proposer }) => [
    `the description reserves this proposal for another proposer than ${proposer}`,
    'Its author must submit it, or write a proposal of your own.',
  ],
  GovernorOnlyExecutor: ({ account }) => [
    `${account} may not change a committee`,
    'The Assembly decides about the settings of all committees.',
  ],
  TimelockUnexpectedOperationState: () => [
    'the committee’s delay is not over, or this was executed before',
    'Wait until the delay is over, then kedge execute again.',
  ],
}
