import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bytesToHex, encodeFunctionData, keccak256, parseEther, toBytes } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { developmentMnemonic, type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import { readParameters } from '../../scripts/deployment/parameters.ts'
import { localParametersPath } from '../../scripts/life/society.ts'
import { type Contracts, deploymentSchema, timelockAbi } from '../../sdk/chain/index.ts'
import { startScript } from './program.ts'

const keyOf = (index: number) =>
  bytesToHex(
    mnemonicToAccount(developmentMnemonic, { addressIndex: index }).getHdKey().privateKey ?? new Uint8Array(),
  )

/** The parts of a parameters file that the tests damage. */
interface Draft {
  admin?: string
  readonly people: { name: string; account: string; roles: string[]; certifiedFor: string }[]
  readonly environments: { name: string; stage: string }[]
  readonly matrix: Record<'Validation' | 'Production', { Low: string[]; Critical: string[] }>
  readonly thresholds: Record<'soak' | 'response', { Low: string; Critical: string }>
  readonly committees: Record<
    'assembly' | 'oversight' | 'emergency',
    {
      name: string
      votingPeriod: string
      expiry: string
      quorum: number
      superQuorum: number
      seats: string[]
    }
  >
}

let chain: LocalChain
let root: string
let parameters: string

beforeAll(async () => {
  chain = await startAnvil()
})
afterAll(() => chain.stop())

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kedge-deploy-'))
  parameters = join(root, 'parameters.json')
  await mkdir(join(root, 'deployments'))
  await copyFile(localParametersPath, parameters)
  await copyFile(join(dirname(localParametersPath), 'policy.md'), join(root, 'policy.md'))
  return () => rm(root, { recursive: true, force: true })
})

function deploy(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const usual = ['--parameters', parameters, '--rpc', chain.rpcUrl, '--confirmations', '1']
  return startScript('deploy', [...usual, ...args], {
    KEDGE_ROOT: root,
    KEDGE_PRIVATE_KEY: keyOf(0),
    ...environment,
  })
}

/** Edits the parameters file. */
const change = (edit: (file: Draft) => unknown) => async () => {
  const file: Draft = JSON.parse(await readFile(parameters, 'utf8'))
  edit(file)
  await writeFile(parameters, JSON.stringify(file))
}

/** Does literally what an error says. */
async function moveAwayWhatIsNamed(printed: string, pattern: RegExp): Promise<void> {
  const path = pattern.exec(printed)?.[1] ?? expect.fail(printed)
  await rename(path, `${path}.away`)
}

const deployedTo = async () =>
  deploymentSchema.parse(JSON.parse(await readFile(join(root, 'deployments/31337.json'), 'utf8')))

describe('npm run deploy', { timeout: 60_000 }, () => {
  it('deploys, tells each contract, and writes the deployment; again it only checks', async () => {
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({
      code: 0,
      printed: expect.stringContaining('contract 12 of 12: Lens'),
    })
    expect(printed).toContain('checking every role, seat and setting')
    const first = await deployedTo()
    const again = await deploy().ends()
    expect(again.code).toBe(0)
    expect(again.printed).not.toContain('contract 1 of')
    expect(await deployedTo()).toEqual(first)
  })

  it('goes on where it was killed', async () => {
    const first = deploy()
    await first.says(/contract 4 of 12/)
    first.process.kill('SIGKILL')
    await first.ends()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringContaining('contract 12 of 12') })
    expect(printed).not.toContain('contract 3 of 12')
    expect((await deployedTo()).chainId).toBe(31337)
  })

  /** Stops a deployment by Ctrl-C when its second contract was sent. */
  async function interrupted() {
    const first = deploy()
    await first.says(/contract 2 of 12/)
    first.process.kill('SIGINT')
    return await first.ends()
  }

  it('says on Ctrl-C where its journal is, and goes on from it', async () => {
    expect(await interrupted()).toEqual({
      code: 130,
      printed: expect.stringMatching(/stopped;.*goes on where it stopped, out of .*deployments\/31337/),
    })
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringContaining('contract 12 of 12') })
    expect(printed).not.toContain('contract 1 of 12')
  })

  it('goes on where it was killed between sending a transaction and writing down that it did', async () => {
    await localClient(chain.rpcUrl).mine({ blocks: 3 })
    const first = deploy(['--confirmations', '3'])
    await first.says(/contract 1 of 12/)
    first.process.kill('SIGKILL')
    await first.ends()
    const path = join(root, '.kedge/deployments/31337/journal.jsonl')
    const lines = (await readFile(path, 'utf8')).split('\n')
    const prepared = lines.findLastIndex(line => line.includes('"TRANSACTION_PREPARE_SEND"'))
    await writeFile(path, `${lines.slice(0, prepared + 1).join('\n')}\n`)
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringContaining('contract 12 of 12') })
    expect(printed).not.toContain('contract 1 of 12')
  })

  it('goes on with the same key only', async () => {
    await interrupted()
    const { code, printed } = await deploy([], { KEDGE_PRIVATE_KEY: keyOf(1) }).ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('was begun by 0xf39F') })
    expect(printed).toContain('Go on with the key of 0xf39F')
  })

  it('goes on with the same parameters and policy only, and names what differs', async () => {
    await interrupted()
    await change(({ people: [first], committees: { oversight } }) => {
      oversight.votingPeriod = '2 days'
      Object.assign(first ?? {}, { domains: ['speech'] })
    })()
    await writeFile(join(root, 'policy.md'), 'Everything is allowed.')
    const before = await localClient(chain.rpcUrl).getBlockNumber()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('PARAMETERS_CHANGED') })
    expect(printed).toContain('- committees.oversight.votingPeriod was "1 day", is "2 days"\n')
    expect(printed).toContain('- people[0].domains was absent, is ["speech"]\n')
    expect(printed).toMatch(/- the policy: its SHA-256 was 0x\w{64}, is 0x\w{64}\n/)
    expect(printed).toContain('Put the old values back')
    expect(printed).not.toContain('{')
    expect(await localClient(chain.rpcUrl).getBlockNumber()).toBe(before)
  })

  it('gives up when the key was used for something else meanwhile, and begins anew once the journal is away', async () => {
    await interrupted()
    const client = localClient(chain.rpcUrl)
    const account = mnemonicToAccount(developmentMnemonic)
    await client.sendTransaction({ account, to: account.address, chain: null })
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_FAILED') })
    expect(printed).toMatch(/should have deployed .*, and did not/)
    await moveAwayWhatIsNamed(printed, /journal is (\S+)\n/)
    expect((await deploy().ends()).code).toBe(0)
  })

  const twoDays = async () => {
    const client = localClient(chain.rpcUrl)
    await client.increaseTime({ seconds: 2 * 86_400 })
    await client.mine({ blocks: 1 })
  }

  it('gives up two days later, when certificates would run from the past, and begins anew once the journal is away', async () => {
    await interrupted()
    await twoDays()
    const before = await localClient(chain.rpcUrl).getBlockNumber()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_STOPPED') })
    expect(printed).toMatch(/was begun at [\d-]+ [\d:]+Z, more than a day ago, and Rules is not deployed yet/)
    expect(await localClient(chain.rpcUrl).getBlockNumber()).toBe(before)
    await moveAwayWhatIsNamed(printed, /journal is (\S+)\n/)
    expect((await deploy().ends()).code).toBe(0)
  })

  it('goes on two days later, once Rules is deployed', async () => {
    const first = deploy()
    await first.says(/contract 5 of 12/)
    first.process.kill('SIGKILL')
    await first.ends()
    await twoDays()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringContaining('contract 12 of 12') })
    expect(printed).not.toContain('contract 4 of 12')
  })

  it('refuses a journal of another chain with the same id, and one that is damaged', async () => {
    await interrupted()
    const plan = join(root, '.kedge/deployments/31337/plan.json')
    const text = await readFile(plan, 'utf8')
    await writeFile(plan, text.replace(/"genesisHash": "0x..../, '"genesisHash": "0x0000'))
    expect(await deploy().ends()).toEqual({ code: 2, printed: expect.stringContaining('of another chain') })
    await writeFile(plan, text.slice(0, -9))
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('JOURNAL_UNUSABLE') })
    expect(await readFile(plan, 'utf8')).toBe(text.slice(0, -9))
  })

  it('says which transaction it waits for, and for how long', async () => {
    await localClient(chain.rpcUrl).mine({ blocks: 3 })
    const waits = deploy(['--confirmations', '3'])
    await waits.says(/waiting for contract 1 of 12: the timelock of the Assembly for 10 s/)
    waits.process.kill('SIGTERM')
    const { code, printed } = await waits.ends()
    expect(code).toBe(143)
    expect(printed).toMatch(/for 10 s: in block \d+, 1 of 3 confirmations/)
  })

  it('explains itself', async () => {
    const { code, printed } = await startScript('deploy', ['--help'], { KEDGE_ROOT: root }).ends()
    expect(code).toBe(0)
    for (const part of [
      'usage:',
      'example:',
      '--confirmations',
      '.kedge/deployments/<chainId>/',
      'exit codes',
    ]) {
      expect(printed).toContain(part)
    }
  })

  it('does not replace the file of another deployment', async () => {
    await deploy().ends()
    const first = await deployedTo()
    await rm(join(root, '.kedge'), { recursive: true })
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_EXISTS') })
    expect(await deployedTo()).toEqual(first)
  })

  /** Deploys, does something to the deployment as nobody could, and has it checked again. */
  async function checkedAfter(tamper: (contracts: Contracts) => Promise<unknown>) {
    await deploy().ends()
    const client = localClient(chain.rpcUrl)
    const id = await client.snapshot()
    await tamper((await deployedTo()).contracts)
    const ending = await deploy().ends()
    await client.revert({ id })
    return ending
  }

  it('notices code that was not compiled here', async () => {
    const { code, printed } = await checkedAfter(({ lens }) =>
      localClient(chain.rpcUrl).setCode({ address: lens, bytecode: '0x00' }),
    )
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_DEVIATES') })
    expect(printed).toContain('the code of Lens')
  })

  it('notices a key that was given a role in a timelock, and a shorter delay', async () => {
    const stranger = `0x${'aa'.repeat(20)}` as const
    const client = localClient(chain.rpcUrl)
    const { code, printed } = await checkedAfter(async ({ timelocks: { assembly } }) => {
      await client.impersonateAccount({ address: assembly })
      await client.setBalance({ address: assembly, value: 10n ** 18n })
      const role = keccak256(toBytes('PROPOSER_ROLE'))
      for (const data of [
        encodeFunctionData({ abi: timelockAbi, functionName: 'grantRole', args: [role, stranger] }),
        encodeFunctionData({ abi: timelockAbi, functionName: 'updateDelay', args: [1n] }),
      ]) {
        await client.sendTransaction({ account: assembly, to: assembly, data, chain: null })
      }
      await client.mine({ blocks: 1 })
    })
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_DEVIATES') })
    expect(printed).toMatch(
      new RegExp(`- PROPOSER_ROLE ${stranger} in the timelock of the Assembly is granted`, 'i'),
    )
    expect(printed).toContain('the delay of the timelock of the Assembly is 1, should be 86400')
  })

  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    ['a missing file', () => rm(parameters), 'parameters.json cannot be read: it does not exist'],
    ['text that is not JSON', () => writeFile(parameters, '{'), 'is not JSON'],
    ['a missing policy', () => rm(join(root, 'policy.md')), /policyDocument: .*policy.md cannot be read/],
    ['an empty policy', () => writeFile(join(root, 'policy.md'), ''), /policyDocument: .*policy.md is empty/],
    ['an unknown field', change(file => (file.admin = 'me')), 'admin: is not a field of this file'],
    [
      'a wrong duration',
      change(file => (file.committees.assembly.votingPeriod = '3')),
      'committees.assembly.votingPeriod: "3" is not a duration',
    ],
    [
      'a certificate that has expired when it is given',
      change(({ people: [first] }) => Object.assign(first ?? {}, { certifiedFor: '0 days' })),
      'people[0].certifiedFor: must be longer than 0',
    ],
    [
      'a duration that no field of the chain holds',
      change(file => (file.committees.assembly.votingPeriod = '99999999 days')),
      'committees.assembly.votingPeriod: "99999999 days" is longer than 100 years',
    ],
    [
      'a role that no person can have',
      change(({ people: [, second] }) => second?.roles.push('Assembly')),
      'people[1].roles[1]: "Assembly" is none of',
    ],
    [
      'an unknown role in the matrix',
      change(file => file.matrix.Validation.Low.push('Boss')),
      'matrix.Validation.Low[1]: "Boss" is none of',
    ],
    [
      'a person without an account',
      change(({ people: [, , third] }) => Object.assign(third ?? {}, { account: undefined })),
      'people[2].account: nothing is not an address',
    ],
    [
      'the zero address as an account',
      change(({ people: [first] }) => Object.assign(first ?? {}, { account: `0x${'00'.repeat(20)}` })),
      'people[0].account: the zero address',
    ],
    [
      'a stranger on a seat',
      change(file => (file.committees.emergency.seats[0] = 'Nobody')),
      'committees.emergency.seats[0]: "Nobody" is not among people',
    ],
    [
      'a person twice on the seats',
      change(({ committees: { emergency } }) => emergency.seats.push(emergency.seats[0] ?? '')),
      'committees.emergency.seats[4]: "Ines Roth" has seats[0] already',
    ],
    [
      'two seats only',
      change(file => file.committees.oversight.seats.pop()),
      'committees.oversight.seats: has fewer than three seats',
    ],
    [
      'two people with one name',
      change(({ people: [first, second] }) => Object.assign(second ?? {}, { name: first?.name })),
      'people[1].name: "Ada Osei" is the name of people[0] already',
    ],
    [
      'two people with one account',
      change(({ people: [first, second] }) =>
        Object.assign(second ?? {}, { account: first?.account.toLowerCase() }),
      ),
      /people\[1\]\.account: 0x\w+ is the account of people\[0\] already/,
    ],
    [
      'two environments with one name',
      change(file => file.environments.push({ name: 'ward-3', stage: 'Staging' })),
      'environments[1].name: "ward-3" is the name of environments[0] already',
    ],
    [
      'an environment that always exists',
      change(file => file.environments.push({ name: 'staging', stage: 'Staging' })),
      'environments[1].name: "staging" exists without being named here',
    ],
    [
      'a quorum above a bare majority',
      change(({ committees: { emergency } }) => (emergency.quorum = 3)),
      'committees.emergency.quorum: 3 is more than 2, the most that 4 seats allow',
    ],
    [
      'a committee of one',
      change(({ committees: { oversight } }) => (oversight.quorum = 1)),
      'committees.oversight.quorum: 1 is fewer than 2: nobody is a committee alone',
    ],
    [
      'votes that would be over before a block comes',
      change(file => (file.committees.emergency.votingPeriod = '59 minutes')),
      'committees.emergency.votingPeriod: is shorter than 1 hour',
    ],
    [
      'decisions that could be carried out for no time',
      change(file => (file.committees.emergency.expiry = '0 days')),
      'committees.emergency.expiry: is shorter than 1 hour',
    ],
    [
      'votes that could be prolonged by more than their whole period',
      change(file => (file.committees.emergency.votingPeriod = '20 minutes')),
      'committees.emergency.lateQuorumExtension: is longer than the votingPeriod',
    ],
    [
      'votes that would last for years',
      change(file => (file.committees.assembly.votingPeriod = '31 days')),
      'committees.assembly.votingPeriod: is longer than 30 days',
    ],
    [
      'decisions that could be carried out for months',
      change(file => (file.committees.emergency.expiry = '31 days')),
      'committees.emergency.expiry: is longer than 30 days',
    ],
    [
      'a soak time of nothing',
      change(({ thresholds: { soak } }) => (soak.Low = '0 seconds')),
      'thresholds.soak.Low: must be longer than 0',
    ],
    [
      'a response time of more than a year',
      change(({ thresholds: { response } }) => (response.Critical = '366 days')),
      'thresholds.response.Critical: is longer than 365 days',
    ],
    [
      'the Emergency Committee in the matrix',
      change(file => file.matrix.Production.Critical.push('EmergencyCommittee')),
      'matrix.Production.Critical[3]: the EmergencyCommittee cannot sign off',
    ],
    [
      'a grace of certificates for the Assembly, which asks for none',
      change(({ committees: { assembly } }) => Object.assign(assembly, { certificateGrace: '1 day' })),
      'committees.assembly.certificateGrace: is not a field of this file',
    ],
    [
      'a predecessor whose head is none',
      change(file =>
        Object.assign(file, { predecessor: { chainId: 1, registry: `0x${'ab'.repeat(20)}`, head: '0x1' } }),
      ),
      'predecessor.head: "0x1" is not 32 bytes in hex',
    ],
    [
      'a quorum above the super-quorum',
      change(({ committees: { assembly } }) => (assembly.quorum = assembly.superQuorum + 1)),
      'committees.assembly.quorum: 9 is more than the superQuorum of 8',
    ],
    [
      'a super-quorum above the seats',
      change(file => (file.committees.oversight.superQuorum = 4)),
      'committees.oversight.superQuorum: 4 is more than the 3 seats',
    ],
    [
      'a committee whose name is too long in bytes',
      change(file => (file.committees.assembly.name = 'é'.repeat(16))),
      'committees.assembly.name: is longer than 31 bytes',
    ],
    [
      'a matrix below the policy’s floor',
      change(file => (file.matrix.Production.Critical = ['ResponsibleAIOfficer'])),
      'matrix.Production.Critical: lacks DomainLead and OversightCommittee',
    ],
  ])('refuses parameters with %s, by the path in the file', async (_, damage, message) => {
    await damage()
    await expect(readParameters(parameters)).rejects.toMatchObject({
      code: 'PARAMETERS_INVALID',
      message:
        typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    })
  })

  it('names everything that is wrong with the parameters at once, before anything is sent', async () => {
    await change(({ matrix, committees: { oversight } }) => {
      matrix.Validation.Low = []
      oversight.quorum = 99
    })()
    const client = localClient(chain.rpcUrl)
    const before = await client.getBlockNumber()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('PARAMETERS_INVALID') })
    expect(await client.getBlockNumber()).toBe(before)
    expect(printed).toContain('- matrix.Validation.Low: lacks TechnicalLead')
    expect(printed).toContain('- committees.oversight.quorum: 99 is more than the superQuorum of 3')
  })

  it('tells what is missing on the command line, an endpoint that is away, and a key that is none', async () => {
    const none = await startScript('deploy', [], { KEDGE_RPC_URL: '', KEDGE_ROOT: root }).ends()
    expect(none).toEqual({
      code: 2,
      printed: expect.stringContaining('give --parameters <file> and --rpc <url>'),
    })
    const unknown = await deploy(['--yes']).ends()
    expect(unknown).toEqual({ code: 2, printed: expect.stringContaining("Unknown option '--yes'") })
    const confirmations = await deploy(['--confirmations', 'x']).ends()
    expect(confirmations).toEqual({ code: 2, printed: expect.stringContaining('from 1 to 999') })
    const away = await deploy(['--rpc', 'http://127.0.0.1:9']).ends()
    expect(away).toEqual({ code: 3, printed: expect.stringContaining('RPC_UNAVAILABLE') })
    const key = await deploy([], { KEDGE_PRIVATE_KEY: '0x12' }).ends()
    expect(key).toEqual({ code: 2, printed: expect.stringContaining('KEY_UNUSABLE') })
  })

  it('says before the first transaction how much money is missing, and deploys once it is there', async () => {
    const poor = { KEDGE_PRIVATE_KEY: keyOf(29) }
    const client = localClient(chain.rpcUrl)
    const { address } = mnemonicToAccount(developmentMnemonic, { addressIndex: 29 })
    await client.setBalance({ address, value: 10n ** 15n })
    const before = await client.getBlockNumber()
    const { code, printed } = await deploy([], poor).ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('FUNDS_INSUFFICIENT') })
    expect(await client.getBlockNumber()).toBe(before)
    const [, available, needed] =
      /has ([\d.]+) of the chain’s currency, and .* takes up to ([\d.]+) /.exec(printed) ?? []
    expect(available).toBe('0.001')
    await client.setBalance({ address, value: parseEther(needed ?? '0') })
    expect((await deploy([], poor).ends()).code).toBe(0)
  })
})
