import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bytesToHex, encodeFunctionData, keccak256, toBytes } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { developmentMnemonic, type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
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
  readonly people: { name: string; account: string }[]
  readonly matrix: { readonly Production: { critical: string[] } }
  readonly committees: Record<
    'assembly' | 'oversight' | 'emergency',
    { votingPeriod: string; quorum: number; seats: string[] }
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

  it('goes on with the same key only', async () => {
    const first = deploy()
    await first.says(/contract 2 of 12/)
    first.process.kill('SIGKILL')
    await first.ends()
    const { code, printed } = await deploy([], { KEDGE_PRIVATE_KEY: keyOf(1) }).ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('was begun by 0xf39F') })
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
    expect(printed).toContain('the code of lens')
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
    expect(printed).toMatch(new RegExp(`the roles granted by the assembly timelock is .*${stranger}`))
    expect(printed).toContain('the delay of the assembly timelock is "1"')
  })

  const change = (edit: (file: Draft) => unknown) => async () => {
    const file: Draft = JSON.parse(await readFile(parameters, 'utf8'))
    edit(file)
    await writeFile(parameters, JSON.stringify(file))
  }
  it.each<[string, () => Promise<unknown>, string]>([
    ['a missing file', () => rm(parameters), 'cannot be read'],
    ['text that is not JSON', () => writeFile(parameters, '{'), 'is not JSON'],
    ['a missing policy', () => rm(join(root, 'policy.md')), 'policy.md cannot be read'],
    ['an unknown field', change(file => (file.admin = 'me')), 'admin'],
    ['a wrong duration', change(file => (file.committees.assembly.votingPeriod = '3')), 'is not a duration'],
    [
      'a stranger on a seat',
      change(file => (file.committees.emergency.seats[0] = 'Nobody')),
      'Nobody has a seat',
    ],
    [
      'a person twice on the seats',
      change(({ committees: { emergency } }) => emergency.seats.push(emergency.seats[0] ?? '')),
      'two seats',
    ],
    [
      'two people with one name',
      change(({ people: [first, second] }) => Object.assign(second ?? {}, { name: first?.name })),
      'the same name',
    ],
    [
      'two people with one account',
      change(({ people: [first, second] }) => Object.assign(second ?? {}, { account: first?.account })),
      'the same account',
    ],
    ['a quorum above the seats', change(file => (file.committees.oversight.quorum = 99)), 'must not fall'],
  ])('refuses parameters with %s before anything is sent', async (_, damage, message) => {
    await damage()
    const client = localClient(chain.rpcUrl)
    const before = await client.getBlockNumber()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('PARAMETERS_INVALID') })
    expect(printed).toContain(message)
    expect(await client.getBlockNumber()).toBe(before)
  })

  it('refuses a matrix below the policy’s floor', async () => {
    await change(file => (file.matrix.Production.critical = ['ResponsibleAIOfficer']))()
    const { code, printed } = await deploy().ends()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('RulesMatrixBelowFloor') })
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
    expect(confirmations).toEqual({ code: 2, printed: expect.stringContaining('from 1 to 9999') })
    const away = await deploy(['--rpc', 'http://127.0.0.1:9']).ends()
    expect(away).toEqual({ code: 3, printed: expect.stringContaining('RPC_UNAVAILABLE') })
    const key = await deploy([], { KEDGE_PRIVATE_KEY: '0x12' }).ends()
    expect(key).toEqual({ code: 2, printed: expect.stringContaining('KEY_UNUSABLE') })
  })

  it('stops without money for gas, and goes on once there is some', async () => {
    const poor = keyOf(29)
    const client = localClient(chain.rpcUrl)
    const { address } = mnemonicToAccount(developmentMnemonic, { addressIndex: 29 })
    await client.setBalance({ address, value: 0n })
    const first = await deploy([], { KEDGE_PRIVATE_KEY: poor }).ends()
    expect(first).toEqual({ code: 2, printed: expect.stringContaining('DEPLOYMENT_STOPPED') })
    await client.setBalance({ address, value: 10n ** 20n })
    expect((await deploy([], { KEDGE_PRIVATE_KEY: poor }).ends()).code).toBe(0)
  })
})
