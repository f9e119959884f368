import { encryptKeystoreJsonSync } from 'ethers'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lensAbi, registryAbi } from '../../sdk/chain/abi/index.ts'
import {
  type Call,
  environmentIdOf,
  forGood,
  modelIdOf,
  retireCall,
  risks,
  signerOf,
  startRecoveryCall,
  suspendCall,
  versionIdOf,
} from '../../sdk/chain/index.ts'
import { digestOf } from '../../sdk/documents/index.ts'
import { identityOf } from '../../sdk/verify/index.ts'
import { kedgeHere } from './here.ts'
import { jsonIn, type Outcome } from './kedge.ts'
import { foundTown, steady, type Town } from './town.ts'

// Acts without commands of their own, acts that one signs and another carries, and keys that change.

const model = 'triage-note'
const assembly = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak', 'Faisal Khan'] as const
const more = ['Grace Lindt', 'Hiro Tan'] as const
const here = { runner: kedgeHere }
let town: Town
let snapshot: `0x${string}`
let older: `0x${string}`
let live: `0x${string}`

beforeAll(async () => {
  town = await foundTown()
  await town.createModel(model, 'Low')
  older = await town.makeVersion('older', { model, text: '1', label: '1.0.0' })
  await town.society.pass(7200)
  live = await town.makeVersion('live', { model, text: '2', label: '2.0.0' })
  await town.write('text.md', 'Something happened.')
  for (const kind of ['reason', 'plan']) {
    await town.kedge(`document ${kind} --model ${model} --text text.md --out ${kind}.json`, here)
  }
}, 120_000)

afterAll(() => town.end())

/** What a test does is taken back. */
async function aside(act: () => Promise<void>): Promise<void> {
  snapshot = await town.society.client.snapshot()
  try {
    await act()
  } finally {
    await town.society.client.revert({ id: snapshot })
  }
}

/** What a run printed, which must be a success. */
function done({ code, stdout, stderr }: Outcome): string {
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return steady(`${stderr}${stdout}`)
}

/** The exit code, the error's code and its message. */
async function refused(who: string, line: string): Promise<string> {
  const outcome = await town.as(who, `${line} --json`, here)
  expect(outcome.stderr).not.toContain('sent 0x')
  const { error } = jsonIn(outcome) as { readonly error: { readonly code: string; readonly message: string } }
  return steady(`${outcome.code} ${error.code}: ${error.message}`)
}

const contracts = () => town.society.kedge.deployment.contracts

async function active(): Promise<{ readonly version: `0x${string}`; readonly halted: boolean }> {
  const { active: found } = await town.society.client.readContract({
    address: contracts().lens,
    abi: lensAbi,
    functionName: 'provenance',
    args: [modelIdOf(model), environmentIdOf('production')],
  })
  return { version: found.version, halted: found.haltedBy !== 0 }
}

async function reason(): Promise<`0x${string}`> {
  return `0x${digestOf(new TextEncoder().encode(await town.read('reason.json')))}`
}

async function callIn(file: string): Promise<Call> {
  const { to, data } = JSON.parse(await town.read(file))
  return { to, data }
}

describe('what one signs and another carries', () => {
  const about = `--model ${model} --reason reason.json`

  it('is a registration of the author', () =>
    aside(async () => {
      const identity = await town.makeDocuments('next', { model, text: '2', label: '3.0.0' })
      const { chainId } = town.society.kedge.deployment
      const version = versionIdOf({ chainId, registry: contracts().registry, identity })
      expect(
        done(await town.as('Dana Cruz', 'register next --sign --out signed.json --overwrite', here)),
      ).toMatchInlineSnapshot(`
        "registering triage-note 3.0.0, declared Low
        signed, for anyone to carry until TIME: kedge carry
        written to signed.json
        "
      `)
      expect(done(await town.as('Emil Novak', 'carry signed.json', here))).toMatchInlineSnapshot(`
        "  register version SHORT, risk Low, schema 0, manifest SHORT, signed by its author
        sent ID
        in block N
        transaction  ID
        block        N
        gas          N
        "
      `)
      const [manifestDigest] = await town.society.client.readContract({
        address: contracts().registry,
        abi: registryAbi,
        functionName: 'version',
        args: [version],
      })
      expect(manifestDigest).toBe(identity.manifestDigest)
      expect(await refused('Emil Novak', 'carry signed.json')).toMatch(/RegistryVersionExists/)
    }))

  it('is a halt, once, for what is active now', () =>
    aside(async () => {
      const halt = `halt --trigger SafetyRisk ${about} --authority SystemOperator --sign`
      expect(
        done(await town.as('Emil Novak', `${halt} --out signed.json --overwrite`, here)),
      ).toMatchInlineSnapshot(`
        "halting triage-note #2 ID in production
        signed, for anyone to carry until TIME: kedge carry
        written to signed.json
        "
      `)
      done(await town.as('Ben Ito', 'carry signed.json', here))
      expect(await active()).toEqual({ version: live, halted: true })
      expect(await refused('Ben Ito', 'carry signed.json')).toMatch(/^1 REFUSED: .*RulesInvalidSignature/)
    }))

  it('is a rollback', () =>
    aside(async () => {
      const order = `rollback --to 1.0.0 --trigger SafetyRisk ${about} --authority ResponsibleAIOfficer`
      done(await town.as('Ada Osei', `${order} --sign --days 3 --out signed.json --overwrite`, here))
      expect(done(await town.as('Ben Ito', 'carry signed.json', here))).toMatchInlineSnapshot(`
        "  roll production back from triage-note #2 (SHORT) to triage-note #1 (SHORT) for SafetyRisk, signed by ResponsibleAIOfficer SHORT
            see the document CID, SHA-256 ID
        sent ID
        in block N
        transaction  ID
        block        N
        gas          N
        "
      `)
      expect((await active()).version).toBe(older)
    }))

  it('is a withdrawal, after which a rollback starts from nothing', () =>
    aside(async () => {
      const order = `withdraw --trigger SafetyRisk ${about} --plan plan.json --authority SystemOperator`
      done(await town.as('Emil Novak', `${order} --sign --out signed.json --overwrite`, here))
      expect(done(await town.as('Ben Ito', 'carry signed.json', here))).toMatch(/withdraw triage-note #2 /)
      expect((await active()).version).toMatch(/^0x0+$/)
      const back = `rollback --to 1.0.0 --trigger SafetyRisk ${about} --authority ResponsibleAIOfficer`
      expect(done(await town.as('Ada Osei', back, here))).toMatch(
        /^restoring triage-note 1\.0\.0 in production, where nothing is active\n/,
      )
      expect((await active()).version).toBe(older)
    }))

  it('is nothing that would be refused later', async () => {
    const halt = `halt --trigger SafetyRisk ${about} --sign`
    expect(await refused('Ben Ito', `${halt} --authority SystemOperator`)).toBe(
      '1 REFUSED: the holder of ADDRESS does not hold the role SystemOperator',
    )
    expect(await refused('Ada Osei', `${halt} --authority EmergencyCommittee`)).toBe(
      '2 USAGE: the EmergencyCommittee acts through a proposal, not by a key',
    )
    expect(await refused('Emil Novak', `${halt} --call --authority SystemOperator`)).toMatch(/^2 USAGE: /)
    expect(await refused('Ben Ito', 'register live --sign')).toMatch(/does not hold the role ModelDeveloper$/)
  })

  it('is nothing that a committee must propose', async () => {
    const halt = `halt --trigger SafetyRisk ${about} --authority EmergencyCommittee`
    await town.kedge(`${halt} --call --out call.json --overwrite`, here)
    expect(await refused('Ben Ito', 'carry call.json')).toBe(
      '2 USAGE: call.json is nothing that somebody signed',
    )
  })

  it('is not carried after its last day', () =>
    aside(async () => {
      const halt = `halt --trigger SafetyRisk ${about} --authority SystemOperator --sign --days 1`
      done(await town.as('Emil Novak', `${halt} --out late.json`, here))
      await town.society.pass(86_401)
      expect(await refused('Ben Ito', 'carry late.json')).toMatch(/RulesWarrantExpired: what SystemOperator/)
    }))
})

describe('a plan for degraded service', () => {
  it('is signed with the version, and only that one may be carried', () =>
    aside(async () => {
      await town.makeVersion('planned', { model, text: '2', label: '3.0.0', upTo: 1 })
      const schema = `act addSchema model=${model} digest=reason.json satisfies= document=reason.json`
      done(await town.as('Ada Osei', schema, here))
      const need = `act requireSchemas model=${model} environment=staging schemas=0,1 document=reason.json`
      done(await town.as('Ada Osei', need, here))
      const evidence = `--stage Staging --evidence 0x${'5a'.repeat(32)}`
      const sign = `sign-off planned ${evidence} --role TechnicalLead`
      expect(done(await town.as('Ben Ito', `${sign} --out bare.json`, here))).toMatch(
        /note: systems there need the schemas 1, which it lacks: without a plan it will be refused/,
      )
      expect(done(await town.as('Ben Ito', `${sign} --plan plan.json --out signed-plan.json`, here))).toMatch(
        /, plan ID, until TIME/,
      )
      const promote = `promote planned ${evidence}`
      expect(await refused('Emil Novak', `${promote} --sign-off bare.json`)).toMatch(/RegistryIncompatible/)
      expect(await refused('Emil Novak', `${promote} --sign-off bare.json --plan plan.json`)).toMatch(
        /^2 USAGE: bare\.json signs off another plan: /,
      )
      done(await town.as('Emil Novak', `${promote} --sign-off signed-plan.json --plan plan.json`, here))
    }))
})

describe('an order of the Emergency Committee', () => {
  const order = `rollback --to 1.0.0 --trigger SafetyRisk --model ${model} --reason reason.json --authority EmergencyCommittee --call`
  const withdrawn = /may not run there: if this were executed now, the active version would be withdrawn/

  it('is told to become a withdrawal where its target may not run', () =>
    aside(async () => {
      expect((await town.kedge(`${order} --out fit.json`, here)).stderr).not.toMatch(withdrawn)
      const defect = `act recordDefect "version=triage-note 1.0.0" document=reason.json --call`
      const call = JSON.parse((await town.kedge(defect, here)).stdout)
      await town.society.decide('oversight', ['Grace Lindt', 'Hiro Tan', 'Ines Roth'], [call], 'A defect')
      expect((await town.kedge(`${order} --out unfit.json`, here)).stderr).toMatch(withdrawn)
      const members = ['Jonas Vale', 'Kira Boon', 'Liam Frost'] as const
      await town.society.decide('emergency', members, [await callIn('unfit.json')], 'Back')
      const history = await town.kedge(`history --subject ${model}`, here)
      expect(steady(history.stdout)).toMatch(
        /the Emergency Committee: withdraw triage-note #2 \(SHORT\) from production for SafetyRisk, as triage-note #1 \(SHORT\) could no longer run there/,
      )
    }))
})

describe('a sign-off', () => {
  it('is told with the name of who signs, where the names file has it', () =>
    aside(async () => {
      await town.makeVersion('named', { model, text: '2', label: '3.0.0', upTo: 0 })
      const sign = `sign-off named --stage Validation --evidence 0x${'5a'.repeat(32)} --role TechnicalLead`
      const first = async (id: string, name: string) => {
        const names = await town.write('names.json', { [id]: name })
        const { code, stderr } = await town.as('Ben Ito', `${sign} --names ${names}`, here)
        return `${code} ${steady(stderr).split('\n')[0]}`
      }
      const rest = 'signs off as TechnicalLead that triage-note 3.0.0 may enter Validation'
      expect(await first(town.society.account('Ben Ito').address, 'Ben Ito')).toBe(`0 Ben Ito ${rest}`)
      expect(await first(town.society.person('Ben Ito'), 'Ben Ito')).toBe(`0 Ben Ito ${rest}`)
      expect(await first(town.society.person('Ada Osei'), 'Ada Osei')).toBe(`0 ADDRESS ${rest}`)
    }))
})

describe('kedge act', () => {
  it('does what a person may do', () =>
    aside(async () => {
      const raise = 'act raiseRisk "version=triage-note 2.0.0" risk=High document=reason.json'
      expect(done(await town.as('Ada Osei', raise, here))).toMatchInlineSnapshot(`
        "  raise the risk of triage-note #2 (SHORT) to High
            see the document CID, SHA-256 ID
        sent ID
        in block N
        act          raiseRisk
        transaction  ID
        block        N
        gas          N
        "
      `)
      const { version } = await town.society.client.readContract({
        address: contracts().lens,
        abi: lensAbi,
        functionName: 'verdict',
        args: [modelIdOf(model), environmentIdOf('production'), live],
      })
      expect(risks[version.effective]).toBe('High')
      expect(await refused('Ben Ito', raise)).toMatch(/RulesUnauthorized: ADDRESS may not act as Respons/)
    }))

  it('names people as the names file does', () =>
    aside(async () => {
      const { society } = town
      const names = await town.write('names.json', {
        [society.person('Dana Cruz')]: 'Dana Cruz',
        [society.account('Dana Cruz').address]: 'Dana Cruz',
        [society.account('Faisal Khan').address]: 'Faisal Khan',
        [society.person('Ben Ito')]: 'Ben',
        [society.account('Hiro Tan').address]: 'Ben',
        [environmentIdOf('ward-3')]: 'ward-3',
      })
      const person = 'a person: an id, the address of the key in use, or a name of --names'
      const create = (developers: string) =>
        `act createModel name=kind-note domain=speech floor=Low "developers=${developers}" document=reason.json --names ${names}`
      expect(done(await town.as('Ada Osei', create('Dana Cruz, Faisal Khan'), here))).toMatch(
        /^ {2}create the model kind-note with the floor Low, developed by Dana Cruz, SHORT\n/,
      )
      for (const [name, known] of [
        ['Dana Cruz', true],
        ['Faisal Khan', true],
        ['Ben Ito', false],
      ] as const) {
        const may = await society.client.readContract({
          address: contracts().registry,
          abi: registryAbi,
          functionName: 'isDeveloper',
          args: [modelIdOf('kind-note'), society.person(name)],
        })
        expect([name, may]).toEqual([name, known])
      }
      expect(await refused('Ada Osei', create('Ben'))).toBe('2 USAGE: 2 people are called Ben')
      expect(await refused('Ada Osei', create('Nobody'))).toBe(
        `2 USAGE: developers: "Nobody" is not ${person}; several are separated by commas, none is an empty text`,
      )
      expect(await refused('Ada Osei', create('ward-3'))).toMatch(
        /^2 USAGE: developers: "ward-3" is not a person: /,
      )
    }))

  it('tells the number that a schema gets, and warns of its twin', () =>
    aside(async () => {
      await town.write('schema.json', '{"outputs":["text"]}')
      const add = `act addSchema model=${model} digest=schema.json satisfies=0 document=reason.json`
      expect(done(await town.as('Ada Osei', add, here))).toMatchInlineSnapshot(`
        "  add the schema SHORT to triage-note
            see the document CID, SHA-256 ID
        sent ID
        in block N
        act          addSchema
        schema       1
        transaction  ID
        block        N
        gas          N
        "
      `)
      const again = await town.as('Ada Osei', `${add} --json`, here)
      expect(again.stderr).toMatch(
        /note: the model has this schema already, with the number 1; it gets another number now\nsent 0x/,
      )
      expect(jsonIn(again)).toMatchObject({ act: 'addSchema', schema: 2 })
      expect((await town.kedge(`${add} --call`, here)).stderr).toMatch(/already, with the number 2;/)
    }))

  it('says what each field of an act is', async () => {
    const { code, stdout } = await town.kedge('act createModel --help', here)
    expect(code).toBe(0)
    expect(stdout.slice(stdout.indexOf('\nFields'))).toMatchInlineSnapshot(`
      "
      Fields of createModel:
        name: what the model is called; its id follows from it (a text)
        domain: whose leads sign versions off (a domain: its name or id)
        floor: the least risk of its versions (one of Low, Medium, High, Critical)
        developers: who may register its versions (a person: an id, the address of the key in use, or a name of --names; several are separated by commas, none is an empty text)
        document: what explains it (a document C, or its digest)
      "
    `)
    const { stderr } = await town.kedge('act createModel', here)
    for (const line of stdout.slice(stdout.indexOf('\nFields')).trim().split('\n').slice(1)) {
      expect(stderr).toContain(line.trim())
    }
    expect((await town.kedge('act grantSeat --help', here)).stdout).toContain(
      'committee: whose (one of assembly, oversight, emergency)',
    )
    expect((await town.kedge('act --help', here)).stdout).toMatch(/\n {2}grantSeat committee person\n/)
  })

  it('names a version by its directory, its label or its id alike', async () => {
    const calls = await Promise.all(
      ['live', 'triage-note 2.0.0', live].map(async (version, index) => {
        const line = `act retire "version=${version}" alternatives=${older},${older} reason=reason.json`
        await town.kedge(`${line} --call --out retire-${index}.json`)
        return await callIn(`retire-${index}.json`)
      }),
    )
    const document = await reason()
    const ending = { alternatives: [older, older], document }
    const wanted = retireCall(contracts(), identityOf(await town.manifest('live')), ending)
    expect(calls).toEqual([wanted, wanted, wanted])
  })

  it('writes what a committee may do, with what it would do and what would keep it', async () => {
    const faisal = town.society.account('Faisal Khan').address
    const suspend = `act suspend person=${faisal} "until=for good" authority=Assembly document=reason.json`
    const written = await town.kedge(`${suspend} --call --out suspend.json`, here)
    expect(done(written)).toMatchInlineSnapshot(`
      "  suspend SHORT for good
          see the document CID, SHA-256 ID
      written to suspend.json
      "
    `)
    const document = await reason()
    const terms = { person: town.society.person('Faisal Khan'), until: forGood, document }
    expect(await callIn('suspend.json')).toEqual(suspendCall(contracts(), terms, 'Assembly'))
    const restore =
      'act restoreRisk "version=triage-note 2.0.0" raised=High risk=Low document=reason.json --call'
    const { stderr } = await town.kedge(restore, here)
    expect(stderr).toMatch(/^ {2}take the risk of triage-note #2 \(\S+\), raised to High, back to Low\n/)
    expect(stderr).toMatch(/note: if a committee executed this now, .*RegistryRiskNotRestored/)
    const seat = `act withdrawSeat committee=emergency person=${town.society.person('Kira Boon')} --call`
    const { to } = JSON.parse((await town.kedge(seat, here)).stdout)
    expect(to).toBe(contracts().seats.emergency)
  })

  it.each([
    ['act suspend person=0x12 authority=Assembly', '2 USAGE: suspend lacks until, document'],
    ['act suspend whom=Faisal', '2 USAGE: "whom=Faisal" is no field of suspend'],
    ['act lapse model=a model=b', '2 USAGE: model is given twice'],
    [
      'act grantSeat committee=board person=0x12',
      '2 USAGE: person: "0x12" is not a person: an id, the address of the key in use, or a name of --names',
    ],
    [
      `act grantSeat committee=board person=0x${'12'.repeat(32)}`,
      '2 USAGE: committee: "board" is not one of assembly, oversight, emergency',
    ],
    [
      `act acceptAudit person=0x${'12'.repeat(20)} document=reason.json`,
      '1 REFUSED: nobody is appointed with the key of ADDRESS',
    ],
    [`act acceptAudit person=0x${'12'.repeat(32)} document=text.md`, '1 MANIFEST_MALFORMED: text.md: '],
    ['act suspendModel model=triage-note document=missing.json', '2 USAGE: missing.json cannot be read: '],
    [
      `act orderReview authority=OversightCommittee document=reason.json`,
      '2 USAGE: the OversightCommittee acts through a proposal, not by a key',
    ],
    ['act raiseRisk "version=triage-note 9.9.9" risk=High document=reason.json', '1 NOT_REGISTERED: '],
    ['act promote', '2 USAGE: '],
  ])('%s is refused', async (line, message) => {
    expect(await refused('Ada Osei', line)).toContain(message)
  })
})

describe('the status', () => {
  const act = (line: string) => `${line} --model ${model} --trigger SafetyRisk --reason reason.json`
  const statusOf = async (environment: string) => {
    const found = jsonIn(
      await town.kedge(`status --model ${model} --environment ${environment} --json`, here),
    )
    return (found as { readonly environments: readonly object[] }).environments[0]
  }

  it('tells who halted a version here, though somebody else halted it elsewhere', () =>
    aside(async () => {
      done(await town.as('Emil Novak', act('halt --authority SystemOperator'), here))
      const elsewhere = act('halt --environment staging --authority ResponsibleAIOfficer')
      done(await town.as('Ada Osei', elsewhere, here))
      const by = (name: string, authority: string) => ({ halt: { by: town.society.person(name), authority } })
      expect(await statusOf('production')).toMatchObject(by('Emil Novak', 'SystemOperator'))
      expect(await statusOf('staging')).toMatchObject(by('Ada Osei', 'ResponsibleAIOfficer'))
    }))

  it('tells that nothing is halted where the RAIO withdrew, and who brings nothing back there', () =>
    aside(async () => {
      const withdraw = act('withdraw --authority ResponsibleAIOfficer --plan plan.json')
      done(await town.as('Ada Osei', withdraw, here))
      expect(await statusOf('production')).toMatchObject({
        active: null,
        halt: null,
        withdrawal: {
          version: live,
          number: 2,
          authority: 'ResponsibleAIOfficer',
          by: town.society.person('Ada Osei'),
          reason: await reason(),
        },
      })
      const back = act('rollback --to 1.0.0 --authority SystemOperator')
      expect(await refused('Emil Novak', back)).toMatch(/RegistryInsufficientAuthority/)
    }))
})

describe('the history', () => {
  const names = async () =>
    await town.write('names.json', {
      [town.society.person('Dana Cruz')]: 'Dana Cruz',
      [town.society.person('Ada Osei')]: 'Ada Osei',
      [town.society.account('Emil Novak').address]: 'Emil Novak',
      [town.society.person('Kira Boon')]: 'Kira Boon',
      [environmentIdOf('ward-3')]: 'ward-3',
      [`0x${'7e'.repeat(20)}`]: 'Nobody Here',
    })
  const told = async (filter: string) => {
    const { code, stdout, stderr } = await town.kedge(`history ${filter} --names ${await names()}`, here)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return steady(stdout).trim().split('\n').filter(Boolean)
  }

  it('of a person is found by name, by id and by the address of the key', async () => {
    const byName = await told('--subject "Dana Cruz"')
    expect(byName).toEqual([
      // It appointed the first people.
      expect.stringMatching(/the Rules began/),
      expect.stringMatching(/Ada Osei as ResponsibleAIOfficer: create the model .*, developed by Dana Cruz/),
      expect.stringMatching(/Dana Cruz as ModelDeveloper: register triage-note #1 /),
      expect.stringMatching(/carry triage-note #1 \(SHORT\) into Validation/),
      expect.stringMatching(/carry triage-note #1 \(SHORT\) into Staging/),
      expect.stringMatching(/carry triage-note #1 \(SHORT\) into Production/),
      expect.stringMatching(/Dana Cruz as ModelDeveloper: register triage-note #2 /),
      expect.stringMatching(/carry triage-note #2 \(SHORT\) into Validation/),
      expect.stringMatching(/carry triage-note #2 \(SHORT\) into Staging/),
      expect.stringMatching(/carry triage-note #2 \(SHORT\) into Production/),
    ])
    expect(await told(`--subject ${town.society.person('Dana Cruz')}`)).toEqual(byName)
    expect(await told(`--subject ${town.society.account('Dana Cruz').address}`)).toEqual(byName)
  })

  it('is told of one actor: a person, or a committee', async () => {
    expect(await told('--actor "Ada Osei"')).toEqual([
      expect.stringMatching(/Ada Osei as ResponsibleAIOfficer: create the model triage-note /),
      expect.stringMatching(
        /Ada Osei as ResponsibleAIOfficer: add the schema SHORT to triage-note as number 0/,
      ),
    ])
    expect(await told('--actor "Dana Cruz" --subject triage-note')).toHaveLength(2)
    // Whoever carries a promotion stands in its entry as an account.
    expect(await told('--actor "Emil Novak" --subject triage-note')).toHaveLength(6)
    await aside(async () => {
      const call = JSON.parse(
        (await town.kedge(`act suspendModel model=${model} document=reason.json --call`, here)).stdout,
      )
      await town.society.decide('assembly', [...assembly, ...more], [call], 'Suspend it')
      const suspension = expect.stringMatching(/the Assembly: suspend the model triage-note/)
      expect((await told('--actor Assembly')).at(-1)).toEqual(suspension)
      expect((await told('--actor "the Assembly"')).at(-1)).toEqual(suspension)
    })
  })

  it('says that there is none of somebody who is known', async () => {
    const line = `history --actor "Kira Boon" --names ${await names()}`
    expect(await town.kedge(line, here)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/\nno entry is by Kira Boon\n$/),
    })
    expect(jsonIn(await town.kedge(`${line} --subject production --json`, here))).toMatchObject({
      entries: [],
    })
    expect(await told('--subject ward-3')).toEqual([expect.stringMatching(/the Rules began/)])
  })

  it.each([
    ['--subject "Dana Crus"', 'nothing is known as Dana Crus'],
    ['--actor "Dana Crus"', 'nothing is known as Dana Crus'],
    ['--actor "Nobody Here"', 'nothing is known as Nobody Here'],
    [`--subject 0x${'12'.repeat(32)}`, 'nothing is known as ID'],
    [`--subject 0x${'12'.repeat(20)}`, 'nothing is known as ADDRESS'],
    ['--actor "Dana Cruz" --subject "Dana Crus"', 'nothing is known as Dana Crus'],
  ])('%s is refused', async (filter, message) => {
    expect(await refused('Dana Cruz', `history ${filter} --names ${await names()}`)).toBe(
      `1 NOT_REGISTERED: ${message}`,
    )
  })
})

describe('a person with another key', () => {
  const password = 'another password that nobody may see'

  async function newKeystore(name: string) {
    const privateKey = generatePrivateKey()
    const { address } = privateKeyToAccount(privateKey)
    await town.write(
      name,
      encryptKeystoreJsonSync({ address, privateKey }, password, { scrypt: { N: 1024 } }),
    )
    await town.write('new-password', password)
    await town.society.client.setBalance({ address, value: 10n ** 18n })
    return { address, privateKey }
  }

  const personOf = async (account: `0x${string}`) =>
    await town.society.client.readContract({
      address: contracts().lens,
      abi: lensAbi,
      functionName: 'person',
      args: [account],
    })

  it('rotates, and is the same person', () =>
    aside(async () => {
      const { address } = await newKeystore('dana-2.json')
      const rotate = 'rotate --new-keystore dana-2.json --new-password-file new-password'
      expect(done(await town.as('Dana Cruz', rotate, here))).toMatchInlineSnapshot(`
        "replacing ADDRESS by ADDRESS
        sent ID
        in block N
        person       ID
        account      ADDRESS
        transaction  ID
        block        N
        gas          N
        "
      `)
      expect((await personOf(address)).person).toBe(town.society.person('Dana Cruz'))
      expect(await refused('Dana Cruz', rotate)).toBe(
        '1 REFUSED: nobody is appointed with the key of ADDRESS',
      )
    }))

  it('is given one by the Assembly after a loss', () =>
    aside(async () => {
      const { address, privateKey } = await newKeystore('dana-3.json')
      const person = town.society.person('Dana Cruz')
      const start = `act startRecovery person=${person} signer=${address} document=reason.json`
      done(await town.kedge(`${start} --call --out recovery.json`, here))
      const call = await callIn('recovery.json')
      const document = await reason()
      const terms = { person, signer: signerOf(address), document }
      expect(call).toEqual(startRecoveryCall(contracts(), terms))
      await town.society.decide('assembly', [...assembly, ...more], [call], 'A new key for Dana')
      const recover = () =>
        town.kedge(`recover ${person}`, { ...here, environment: { KEDGE_PRIVATE_KEY: privateKey } })
      expect(steady((await recover()).stderr)).toMatch(/RulesRecoveryNotReady: the old key may object until/)
      await town.society.pass(7 * 86_400)
      expect(done(await recover())).toMatchInlineSnapshot(`
        "giving the person ID the key ADDRESS
        sent ID
        in block N
        person       ID
        account      ADDRESS
        transaction  ID
        block        N
        gas          N
        "
      `)
      expect((await personOf(address)).person).toBe(person)
    }))
})
