import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  concatHex,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  toBytes,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { developmentMnemonic, type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import { checkDeployment } from '../../scripts/deployment/check/check.ts'
import { sentenceOf } from '../../scripts/deployment/check/deviations.ts'
import { endpointsOf } from '../../scripts/deployment/check/endpoints.ts'
import { type Parameters, type ParametersFile, readParameters } from '../../scripts/deployment/parameters.ts'
import { localParametersPath } from '../../scripts/life/society.ts'
import {
  appointCall,
  callOf,
  committeeAbi,
  type Deployment,
  genesisSaltOf,
  grantSeatCall,
  type Kedge,
  personIdOf,
  signerOf,
  timelockAbi,
  withdrawSeatCall,
} from '../../sdk/chain/index.ts'
import { foundSociety } from '../life/society.ts'
import { deployByHand, type Making, sendAs, stranger } from './handmade.ts'
import { startScript } from './program.ts'
import { type Exchange, silence, startProxy } from './proxy.ts'

let chain: LocalChain
let file: ParametersFile
let honest: Kedge

beforeAll(async () => {
  chain = await startAnvil()
  file = await readParameters(localParametersPath)
  honest = await deployByHand(chain.rpcUrl, file)
}, 60_000)
afterAll(() => chain.stop())

/** What the check says of a deployment, held against the local parameters. */
async function deviationsOf(kedge: Kedge): Promise<string> {
  return (await checkDeployment(kedge, file)).deviations.map(sentenceOf).join('\n')
}

/** How a contract is made otherwise. */
type Alteration = (making: Making) => Partial<Pick<Making, 'arguments' | 'creation'>>

/** One argument of one contract's constructor is another. */
function argument(id: string, index: number, edit: (given: unknown) => unknown): Alteration {
  return making =>
    making.id === id ? { arguments: making.arguments.with(index, edit(making.arguments[index])) } : {}
}

const leftoverProposer = argument('TimelockOversight', 1, given => [...(given as Hex[]), stranger])

interface Scope {
  readonly target: Hex
  readonly selectors: readonly Hex[]
}
const scope = (id: string, edit: (given: readonly Scope[]) => readonly (Scope | undefined)[]) =>
  argument(id, 5, given => edit(given as readonly Scope[]))

/** What it says of one that follows from other parameters. */
async function foundedOtherwise(edit: (parameters: Draft) => unknown): Promise<string> {
  const parameters = structuredClone<Draft>(file.parameters)
  edit(parameters)
  return deviationsOf(await deployByHand(chain.rpcUrl, { ...file, parameters }))
}

type Mutable<T> = T extends object ? { -readonly [Key in keyof T]: Mutable<T[Key]> } : T
type Draft = Mutable<Parameters>

/** What it says of the honest one after something happened to it that no decision explains. */
async function afterwards(tamper: (contracts: Deployment['contracts']) => Promise<unknown>): Promise<string> {
  const client = localClient(chain.rpcUrl)
  const id = await client.snapshot()
  try {
    await tamper(honest.deployment.contracts)
    return await deviationsOf(honest)
  } finally {
    await client.revert({ id })
  }
}

const suspendModel = toFunctionSelector('suspendModel(bytes32,bytes32)')

/** The hours after which a halt lapses, as they stand in the code: PUSH3, then seconds. */
const lapseAfter = (hours: number) => `62${(hours * 3600).toString(16).padStart(6, '0')}`

const role = (label: string) => keccak256(toBytes(label))
const grantProposer = encodeFunctionData({
  abi: timelockAbi,
  functionName: 'grantRole',
  args: [role('PROPOSER_ROLE'), stranger],
})
const revokeCanceller = (committee: Hex) =>
  encodeFunctionData({
    abi: timelockAbi,
    functionName: 'revokeRole',
    args: [role('CANCELLER_ROLE'), committee],
  })
const updateDelay = (delay: bigint) =>
  encodeFunctionData({ abi: timelockAbi, functionName: 'updateDelay', args: [delay] })
const schedule = (target: Hex, data: Hex) =>
  encodeFunctionData({
    abi: timelockAbi,
    functionName: 'schedule',
    args: [target, 0n, data, zeroHash, zeroHash, 86_400n],
  })

describe('a deployment that is as it must be', { timeout: 120_000 }, () => {
  it('has no deviation', async () => {
    expect(await deviationsOf(honest)).toBe('')
  })

  it('has none after the DAO appointed someone, gave a seat, took one, and changed how a committee works', async () => {
    const society = await foundSociety()
    try {
      const { contracts } = society.kedge.deployment
      const signer = signerOf(stranger)
      const salt = genesisSaltOf('Newcomer')
      const newcomer = personIdOf(signer, salt)
      const liam = society.account('Liam Frost').address
      const members = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak'] as const
      const calls = [
        appointCall(contracts, { signer, salt, roles: ['Auditor'], domains: [], document: role('why') }),
        grantSeatCall(contracts.seats.assembly, newcomer),
        withdrawSeatCall(contracts.seats.assembly, personIdOf(signerOf(liam), genesisSaltOf('Liam Frost'))),
        callOf(contracts.committees.oversight, committeeAbi, 'setVotingPeriod', [7200]),
      ]
      await society.decide('assembly', members, calls, 'A newcomer')
      expect(await deviationsOf(society.kedge)).toBe('')
    } finally {
      await society.end()
    }
  })
})

describe('the check of a deployment notices', { timeout: 120_000 }, () => {
  it.each<[string, Alteration, string]>([
    [
      'a leftover proposer in a timelock',
      leftoverProposer,
      `PROPOSER_ROLE ${stranger} in the timelock of the Oversight Committee is granted, should be absent`,
    ],
    [
      'a leftover administrator of a timelock',
      argument('TimelockEmergency', 3, () => stranger),
      `DEFAULT_ADMIN_ROLE ${stranger} in the timelock of the Emergency Committee is granted, should be absent`,
    ],
    [
      'a timelock that anyone may execute',
      argument('TimelockAssembly', 2, () => [zeroAddress]),
      `EXECUTOR_ROLE ${zeroAddress} in the timelock of the Assembly is granted, should be absent`,
    ],
    [
      'another delay',
      argument('TimelockAssembly', 0, () => 60),
      'the delay of the timelock of the Assembly is 60, should be 86400',
    ],
    [
      'a call in the scope of a committee that is not its own',
      scope('CommitteeEmergency', ([registry]) => [
        { target: registry?.target ?? '0x', selectors: [...(registry?.selectors ?? []), suspendModel] },
      ]),
      'Registry.suspendModel in the scope of the Emergency Committee is there, should be absent',
    ],
    [
      'a call in the scope of a committee that is no committee’s',
      scope('CommitteeEmergency', given => [...given, { target: stranger, selectors: [suspendModel] }]),
      'scope[1] in the constructor of the Governor of the Emergency Committee is ',
    ],
    [
      'a call that is missing in the scope of a committee',
      scope('CommitteeOversight', ([, registry]) => [registry]),
      'Rules.consentToEpoch in the scope of the Oversight Committee is absent, should be there',
    ],
    [
      'other bytecode',
      making =>
        making.id === 'Registry'
          ? { creation: making.creation.replace(lapseAfter(72), lapseAfter(1)) as Hex }
          : {},
      'the code of Registry at ',
    ],
    [
      'another address in the code',
      argument('Lens', 0, () => honest.deployment.contracts.registry),
      'REGISTRY in the code of Lens is ',
    ],
    [
      'seats of another committee',
      argument('SeatsOversight', 3, () => honest.deployment.contracts.committees.oversight),
      'COMMITTEE in the code of the seats of the Oversight Committee is ',
    ],
  ])('%s', async (_, alter, sentence) => {
    expect(await deviationsOf(await deployByHand(chain.rpcUrl, file, alter))).toContain(sentence)
  })

  it.each<[string, (parameters: Draft) => unknown, string]>([
    [
      'an extra seat',
      ({ committees: { emergency } }) => emergency.seats.push('Maya Stone'),
      'the seat of Maya Stone in the Emergency Committee is there from the beginning, should be absent',
    ],
    [
      'a missing seat',
      ({ committees: { emergency } }) => emergency.seats.pop(),
      'the seat of Liam Frost in the Emergency Committee is absent, should be there from the beginning',
    ],
    [
      'an extra person',
      ({ people }) =>
        people.push({
          name: 'Nobody Known',
          account: stranger,
          roles: ['SystemOperator'],
          domains: [],
          certifiedFor: 86_400,
        }),
      `genesis.people[16] in the constructor of Rules is {"signer":"${signerOf(stranger)}"`,
    ],
    [
      'another role of a person',
      ({ people: [, ben] }) => ben?.roles.push('SystemOperator'),
      'roles in the standing of Ben Ito is 34, should be 2',
    ],
    [
      'another domain of a lead',
      ({ people: [, , chloe] }) => Object.assign(chloe ?? {}, { domains: ['radiology'] }),
      'whether Chloe Martin leads the domain ',
    ],
    [
      'a longer certificate',
      ({ people: [, ben] }) => Object.assign(ben ?? {}, { certifiedFor: 400 * 86_400 }),
      'versioning in the standing of Ben Ito is ',
    ],
    [
      'another key of a person',
      ({ people: [, ben] }) => Object.assign(ben ?? {}, { account: stranger }),
      `genesis.people[1].signer in the constructor of Rules is ${signerOf(stranger)}`,
    ],
    [
      'another quorum',
      ({ committees: { assembly } }) => Object.assign(assembly, { quorum: 4 }),
      'the quorum of the Governor of the Assembly is 4, should be 5',
    ],
    [
      'another super-quorum',
      ({ committees: { assembly } }) => Object.assign(assembly, { superQuorum: 6 }),
      'the superQuorum of the Governor of the Assembly is 6, should be 8',
    ],
    [
      'another voting period',
      ({ committees: { assembly } }) => Object.assign(assembly, { votingPeriod: 86_400 }),
      'the votingPeriod of the Governor of the Assembly is 86400, should be 259200',
    ],
    [
      'another expiry',
      ({ committees: { emergency } }) => Object.assign(emergency, { expiry: 86_400 * 30 }),
      'EXPIRY in the code of the Governor of the Emergency Committee is ',
    ],
    [
      'another grace of certificates',
      ({ committees: { oversight } }) => Object.assign(oversight, { certificateGrace: 86_400 }),
      'CERTIFICATE_GRACE in the code of the Governor of the Oversight Committee is ',
    ],
    [
      'another matrix',
      ({ matrix }) => matrix.Validation.Low.push('Auditor'),
      'who signs off Low to enter Validation is TechnicalLead, Auditor, should be TechnicalLead',
    ],
    [
      'another soak time',
      ({ thresholds }) => Object.assign(thresholds.soak, { Critical: 1 }),
      'the soak time of Critical is 1, should be 172800',
    ],
    [
      'an environment that requires less',
      ({ environments: [ward] }) => Object.assign(ward ?? {}, { stage: 'Validation' }),
      'the stage of ward-3 is Validation, should be Production',
    ],
    [
      'another predecessor',
      draft =>
        Object.assign(draft, {
          predecessor: { chainId: 1, registry: stranger, head: role('head') },
        }),
      'predecessor.chainId in the constructor of Registry is 1, should be 0',
    ],
  ])('%s', async (_, edit, sentence) => {
    expect(await foundedOtherwise(edit)).toContain(sentence)
  })

  it.each([
    ['lapsed long before it was deployed', -400],
    ['began two days before it was deployed', -2],
    ['begin a day after it was deployed', 1],
  ])('certificates that %s', async (_, days) => {
    const moved = argument('Rules', 2, given => {
      const genesis = given as { readonly certificates: readonly Readonly<Record<string, number>>[] }
      const certificates = genesis.certificates.map(certificate =>
        Object.fromEntries(Object.entries(certificate).map(([of, until]) => [of, until + days * 86_400])),
      )
      return { ...genesis, certificates }
    })
    expect(await deviationsOf(await deployByHand(chain.rpcUrl, file, moved))).toMatch(
      /^the time from which certificates run is [\d-]+ [\d:]+Z, should be within the day before [\d-]+ [\d:]+Z, when Rules was made$/,
    )
  })

  it('another policy, in both audit heads', async () => {
    const other = await deployByHand(chain.rpcUrl, { ...file, document: role('another policy') })
    const said = await deviationsOf(other)
    expect(said).toContain('the audit head of Rules after its genesis is ')
    expect(said).toContain('the audit head of Registry after its genesis is ')
  })

  it('another chain, and asks it nothing more', async () => {
    const genesisHash = zeroHash
    const deployment = { ...honest.deployment, genesisHash }
    const said = await deviationsOf({ ...honest, deployment })
    expect(said).toMatch(/^the genesis of the chain is 0x\w+, should be 0x0+$/)
  })

  it.each<[string, (contracts: Deployment['contracts']) => Promise<unknown>, string]>([
    [
      'a proposer whom a timelock was made to add',
      ({ timelocks: { assembly } }) => sendAs(chain.rpcUrl, assembly, assembly, grantProposer),
      `PROPOSER_ROLE ${stranger} in the timelock of the Assembly is granted, should be absent`,
    ],
    [
      'a role that was taken away',
      ({ timelocks: { assembly }, committees }) =>
        sendAs(chain.rpcUrl, assembly, assembly, revokeCanceller(committees.assembly)),
      'in the timelock of the Assembly is revoked, should be as it was made',
    ],
    [
      'a delay that was changed, and changed back',
      async ({ timelocks: { oversight } }) => {
        for (const delay of [1n, 3600n]) {
          await sendAs(chain.rpcUrl, oversight, oversight, updateDelay(delay))
        }
      },
      'the delay of the timelock of the Oversight Committee is changed in 0x',
    ],
    [
      'an operation that no proposal asks for',
      ({ timelocks: { assembly }, committees, registry }) =>
        sendAs(chain.rpcUrl, committees.assembly, assembly, schedule(registry, suspendModel)),
      'is scheduled, should be absent: no proposal asks for it',
    ],
    [
      'a seat that nobody decided to give',
      ({ timelocks, seats }) => {
        const { account = zeroAddress } =
          file.parameters.people.find(({ name }) => name === 'Maya Stone') ?? {}
        const maya = personIdOf(signerOf(account), genesisSaltOf('Maya Stone'))
        const { data } = grantSeatCall(seats.oversight, maya)
        return sendAs(chain.rpcUrl, timelocks.assembly, seats.oversight, data)
      },
      'the seat of Maya Stone in the Oversight Committee is granted, should be decided by the Assembly',
    ],
    [
      'a setting that nobody decided to change',
      ({ timelocks, committees }) => {
        const { data } = callOf(committees.emergency, committeeAbi, 'setQuorums', [2n, 2n])
        return sendAs(chain.rpcUrl, timelocks.assembly, committees.emergency, data)
      },
      'the quorum and superQuorum of the Governor of the Emergency Committee is changed in 0x',
    ],
    [
      'code that was replaced',
      ({ seats }) => localClient(chain.rpcUrl).setCode({ address: seats.assembly, bytecode: '0x00' }),
      'the code of the seats of the Assembly at ',
    ],
    [
      'a word of the storage that was overwritten',
      ({ registry }) =>
        localClient(chain.rpcUrl).setStorageAt({ address: registry, index: 0, value: role('another head') }),
      'the audit head of Registry is ',
    ],
  ])('%s', async (_, tamper, sentence) => {
    expect(await afterwards(tamper)).toContain(sentence)
  })
})

/** The place at which a timelock stores whether an account has a role (OpenZeppelin's AccessControl, first slot). */
function placeOfRole(label: string, account: Hex): Hex {
  const members = keccak256(concatHex([role(label), pad('0x', { size: 32 })]))
  return keccak256(concatHex([pad(account, { size: 32 }), members]))
}

describe('a role that a timelock has in its storage, and of which no event tells', {
  timeout: 120_000,
}, () => {
  const ben = () => file.parameters.people.find(({ name }) => name === 'Ben Ito')?.account ?? zeroAddress
  const newcomer = mnemonicToAccount(developmentMnemonic, { addressIndex: 77 }).address
  it.each<[string, () => Hex]>([
    ['somebody of the parameters', ben],
    ['whoever deployed', () => mnemonicToAccount(developmentMnemonic).address],
    ['anyone', () => zeroAddress],
    ['another contract', () => honest.deployment.contracts.committees.emergency],
    ['somebody who was appointed since', () => newcomer],
  ])('is noticed: that of %s', async (_, account) => {
    const said = await afterwards(async ({ rules, timelocks }) => {
      const appointment = {
        signer: signerOf(newcomer),
        salt: genesisSaltOf('Newcomer'),
        roles: ['Auditor'],
        domains: [],
        document: role('why'),
      } as const
      const { data } = appointCall(honest.deployment.contracts, appointment)
      await sendAs(chain.rpcUrl, timelocks.assembly, rules, data)
      await localClient(chain.rpcUrl).setStorageAt({
        address: timelocks.oversight,
        index: placeOfRole('PROPOSER_ROLE', account()),
        value: numberToHex(1, { size: 32 }),
      })
    })
    expect(said).toBe(
      `PROPOSER_ROLE ${account()} in the timelock of the Oversight Committee is granted, though no event tells of it, should be absent`,
    )
  })

  it('is missed where it was taken from the committee', async () => {
    const said = await afterwards(({ timelocks, committees }) =>
      localClient(chain.rpcUrl).setStorageAt({
        address: timelocks.emergency,
        index: placeOfRole('EXECUTOR_ROLE', committees.emergency),
        value: zeroHash,
      }),
    )
    expect(said).toBe(
      `EXECUTOR_ROLE ${honest.deployment.contracts.committees.emergency} in the timelock of the Emergency Committee is absent, should be granted`,
    )
  })
})

/** What the check says through an endpoint that edits the answers, and further ones. */
async function through(
  edit: (exchange: Exchange) => unknown,
  { kedge = honest, others = [] as readonly string[] } = {},
) {
  const proxy = await startProxy(chain.rpcUrl, edit)
  try {
    const { deviations, views } = await checkDeployment({ ...kedge, rpcUrl: proxy.url }, file, { others })
    return { name: proxy.url, said: deviations.map(sentenceOf), views }
  } finally {
    await proxy.stop()
  }
}

interface Log {
  readonly topics: readonly Hex[]
  readonly address: Hex
}

/** Keeps back each log of which this is so. */
const without =
  (drop: (log: Log) => boolean) =>
  ({ method, result }: Exchange) =>
    method === 'eth_getLogs' ? (result as readonly Log[]).filter(log => !drop(log)) : result

const tellsOf = (account: Hex) => (log: Log) =>
  log.topics.includes(pad(account, { size: 32 }).toLowerCase() as Hex)

describe('an endpoint that lies about a deployment', { timeout: 120_000 }, () => {
  it('is found out by another: a grant that it keeps back', async () => {
    const leaky = await deployByHand(chain.rpcUrl, file, leftoverProposer)
    const drop = without(tellsOf(stranger))
    const { name, said } = await through(drop, { kedge: leaky, others: [chain.rpcUrl] })
    expect(said).toContain(
      `according to ${chain.rpcUrl}, PROPOSER_ROLE ${stranger} in the timelock of the Oversight Committee is granted, should be absent`,
    )
    expect(said).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^according to ${name}, RoleGranted of ${leaky.deployment.contracts.timelocks.oversight}, log \\d+ of .* is absent, should be there, as another endpoint has it$`,
        ),
      ),
    )
  })

  it('is found out by another: a log that it invents', async () => {
    const changed = keccak256(toBytes('RoleAdminChanged(bytes32,bytes32,bytes32)'))
    const invented = ({ method, result }: Exchange) => {
      if (method !== 'eth_getLogs') return result
      const logs = result as readonly Log[]
      const [first] = logs.filter(({ address }) => address === timelock)
      return first === undefined
        ? logs
        : [...logs, { ...first, topics: [changed, ...three], logIndex: '0x63' }]
    }
    const timelock = honest.deployment.contracts.timelocks.assembly.toLowerCase()
    const three = [role('PROPOSER_ROLE'), zeroHash, zeroHash]
    const { name, said } = await through(invented, { others: [chain.rpcUrl] })
    expect(said).toEqual([
      `according to ${name}, who administers PROPOSER_ROLE in the timelock of the Assembly is changed, should be as it was made`,
      expect.stringMatching(
        new RegExp(`^according to ${chain.rpcUrl}, RoleAdminChanged of .* is absent, should be there`),
      ),
    ])
  })

  it('is found out by another: what is stored', async () => {
    const shortened = ({ method, result }: Exchange) =>
      method === 'eth_call' && result === numberToHex(86_400, { size: 32 })
        ? numberToHex(60, { size: 32 })
        : result
    const { name, said } = await through(shortened, { others: [chain.rpcUrl] })
    expect(said).toContain(
      `according to ${name}, the delay of the timelock of the Assembly is 60, should be 86400`,
    )
  })

  it('is not needed: two that tell the same', async () => {
    expect((await through(({ result }) => result, { others: [chain.rpcUrl] })).said).toEqual([])
  })

  it('and deviations that all show are told once', async () => {
    const leaky = await deployByHand(chain.rpcUrl, file, leftoverProposer)
    const one = await through(({ result }) => result, { kedge: leaky })
    expect((await through(({ result }) => result, { kedge: leaky, others: [chain.rpcUrl] })).said).toEqual(
      one.said,
    )
  })
})

/** An endpoint that has seen nothing since this moment. */
async function laggard(): Promise<(exchange: Exchange) => unknown> {
  const { number, timestamp } = await localClient(chain.rpcUrl).getBlock()
  const then = { number: numberToHex(number), timestamp: numberToHex(timestamp) }
  return ({ method, params, result }) => {
    if (method === 'eth_blockNumber') return then.number
    const newest = method === 'eth_getBlockByNumber' && params[0] === 'latest'
    return newest ? { ...Object(result), ...then } : result
  }
}

describe('an endpoint that lags', { timeout: 120_000 }, () => {
  const grant = `PROPOSER_ROLE ${stranger} in the timelock of the Assembly is granted, should be absent`

  /** What is said through an endpoint that has not seen a proposer added, and further ones. */
  async function grantedSince(others: readonly string[]) {
    const client = localClient(chain.rpcUrl)
    const id = await client.snapshot()
    try {
      const before = await laggard()
      const { assembly } = honest.deployment.contracts.timelocks
      await sendAs(chain.rpcUrl, assembly, assembly, grantProposer)
      return { ...(await through(before, { others })), head: await client.getBlockNumber() }
    } finally {
      await client.revert({ id })
    }
  }

  it('hides nothing that another shows, and is blamed for no log that it cannot have', async () => {
    const { name, said, views, head } = await grantedSince([chain.rpcUrl])
    expect(said).toEqual([`according to ${chain.rpcUrl}, ${grant}`])
    expect(views).toEqual([
      { endpoint: name, block: head - 1n, time: expect.any(Number) },
      { endpoint: chain.rpcUrl, block: head, time: expect.any(Number) },
    ])
  })

  it('tells alone what it has seen, and of which block that is', async () => {
    const { name, said, views, head } = await grantedSince([])
    expect(said).toEqual([])
    expect(views).toEqual([{ endpoint: name, block: head - 1n, time: expect.any(Number) }])
  })
})

describe('an endpoint that is silent about logs', { timeout: 120_000 }, () => {
  it('is given up after three questions, and meanwhile it is told what is asked', async () => {
    const proxy = await startProxy(chain.rpcUrl, ({ method, result }) =>
      method === 'eth_getLogs' ? silence : result,
    )
    const told: string[] = []
    const timeout = 2000
    try {
      const kedge = { ...honest, rpcUrl: proxy.url }
      await expect(
        checkDeployment(kedge, file, { timeout, onProgress: line => told.push(line) }),
      ).rejects.toMatchObject({
        code: 'RPC_UNAVAILABLE',
        message: expect.stringMatching(
          `^${proxy.url} answers, but not when it is asked for the logs of blocks \\d+ to \\d+$`,
        ),
      })
    } finally {
      await proxy.stop()
    }
    const asked = told.filter(line => line.startsWith(`asking ${proxy.url} for the logs of blocks `))
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.length).toBeLessThanOrEqual(3)
    expect(told.filter(line => line === 'no answer within 2 s')).toHaveLength(asked.length)
  })
})

it('asks an endpoint again that is busy, or breaks off', { timeout: 120_000 }, async () => {
  const proxy = await startProxy(chain.rpcUrl, ({ result }) => result, { busy: 2 })
  try {
    expect(await deviationsOf({ ...honest, rpcUrl: proxy.url })).toBe('')
  } finally {
    await proxy.stop()
  }
})

it('tells endpoints apart without their paths, in which keys stand', () => {
  const urls = ['https://one.example/v2/key', 'https://two.example/key', 'https://one.example/v2/another']
  expect(endpointsOf(urls).map(({ name }) => name)).toEqual([
    'https://one.example (number 1)',
    'https://two.example',
    'https://one.example (number 3)',
  ])
})

describe('a deployment record with another block', { timeout: 120_000 }, () => {
  const withBlock = (block: number) =>
    deviationsOf({ ...honest, deployment: { ...honest.deployment, block } })

  it('is told in one sentence: one that is not there yet', async () => {
    expect(await withBlock(9_999_999)).toMatch(
      /^the block in the deployment record is 9999999, should be at most \d+, the newest one$/,
    )
  })

  it('is told in one sentence: a later one', async () => {
    const { block } = honest.deployment
    const older = 'that of the first contract, and the timelock of the Assembly is older'
    expect(await withBlock(block + 3)).toBe(
      `the block in the deployment record is ${block + 3}, should be ${older}`,
    )
  })

  it('is told in one sentence: an earlier one', async () => {
    expect(await withBlock(0)).toBe(
      'the block in the deployment record is 0, should be that of the first contract, and the timelock of the Assembly is younger',
    )
  })

  it('cannot be told by an endpoint that keeps no old state, which says so and goes on', async () => {
    const told: string[] = []
    const proxy = await startProxy(chain.rpcUrl, ({ result }) => result, {
      refuse: ({ method, params }) => method === 'eth_getCode' && params[1] !== 'latest',
    })
    try {
      const kedge = { ...honest, rpcUrl: proxy.url }
      const { deviations } = await checkDeployment(kedge, file, { onProgress: line => told.push(line) })
      expect(deviations).toEqual([])
    } finally {
      await proxy.stop()
    }
    expect(told).toContain(
      `${proxy.url} keeps no state of block ${honest.deployment.block}: whether the record begins there, it cannot tell`,
    )
  })
})

describe('npm run deployment:check', { timeout: 120_000 }, () => {
  let root: string

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'kedge-deployment-check-'))
    await mkdir(join(root, 'deployments/somewhere'), { recursive: true })
    for (const name of ['parameters.json', 'policy.md']) {
      await copyFile(join(dirname(localParametersPath), name), join(root, 'deployments/somewhere', name))
    }
    await record(honest)
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const record = ({ deployment }: Kedge) =>
    writeFile(join(root, 'deployments/31337.json'), JSON.stringify(deployment))

  const check = (...args: string[]) =>
    startScript('checkDeployment', args, { KEDGE_ROOT: root, KEDGE_RPC_URL: chain.rpcUrl }).ends()

  /** Of which block what was said is true. */
  const viewed = String.raw`http://127\.0\.0\.1:\d+ showed block \d+ of \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`

  it('says that all is as it must be, and at which block', async () => {
    expect(await check('--network', 'somewhere')).toEqual({
      code: 0,
      printed: expect.stringMatching(
        new RegExp(String.raw`\n${viewed}\nthe deployment on chain 31337 is as it must be\n$`),
      ),
    })
  })

  /** An endpoint that has stood still for an hour. */
  const standing = () =>
    startProxy(chain.rpcUrl, ({ method, params, result }) => {
      if (method !== 'eth_getBlockByNumber' || params[0] !== 'latest') return result
      return { ...Object(result), timestamp: numberToHex(Math.floor(Date.now() / 1000) - 3600) }
    })

  it('cannot tell by an endpoint whose newest block is old, alone or beside another', async () => {
    const proxy = await standing()
    try {
      const somewhere = ['--network', 'somewhere', '--rpc', proxy.url]
      const alone = await check(...somewhere)
      expect(alone).toEqual({
        code: 4,
        printed: expect.stringMatching(
          /may deviate: not every endpoint showed what is there now\. Check that they are in sync, and the clock here\n$/,
        ),
      })
      expect(alone.printed).toMatch(
        new RegExp(`${proxy.url} showed block .*, more than 600 seconds from now\n`),
      )
      const beside = await check(...somewhere, '--rpc', chain.rpcUrl, '--json')
      expect(beside.code).toBe(4)
      expect(JSON.parse(beside.printed.slice(beside.printed.indexOf('{')))).toMatchObject({
        deviations: [],
        endpoints: [
          { endpoint: proxy.url, block: expect.any(Number), timestamp: expect.any(Number), stale: true },
          { endpoint: chain.rpcUrl, stale: false },
        ],
      })
      expect((await check(...somewhere, '--maximum-age', '7200')).code).toBe(0)
    } finally {
      await proxy.stop()
    }
  })

  it('tells a deviation by an old block all the same', async () => {
    await record(await deployByHand(chain.rpcUrl, file, leftoverProposer))
    const proxy = await standing()
    try {
      expect(await check('--network', 'somewhere', '--rpc', proxy.url)).toEqual({
        code: 1,
        printed: expect.stringMatching(/deviates in \d: do not use it\n$/),
      })
    } finally {
      await proxy.stop()
      await record(honest)
    }
  })

  it('asks each endpoint that it is given, and names the one that tells otherwise', async () => {
    const proxy = await startProxy(
      chain.rpcUrl,
      without(tellsOf(honest.deployment.contracts.committees.oversight)),
    )
    try {
      const { code, printed } = await check(
        '--network',
        'somewhere',
        '--rpc',
        chain.rpcUrl,
        '--rpc',
        proxy.url,
      )
      expect({ code, printed }).toEqual({
        code: 1,
        printed: expect.stringContaining(`- according to ${proxy.url}, RoleGranted of `),
      })
      expect(printed).not.toContain(`according to ${chain.rpcUrl}`)
    } finally {
      await proxy.stop()
    }
  })

  it('names what deviates, for people and for machines, and exits with 1', async () => {
    await record(await deployByHand(chain.rpcUrl, file, leftoverProposer))
    try {
      const { code, printed } = await check('--network', 'somewhere')
      expect({ code, printed }).toEqual({
        code: 1,
        printed: expect.stringContaining(`- PROPOSER_ROLE ${stranger} in the timelock`),
      })
      expect(printed).toMatch(/deviates in \d+: do not use it\n$/)
      const machine = await check('--network', 'somewhere', '--json')
      expect(machine.code).toBe(1)
      expect(JSON.parse(machine.printed.slice(machine.printed.indexOf('{')))).toMatchObject({
        network: 'somewhere',
        chainId: 31337,
        deviations: expect.arrayContaining([
          {
            what: `PROPOSER_ROLE ${stranger} in the timelock of the Oversight Committee`,
            actual: 'granted',
            expected: 'absent',
          },
        ]),
      })
    } finally {
      await record(honest)
    }
  })

  it('says what it cannot understand, find or reach', async () => {
    expect(await check()).toEqual({ code: 2, printed: expect.stringContaining('give --network <name>') })
    expect(await check('--network', '../x')).toEqual({
      code: 2,
      printed: expect.stringContaining('give --network'),
    })
    expect(await check('--network', 'elsewhere')).toEqual({
      code: 2,
      printed: expect.stringContaining('elsewhere/parameters.json cannot be read: it does not exist'),
    })
    expect(await check('--network', 'somewhere', '--maximum-age', 'old')).toEqual({
      code: 2,
      printed: expect.stringContaining('--maximum-age is a number of seconds'),
    })
    const away = await check('--network', 'somewhere', '--rpc', 'http://127.0.0.1:9')
    expect(away).toEqual({ code: 3, printed: expect.stringContaining('RPC_UNAVAILABLE') })
    await rm(join(root, 'deployments/31337.json'))
    const unrecorded = await check('--network', 'somewhere')
    expect(unrecorded).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_UNUSABLE') })
    await record(honest)
  })
})
