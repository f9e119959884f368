import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { registryAbi } from '../../../sdk/chain/abi/index.ts'
import {
  type Deployment,
  headOf,
  type Kedge,
  nextHead,
  none,
  type Reader,
  reach,
  readerOf,
  voiceOf,
} from '../../../sdk/chain/index.ts'
import { SetupError } from '../../errors.ts'
import { readArtifact } from '../artifacts.ts'
import { type Construction, constructionsOf, designOf } from '../contracts.ts'
import type { Genesis, ParametersFile } from '../parameters.ts'
import { checkCode, expectedCode } from './code.ts'
import { checkCommittees, type Sight } from './committees.ts'
import { argumentsOf, checkCreation, constructorOf, readCreation } from './constructors.ts'
import { collectDeviations, type Deviation, type Expect, sentenceOf } from './deviations.ts'
import { creationsOf, readHistory } from './history.ts'
import { checkRules } from './rules.ts'

/** What a deployment must follow from. */
type Terms = Pick<ParametersFile, 'parameters' | 'document'>

/**
 * Reads the chain, and compares with what the build and the parameters say: all code, immutables included; what each
 * contract was made with; every role, call and delay of the timelocks that ever was; seats, settings, scopes; people,
 * policy, environments; both audit heads. What has changed since must be a decision on record.
 *
 * @returns Every deviation; none if the deployment is as it must be.
 * @throws KedgeError `RPC_UNAVAILABLE`.
 */
export async function checkDeployment(kedge: Kedge, terms: Terms): Promise<readonly Deviation[]> {
  const { deployment } = kedge
  const client = readerOf(kedge.rpcUrl)
  const { deviations, expect } = collectDeviations()
  const block = await reach(() => client.getBlockNumber())
  await checkChain(client, deployment, expect)
  // Neither code nor address depends on the time from which certificates run.
  const drafts = constructionsOf(designOf(terms, deployment.contracts, 0))
  await checkCodes(client, drafts, deployment, expect)
  // Another chain, or code that is not ours, can say anything: it is not asked.
  if (deviations.length > 0) return deviations

  const history = await readHistory(kedge, block)
  const creations = creationsOf(history, deployment.contracts)
  const made = await readMade(client, drafts, creations)
  const now = await certifiedFrom(terms, made.get('Rules'))
  const design = designOf(terms, deployment.contracts, now)
  for (const construction of constructionsOf(design)) {
    // The Lens holds nothing but its immutables.
    if (construction.contract === 'Lens') continue
    await checkCreation(construction, made.get(construction.id), expect)
  }
  const sight: Sight = { ...design, client, block, history, creations }
  await checkStart(sight, now, expect)
  await checkHeads(sight, deployment.chainId, expect)
  await checkRules(sight, expect)
  await checkCommittees(sight, expect)
  return deviations
}

/**
 * The same for who cannot go on without.
 *
 * @throws SetupError `DEPLOYMENT_DEVIATES` that lists every deviation.
 */
export async function assertDeployment(kedge: Kedge, terms: Terms): Promise<void> {
  const deviations = (await checkDeployment(kedge, terms)).map(sentenceOf)
  if (deviations.length === 0) return
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

/** The call data that made each contract, by its id; nothing where it was not a transaction of its own. */
async function readMade(
  client: Reader,
  constructions: readonly Construction[],
  creations: ReadonlyMap<string, Hex>,
): Promise<ReadonlyMap<string, Hex>> {
  const made = new Map<string, Hex>()
  for (const { id, address } of constructions) {
    const transaction = creations.get(address.toLowerCase())
    if (transaction === undefined) continue
    const creation = await readCreation(client, transaction, address)
    if (creation !== undefined) made.set(id, creation)
  }
  return made
}

/** The time from which certificates run, in seconds since 1970, as Rules was made with it; 0 if that cannot be told. */
async function certifiedFrom({ parameters }: Terms, creation: Hex | undefined): Promise<number> {
  const given = creation === undefined ? undefined : argumentsOf(await readArtifact('Rules'), creation)
  const genesis = given?.[2] as Genesis | undefined
  const [first] = genesis?.certificates ?? []
  const [person] = parameters.people
  return first === undefined || person === undefined ? 0 : first.versioning - person.certifiedFor
}

/** Certificates that ran from a later time would last longer than the parameters say. */
async function checkStart(
  { client, creations, addresses }: Sight,
  now: number,
  expect: Expect,
): Promise<void> {
  const transaction = creations.get(addresses.rules.toLowerCase())
  if (transaction === undefined) return
  const { timestamp } = await reach(async () => {
    const { blockHash } = await client.getTransactionReceipt({ hash: transaction })
    return await client.getBlock({ blockHash })
  })
  const start = now <= timestamp ? 'not after the deployment' : new Date(now * 1000).toISOString()
  expect('the time from which certificates run', start, 'not after the deployment')
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
