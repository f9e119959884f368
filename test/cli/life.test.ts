import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registryAbi, rulesAbi } from '../../sdk/chain/abi/index.ts'
import {
  addSchemaCall,
  auditEntries,
  environmentIdOf,
  haltCall,
  modelIdOf,
  type Proposal,
  proposalIdOf,
  reportTriggerCall,
  requireSchemasCall,
  suspendModelCall,
} from '../../sdk/chain/index.ts'
import { jsonIn, type Outcome } from './kedge.ts'
import { anyDigest, foundTown, steady, type Town } from './town.ts'

// A critical model's whole life by the CLI alone: each act by its own key, from a keystore or the environment.

const model = 'critical-note'
let town: Town

beforeAll(async () => {
  town = await foundTown()
  await town.createModel(model, 'Critical')
  await town.createModel('triage-note', 'Low')
}, 120_000)

afterAll(() => town.end())

/** An outcome that must be a success, with what differs from run to run taken out. */
function done({ code, stdout, stderr }: Outcome) {
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return { stdout: steady(stdout), stderr: steady(stderr) }
}

const transactionFacts = {
  transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/),
  block: expect.stringMatching(/^\d+$/),
  gas: expect.stringMatching(/^\d+$/),
}

describe('a version', () => {
  it('gets its documents, and evidence', async () => {
    await town.writeArtifact('v1', { text: '1', label: '1.0.0', risk: 'Critical' })
    const made = await town.kedge(`manifest v1 --model ${model} --fields v1.fields.json --json`)
    expect(jsonIn(made)).toMatchObject({ manifestDigest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    await town.write('results.md', 'All cases passed.')
    await town.write('test.json', {
      result: 'PASSED',
      configuration: [{ name: 'criteria', digest: { sha256: '5a'.repeat(32) } }],
      url: null,
      passedTests: ['routine-question'],
      warnedTests: [],
      failedTests: [],
    })
    const files = '--text results.md --test test.json --out evidence.json'
    done(await town.kedge(`document evidence --version v1 ${files}`))
  })

  it('is registered by its author, from a keystore', async () => {
    const { path, passwordFile } = await town.keystore('Dana Cruz')
    const key = `--keystore ${path} --password-file ${passwordFile}`
    expect(done(await town.kedge(`register v1 ${key}`))).toMatchInlineSnapshot(`
      {
        "stderr": "registering critical-note 1.0.0, declared Critical
      sent ID
      in block N
      ",
        "stdout": "version      ID
      transaction  ID
      block        N
      gas          N
      ",
      }
    `)
  })

  it('is signed off by who has its bytes, and carried by anyone', async () => {
    const signed = await town.as(
      'Ada Osei',
      'sign-off v1 --stage Validation --role ResponsibleAIOfficer --evidence evidence.json --out ada.json',
    )
    expect(done(signed)).toMatchInlineSnapshot(`
      {
        "stderr": "ADDRESS signs off as ResponsibleAIOfficer that critical-note 1.0.0 may enter Validation
        version ID, now in Development
        effective risk Critical, evidence ID, until TIME
      written to ada.json
      ",
        "stdout": "",
      }
    `)
    const signOff = steady(await town.read('ada.json')).replace(/"deadline":\d+/, '"deadline":TIME')
    expect(signOff).toMatchInlineSnapshot(`
      "{"role":"ResponsibleAIOfficer","deadline":TIME,"signer":"ADDRESS","signature":"SIGNATURE","terms":{"model":"ID","version":"ID","stage":"Validation","risk":"Critical","evidence":"ID","plan":"ID","policyEpoch":1,"signingEpoch":0}}
      "
    `)
    const promoted = await town.as(
      'Emil Novak',
      'promote v1 --stage Validation --evidence evidence.json --sign-off ada.json',
    )
    expect(done(promoted)).toMatchInlineSnapshot(`
      {
        "stderr": "carrying critical-note 1.0.0 into Validation
      sent ID
      in block N
      ",
        "stdout": "version      ID
      stage        Validation
      transaction  ID
      block        N
      gas          N
      ",
      }
    `)
  })

  it('is signed off by its label, by a transaction of one’s own', async () => {
    const signed = await town.as(
      'Ada Osei',
      `sign-off 1.0.0 --model ${model} --stage Staging --role ResponsibleAIOfficer --evidence evidence.json --days 30 --send`,
    )
    expect(jsonIn(signed)).toEqual({
      role: 'ResponsibleAIOfficer',
      deadline: expect.any(Number),
      signer: town.society.account('Ada Osei').address.toLowerCase(),
      signature: '0x',
      terms: expect.objectContaining({ stage: 'Staging', risk: 'Critical' }),
      ...transactionFacts,
    })
    await town.write('ada.json', signed.stdout)
    const promoted = await town.as(
      'Emil Novak',
      'promote v1 --stage Staging --evidence evidence.json --sign-off ada.json --json',
    )
    expect(jsonIn(promoted)).toEqual({
      version: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      stage: 'Staging',
      ...transactionFacts,
    })
  })

  it('enters Production with the sign-offs of three, one of them a committee', async () => {
    const sign = 'sign-off v1 --stage Production --evidence evidence.json'
    await Promise.all([
      town.as('Ada Osei', `${sign} --role ResponsibleAIOfficer --out ada-3.json`),
      town.as('Chloe Martin', `${sign} --role DomainLead --out chloe-3.json`),
      town.kedge(`${sign} --role OversightCommittee --out consent.json`),
    ])
    const proposed = await town.as(
      'Grace Lindt',
      'propose oversight --title "Let 1.0.0 run" --calls consent.json --out consent.proposal.json',
    )
    expect(done(proposed)).toMatchInlineSnapshot(`
      {
        "stderr": "proposing PROPOSAL to the oversight committee
        sign off that critical-note #1 (SHORT) may enter Production at risk Critical
          see the document CID, SHA-256 ID
      sent ID
      in block N
      Pending: voting from TIME to TIME; needs 2 for or abstaining, and passes at once with 3 for
      written to consent.proposal.json
      ",
        "stdout": "",
      }
    `)
    await town.society.pass(3601)
    const members = ['Grace Lindt', 'Hiro Tan', 'Ines Roth']
    const votes = members.map(member => town.as(member, 'vote oversight consent.proposal.json For'))
    for (const voted of await Promise.all(votes)) done(voted)
    const queued = await town.as('Emil Novak', 'execute consent.proposal.json --json')
    const { id } = JSON.parse(await town.read('consent.proposal.json'))
    const due = expect.stringMatching(/T.*Z$/)
    expect(jsonIn(queued)).toEqual({ proposal: id, state: 'Queued', due, ...transactionFacts })
    const early = await town.as('Emil Novak', `execute ${id}`)
    expect({ ...early, stderr: steady(early.stderr) }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('REFUSED: its delay is not over before TIME\n'),
    })
    await town.society.pass(3600)
    // Without the file: what it would do stands on the chain.
    const executed = await town.as('Emil Novak', `execute ${id} --json`)
    expect(jsonIn(executed)).toEqual({ proposal: id, state: 'Executed', ...transactionFacts })
    const signOffs = '--sign-off ada-3.json chloe-3.json consent.json'
    done(await town.as('Emil Novak', `promote v1 --stage Production --evidence evidence.json ${signOffs}`))
  })

  it('is registered with its parent, which is found by the manifest that is named', async () => {
    const { digest: parent } = await town.manifest('v1')
    await town.writeArtifact('v2', { text: '2', label: '2.0.0', risk: 'Critical', parent })
    done(await town.kedge(`manifest v2 --model ${model} --fields v2.fields.json`))
    const registered = await town.as('Dana Cruz', 'register v2 --json')
    expect(jsonIn(registered)).toEqual({
      version: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      ...transactionFacts,
    })
  })
})

describe('the brake', () => {
  beforeAll(async () => {
    await town.society.pass(3 * 86_400)
    for (const stage of ['Validation', 'Staging', 'Production'] as const) await town.promote('v2', stage)
    await town.write('drift.md', 'It no longer names the caller.')
    await town.kedge(`document reason --model ${model} --text drift.md --out reason.json`)
  })

  it('halts, says so in the status, and resumes', async () => {
    const act = `--model ${model} --reason reason.json --authority ResponsibleAIOfficer`
    const halted = await town.as('Ada Osei', `halt --trigger DriftOrIntegrity ${act}`)
    expect(done(halted)).toMatchInlineSnapshot(`
      {
        "stderr": "halting critical-note #2 ID in production
      sent ID
      in block N
      ",
        "stdout": "version      ID
      transaction  ID
      block        N
      gas          N
      ",
      }
    `)
    await town.write('names.json', { [town.society.person('Ada Osei')]: 'Ada Osei' })
    const status = await town.kedge(`status --model ${model} --environment production --names names.json`)
    expect(done(status).stdout).toMatchInlineSnapshot(`
      "critical-note: floor Critical, 2 versions, sequence 7
        domain      ID
        developers  SHORT
        schema 0    ID
      review of the policy due TIME
      as of block N, TIME

      production (requires Production)
        active    #2 ID
                  Production, since TIME
                  effective risk Critical, declared Critical, Critical when it was activated
        HALTED    by Ada Osei as ResponsibleAIOfficer at TIME, reason ID
      "
    `)
    const resumed = await town.as('Ada Osei', `resume ${act} --json`)
    expect(jsonIn(resumed)).toEqual({
      version: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      ...transactionFacts,
    })
  })

  it('rolls back by the Emergency Committee: a call, a proposal, signed ballots, an execution', async () => {
    const order = '--to 1.0.0 --trigger DriftOrIntegrity --reason reason.json --authority EmergencyCommittee'
    const called = await town.kedge(`rollback --model ${model} ${order} --call --out call.json`)
    expect(done(called)).toMatchInlineSnapshot(`
      {
        "stderr": "rolling production back from critical-note #2 ID to critical-note 1.0.0
      written to call.json
      ",
        "stdout": "",
      }
    `)
    expect(Object.keys(JSON.parse(await town.read('call.json')))).toEqual(['to', 'data'])

    await town.write('body.md', '\nSee the reason.\n')
    const proposed = await town.as(
      'Jonas Vale',
      'propose emergency --title "Back to 1.0.0" --body body.md --calls call.json',
    )
    const proposal = jsonIn(proposed) as Proposal & { readonly id: string }
    expect(proposal.id).toBe(proposalIdOf(proposal).toString())
    expect(proposal.description).toMatch(
      /^# Back to 1\.0\.0\n\nSee the reason\.\n\n#proposer=0x[0-9a-f]{40}$/,
    )
    await town.write('proposal.json', proposal)
    await town.society.pass(1)

    const voted = await town.as('Jonas Vale', 'vote emergency proposal.json For')
    expect(done(voted)).toMatchInlineSnapshot(`
      {
        "stderr": "proposal PROPOSAL of the emergency committee: Back to 1.0.0
        roll production back from critical-note #2 (SHORT) to critical-note #1 (SHORT) for DriftOrIntegrity
          see the document CID, SHA-256 ID
      Active, voting until TIME: 0 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for
      sent ID
      in block N
      Active, voting until TIME: 1 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for
      ",
        "stdout": "proposal     PROPOSAL
      vote         For
      voter        ADDRESS
      transaction  ID
      block        N
      gas          N
      state        Active
      ",
      }
    `)
    for (const [name, where] of [
      ['Kira Boon', 'proposal.json'],
      ['Ines Roth', proposal.id],
    ] as const) {
      const ballot = `${name.slice(0, 4)}.ballot.json`
      const signed = await town.as(name, `vote emergency ${where} For --sign --out ${ballot}`)
      expect(signed).toMatchObject({ code: 0, stdout: '' })
      const carried = await town.as('Emil Novak', `vote emergency ${ballot} --json`)
      const voter = town.society.account(name).address
      expect(jsonIn(carried)).toMatchObject({
        proposal: proposal.id,
        vote: 'For',
        voter,
        ...transactionFacts,
      })
    }
    expect(done(await town.as('Emil Novak', 'execute proposal.json'))).toMatchInlineSnapshot(`
      {
        "stderr": "proposal PROPOSAL of the emergency committee: Back to 1.0.0
        roll production back from critical-note #2 (SHORT) to critical-note #1 (SHORT) for DriftOrIntegrity
          see the document CID, SHA-256 ID
      sent ID
      in block N
      queued; it can be executed from TIME on
      sent ID
      in block N
      ",
        "stdout": "proposal     PROPOSAL
      state        Executed
      transaction  ID
      block        N
      gas          N
      ",
      }
    `)
    const told = await town.kedge(`status --model ${model} --environment staging production`)
    expect(done(told).stdout).toMatchInlineSnapshot(`
      "critical-note: floor Critical, 2 versions, sequence 9
        domain      ID
        developers  SHORT
        schema 0    ID
      review of the policy due TIME
      as of block N, TIME

      staging (requires Staging)
        active    #2 ID
                  Production, since TIME
                  effective risk Critical, declared Critical, Critical when it was activated
        CONDEMNED from TIME: rolled back elsewhere; the deploy gate denies it
                  replace it here too: kedge rollback, withdraw or promote

      production (requires Production)
        active    #1 ID
                  Production, since TIME
                  effective risk Critical, declared Critical, Critical when it was activated
      "
    `)
    const status = await town.kedge(`status --model ${model} --json`)
    expect(JSON.parse(steady(JSON.stringify(jsonIn(status))))).toMatchInlineSnapshot(`
      {
        "block": "N",
        "environments": [
          {
            "active": {
              "condemnedFrom": "TIME",
              "manifestDigest": "ID",
              "number": 2,
              "risk": {
                "atActivation": "Critical",
                "declared": "Critical",
                "effective": "Critical",
              },
              "schema": 0,
              "since": "TIME",
              "stage": "Production",
              "version": "ID",
            },
            "environment": "validation",
            "halt": null,
            "incident": null,
            "missingSchemas": [],
            "requiredSchemas": [],
            "requires": "Validation",
            "sequence": "4",
            "withdrawal": null,
          },
          {
            "active": {
              "condemnedFrom": "TIME",
              "manifestDigest": "ID",
              "number": 2,
              "risk": {
                "atActivation": "Critical",
                "declared": "Critical",
                "effective": "Critical",
              },
              "schema": 0,
              "since": "TIME",
              "stage": "Production",
              "version": "ID",
            },
            "environment": "staging",
            "halt": null,
            "incident": null,
            "missingSchemas": [],
            "requiredSchemas": [],
            "requires": "Staging",
            "sequence": "5",
            "withdrawal": null,
          },
          {
            "active": {
              "condemnedFrom": null,
              "manifestDigest": "ID",
              "number": 1,
              "risk": {
                "atActivation": "Critical",
                "declared": "Critical",
                "effective": "Critical",
              },
              "schema": 0,
              "since": "TIME",
              "stage": "Production",
              "version": "ID",
            },
            "environment": "production",
            "halt": null,
            "incident": null,
            "missingSchemas": [],
            "requiredSchemas": [],
            "requires": "Production",
            "sequence": "9",
            "withdrawal": null,
          },
        ],
        "model": {
          "developers": [
            "ID",
          ],
          "domain": "ID",
          "floor": "Critical",
          "id": "ID",
          "name": "critical-note",
          "schemas": [
            {
              "digest": "ID",
              "number": 0,
              "satisfies": [
                0,
              ],
            },
          ],
          "sequence": "9",
          "state": "Open",
          "versions": 2,
        },
        "review": {
          "dueAt": "TIME",
          "overdue": false,
        },
        "time": "TIME",
      }
    `)
  })

  it('withdraws without a target', async () => {
    await town.makeVersion('note', { model: 'triage-note', text: '1', label: '1.0.0' })
    await town.write('text.md', 'Out of service.')
    const about = '--model triage-note --text text.md'
    await Promise.all([
      town.kedge(`document reason ${about} --out note.reason.json`),
      town.kedge(`document plan ${about} --out note.plan.json`),
    ])
    const withdrawn = await town.as(
      'Emil Novak',
      'withdraw --model triage-note --trigger Directive --reason note.reason.json --plan note.plan.json --authority SystemOperator',
    )
    expect(done(withdrawn)).toMatchInlineSnapshot(`
      {
        "stderr": "taking triage-note #1 ID out of production
      sent ID
      in block N
      ",
        "stdout": "from         ID
      transaction  ID
      block        N
      gas          N
      ",
      }
    `)
    const status = await town.kedge('status --model triage-note --environment production')
    expect(done(status).stdout).toMatch(
      /\nproduction \(requires Production\)\n {2}nothing is active\n {2}WITHDRAWN #1 by SHORT as SystemOperator at TIME, reason ID\n$/,
    )
    const ward = await town.kedge('status --model triage-note --environment ward-3')
    expect(done(ward).stdout).toMatch(/\nward-3 \(requires Production\)\n {2}nothing is active\n$/)
  })
})

describe('the history', () => {
  it('is that of the chain: every entry, both heads', async () => {
    const { kedge, client } = town.society
    const { registry, rules } = kedge.deployment.contracts
    const history = jsonIn(await town.kedge('history --json')) as {
      readonly heads: object
      readonly entries: readonly {
        readonly contract: string
        readonly action: string
        readonly transaction: string
      }[]
    }
    expect(history.heads).toEqual({
      registry: await client.readContract({ address: registry, abi: registryAbi, functionName: 'head' }),
      rules: await client.readContract({ address: rules, abi: rulesAbi, functionName: 'head' }),
    })
    for (const [name, address] of [
      ['registry', registry],
      ['rules', rules],
    ] as const) {
      const facts = ({ action, transaction }: { readonly action: string; readonly transaction: string }) =>
        `${action} ${transaction}`
      const found = history.entries.filter(({ contract }) => contract === name)
      expect(found.map(facts)).toEqual((await auditEntries(kedge, address)).map(facts))
    }
  })

  it('tells of a model in words, with names', async () => {
    const { society } = town
    const people = ['Ada Osei', 'Dana Cruz'].map(name => [society.person(name), name])
    const signers = ['Ada Osei', 'Chloe Martin', 'Emil Novak'].map(name => [
      society.account(name).address,
      name,
    ])
    const names = await town.write('names.json', Object.fromEntries([...people, ...signers]))
    const history = await town.kedge(`history --subject ${model}`, { environment: { KEDGE_NAMES: names } })
    expect(done(history)).toMatchInlineSnapshot(`
      {
        "stderr": "registry: N entries lead to the head ID
      rules: N entries lead to the head ID
      ",
        "stdout": "TIME  block N  Ada Osei as ResponsibleAIOfficer: create the model critical-note with the floor Critical, developed by Dana Cruz  [ID]
      TIME  block N  Ada Osei as ResponsibleAIOfficer: add the schema SHORT to critical-note as number 0  [ID]
      TIME  block N  Dana Cruz as ModelDeveloper: register critical-note #1 (SHORT), risk Critical, schema 0, manifest SHORT  [ID]
      TIME  block N  Emil Novak: carry critical-note #1 (SHORT) into Validation; signed off by ResponsibleAIOfficer Ada Osei  [ID]
      TIME  block N  Ada Osei as ResponsibleAIOfficer: sign off that critical-note #1 (SHORT) may enter Staging at risk Critical  [ID]
      TIME  block N  Emil Novak: carry critical-note #1 (SHORT) into Staging; signed off by ResponsibleAIOfficer Ada Osei  [ID]
      TIME  block N  the Oversight Committee: sign off that critical-note #1 (SHORT) may enter Production at risk Critical  [ID]
      TIME  block N  Emil Novak: carry critical-note #1 (SHORT) into Production; signed off by ResponsibleAIOfficer Ada Osei, DomainLead Chloe Martin, OversightCommittee  [ID]
      TIME  block N  the Registry: pull the review of the policy forward
      TIME  block N  Dana Cruz as ModelDeveloper: register critical-note #2 (SHORT), risk Critical, schema 0, manifest SHORT  [ID]
      TIME  block N  Emil Novak: carry critical-note #2 (SHORT) into Validation; signed off by ResponsibleAIOfficer Ada Osei  [ID]
      TIME  block N  Emil Novak: carry critical-note #2 (SHORT) into Staging; signed off by ResponsibleAIOfficer Ada Osei  [ID]
      TIME  block N  the Oversight Committee: sign off that critical-note #2 (SHORT) may enter Production at risk Critical  [ID]
      TIME  block N  Emil Novak: carry critical-note #2 (SHORT) into Production; signed off by ResponsibleAIOfficer Ada Osei, DomainLead Chloe Martin, OversightCommittee  [ID]
      TIME  block N  Ada Osei as ResponsibleAIOfficer: halt critical-note #2 (SHORT) in production for DriftOrIntegrity  [ID]
      TIME  block N  Ada Osei as ResponsibleAIOfficer: resume critical-note #2 (SHORT) in production, halted at sequence 7  [ID]
      TIME  block N  the Emergency Committee: roll production back from critical-note #2 (SHORT) to critical-note #1 (SHORT) for DriftOrIntegrity  [ID]
      ",
      }
    `)
  })
})

describe('the status', () => {
  it('says all that is wrong with a model', async () => {
    const { society } = town
    const { contracts } = society.kedge.deployment
    const id = modelIdOf('worried-note')
    await town.createModel('worried-note', 'Low')
    const version = await town.makeVersion('worried', { model: 'worried-note', text: '1', label: '1.0.0' })
    const schema = { model: id, digest: anyDigest, satisfies: 0n, document: anyDigest }
    await society.act('Ada Osei', addSchemaCall(contracts, schema))
    const need = {
      model: id,
      environment: environmentIdOf('production'),
      schemas: 0b11n,
      document: anyDigest,
    }
    await society.act('Ada Osei', requireSchemasCall(contracts, need))
    const order = {
      model: id,
      environment: environmentIdOf('production'),
      version,
      trigger: 'SafetyRisk',
      reason: anyDigest,
    } as const
    await society.act('Emil Novak', reportTriggerCall(contracts, order, 'SystemOperator'))
    await society.act('Emil Novak', haltCall(contracts, order, 'SystemOperator'))
    const members = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak', 'Faisal Khan'] as const
    const more = ['Grace Lindt', 'Hiro Tan'] as const
    const suspend = suspendModelCall(contracts, id, anyDigest)
    await society.decide('assembly', [...members, ...more], [suspend], 'Suspend it')
    await society.pass(366 * 86_400)

    const names = await town.write('names.json', { [society.person('Emil Novak')]: 'Emil Novak' })
    const line = `status --model worried-note --environment production --names ${names}`
    expect(done(await town.kedge(line)).stdout).toMatchInlineSnapshot(`
      "worried-note: floor Low, 1 version, sequence 4, SUSPENDED by the Assembly
        domain      ID
        developers  SHORT
        schema 0    ID
        schema 1    ID
      review of the policy OVERDUE since TIME
      as of block N, TIME

      production (requires Production)
        needs     the schemas 0, 1
        active    #1 ID
                  Production, since TIME
                  effective risk Low, declared Low, Low when it was activated
        HALTED    by Emil Novak as SystemOperator at TIME, reason ID
        degraded  it lacks the schemas 1
        incident  SafetyRisk of #1, reported TIME
                  response OVERDUE since TIME
      "
    `)
    expect(jsonIn(await town.kedge(`${line} --json`))).toMatchObject({
      model: { state: 'Suspended' },
      review: { overdue: true },
      environments: [
        {
          halt: {
            authority: 'SystemOperator',
            at: expect.stringMatching(/T.*Z$/),
            by: society.person('Emil Novak'),
            reason: anyDigest,
          },
          missingSchemas: [1],
          incident: { trigger: 'SafetyRisk', number: 1, overdue: true },
        },
      ],
    })
  })
})
