import { readFile } from 'node:fs/promises'
import {
  type Address,
  getAddress,
  getContract,
  type Hex,
  isAddressEqual,
  keccak256,
  type PublicClient,
  parseAbiItem,
  toBytes,
} from 'viem'
import {
  committeeAbi,
  lensAbi,
  registryAbi,
  rulesAbi,
  seatsAbi,
  timelockAbi,
} from '../../sdk/chain/abi/index.ts'
import { committeeNames, type Deployment } from '../../sdk/chain/deployment.ts'
import { SetupError } from '../errors.ts'
import { certificateGraceOf, type Design } from './contracts.ts'
import { scopesOf } from './scopes.ts'

type Client = Pick<
  PublicClient,
  'getCode' | 'getLogs' | 'getBlock' | 'getBlockNumber' | 'getChainId' | 'readContract' | 'call' | 'request'
>

/**
 * Reads everything back from the chain and compares: code, pointers, roles of the timelocks, seats, settings,
 * scopes, people. Throws SetupError `DEPLOYMENT_DEVIATES` that lists
 * every deviation.
 */
export async function assertDeployment(options: Options): Promise<Deployment> {
  const { addresses } = options
  const deviations: string[] = []
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (fold(actual) !== fold(expected))
      deviations.push(`${what} is ${fold(actual)}, should be ${fold(expected)}`)
  }
  const codeHashes = await checkCode(options, expect)
  // Code that is not ours can say anything, or nothing: it is not asked.
  refuse(deviations)
  await checkPointers(options, expect)
  for (const name of committeeNames) {
    await checkTimelock(options, name, expect)
    await checkSeats(options, name, expect)
    await checkCommittee(options, name, expect)
  }
  await checkPeople(options, expect)
  refuse(deviations)
  const [chainId, genesisBlock, block] = await Promise.all([
    options.client.getChainId(),
    options.client.getBlock({ blockNumber: 0n }),
    firstBlock(options),
  ])
  return { chainId, genesisHash: genesisBlock.hash, block, contracts: addresses, codeHashes }
}

function refuse(deviations: readonly string[]): void {
  if (deviations.length === 0) return
  const list = deviations.map(line => `- ${line}`).join('\n')
  throw new SetupError('DEPLOYMENT_DEVIATES', `the deployment is not what its parameters say:\n${list}`, {
    deviations,
  })
}

/** A deployment as it is meant to be, and the chain it is on. */
interface Options extends Design {
  readonly client: Client
  readonly deployer: Address
}
type Expect = (what: string, actual: unknown, expected: unknown) => void

function fold(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  ).toLowerCase()
}

const sources = {
  rules: 'contracts/Rules.sol/Rules',
  registry: 'contracts/Registry.sol/Registry',
  lens: 'contracts/Lens.sol/Lens',
  timelocks: '@openzeppelin/contracts/governance/TimelockController.sol/TimelockController',
  seats: 'contracts/governance/Seats.sol/Seats',
  committees: 'contracts/governance/Committee.sol/Committee',
} as const

/** The code that was compiled here is the code on the chain, but for the immutables, which are read elsewhere. */
async function checkCode({ client, addresses }: Options, expect: Expect): Promise<Deployment['codeHashes']> {
  const hashOf = async (kind: keyof typeof sources, address: Address) => {
    const artifact = JSON.parse(
      await readFile(new URL(`../../artifacts/${sources[kind]}.json`, import.meta.url), 'utf8'),
    )
    const code = (await client.getCode({ address })) ?? '0x'
    expect(
      `the code of ${kind} at ${address}`,
      masked(code, artifact),
      masked(artifact.deployedBytecode, artifact),
    )
    return keccak256(code)
  }
  const three = async (kind: 'timelocks' | 'seats' | 'committees') => ({
    assembly: await hashOf(kind, addresses[kind].assembly),
    oversight: await hashOf(kind, addresses[kind].oversight),
    emergency: await hashOf(kind, addresses[kind].emergency),
  })
  return {
    rules: await hashOf('rules', addresses.rules),
    registry: await hashOf('registry', addresses.registry),
    lens: await hashOf('lens', addresses.lens),
    timelocks: await three('timelocks'),
    seats: await three('seats'),
    committees: await three('committees'),
  }
}

function masked(
  code: Hex,
  artifact: { immutableReferences?: Record<string, { start: number; length: number }[]> },
): Hex {
  const bytes = toBytes(code)
  for (const { start, length } of Object.values(artifact.immutableReferences ?? {}).flat()) {
    bytes.fill(0, start, start + length)
  }
  return keccak256(bytes)
}

async function checkPointers({ client, addresses, genesis }: Options, expect: Expect): Promise<void> {
  const rules = getContract({ client: client as PublicClient, address: addresses.rules, abi: rulesAbi })
  expect('the Assembly of Rules', await rules.read.committee([11]), addresses.timelocks.assembly)
  expect('the Oversight Committee of Rules', await rules.read.committee([4]), addresses.timelocks.oversight)
  expect('the Emergency Committee of Rules', await rules.read.committee([6]), addresses.timelocks.emergency)
  const [epoch, matrix] = await rules.read.policy()
  expect('the policy epoch', epoch, 1)
  expect('the matrix', matrix, genesis.matrix)
  for (const risk of [0, 1, 2, 3] as const) {
    expect(`the soak time of risk ${risk}`, await rules.read.soakTime([risk]), genesis.thresholds.soak[risk])
    expect(
      `the response time of risk ${risk}`,
      await rules.read.responseTime([risk]),
      genesis.thresholds.response[risk],
    )
  }
  for (const [index, environment] of genesis.environments.entries()) {
    const [stage] = await rules.read.place([environment])
    expect(`the stage of ${environment}`, stage, genesis.stages[index])
  }
  const registry = { address: addresses.registry, abi: registryAbi } as const
  expect(
    'the rules of Registry',
    await client.readContract({ ...registry, functionName: 'RULES' }),
    addresses.rules,
  )
  const lens = { address: addresses.lens, abi: lensAbi } as const
  expect(
    'the registry of Lens',
    await client.readContract({ ...lens, functionName: 'REGISTRY' }),
    addresses.registry,
  )
}

type Name = (typeof committeeNames)[number]

const roleGranted = parseAbiItem(
  'event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)',
)
const callScheduled = parseAbiItem(
  'event CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data, bytes32 predecessor, uint256 delay)',
)

/** Every grant that ever was, not only those one thinks of: the committee, and the timelock over itself. */
async function checkTimelock(options: Options, name: Name, expect: Expect): Promise<void> {
  const { client, addresses, parameters } = options
  const address = addresses.timelocks[name]
  const committee = addresses.committees[name]
  const range = { fromBlock: BigInt(await firstBlock(options)), toBlock: 'latest' } as const
  const granted = await client.getLogs({ address, event: roleGranted, ...range })
  const label = (text: string) => keccak256(toBytes(text))
  const expected = [
    [`0x${'00'.repeat(32)}`, address],
    [label('PROPOSER_ROLE'), committee],
    [label('CANCELLER_ROLE'), committee],
    [label('EXECUTOR_ROLE'), committee],
  ]
  expect(
    `the roles granted by the ${name} timelock`,
    granted.map(({ args }) => `${args.role} ${args.account}`).toSorted(),
    expected.map(([role, account]) => `${role} ${account}`).toSorted(),
  )
  const scheduled = await client.getLogs({ address, event: callScheduled, ...range })
  expect(`the calls scheduled in the ${name} timelock`, scheduled.length, 0)
  const delay = await client.readContract({ address, abi: timelockAbi, functionName: 'getMinDelay' })
  expect(`the delay of the ${name} timelock`, delay, BigInt(parameters.committees[name].timelockDelay))
}

async function checkSeats({ client, addresses, parameters, people }: Options, name: Name, expect: Expect) {
  const seats = getContract({ client: client as PublicClient, address: addresses.seats[name], abi: seatsAbi })
  const members = parameters.committees[name].seats
  expect(`the number of seats of ${name}`, await seats.read.totalSeats(), BigInt(members.length))
  expect(`the rules of the seats of ${name}`, await seats.read.RULES(), addresses.rules)
  expect(`whether the seats of ${name} are the Assembly’s`, await seats.read.ASSEMBLY(), name === 'assembly')
  for (const member of members) {
    const account = parameters.people.find(person => person.name === member)?.account
    const owner = await seats.read.ownerOf([BigInt(people.get(member) as Hex)])
    expect(`the holder of ${member}’s seat in ${name}`, owner, account)
    expect(`the votes of ${member} in ${name}`, await seats.read.getVotes([owner]), 1n)
  }
}

async function checkCommittee(options: Options, name: Name, expect: Expect): Promise<void> {
  const { client, addresses, parameters } = options
  const committee = getContract({
    client: client as PublicClient,
    address: addresses.committees[name],
    abi: committeeAbi,
  })
  const settings = parameters.committees[name]
  const now = (await client.getBlock()).timestamp
  expect(`the seats of ${name}`, await committee.read.token(), addresses.seats[name])
  expect(`the timelock of ${name}`, await committee.read.timelock(), addresses.timelocks[name])
  expect(`who sets ${name}`, await committee.read.ASSEMBLY_TIMELOCK(), addresses.timelocks.assembly)
  expect(`the voting delay of ${name}`, await committee.read.votingDelay(), BigInt(settings.votingDelay))
  expect(`the voting period of ${name}`, await committee.read.votingPeriod(), BigInt(settings.votingPeriod))
  expect(`the expiry of ${name}`, await committee.read.EXPIRY(), BigInt(settings.expiry))
  expect(`the quorum of ${name}`, await committee.read.quorum([now]), BigInt(settings.quorum))
  expect(`the super-quorum of ${name}`, await committee.read.superQuorum([now]), BigInt(settings.superQuorum))
  const grace = certificateGraceOf(parameters, name)
  expect(`the certificate grace of ${name}`, await committee.read.CERTIFICATE_GRACE(), grace)
  expect(`the proposal threshold of ${name}`, await committee.read.proposalThreshold(), 1n)
  for (const { target, selectors } of scopesOf(addresses)[name]) {
    for (const selector of selectors) {
      expect(
        `${target} ${selector} in the scope of ${name}`,
        await committee.read.inScope([target, selector]),
        true,
      )
    }
  }
  for (const [other, scopes] of Object.entries(scopesOf(addresses))) {
    if (other === name) continue
    for (const { target, selectors } of scopes) {
      for (const selector of selectors) {
        const own = scopesOf(addresses)[name].some(
          scope => isAddressEqual(scope.target, target) && scope.selectors.includes(selector),
        )
        const within = await committee.read.inScope([target, selector])
        expect(`${target} ${selector} in the scope of ${name}`, within, own)
      }
    }
  }
}

async function checkPeople(options: Options, expect: Expect): Promise<void> {
  const { client, addresses, parameters, people, genesis, deployer } = options
  const lens = getContract({ client: client as PublicClient, address: addresses.lens, abi: lensAbi })
  for (const [index, { name, account }] of parameters.people.entries()) {
    const { person, standing } = await lens.read.person([account])
    expect(`the id of ${name}`, person, people.get(name))
    expect(`the roles of ${name}`, standing.roles, genesis.people[index]?.roles)
    expect(`the certificate of ${name}`, standing.versioning, genesis.certificates[index]?.versioning)
  }
  if (!parameters.people.some(person => isAddressEqual(person.account, deployer))) {
    const { standing } = await lens.read.person([getAddress(deployer)])
    expect('the roles of the deployer', standing.roles, 0)
  }
}

/** The block of the first contract, found by bisection: no log index needed. */
async function firstBlock({ client, addresses }: Options): Promise<number> {
  let low = 0n
  let high = await client.getBlockNumber()
  while (low < high) {
    const middle = (low + high) / 2n
    const code = await client.getCode({ address: addresses.timelocks.assembly, blockNumber: middle })
    if (code === undefined || code === '0x') low = middle + 1n
    else high = middle
  }
  return Number(low)
}
