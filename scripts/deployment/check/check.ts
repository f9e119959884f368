import {
  type Address,
  BaseError,
  encodeAbiParameters,
  type Hex,
  keccak256,
  maxUint256,
  RpcRequestError,
} from 'viem'
import { registryAbi } from '../../../sdk/chain/abi/index.ts'
import {
  type Deployment,
  headOf,
  type Kedge,
  nextHead,
  none,
  type Reader,
  reach,
  voiceOf,
} from '../../../sdk/chain/index.ts'
import { timeText } from '../../../sdk/cli/words.ts'
import { SetupError } from '../../errors.ts'
import { readArtifact } from '../artifacts.ts'
import { type Construction, constructionsOf, designOf, longestStart } from '../contracts.ts'
import type { Genesis, ParametersFile } from '../parameters.ts'
import { checkCode, expectedCode } from './code.ts'
import { checkCommittees } from './committees.ts'
import { argumentsOf, type Creation, checkCreation, constructorOf, readCreation } from './constructors.ts'
import { collectDeviations, type Deviation, type Expect, mergeDeviations, sentenceOf } from './deviations.ts'
import { type Endpoint, endpointsOf, type View, viewOf } from './endpoints.ts'
import { creationsOf, type History, type OnProgress, readHistory, readTimes } from './history.ts'
import { checkRoles } from './roles.ts'
import { checkRules } from './rules.ts'
import type { Sight } from './sight.ts'

/** What a deployment must follow from. */
type Terms = Pick<ParametersFile, 'parameters' | 'document'>

/** How a deployment is checked. */
interface CheckOptions {
  /** Further endpoints, which must tell the same. */
  readonly others?: readonly string[]
  /** How long one answer may take, in milliseconds. */
  readonly timeout?: number
  readonly onProgress?: OnProgress
}

/** What a check found. */
export interface Findings {
  /** None if the deployment is as it must be. */
  readonly deviations: readonly Deviation[]
  /** The block at which each endpoint was asked: what came later, nobody has looked at. */
  readonly views: readonly View[]
}

/**
 * Reads the chain, and compares with what the build and the parameters say: all code, immutables included; what each
 * contract was made with; every role, call and delay of the timelocks that ever was, and who has a role now; seats,
 * settings, scopes; people, policy, environments; both audit heads. What has changed since must be a decision on record.
 *
 * One endpoint can keep an event back, and lie about what is stored. Several are each asked for everything, each at its
 * own newest block: one that lags hides nothing that another shows.
 *
 * @throws KedgeError `RPC_UNAVAILABLE`.
 */
export async function checkDeployment(
  { rpcUrl, deployment }: Kedge,
  terms: Terms,
  { others = [], timeout, onProgress = () => undefined }: CheckOptions = {},
): Promise<Findings> {
  const endpoints = endpointsOf([rpcUrl, ...others], timeout)
  const views = await Promise.all(endpoints.map(viewOf))
  const answers: Answer[] = []
  for (const [index, endpoint] of endpoints.entries()) {
    const { block } = views[index] as View
    answers.push(await askOne(endpoint, deployment, terms, block, onProgress))
  }
  const found = answers.map(({ endpoint, deviations }) => [endpoint.name, deviations] as const)
  return { deviations: [...mergeDeviations(found), ...contradictionsIn(answers)], views }
}

/** What one endpoint says. */
interface Answer {
  readonly endpoint: Endpoint
  /** Its newest block. */
  readonly block: bigint
  readonly deviations: readonly Deviation[]
  /** Nothing where it is not to be asked for logs: it serves another chain, or other code. */
  readonly history?: History
}

async function askOne(
  endpoint: Endpoint,
  deployment: Deployment,
  terms: Terms,
  block: bigint,
  onProgress: OnProgress,
): Promise<Answer> {
  const { client } = endpoint
  const { deviations, expect } = collectDeviations()
  await checkChain(client, deployment, expect)
  // Neither code nor address depends on the time from which certificates run.
  const drafts = constructionsOf(designOf(terms, deployment.contracts, 0))
  if (deviations.length === 0) {
    await checkBeginning(endpoint, drafts, deployment, block, { expect, onProgress })
  }
  if (deviations.length === 0) await checkCodes(client, drafts, deployment, expect)
  // Another chain, code that is not ours, logs that begin too late: whatever these say misleads, so nothing else is asked.
  if (deviations.length > 0) return { endpoint, block, deviations }

  const history = await readHistory(endpoint, deployment, block, onProgress)
  const creations = creationsOf(history, deployment.contracts)
  const made = await readMade(client, drafts, creations)
  const start = await certifiedFrom(terms, made.get('Rules')?.data)
  const design = designOf(terms, deployment.contracts, start ?? 0)
  for (const construction of constructionsOf(design)) {
    // The Lens holds nothing but its immutables.
    if (construction.contract === 'Lens') continue
    await checkCreation(construction, made.get(construction.id)?.data, expect)
  }
  const makers = [...made.values()].map(({ maker }) => maker)
  const times = await readTimes(endpoint, history)
  const sight: Sight = { ...design, client, block, history, times, creations, makers }
  await checkStart(sight, start, expect)
  await checkHeads(sight, deployment.chainId, expect)
  await checkRules(sight, expect)
  await checkCommittees(sight, expect)
  await checkRoles(sight, expect)
  return { endpoint, block, deviations, history }
}

/** The logs, up to the newest block that all have, that not all endpoints tell. */
function contradictionsIn(answers: readonly Answer[]): readonly Deviation[] {
  const asked = answers.flatMap(({ endpoint, block, history }) =>
    history === undefined ? [] : [{ endpoint, block, lines: history.lines }],
  )
  const common = asked
    .map(({ block }) => block)
    .reduce((lowest, block) => (block < lowest ? block : lowest), maxUint256)
  const all = new Map(asked.flatMap(({ lines }) => [...lines].filter(([, block]) => block <= common)))
  return asked.flatMap(({ endpoint, lines }) =>
    [...all.keys()]
      .filter(line => !lines.has(line))
      .map(line => ({
        what: line,
        actual: 'absent',
        expected: 'there, as another endpoint has it',
        endpoint: endpoint.name,
      })),
  )
}

/**
 * The same for who cannot go on without.
 *
 * @throws SetupError `DEPLOYMENT_DEVIATES` that lists every deviation.
 */
export async function assertDeployment(kedge: Kedge, terms: Terms): Promise<void> {
  const { deviations: found } = await checkDeployment(kedge, terms)
  if (found.length === 0) return
  const deviations = found.map(sentenceOf)
  const list = deviations.map(line => `\n- ${line}`).join('')
  throw new SetupError('DEPLOYMENT_DEVIATES', `the deployment is not what its parameters say:${list}`, {
    deviations,
  })
}

async function checkChain(client: Reader, deployment: Deployment, expect: Expect): Promise<void> {
  const [chainId, { hash }] = await reach(() =>
    Promise.all([client.getChainId(), client.getBlock({ blockNumber: 0n })]),
  )
  expect('the chain id', chainId, deployment.chainId)
  expect('the genesis of the chain', hash, deployment.genesisHash)
}

/**
 * A record with a later block would leave out what happened before, and look like another deployment. An endpoint that
 * keeps no state of that time cannot tell.
 */
async function checkBeginning(
  { name, client }: Endpoint,
  constructions: readonly Construction[],
  { block }: Deployment,
  head: bigint,
  { expect, onProgress }: { readonly expect: Expect; readonly onProgress: OnProgress },
): Promise<void> {
  const what = 'the block in the deployment record'
  const recorded = BigInt(block)
  if (recorded > head) return expect(what, block, `at most ${head}, the newest one`)
  try {
    for (const { address, title } of recorded > 0n ? constructions : []) {
      if (!(await hasCode(client, address, recorded - 1n))) continue
      return expect(what, block, `that of the first contract, and ${title} is older`)
    }
    const [first] = constructions
    if (first === undefined || (await hasCode(client, first.address, recorded))) return
    expect(what, block, `that of the first contract, and ${first.title} is younger`)
  } catch (error) {
    if (!(error instanceof BaseError && error.walk(inner => inner instanceof RpcRequestError))) {
      return await reach(() => Promise.reject(error as Error))
    }
    onProgress(`${name} keeps no state of block ${block}: whether the record begins there, it cannot tell`)
  }
}

async function hasCode(client: Reader, address: Address, blockNumber: bigint): Promise<boolean> {
  return ((await client.getCode({ address, blockNumber })) ?? '0x') !== '0x'
}

async function checkCodes(
  client: Reader,
  constructions: readonly Construction[],
  { chainId, codeHashes }: Deployment,
  expect: Expect,
): Promise<void> {
  const { timelocks, rules, registry, seats, committees, lens } = codeHashes
  const recorded = [...inOrder(timelocks), rules, registry, ...inOrder(seats), ...inOrder(committees), lens]
  for (const [index, construction] of constructions.entries()) {
    const expected = await expectedCode(construction, chainId)
    const code = await reach(() => client.getCode({ address: construction.address }))
    checkCode(construction, expected, code ?? '0x', expect)
    expect(`the recorded code hash of ${construction.title}`, recorded[index], keccak256(expected.code))
  }
}

function inOrder<T>({ assembly, oversight, emergency }: Record<'assembly' | 'oversight' | 'emergency', T>) {
  return [assembly, oversight, emergency]
}

/** How each contract was made, by its id. */
async function readMade(
  client: Reader,
  constructions: readonly Construction[],
  creations: ReadonlyMap<string, Hex>,
): Promise<ReadonlyMap<string, Creation>> {
  const made = new Map<string, Creation>()
  for (const { id, address } of constructions) {
    const transaction = creations.get(address.toLowerCase())
    if (transaction !== undefined) made.set(id, await readCreation(client, transaction, address))
  }
  return made
}

/** The time from which certificates run, in seconds since 1970, as Rules was made with it, if that can be told. */
async function certifiedFrom({ parameters }: Terms, creation: Hex | undefined): Promise<number | undefined> {
  const given = creation === undefined ? undefined : argumentsOf(await readArtifact('Rules'), creation)
  const genesis = given?.[2] as Genesis | undefined
  const [first] = genesis?.certificates ?? []
  const [person] = parameters.people
  return first === undefined || person === undefined ? undefined : first.versioning - person.certifiedFor
}

/** Certificates that ran from another time would last longer than the parameters say, or have lapsed already. */
async function checkStart(
  { client, creations, addresses }: Sight,
  start: number | undefined,
  expect: Expect,
): Promise<void> {
  const transaction = creations.get(addresses.rules.toLowerCase())
  if (transaction === undefined || start === undefined) return
  const { timestamp } = await reach(async () => {
    const { blockHash } = await client.getTransactionReceipt({ hash: transaction })
    return await client.getBlock({ blockHash })
  })
  const made = Number(timestamp)
  const inTime = start <= made && start >= made - longestStart
  const expected = `within the day before ${timeText(made)}, when Rules was made`
  expect('the time from which certificates run', inTime ? expected : timeText(start), expected)
}

/** The first entry of each audit chain commits to all that its contract was made with; all of them, to the head. */
async function checkHeads(sight: Sight, chainId: number, expect: Expect): Promise<void> {
  const { client, block: blockNumber, history, addresses } = sight
  const made = new Map(constructionsOf(sight).map(({ id, arguments: args }) => [id, args]))
  const [committees, registry, genesis] = made.get('Rules') ?? []
  const [rules, document, predecessor] = made.get('Registry') ?? []
  const beginnings = [
    {
      name: 'Rules',
      address: addresses.rules,
      entries: history.rules,
      actor: voiceOf(addresses.timelocks.assembly),
      authority: 'Assembly',
      given: { committees, registry, genesis },
    },
    {
      name: 'Registry',
      address: addresses.registry,
      entries: history.registry,
      actor: voiceOf(addresses.rules),
      authority: 'None',
      given: { rules, predecessor },
    },
  ] as const
  for (const { name, address, entries, actor, authority, given } of beginnings) {
    const data = await genesisData(name, chainId, address, given)
    const first = {
      action: 'Genesis',
      actor,
      authority,
      subject: none,
      document: document as Hex,
      systems: 0n,
      data,
    } as const
    const begun = headOf(entries.slice(0, 1))
    expect(`the audit head of ${name} after its genesis`, begun, nextHead(none, first))
    const head = await reach(() =>
      client.readContract({ address, abi: registryAbi, functionName: 'head', blockNumber }),
    )
    expect(`the audit head of ${name}`, head, headOf(entries))
  }
}

/** What the genesis entry commits to: chain, contract, and what the constructor was given. */
async function genesisData(
  contract: 'Rules' | 'Registry',
  chainId: number,
  address: Address,
  given: Readonly<Record<string, unknown>>,
): Promise<Hex> {
  const { inputs } = constructorOf((await readArtifact(contract)).abi)
  const used = inputs.filter(({ name }) => name !== undefined && name in given)
  return encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'address' }, ...used],
    [BigInt(chainId), address, ...used.map(({ name }) => given[name ?? ''])],
  )
}
