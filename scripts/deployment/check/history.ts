import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  type GetLogsReturnType,
  type Hex,
  hexToBytes,
  isAddressEqual,
  keccak256,
  parseAbi,
  toBytes,
} from 'viem'
import {
  type AuditEntry,
  auditEntries,
  type CommitteeName,
  type Contracts,
  committeeNames,
  type Kedge,
  loggedProposals,
  none,
  type Proposal,
  readerOf,
} from '../../../sdk/chain/index.ts'
import { inSpans } from '../../../sdk/chain/spans.ts'

const governanceEvents = parseAbi([
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
])

/** An event of a timelock, of seats or of a committee that touches who may do what, or when. */
export type GovernanceEvent = GetLogsReturnType<undefined, typeof governanceEvents, true>[number]

/** All that has happened to a deployment since its first block. */
export interface History {
  readonly events: readonly GovernanceEvent[]
  readonly rules: readonly AuditEntry[]
  readonly registry: readonly AuditEntry[]
  /** The ids that the proposals of each committee have in its timelock. */
  readonly operations: Readonly<Record<CommitteeName, ReadonlySet<Hex>>>
}

/** Reads every event that touches who may do what, up to a block. */
export async function readHistory(kedge: Kedge, toBlock: bigint): Promise<History> {
  const { contracts } = kedge.deployment
  const [events, rules, registry, assembly, oversight, emergency] = await Promise.all([
    readEvents(kedge, toBlock),
    auditEntries(kedge, contracts.rules, { toBlock }),
    auditEntries(kedge, contracts.registry, { toBlock }),
    ...committeeNames.map(name => readOperations(kedge, name)),
  ] as const)
  const empty: ReadonlySet<Hex> = new Set()
  const operations = {
    assembly: assembly ?? empty,
    oversight: oversight ?? empty,
    emergency: emergency ?? empty,
  }
  return { events, rules, registry, operations }
}

async function readEvents(
  { rpcUrl, deployment }: Kedge,
  toBlock: bigint,
): Promise<readonly GovernanceEvent[]> {
  const client = readerOf(rpcUrl)
  const { timelocks, seats, committees } = deployment.contracts
  const address = [timelocks, seats, committees].flatMap(three => Object.values(three))
  const found: GovernanceEvent[] = []
  await inSpans(BigInt(deployment.block), toBlock, async (fromBlock, to) => {
    found.push(
      ...(await client.getLogs({ address, events: governanceEvents, fromBlock, toBlock: to, strict: true })),
    )
  })
  return found
}

async function readOperations(kedge: Kedge, name: CommitteeName): Promise<ReadonlySet<Hex>> {
  const committee = kedge.deployment.contracts.committees[name]
  const proposals = await loggedProposals(kedge, name)
  return new Set(proposals.map(proposal => operationIdOf(committee, proposal)))
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
