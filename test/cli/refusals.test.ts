import { appendFile, mkdir, symlink } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toFunctionSelector, toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  modelIdOf,
  type Stage,
  signBallot,
  suspendModelCall,
  type Vote,
  voteCall,
} from '../../sdk/chain/index.ts'
import { kedgeHere } from './here.ts'
import { jsonIn, type RunOptions } from './kedge.ts'
import { type Alteration, liar } from './liar.ts'
import { anyDigest, foundTown, steady, type Town } from './town.ts'

// What kedge refuses, in which words, with which exit code; and that nothing was sent then.

const model = 'triage-note'
const servers: Server[] = []
let town: Town
let versions: Record<'live' | 'older' | 'fresh', `0x${string}`>

beforeAll(async () => {
  town = await foundTown()
  await town.createModel(model, 'Low')
  await town.createModel('other-note', 'Low')
  const older = await town.makeVersion('older', { model, text: '1', label: '1.0.0' })
  const live = await town.makeVersion('live', { model, text: '2', label: '2.0.0' })
  const fresh = await town.makeVersion('fresh', { model, text: '2', label: '3.0.0', upTo: 1 })
  versions = { older, live, fresh }
  // Somebody's certificate is for a week only.
  await town.society.pass(8 * 86_400)
  await town.write('text.md', 'Something happened.')
  await town.write('test.json', {
    result: 'FAILED',
    configuration: [{ name: 'criteria', digest: { sha256: '5a'.repeat(32) } }],
    url: null,
    passedTests: [],
    warnedTests: [],
    failedTests: ['routine-question'],
  })
  for (const line of [
    `reason --model ${model} --text text.md --out reason.json`,
    'reason --model other-note --text text.md --out other.json',
    'evidence --version fresh --text text.md --test test.json --out evidence.json',
    'evidence --version older --text text.md --test test.json --out older.evidence.json',
  ]) {
    await town.kedge(`document ${line}`, { runner: kedgeHere })
  }
}, 120_000)

afterAll(async () => {
  await town.end()
  for (const server of servers) server.close()
})

/** An HTTP server on a port of its own. */
async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((request, response) => void handle(request, response))
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An endpoint of the town's chain that alters what it says. */
async function lie(alter: Alteration): Promise<string> {
  return await serve(liar(town.society.kedge.rpcUrl, alter))
}

/** What a refusal of a process says: exit code, error code, message. Nothing may have been sent meanwhile. */
async function refusal(who: string | undefined, line: string, options: RunOptions = {}) {
  const outcome = await (who === undefined
    ? town.kedge(`${line} --json`, options)
    : town.as(who, `${line} --json`, options))
  const { error } = jsonIn(outcome) as {
    readonly error: {
      readonly code: string
      readonly message: string
      readonly remedy: string
      readonly facts: Readonly<Record<string, unknown>>
    }
  }
  expect(outcome.stderr).not.toContain('sent 0x')
  expect(outcome.stderr).toContain(`${error.code}: ${error.message}\n`)
  return { exit: outcome.code, ...error }
}

/** The same, in this process. */
const refused = (who: string | undefined, line: string, options: RunOptions = {}) =>
  refusal(who, line, { ...options, runner: kedgeHere })

/** Several of them, one after the other. */
async function each(lines: readonly (readonly [who: string, line: string])[]) {
  const found: Awaited<ReturnType<typeof refused>>[] = []
  for (const [who, line] of lines) found.push(await refused(who, line))
  return found
}

/** A halt of the live version by the Emergency Committee, as a call. */
function haltOfLive() {
  const place = { model: modelIdOf(model), environment: environmentIdOf('production') }
  const order = { ...place, version: versions.live, trigger: 'Incident', reason: anyDigest } as const
  return haltCall(town.society.kedge.deployment.contracts, order, 'EmergencyCommittee')
}

const halt = `halt --model ${model} --trigger SafetyRisk --reason ${anyDigest} --authority SystemOperator`

describe.concurrent('keys', () => {
  const key = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['none', {}, '', 'no key: give --keystore, or set KEDGE_PRIVATE_KEY'],
    [
      'both',
      { KEDGE_PRIVATE_KEY: key },
      '--keystore ada.json',
      'two keys are given: the keystore ada.json and KEDGE_PRIVATE_KEY',
    ],
    [
      'one that is cut short',
      { KEDGE_PRIVATE_KEY: key.slice(0, -1) },
      '',
      'KEDGE_PRIVATE_KEY is not a private key: 32 bytes in hex',
    ],
    [
      'a keystore that is not there',
      { KEDGE_KEYSTORE: 'nowhere.json' },
      '',
      'the keystore nowhere.json cannot be read: it does not exist',
    ],
    [
      'something that is no keystore',
      { KEDGE_KEYSTORE_PASSWORD: 'x' },
      '--keystore text.md',
      'text.md is not an encrypted JSON keystore (V3)',
    ],
  ])('%s', async (_, environment, flags, message) => {
    expect(await refusal(undefined, `${halt} ${flags}`, { environment })).toMatchObject({
      exit: 2,
      code: 'KEY_UNUSABLE',
      message,
    })
  })

  it('a wrong password, which is not told', async () => {
    const { path } = await town.keystore('Ada Osei')
    const environment = { KEDGE_KEYSTORE_PASSWORD: 'not the right one' }
    const secrets = ['not the right one']
    expect(await refusal(undefined, `${halt} --keystore ${path}`, { environment, secrets })).toMatchObject({
      exit: 2,
      code: 'KEY_UNUSABLE',
      message: `the password does not open ${path}`,
    })
  })
})

describe.concurrent('the chain', () => {
  const status = `status --model ${model}`

  it.each<[string, (deployment: never) => object, number, string, RegExp]>([
    [
      'of another id',
      (deployment: object) => ({ ...deployment, chainId: 1 }),
      1,
      'WRONG_NETWORK',
      /^the endpoint serves chain 31337, the deployment file is for 1$/,
    ],
    [
      'with another genesis',
      (deployment: object) => ({ ...deployment, genesisHash: anyDigest }),
      1,
      'WRONG_NETWORK',
      /^the endpoint serves another chain with the same id 31337: its genesis block differs$/,
    ],
    [
      'with other code',
      (deployment: { codeHashes: object }) => ({
        ...deployment,
        codeHashes: { ...deployment.codeHashes, rules: anyDigest },
      }),
      1,
      'WRONG_CONTRACT',
      /^there is another contract at the address of the rules$/,
    ],
    [
      'without the contract',
      (deployment: { contracts: object }) => ({
        ...deployment,
        contracts: { ...deployment.contracts, registry: `0x${'dd'.repeat(20)}` },
      }),
      1,
      'WRONG_CONTRACT',
      /^there is no contract at the address of the registry$/,
    ],
    [
      'that is only half described',
      ({ chainId }: { chainId: number }) => ({ chainId }),
      2,
      'USAGE',
      /^\S+ is not a deployment file: genesisHash: .*; block: .*; contracts: /,
    ],
  ])('%s', async (name, alter, exit, code, message) => {
    const deployment = alter(structuredClone(town.society.kedge.deployment) as never)
    const file = await town.write(`${name.replaceAll(' ', '-')}.json`, deployment)
    expect(await refusal(undefined, `${status} --deployment ${file}`)).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })

  it.each([
    [
      'a deployment file that is not there',
      '--deployment nowhere.json',
      2,
      /nowhere\.json cannot be read: it does not/,
    ],
    [
      'a deployment file that is a directory',
      '--deployment live',
      2,
      /^live cannot be read: it is a directory$/,
    ],
    ['a deployment file that is not JSON', '--deployment text.md', 2, /^text\.md is not JSON$/],
    [
      'an endpoint that is gone',
      '--rpc http://127.0.0.1:9',
      3,
      /^nothing answers at http:\/\/127\.0\.0\.1:9/,
    ],
  ])('%s', async (_, flags, exit, message) => {
    expect(await refusal(undefined, `${status} ${flags}`)).toMatchObject({
      exit,
      message: expect.stringMatching(message),
    })
  })

  it('an endpoint that is a web page', async () => {
    const url = await serve((_, response) => response.end('<html></html>'))
    expect(
      await refusal(undefined, `${status} --rpc ${url}/v2/hushhush`, { secrets: ['hushhush'] }),
    ).toMatchObject({
      exit: 3,
      code: 'RPC_UNAVAILABLE',
      message: `${url} answers, but not in JSON-RPC`,
    })
  })

  it('no entry about what nobody has heard of, and does not pass it for somebody who did nothing', async () => {
    expect(await refused(undefined, 'history --subject nobody')).toMatchObject({
      exit: 1,
      code: 'NOT_REGISTERED',
      message: 'nothing is known as nobody',
    })
  })

  it('an endpoint that withholds an entry of the audit chain', async () => {
    const url = await lie(({ method }, answer) => {
      if (method === 'eth_getLogs') (answer.result as unknown[]).splice(2, 1)
    })
    expect(await refusal(undefined, `history --rpc ${url}`)).toMatchObject({
      exit: 1,
      code: 'PROOF_INVALID',
      message: 'the entries of the registry do not lead to its head: some are missing or false',
    })
  })
})

describe('what is asked', () => {
  it('a model that there is not: a mistyped name is not told to be registered', async () => {
    expect(await refused(undefined, 'status --model nobody')).toMatchObject({
      remedy: 'Check the name, and that this deployment is the one that it lives in.',
    })
  })

  it.each<[string, string, number, string, RegExp]>([
    ['a model that there is not', 'status --model nobody', 1, 'NOT_REGISTERED', /^there is no model nobody$/],
    [
      'an environment that there is not',
      `status --model ${model} --environment nowhere`,
      1,
      'STAGE_MISMATCH',
      /^there is no environment nowhere$/,
    ],
    [
      'names that are none',
      `history --names test.json`,
      2,
      'USAGE',
      /^test\.json is not a file of names at "result"$/,
    ],
  ])('%s', async (_, line, exit, code, message) => {
    expect(await refused(undefined, line)).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('registering', () => {
  it('tells the contract’s error in words, for people too', async () => {
    const { code, stdout, stderr } = await town.as('Dana Cruz', 'register live')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.replaceAll(versions.live, 'VERSION')).toMatchInlineSnapshot(`
      "registering triage-note 2.0.0, declared Low
      REFUSED: the contract refused with RegistryVersionExists: the version VERSION is registered already
        error    RegistryVersionExists
        version  VERSION
        There is nothing to do; go on with kedge sign-off.
      "
    `)
  })

  it('keeps the error’s name and values for machines', async () => {
    expect(await refused('Emil Novak', 'register live')).toEqual({
      exit: 1,
      code: 'REFUSED',
      class: 'not-permitted',
      message: `the contract refused with RulesUnauthorized: ${town.society.account('Emil Novak').address} may not act as ModelDeveloper`,
      facts: {
        error: 'RulesUnauthorized',
        caller: town.society.account('Emil Novak').address,
        required: 'ModelDeveloper',
      },
      remedy: expect.stringMatching(/^Use the key of somebody who holds the role/),
    })
  })

  it.each<[string, (name: string) => Promise<unknown>, number, string, RegExp]>([
    ['no manifest', async name => mkdir(town.path(name)), 2, 'USAGE', /^there is no manifest beside \S+$/],
    [
      'a manifest that is broken',
      async name => {
        await mkdir(town.path(name))
        await town.write(`${name}.manifest.json`, '{}')
      },
      1,
      'MANIFEST_MALFORMED',
      /^The manifest is malformed/,
    ],
    [
      'a file that was changed since',
      async name => {
        await town.makeDocuments(name, { model, text: '1', label: '9.0.0' })
        await appendFile(town.path(`${name}/LICENSE`), ' ')
      },
      1,
      'DIGEST_MISMATCH',
      /^LICENSE is not the approved file$/,
    ],
    [
      'a link in the artifact',
      async name => {
        await town.makeDocuments(name, { model, text: '1', label: '9.0.0' })
        await symlink('LICENSE', town.path(`${name}/link`))
      },
      1,
      'SYMLINK',
      /link/,
    ],
    [
      'the statement of another artifact',
      async name => {
        await town.makeDocuments(name, { model, text: '1', label: '9.0.0' })
        await town.write(`${name}.artifact.json`, await town.read('live.artifact.json'))
      },
      1,
      'MANIFEST_MISMATCH',
      /artifact\.json is not the artifact statement that the manifest names$/,
    ],
    [
      'a parent that is not registered',
      async name => town.makeDocuments(name, { model, text: '1', label: '9.0.0', parent: '5a'.repeat(32) }),
      2,
      'USAGE',
      /^the manifest names a parent that is not registered$/,
    ],
  ])('refuses %s', async (what, prepare, exit, code, message) => {
    const name = what.replaceAll(' ', '-')
    await prepare(name)
    expect(await refused('Dana Cruz', `register ${name}`)).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('signing off', () => {
  const lead = 'sign-off fresh --stage Staging --role TechnicalLead'
  it.each<[string, string, string, number, string, RegExp]>([
    [
      'in a role that one does not hold',
      'Emil Novak',
      `${lead} --evidence evidence.json`,
      1,
      'REFUSED',
      /^the holder of 0x\w+ does not hold the role TechnicalLead$/,
    ],
    [
      'as somebody whose certificate has lapsed',
      'Noor Haddad',
      `${lead} --evidence evidence.json`,
      1,
      'REFUSED',
      /^the certificate of the holder of 0x\w+ has lapsed/,
    ],
    [
      'for a stage that the version has entered already',
      'Ben Ito',
      `sign-off live --stage Production --role TechnicalLead --evidence ${anyDigest}`,
      1,
      'REFUSED',
      /^triage-note 2\.0\.0 is in Production already$/,
    ],
    [
      'for a committee, by a transaction',
      'Grace Lindt',
      'sign-off fresh --stage Staging --role OversightCommittee --evidence evidence.json --send',
      2,
      'USAGE',
      /^the OversightCommittee acts through a proposal, not by a key$/,
    ],
    [
      'without evidence',
      'Ben Ito',
      `${lead} --evidence nowhere.json`,
      2,
      'USAGE',
      /^nowhere\.json cannot be read/,
    ],
    [
      'with a reason as evidence',
      'Ben Ito',
      `${lead} --evidence reason.json`,
      2,
      'USAGE',
      /^reason\.json is a document of the kind reason, not evidence$/,
    ],
    [
      'with the evidence of another version',
      'Ben Ito',
      `${lead} --evidence older.evidence.json`,
      2,
      'USAGE',
      /^older\.evidence\.json is evidence about other versions: 1\.0\.0$/,
    ],
    [
      'with evidence that was touched',
      'Ben Ito',
      `${lead} --evidence test.json`,
      1,
      'MANIFEST_MALFORMED',
      /^test\.json: /,
    ],
    [
      'for a label that nobody holds',
      'Ben Ito',
      `sign-off 7.7.7 --model ${model} --stage Staging --role TechnicalLead --evidence ${anyDigest}`,
      1,
      'NOT_REGISTERED',
      /^no version of triage-note holds the label 7\.7\.7$/,
    ],
    [
      'for an id that nobody registered',
      'Ben Ito',
      `sign-off ${anyDigest} --model ${model} --stage Staging --role TechnicalLead --evidence ${anyDigest}`,
      1,
      'NOT_REGISTERED',
      /^the registry does not know triage-note 0x/,
    ],
    [
      'for a label of no model',
      'Ben Ito',
      `sign-off 3.0.0 --stage Staging --role TechnicalLead --evidence ${anyDigest}`,
      2,
      'USAGE',
      /^whose version is it\? Give --model, or name its directory$/,
    ],
    [
      'for another model than the directory’s',
      'Ben Ito',
      `${lead} --model other-note --evidence ${anyDigest}`,
      2,
      'USAGE',
      /^the manifest beside fresh is one of triage-note, not of other-note$/,
    ],
    [
      'for what is nothing',
      'Ben Ito',
      `sign-off nowhere --stage Staging --role TechnicalLead --evidence ${anyDigest}`,
      2,
      'USAGE',
      /^"nowhere" is neither a directory with a manifest beside it, nor a label, nor an id$/,
    ],
  ])('%s is refused', async (_, who, line, exit, code, message) => {
    expect(await refused(who, line)).toMatchObject({ exit, code, message: expect.stringMatching(message) })
  })

  it('as nobody is refused', async () => {
    const environment = { KEDGE_PRIVATE_KEY: `0x${'2b'.repeat(32)}` }
    expect(await refused(undefined, `${lead} --evidence ${anyDigest}`, { environment })).toMatchObject({
      exit: 1,
      message: expect.stringMatching(/^nobody is appointed with the key of 0x\w+$/),
    })
  })

  it('for what an endpoint passes off as another version is refused', async () => {
    const selector = toFunctionSelector('labelHolder(bytes32,bytes32)')
    const url = await lie(({ method, params }, answer) => {
      if (method === 'eth_call' && params[0].data?.startsWith(selector)) answer.result = versions.live
    })
    const line = `sign-off 3.0.0 --model ${model} --stage Staging --role TechnicalLead --evidence ${anyDigest}`
    expect(await refused('Ben Ito', `${line} --rpc ${url}`)).toMatchObject({
      exit: 1,
      code: 'IDENTITY_MISMATCH',
      message: 'the version that the endpoint calls 3.0.0 was registered with another label',
    })
  })

  it('for an id of another model is refused', async () => {
    const line = `sign-off ${versions.live} --model other-note --stage Staging --role TechnicalLead`
    expect(await refused('Ben Ito', `${line} --evidence ${anyDigest}`)).toMatchObject({
      exit: 1,
      code: 'IDENTITY_MISMATCH',
      message: expect.stringMatching(
        /^what was registered as other-note 0x\w+ does not give its id, or is of another/,
      ),
    })
  })

  it('on evidence of failure is pointed out', async () => {
    const { code, stderr } = await town.as('Ben Ito', `${lead} --evidence evidence.json`)
    expect(code).toBe(0)
    expect(stderr).toContain('note: the evidence says FAILED\n')
  })
})

describe('promoting', () => {
  const stages: readonly Stage[] = ['Staging', 'Production']
  beforeAll(async () => {
    for (const stage of stages) {
      const sign = `sign-off fresh --stage ${stage} --role TechnicalLead --evidence evidence.json`
      await town.as('Ben Ito', `${sign} --out ben-${stage}.json`, { runner: kedgeHere })
      await town.as('Dana Cruz', `${sign} --out dana-${stage}.json`, { runner: kedgeHere })
    }
    await town.write('empty.json', '')
    await town.write('half.json', '{"role": "TechnicalLead"')
    await town.write('chief.json', { ...JSON.parse(await town.read('ben-Staging.json')), role: 'Chief' })
  })

  const promote = 'promote fresh --stage Staging --evidence evidence.json'
  it.each<[string, string, number, string, RegExp]>([
    [
      'without a sign-off',
      promote,
      1,
      'REFUSED',
      /RulesSignOffMissing: to enter Staging, the sign-offs of TechnicalLead are missing$/,
    ],
    [
      'with the author’s own',
      `${promote} --sign-off dana-Staging.json`,
      1,
      'REFUSED',
      /RulesAuthorSignedOff: the author of a version may not sign it off$/,
    ],
    [
      'with one for another stage',
      `${promote} --sign-off ben-Production.json`,
      2,
      'USAGE',
      /^ben-Production\.json signs off another stage: Production$/,
    ],
    [
      'with one for other evidence',
      `promote fresh --stage Staging --evidence ${anyDigest} --sign-off ben-Staging.json`,
      2,
      'USAGE',
      /^ben-Staging\.json signs off another evidence: 0x/,
    ],
    [
      'with one for no plan',
      `${promote} --sign-off ben-Staging.json --plan ${anyDigest}`,
      2,
      'USAGE',
      /^ben-Staging\.json signs off another plan: 0x0{64}$/,
    ],
    [
      'past a stage',
      'promote fresh --stage Production --evidence evidence.json --sign-off ben-Production.json',
      1,
      'REFUSED',
      /RegistryStageSkipped: from Validation the next stage is not Production$/,
    ],
    ['with an empty file', `${promote} --sign-off empty.json`, 2, 'USAGE', /^empty\.json is empty$/],
    ['with half a file', `${promote} --sign-off half.json`, 2, 'USAGE', /^half\.json is not JSON$/],
    [
      'with a sign-off of no role',
      `${promote} --sign-off chief.json`,
      2,
      'USAGE',
      /^chief\.json is not a sign-off: role: /,
    ],
    [
      'with something else',
      `${promote} --sign-off evidence.json`,
      2,
      'USAGE',
      /^evidence\.json is not a sign-off: role: .*; deadline: .*; signer: must be bytes in hex/,
    ],
  ])('%s is refused', async (_, line, exit, code, message) => {
    expect(await refused('Emil Novak', line)).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('the brake', () => {
  const rollback = `rollback --model ${model} --trigger Incident --reason reason.json --authority SystemOperator`
  it.each<[string, string, string, number, string, RegExp]>([
    [
      'a halt by somebody without the role',
      'Ben Ito',
      halt,
      1,
      'REFUSED',
      /RulesUnauthorized: 0x\w+ may not act as SystemOperator$/,
    ],
    [
      'a halt where nothing runs',
      'Emil Novak',
      `${halt} --environment ward-3`,
      1,
      'NOT_ACTIVE',
      /^no version of triage-note is active in ward-3$/,
    ],
    [
      'a halt of no model',
      'Emil Novak',
      halt.replace(model, 'nobody'),
      1,
      'NOT_REGISTERED',
      /^there is no model nobody$/,
    ],
    [
      'a halt for the reason of another model',
      'Emil Novak',
      halt.replace(anyDigest, 'other.json'),
      2,
      'USAGE',
      /^other\.json is about the model other-note$/,
    ],
    [
      'a rollback from what is not active',
      'Emil Novak',
      `${rollback} --from 1.0.0 --to 2.0.0`,
      1,
      'REFUSED',
      /RegistryNotActive: 0x\w+ is not active there, but 0x\w+$/,
    ],
    [
      'a rollback to what never ran there',
      'Emil Novak',
      `${rollback} --to 3.0.0`,
      1,
      'REFUSED',
      /RegistryTargetIneligible: the version 0x\w+ may not run there$/,
    ],
    [
      'a rollback to what has not proved itself',
      'Emil Novak',
      `${rollback} --to 1.0.0`,
      1,
      'REFUSED',
      /RegistryTargetIneligible: the version 0x\w+ may not run there$/,
    ],
    [
      'a rollback to no label of the model',
      'Emil Novak',
      `${rollback} --to 7.7.7`,
      1,
      'NOT_REGISTERED',
      /^no version of triage-note holds the label 7\.7\.7$/,
    ],
    [
      'a resumption of what is not halted',
      'Emil Novak',
      `resume --model ${model} --reason reason.json --authority SystemOperator`,
      1,
      'REFUSED',
      /RegistryNotHalted: the version 0x\w+ is not halted$/,
    ],
  ])('%s is refused', async (_, who, line, exit, code, message) => {
    expect(await refused(who, line)).toMatchObject({ exit, code, message: expect.stringMatching(message) })
  })

  it('a call that would be refused is written with a warning', async () => {
    const order = `resume --model ${model} --reason reason.json --authority EmergencyCommittee`
    const { code, stdout, stderr } = await town.kedge(`${order} --call`, { runner: kedgeHere })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      to: expect.stringMatching(/^0x/),
      data: expect.stringMatching(/^0x/),
    })
    expect(stderr).toMatch(/note: if this were executed now, the contract refused with RegistryNotHalted/)
  })
})

describe('committees', () => {
  const contracts = () => town.society.kedge.deployment.contracts
  const vote = (member: string, id: string, choice: Vote) =>
    town.society.act(member, voteCall(contracts().committees.emergency, BigInt(id), choice))

  /** A proposal that Jonas Vale has made, as a file. */
  async function proposed(name: string, title: string): Promise<string> {
    await town.write('call.json', haltOfLive())
    const line = `propose emergency --title "${title}" --calls call.json --out ${name}`
    expect(await town.as('Jonas Vale', line, { runner: kedgeHere })).toMatchObject({ code: 0 })
    await town.society.pass(1)
    return JSON.parse(await town.read(name)).id
  }

  it('cannot be given what is not theirs, by whoever is no member, or twice', async () => {
    await town.write('call.json', haltOfLive())
    const scope = createModelCall(contracts(), {
      name: 'x',
      domain: domainIdOf('x'),
      floor: 'Low',
      developers: [],
      document: anyDigest,
    })
    await town.write('scope.json', scope)
    const once = 'propose emergency --title "Once" --calls call.json --out once.json'
    expect(await town.as('Jonas Vale', once, { runner: kedgeHere })).toMatchObject({ code: 0 })
    const refusals = await each([
      ['Dana Cruz', 'propose emergency --title Halt --calls call.json'],
      ['Jonas Vale', 'propose emergency --title Create --calls scope.json'],
      ['Jonas Vale', 'propose emergency --title "Once" --calls call.json --out twice.json'],
      ['Jonas Vale', 'propose emergency --title Halt --calls evidence.json'],
    ])
    expect(refusals.map(({ exit, code, message }) => `${exit} ${code} ${message}`)).toEqual([
      expect.stringMatching(
        /^1 REFUSED .*GovernorInsufficientProposerVotes: 0x\w+ has no seat in this committee/,
      ),
      expect.stringMatching(/^1 REFUSED .*CommitteeOutOfScope: this committee may not call 0x\w{8} of 0x/),
      expect.stringMatching(
        /^1 REFUSED .*GovernorUnexpectedProposalState: it exists already and is (Pending|Active)$/,
      ),
      expect.stringMatching(/^2 USAGE evidence\.json is not a call: to: must be an address/),
    ])
  })

  it('say when a proposal waits for its vote', async () => {
    const propose = 'propose assembly --title "Suspend" --calls suspend.json --out waiting.json'
    await town.write('suspend.json', suspendModelCall(contracts(), modelIdOf(model), anyDigest))
    expect(await town.as('Ada Osei', propose, { runner: kedgeHere })).toMatchObject({ code: 0 })
    const refusals = await each([
      ['Emil Novak', 'execute waiting.json'],
      ['Ada Osei', 'vote assembly waiting.json For'],
    ])
    for (const { exit, code, message } of refusals) {
      expect({ exit, code }).toEqual({ exit: 1, code: 'REFUSED' })
      expect(message).toMatch(
        /^the proposal is Pending: voting begins at \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z$/,
      )
    }
  })

  it('count a member’s vote once, and nobody else’s', async () => {
    const id = await proposed('vote.json', 'Halt it')
    expect(
      await town.as('Jonas Vale', 'vote emergency vote.json Against', { runner: kedgeHere }),
    ).toMatchObject({ code: 0 })
    const ballot = await signBallot(town.society.kedge, {
      account: town.society.account('Dana Cruz'),
      committee: 'emergency',
      proposalId: BigInt(id),
      vote: 'For',
    })
    await town.write('dana.json', { ...ballot, proposalId: id })
    await town.write('misled.json', { ...ballot, proposalId: id, committee: 'oversight' })
    const forged = { ...ballot, proposalId: id, voter: town.society.account('Kira Boon').address }
    await town.write('forged.json', forged)
    const file = JSON.parse(await town.read('vote.json'))
    await town.write('altered.json', { ...file, description: `${file.description} ` })
    const refusals = await each([
      ['Jonas Vale', 'vote emergency vote.json For'],
      ['Dana Cruz', 'vote emergency vote.json For'],
      ['Emil Novak', 'vote emergency dana.json'],
      ['Emil Novak', 'vote emergency misled.json'],
      ['Emil Novak', 'vote emergency forged.json'],
      ['Emil Novak', 'vote emergency evidence.json'],
      ['Kira Boon', 'vote emergency altered.json For'],
      ['Kira Boon', 'vote oversight vote.json For'],
      ['Kira Boon', 'vote emergency 7 For'],
      ['Kira Boon', 'vote emergency vote.json --sign'],
      ['Emil Novak', 'execute vote.json'],
      ['Emil Novak', 'execute 7'],
    ])
    expect(refusals.map(({ exit, code, message }) => `${exit} ${code} ${message}`)).toEqual([
      expect.stringMatching(/^1 REFUSED 0x\w+ has voted on this already$/),
      expect.stringMatching(/^1 REFUSED 0x\w+ has no vote in this committee$/),
      expect.stringMatching(/^1 REFUSED 0x\w+ has no vote in this committee$/),
      '2 USAGE misled.json is a ballot for the oversight committee',
      expect.stringMatching(
        /^1 REFUSED .*GovernorInvalidSignature: the ballot was not signed by 0x\w+ for this/,
      ),
      expect.stringMatching(/^2 USAGE evidence\.json is not a signed ballot: proposalId: /),
      '2 USAGE altered.json was altered: its calls and its description do not give its id',
      '2 USAGE vote.json is a proposal to the emergency committee',
      '1 REFUSED the emergency committee knows no proposal 7',
      '2 USAGE what is the vote? Give For, Against or Abstain after the proposal',
      expect.stringMatching(
        /^1 REFUSED the proposal is Active: voting goes on until .*: 0 for, 1 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for$/,
      ),
      '1 REFUSED no committee knows the proposal 7',
    ])
  })

  it('are shown no other proposal than the one that is voted on', async () => {
    const id = await proposed('shown.json', 'Halt it now')
    const [said, forged] = ['Halt it now', 'Free it now'].map(title => toHex(title).slice(2)) as [
      string,
      string,
    ]
    const url = await lie(({ method }, answer) => {
      if (method !== 'eth_getLogs') return
      for (const log of answer.result as { data: string }[]) log.data = log.data.replace(said, forged)
    })
    expect(await refused('Kira Boon', `vote emergency ${id} For --sign --rpc ${url}`)).toMatchObject({
      exit: 3,
      code: 'UNAVAILABLE',
      message: `the endpoint does not show what the proposal ${id} would do`,
    })
    const honest = await town.as('Kira Boon', `vote emergency ${id} For --sign`, { runner: kedgeHere })
    expect(honest).toMatchObject({ code: 0, stderr: expect.stringContaining(': Halt it now\n') })
  })

  it('are told apart where two of them know one proposal', async () => {
    const id = await proposed('both.json', 'Halt it, whoever may')
    const again = 'propose assembly --title "Halt it, whoever may" --calls call.json --out assembly.json'
    expect(await town.as('Jonas Vale', again, { runner: kedgeHere })).toMatchObject({ code: 0 })
    expect(JSON.parse(await town.read('assembly.json')).id).toBe(id)
    const refusals = await each([
      ['Emil Novak', `execute ${id}`],
      ['Emil Novak', `execute ${id} --committee assembly`],
      ['Emil Novak', `execute ${id} --committee emergency`],
      ['Emil Novak', 'execute assembly.json'],
    ])
    expect(
      refusals.map(({ exit, code, message }) => steady(`${exit} ${code} ${message}`)),
    ).toMatchInlineSnapshot(`
      [
        "2 USAGE several committees know the proposal PROPOSAL",
        "1 REFUSED the proposal is Pending: voting begins at TIME",
        "1 REFUSED the proposal is Active: voting goes on until TIME: 0 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for",
        "1 REFUSED the proposal is Pending: voting begins at TIME",
      ]
    `)
  })

  it('may have a proposal queued without its execution', async () => {
    const id = await proposed('queued.json', 'Halt it later')
    for (const member of ['Jonas Vale', 'Kira Boon', 'Ines Roth']) await vote(member, id, 'For')
    const queued = await town.as('Emil Novak', 'execute queued.json --queue-only --json', {
      runner: kedgeHere,
    })
    expect(jsonIn(queued)).toMatchObject({ proposal: id, state: 'Queued', due: expect.stringMatching(/Z$/) })
    const again = await town.as('Emil Novak', 'execute queued.json --queue-only --json', {
      runner: kedgeHere,
    })
    expect(jsonIn(again)).toEqual({ proposal: id, state: 'Queued', due: expect.stringMatching(/Z$/) })
  })

  it('say why a proposal will never be executed', async () => {
    const defeated = await proposed('defeated.json', 'Nobody cares')
    await town.society.pass(4 * 3600)
    const downed = await proposed('downed.json', 'They are against it')
    for (const [member, choice] of [
      ['Jonas Vale', 'For'],
      ['Liam Frost', 'Abstain'],
      ['Kira Boon', 'Against'],
      ['Ines Roth', 'Against'],
    ] as const) {
      await vote(member, downed, choice)
    }
    const expired = await proposed('expired.json', 'Nobody executes it')
    const executed = await proposed('executed.json', 'They do it')
    for (const id of [expired, executed]) {
      for (const member of ['Jonas Vale', 'Kira Boon', 'Ines Roth']) {
        await vote(member, id, 'For')
      }
    }
    expect(await town.as('Emil Novak', 'execute executed.json', { runner: kedgeHere })).toMatchObject({
      code: 0,
    })
    await town.society.pass(17 * 3600)
    const refusals = await each([
      ['Emil Novak', `execute ${defeated}`],
      ['Emil Novak', 'execute downed.json'],
      ['Emil Novak', `execute ${expired}`],
      ['Emil Novak', 'execute executed.json'],
      ['Liam Frost', 'vote emergency downed.json For'],
    ])
    expect(
      refusals.map(({ exit, code, message }) => steady(`${exit} ${code} ${message}`)),
    ).toMatchInlineSnapshot(`
      [
        "1 REFUSED the proposal is Defeated: it missed its quorum of 2: 0 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for",
        "1 REFUSED the proposal is Defeated: it was voted down: 1 for, 2 against, 1 abstaining; needs 2 for or abstaining, and passes at once with 3 for",
        "1 REFUSED the proposal is Expired: it passed, but was not executed in time",
        "1 REFUSED the proposal is Executed: it was executed already",
        "1 REFUSED the proposal is Defeated: voting ended at TIME or before",
      ]
    `)
  })
})

describe('an endpoint that serves no logs', () => {
  it('keeps nobody from seeing a halt, or from voting on a proposal that is at hand', async () => {
    const url = await lie(({ method }, answer) => {
      if (method !== 'eth_getLogs') return
      Object.assign(answer, { result: undefined, error: { code: -32000, message: 'pruned' } })
    })
    await town.write('call.json', haltOfLive())
    const propose = 'propose emergency --title "In the dark" --calls call.json --out dark.json'
    await town.as('Jonas Vale', propose, { runner: kedgeHere })
    const vote = `vote emergency dark.json For --sign --rpc ${url}`
    const signed = await town.as('Kira Boon', vote, { runner: kedgeHere })
    expect(signed).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /note: models and versions are shown by their ids: .* refused: pruned\n {2}halt version 0x/,
      ),
    })
    const { id } = JSON.parse(await town.read('dark.json'))
    expect(await refused('Kira Boon', `vote emergency ${id} For --sign --rpc ${url}`)).toMatchObject({
      exit: 3,
      code: 'RPC_UNAVAILABLE',
    })

    // The committee's executed proposal above has halted it.
    const status = `status --model ${model} --environment production --rpc ${url}`
    expect(await town.kedge(status, { runner: kedgeHere })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\n {2}HALTED {4}by EmergencyCommittee at /),
      stderr: expect.stringMatching(
        /^note: who develops it cannot be told: .* refused: pruned\nnote: who halted it cannot be told: .* refused: pruned\n$/,
      ),
    })
  })
})
