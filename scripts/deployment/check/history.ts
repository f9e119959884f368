import {
  type Address,
  BaseError,
  bytesToHex,
  concatHex,
  encodeAbiParameters,
  type GetLogsReturnType,
  getAddress,
  type Hex,
  hexToBytes,
  isAddressEqual,
  keccak256,
  parseAbi,
  TimeoutError,
  toBytes,
  zeroAddress,
} from 'viem'
import {
  type AuditEntry,
  type CommitteeName,
  type Contracts,
  committeeNames,
  type Deployment,
  none,
  type Proposal,
  reach,
} from '../../../sdk/chain/index.ts'
import { inSpans } from '../../../sdk/chain/spans.ts'
import { KedgeError } from '../../../sdk/errors/index.ts'
import { type Action, actions, type Role, roles } from '../../../sdk/policy/words.ts'
import type { Endpoint } from './endpoints.ts'

const recorded = parseAbi([
  'event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)',
  'event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)',
  'event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)',
  'event MinDelayChange(uint256 oldDuration, uint256 newDuration)',
  'event CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data, bytes32 predecessor, uint256 delay)',
  'event CallExecuted(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
  'event QuorumsSet(uint256 quorum, uint256 superQuorum)',
  'event VotingDelaySet(uint256 oldVotingDelay, uint256 newVotingDelay)',
  'event VotingPeriodSet(uint256 oldVotingPeriod, uint256 newVotingPeriod)',
  'event ProposalThresholdSet(uint256 oldProposalThreshold, uint256 newProposalThreshold)',
  'event LateQuorumVoteExtensionSet(uint64 oldVoteExtension, uint64 newVoteExtension)',
  'event TimelockChange(address oldTimelock, address newTimelock)',
  'event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)',
  'event Logged(uint8 indexed action, bytes32 indexed actor, bytes32 indexed subject, uint8 authority, bytes32 document, uint256 systems, bytes data)',
])

type Event = GetLogsReturnType<undefined, typeof recorded, true>[number]
type Named<Name extends Event['eventName']> = Extract<Event, { readonly eventName: Name }>

/** An event of a timelock, of seats or of a committee that touches who may do what, or when. */
export type GovernanceEvent = Exclude<Event, Named<'Logged'>>

/** All that has happened to a deployment since its first block, as one endpoint tells it. */
export interface History {
  readonly events: readonly GovernanceEvent[]
  readonly rules: readonly AuditEntry[]
  readonly registry: readonly AuditEntry[]
  /** The ids that the proposals of each committee have in its timelock. */
  readonly operations: Readonly<Record<CommitteeName, ReadonlySet<Hex>>>
  /** Each log in one line, and its block: two endpoints must tell the same ones. */
  readonly lines: ReadonlyMap<string, bigint>
}

/** Told while logs are read: it may take a while. */
export type OnProgress = (line: string) => void

/**
 * Reads every event that touches who may do what, and both audit chains, up to a block.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`.
 */
export async function readHistory(
  endpoint: Endpoint,
  { block, contracts }: Deployment,
  toBlock: bigint,
  onProgress: OnProgress,
): Promise<History> {
  const { timelocks, seats, committees, rules, registry } = contracts
  const address = [rules, registry, ...[timelocks, seats, committees].flatMap(three => Object.values(three))]
  const all: Event[] = []
  await patiently(endpoint, BigInt(block), toBlock, onProgress, async span => {
    all.push(...(await endpoint.client.getLogs({ address, events: recorded, strict: true, ...span })))
  })
  const events = all.filter(isOfGovernance)
  const entriesOf = (contract: Address) =>
    all.filter(isOfAudit).flatMap(log => (isAddressEqual(log.address, contract) ? [entryOf(log)] : []))
  const operationsOf = (name: CommitteeName) => operationsIn(events, committees[name])
  const [assembly, oversight, emergency] = committeeNames
  return {
    events,
    rules: entriesOf(rules),
    registry: entriesOf(registry),
    operations: {
      assembly: operationsOf(assembly),
      oversight: operationsOf(oversight),
      emergency: operationsOf(emergency),
    },
    lines: new Map(all.map(log => [lineOf(log), log.blockNumber])),
  }
}

/** When blocks were, in seconds since 1970. */
export type Times = ReadonlyMap<bigint, number>

/** What an act of these leads to depends on when it was. */
const timed: ReadonlySet<Action> = new Set<Action>([
  'Genesis',
  'EpochStarted',
  'RecoveryStarted',
  'ReviewPulled',
  'ReviewRecorded',
  'ViolationRecorded',
])

/**
 * Reads when that happened of which it matters, the taking of seats included.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`.
 */
export async function readTimes({ client }: Endpoint, { rules, events }: History): Promise<Times> {
  const acts = rules.filter(({ action }) => timed.has(action)).map(({ block }) => block)
  const takings = events.filter(event => event.eventName === 'Transfer' && event.args.to === zeroAddress)
  const blocks = [...new Set([...acts, ...takings.map(({ blockNumber }) => blockNumber)])]
  const times = await reach(() =>
    Promise.all(blocks.map(async block => Number((await client.getBlock({ blockNumber: block })).timestamp))),
  )
  return new Map(blocks.map((block, index) => [block, times[index] ?? 0]))
}

/** How often in a row an endpoint may be silent about logs: too many at once take some of them too long. */
const silences = 3

/** Reads logs span by span, and gives up on an endpoint that does not answer, whatever is asked. */
async function patiently(
  { name, timeout }: Endpoint,
  first: bigint,
  last: bigint,
  onProgress: OnProgress,
  ask: (span: { readonly fromBlock: bigint; readonly toBlock: bigint }) => Promise<void>,
): Promise<void> {
  let silent = 0
  let given: KedgeError | undefined
  const shown = (from: bigint, to: bigint) => `the logs of blocks ${from} to ${to}`
  try {
    await inSpans(first, last, async (fromBlock, toBlock) => {
      onProgress(`asking ${name} for ${shown(fromBlock, toBlock)}`)
      try {
        await ask({ fromBlock, toBlock })
        silent = 0
      } catch (error) {
        silent = isSilence(error) ? silent + 1 : 0
        if (silent > 0) onProgress(`no answer within ${timeout / 1000} s`)
        if (silent === silences || (silent > 0 && fromBlock === toBlock)) {
          given = gaveUp(name, shown(fromBlock, toBlock), error)
        }
        throw given ?? error
      }
    })
  } catch (error) {
    throw given ?? error
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof BaseError && error.walk(inner => inner instanceof TimeoutError) !== null
}

function gaveUp(name: string, what: string, cause: unknown): KedgeError {
  return new KedgeError(
    'RPC_UNAVAILABLE',
    `${name} answers, but not when it is asked for ${what}`,
    {},
    { cause, remedy: 'Ask again later, or use another endpoint.' },
  )
}

function isOfGovernance(event: Event): event is GovernanceEvent {
  return event.eventName !== 'Logged'
}

function isOfAudit(event: Event): event is Named<'Logged'> {
  return event.eventName === 'Logged'
}

function entryOf({ args, blockNumber, transactionHash, logIndex }: Named<'Logged'>): AuditEntry {
  return {
    ...args,
    action: actions[args.action] as Action,
    authority: roles[args.authority] as Role,
    block: blockNumber,
    transaction: transactionHash,
    logIndex,
  }
}

function lineOf({ eventName, address, topics, data, ...place }: Event): string {
  const content = keccak256(concatHex([...topics, data]))
  const where = `log ${place.logIndex} of transaction ${place.transactionHash} in block ${place.blockNumber}`
  return `${eventName} of ${getAddress(address)}, ${where}, content ${content}`
}

function operationsIn(events: readonly GovernanceEvent[], committee: Address): ReadonlySet<Hex> {
  return new Set(
    events.flatMap(event => {
      if (event.eventName !== 'ProposalCreated' || !isAddressEqual(event.address, committee)) return []
      const { targets, calldatas, description } = event.args
      const calls = targets.map((to, index) => ({ to, data: calldatas[index] as Hex }))
      return [operationIdOf(committee, { calls, description })]
    }),
  )
}

/** The id that a committee's proposal has in its timelock (OpenZeppelin's TimelockController and GovernorTimelockControl). */
function operationIdOf(committee: Address, { calls, description }: Proposal): Hex {
  const salt = toBytes(keccak256(toBytes(description)))
  for (const [index, byte] of hexToBytes(committee).entries()) salt[index] = (salt[index] ?? 0) ^ byte
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'address[]' },
        { type: 'uint256[]' },
        { type: 'bytes[]' },
        { type: 'bytes32' },
        { type: 'bytes32' },
      ],
      [calls.map(({ to }) => to), calls.map(() => 0n), calls.map(({ data }) => data), none, bytesToHex(salt)],
    ),
  )
}

/** The events of one contract, in order. */
export function eventsOf({ events }: History, address: Address): readonly GovernanceEvent[] {
  return events.filter(event => isAddressEqual(event.address, address))
}

/** The transaction that made each contract, by its address in lower case: each but the Lens leaves an event. */
export function creationsOf(history: History, { rules, registry }: Contracts): ReadonlyMap<string, Hex> {
  const creations = new Map<string, Hex>()
  for (const { address, transactionHash } of history.events) {
    if (!creations.has(address.toLowerCase())) creations.set(address.toLowerCase(), transactionHash)
  }
  for (const [address, [first]] of [
    [rules, history.rules],
    [registry, history.registry],
  ] as const) {
    if (first !== undefined) creations.set(address.toLowerCase(), first.transaction)
  }
  return creations
}
