import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiItem } from 'viem'
import { type Action, actions, type Role, roles } from '../policy/words.ts'
import { readerOf } from './endpoint.ts'
import { none } from './ids.ts'
import { type Kedge, reach } from './send.ts'
import { inSpans } from './spans.ts'

/** One entry of an audit chain, with where it stands. */
export interface AuditEntry {
  readonly action: Action
  readonly actor: Hex
  readonly authority: Role
  readonly subject: Hex
  readonly document: Hex
  /** A bitmap of the model's schemas whose consumers the act touches. */
  readonly systems: bigint
  /** The call that was made, selector first; in a genesis entry, what the constructor was given. */
  readonly data: Hex
  readonly block: bigint
  readonly transaction: Hex
  readonly logIndex: number
}

const logged = parseAbiItem(
  'event Logged(uint8 indexed action, bytes32 indexed actor, bytes32 indexed subject, uint8 authority, bytes32 document, uint256 systems, bytes data)',
)

const entryParameters = [
  { type: 'bytes32' },
  { type: 'uint8' },
  { type: 'bytes32' },
  { type: 'uint8' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'uint256' },
  { type: 'bytes32' },
] as const

/**
 * The head after an entry: keccak256(abi.encode(head, action, actor, authority, subject, document, systems,
 * keccak256(data))). The head before the first entry is 32 zero bytes.
 */
export function nextHead(head: Hex, entry: Omit<AuditEntry, 'block' | 'transaction' | 'logIndex'>): Hex {
  return keccak256(
    encodeAbiParameters(entryParameters, [
      head,
      actions.indexOf(entry.action),
      entry.actor,
      roles.indexOf(entry.authority),
      entry.subject,
      entry.document,
      entry.systems,
      keccak256(entry.data),
    ]),
  )
}

/** The head that a list of entries leads to: if it is the chain's, none was withheld, added, altered or reordered. */
export function headOf(entries: readonly AuditEntry[]): Hex {
  return entries.reduce(nextHead, none)
}

/** What of an audit chain is asked for. */
export interface AuditOptions {
  readonly toBlock?: bigint
  /** Only entries of these actions; they cannot be held against the head then. */
  readonly actions?: readonly Action[]
  /** Only entries about this; they cannot be held against the head either. */
  readonly subject?: Hex
  readonly onProgress?: (block: bigint, last: bigint) => void
}

/** All entries of a contract's audit chain up to a block, in order. They prove nothing before {@link headOf}. */
export async function auditEntries(
  kedge: Kedge,
  contract: Address,
  options: AuditOptions = {},
): Promise<readonly AuditEntry[]> {
  const client = readerOf(kedge.rpcUrl)
  const last = options.toBlock ?? (await reach(() => client.getBlockNumber()))
  const { subject } = options
  const action = options.actions?.map(name => actions.indexOf(name))
  const entries: AuditEntry[] = []
  await inSpans(BigInt(kedge.deployment.block), last, async (fromBlock, toBlock) => {
    const logs = await client.getLogs({
      address: contract,
      event: logged,
      args: { ...(action && { action }), ...(subject && { subject }) },
      fromBlock,
      toBlock,
      strict: true,
    })
    entries.push(...logs.map(entryOf))
    options.onProgress?.(toBlock, last)
  })
  return entries
}

function entryOf(log: {
  readonly args: {
    readonly action: number
    readonly actor: Hex
    readonly subject: Hex
    readonly authority: number
    readonly document: Hex
    readonly systems: bigint
    readonly data: Hex
  }
  readonly blockNumber: bigint
  readonly transactionHash: Hex
  readonly logIndex: number
}): AuditEntry {
  const { args } = log
  return {
    ...args,
    action: actions[args.action] as Action,
    authority: roles[args.authority] as Role,
    block: log.blockNumber,
    transaction: log.transactionHash,
    logIndex: log.logIndex,
  }
}
