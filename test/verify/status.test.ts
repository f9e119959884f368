import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  activateCall,
  environmentIdOf,
  haltCall,
  modelIdOf,
  moveModelCall,
  releaseCall,
  requireSchemasCall,
  retireCall,
  rollbackCall,
  suspendModelCall,
  withdrawCall,
} from '../../sdk/chain/index.ts'
import { besideOf, parseReceipt, type Receipt, type Trust, trustOf, verify } from '../../sdk/verify/index.ts'
import { startServer } from '../../sdk/verify/testing/servers.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { type Refusal, refusalOf } from './answers.ts'
import {
  addSchema,
  anchor,
  anyDigest,
  catchUp,
  copyVersion,
  createModel,
  endHalt,
  finalize,
  makeVersion,
  promote,
  type TestVersion,
} from './versions.ts'

const model = 'triage-note'
const production = environmentIdOf('production')
const ward = environmentIdOf('ward-3')

let society: FoundedSociety
let scratch: string
let trust: Trust
let names: Map<string, string>
/** Was in production for two hours; what replaced it, is active now; not further than Staging; was
 * replaced at once, and its bytes are released. */
let first: TestVersion
let second: TestVersion
let third: TestVersion
let released: TestVersion
/** Of models apart. */
let suspended: TestVersion
let moved: TestVersion
let snapshot: Hex
let places = 0

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-status-'))
  society = await foundSociety()
  const make = (name: string, label: string, prompt: '1' | '2' = '1') =>
    makeVersion(society, { model: name, label, prompt, directory: join(scratch, `${name}-${label}`) })
  await createModel(society, model)
  await createModel(society, 'letters')
  await createModel(society, 'reports')
  first = await make(model, '1.0.0')
  second = await make(model, '2.0.0', '2')
  third = await make(model, '3.0.0')
  released = await make(model, '4.0.0')
  suspended = await make('letters', '1.0.0')
  moved = await make('reports', '1.0.0')
  for (const version of [first, second, third, released]) await anchor(society, version, 'Development')
  await promote(society, released, 'Validation', 'Production')
  await promote(society, first, 'Validation', 'Production')
  await society.pass(7200)
  await promote(society, second, 'Validation', 'Production')
  await promote(society, third, 'Validation', 'Staging')
  await anchor(society, suspended, 'Production')
  await anchor(society, moved, 'Production')
  const elsewhere = {
    model: modelIdOf('reports'),
    chainId: 1,
    registry: contracts().lens,
    document: anyDigest,
  }
  const calls = [
    suspendModelCall(contracts(), modelIdOf('letters'), anyDigest),
    moveModelCall(contracts(), elsewhere),
    releaseCall(contracts(), released.identity, { alternatives: [], document: anyDigest }),
  ]
  const members = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak'] as const
  const more = ['Faisal Khan', 'Grace Lindt', 'Hiro Tan']
  await society.decide('assembly', [...members, ...more], calls, 'Suspend, move and release')
  await catchUp(society)
  trust = trustOf(society.kedge.deployment, { endpoints: [society.kedge.rpcUrl], maximumAge: 3600 })
  names = new Map([
    [first.id, '<first>'],
    [second.id, '<second>'],
    [third.id, '<third>'],
    [released.id, '<released>'],
    [suspended.id, '<suspended>'],
    [moved.id, '<moved>'],
    [`0x${'00'.repeat(32)}`, '<none>'],
    [new URL(society.kedge.rpcUrl).host, '<endpoint>'],
    [scratch, '<scratch>'],
  ])
}, 120_000)

afterAll(async () => {
  await society.end()
  await rm(scratch, { recursive: true, force: true })
})

beforeEach(async () => {
  snapshot = await society.client.snapshot()
})
afterEach(async () => {
  await society.client.revert({ id: snapshot })
})

/** A path that was not used before. */
function fresh(name: string): string {
  places += 1
  return join(scratch, `${name}-${places}`)
}

interface Options {
  readonly environment?: string
  readonly version?: Hex
  readonly schemas?: readonly number[]
  readonly marks?: string
  readonly changes?: Partial<Trust>
}

/** A new mark each time, since every test takes back what the last one did. */
function ask(version: Pick<TestVersion, 'directory' | 'model'>, options: Options = {}): Promise<Receipt> {
  const { changes, environment = 'production', marks = fresh('marks'), ...more } = options
  const { directory, model: name } = version
  return verify({
    artifact: directory,
    model: name,
    environment,
    marks,
    trust: { ...trust, ...changes },
    ...more,
  })
}

const refused = (
  version: Pick<TestVersion, 'directory' | 'model'>,
  options: Options = {},
): Promise<Refusal> => refusalOf(ask(version, options), names)

const contracts = () => society.kedge.deployment.contracts
const order = (version: TestVersion, environment: Hex = production) =>
  ({
    model: modelIdOf(version.model),
    environment,
    version: version.id,
    trigger: 'SafetyRisk',
    reason: anyDigest,
  }) as const
const back = (from: TestVersion, environment: Hex = production) =>
  ({
    model: modelIdOf(from.model),
    environment,
    from: from.id,
    trigger: 'SafetyRisk',
    reason: anyDigest,
  }) as const

describe('the live version', () => {
  it('gets a receipt, with a claim and without', async () => {
    const receipt = await ask(second)
    expect(parseReceipt(receipt)).toBe(receipt)
    const { kedge } = receipt.predicate
    const block = expect.objectContaining({ hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) })
    expect(kedge).toEqual({
      mode: 'call',
      chainId: trust.chainId,
      registry: trust.registry.address,
      model,
      environment: 'production',
      version: second.id,
      number: 2,
      label: '2.0.0',
      sequence: kedge.sequence,
      finalized: block,
      latest: block,
      endpoints: { asked: 1, agreed: 1 },
      missingSchemas: [],
    })
    const header = await society.client.getBlock({ blockTag: 'finalized' })
    expect(kedge.finalized).toEqual({
      number: `${header.number}`,
      hash: header.hash,
      timestamp: `${header.timestamp}`,
    })
    expect(receipt.subject).toEqual([
      { name: model, digest: { sha256: second.identity.artifactDigest.slice(2) } },
    ])

    const unnamed = await ask(second, { version: second.id })
    expect(unnamed.predicate.kedge.version).toBe(second.id)
    expect((await ask(third, { environment: 'staging' })).predicate.kedge.number).toBe(3)
    expect((await ask(second, { environment: production })).predicate.kedge.version).toBe(second.id)
  })
})

describe('the chain says no', () => {
  it('to a model or a version that it does not know', async () => {
    expect(await refused({ directory: join(scratch, 'nothing'), model: 'other' })).toMatchInlineSnapshot(`
      {
        "code": "NOT_REGISTERED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 0,
          "version": "<none>",
        },
      }
    `)
    const directory = join(scratch, 'unknown')
    const unknown = await makeVersion(society, { model, label: '9.0.0', directory })
    names.set(unknown.id, '<unknown>')
    expect(await refused(unknown)).toMatchInlineSnapshot(`
      {
        "code": "NOT_REGISTERED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 0,
          "version": "<unknown>",
        },
      }
    `)
  })

  it('to a version that was not approved so far', async () => {
    expect(await refused(third)).toMatchInlineSnapshot(`
      {
        "code": "NOT_APPROVED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 3,
          "required": "Production",
          "stage": "Staging",
          "version": "<third>",
        },
      }
    `)
  })

  it('in an environment that there is not', async () => {
    expect(await refused(second, { environment: 'nowhere' })).toMatchInlineSnapshot(`
      {
        "code": "STAGE_MISMATCH",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 2,
          "version": "<second>",
        },
      }
    `)
  })

  it('at once to a halted version, and again yes only when its resumption is final', async () => {
    await society.act('Emil Novak', haltCall(contracts(), order(second), 'SystemOperator'))
    expect(await refused(second)).toMatchInlineSnapshot(`
      {
        "code": "HALTED",
        "facts": {
          "block": "<block>",
          "by": "SystemOperator",
          "endpoint": "<endpoint>",
          "number": 2,
          "since": "<since>",
          "version": "<second>",
        },
      }
    `)
    await finalize(society)
    await endHalt(society, 'Emil Novak', order(second), 'SystemOperator')
    expect(await refused(second)).toMatchInlineSnapshot(`
      {
        "code": "NOT_FINAL",
        "facts": {
          "finalizedBlock": "<finalizedBlock>",
          "finalizedSays": "HALTED",
        },
      }
    `)
    await finalize(society)
    await expect(ask(second)).resolves.toMatchObject({ predicate: { verificationResult: 'PASSED' } })
  })

  it('at once to a version that was rolled back, and at once yes to the one that it went back to', async () => {
    await society.act(
      'Emil Novak',
      rollbackCall(contracts(), { ...back(second), to: first.id }, 'SystemOperator'),
    )
    expect(await refused(second)).toMatchInlineSnapshot(`
      {
        "code": "ROLLED_BACK",
        "facts": {
          "active": "<first>",
          "block": "<block>",
          "condemnedFrom": "<condemnedFrom>",
          "endpoint": "<endpoint>",
          "number": 2,
          "version": "<second>",
        },
      }
    `)
    await expect(ask(first)).resolves.toMatchObject({ predicate: { kedge: { version: first.id } } })
  })

  it('to a version that was withdrawn, and to whatever else may lie there', async () => {
    await society.act('Emil Novak', withdrawCall(contracts(), back(second), 'SystemOperator'))
    expect((await refused(second)).code).toBe('ROLLED_BACK')
    const { directory } = await copyVersion(second, join(scratch, 'withdrawn'))
    await rm(besideOf(directory).manifest)
    expect(await refused({ directory, model })).toMatchInlineSnapshot(`
      {
        "code": "NOT_ACTIVE",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 0,
          "since": "<since>",
          "version": "<none>",
          "withdrawn": 2,
        },
      }
    `)
  })

  it('where the RAIO withdrew what was active', async () => {
    await society.act('Ada Osei', withdrawCall(contracts(), back(second), 'ResponsibleAIOfficer'))
    const { directory } = await copyVersion(second, join(scratch, 'withdrawn-by-raio'))
    await rm(besideOf(directory).manifest)
    expect(await refused({ directory, model })).toMatchInlineSnapshot(`
      {
        "code": "NOT_ACTIVE",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 0,
          "since": "<since>",
          "version": "<none>",
          "withdrawn": 2,
          "withdrawnBy": "ResponsibleAIOfficer",
        },
      }
    `)
  })

  it('to a retired version', async () => {
    const ended = await makeVersion(society, { model, label: '5.0.0', directory: fresh('ended') })
    names.set(ended.id, '<ended>')
    await anchor(society, ended, 'Development')
    const ending = { alternatives: [], document: anyDigest }
    await society.act('Ada Osei', retireCall(contracts(), ended.identity, ending))
    expect(await refused(ended)).toMatchInlineSnapshot(`
      {
        "code": "RETIRED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 5,
          "version": "<ended>",
        },
      }
    `)
  })

  it('to a version whose bytes are released from retention', async () => {
    await expect(ask(released)).rejects.toMatchObject({
      code: 'RETIRED',
      message: 'the version’s bytes are released from retention',
    })
  })

  it('to a version of another model', async () => {
    const { directory } = await copyVersion(second, fresh('mixed'))
    await rm(besideOf(directory).manifest)
    expect(await refused({ directory, model: 'letters' }, { version: second.id })).toMatchInlineSnapshot(`
      {
        "code": "NOT_REGISTERED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 2,
          "version": "<second>",
        },
      }
    `)
  })

  it('to every version of a model that the Assembly has suspended', async () => {
    expect(await refused(suspended)).toMatchInlineSnapshot(`
      {
        "code": "MODEL_SUSPENDED",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 1,
          "version": "<suspended>",
        },
      }
    `)
  })

  it('to every version of a model that has moved to another registry', async () => {
    await expect(ask(moved)).rejects.toMatchObject({
      code: 'MODEL_SUSPENDED',
      message: 'the Assembly has moved the model to another registry',
      remedy: expect.stringMatching(/^Ask the registry that it moved to/),
    })
  })

  it('to a version that was replaced, and where nothing is active', async () => {
    expect(await refused(first)).toMatchInlineSnapshot(`
      {
        "code": "NOT_ACTIVE",
        "facts": {
          "active": "<second>",
          "activeNumber": 2,
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 1,
          "version": "<first>",
        },
      }
    `)
    expect(await refused(second, { environment: 'ward-3' })).toMatchInlineSnapshot(`
      {
        "code": "NOT_ACTIVE",
        "facts": {
          "block": "<block>",
          "endpoint": "<endpoint>",
          "number": 2,
          "version": "<second>",
        },
      }
    `)
  })

  it('before it looks at the bytes', async () => {
    const { directory } = await copyVersion(second, join(scratch, 'broken'))
    await rm(join(directory, 'schema.json'))
    await society.act('Emil Novak', haltCall(contracts(), order(second), 'SystemOperator'))
    expect((await refused({ directory, model })).code).toBe('HALTED')
  })
})

describe('finality', () => {
  it('is waited for by a fresh activation', async () => {
    await society.act('Emil Novak', activateCall(contracts(), second.identity, ward))
    expect(await refused(second, { environment: 'ward-3' })).toMatchInlineSnapshot(`
      {
        "code": "NOT_FINAL",
        "facts": {
          "finalizedBlock": "<finalizedBlock>",
          "finalizedSays": "NOT_ACTIVE",
        },
      }
    `)
    await finalize(society)
    await expect(ask(second, { environment: 'ward-3' })).resolves.toMatchObject({
      predicate: { kedge: { environment: 'ward-3' } },
    })
  })

  it('is waited for by a fresh promotion', async () => {
    await promote(society, third, 'Production', 'Production')
    expect(await refused(third)).toMatchInlineSnapshot(`
      {
        "code": "NOT_FINAL",
        "facts": {
          "finalizedBlock": "<finalizedBlock>",
          "finalizedSays": "NOT_APPROVED",
        },
      }
    `)
    expect((await refused(second)).code).toBe('NOT_ACTIVE')
  })

  it('is waited for by a version of which nothing was final', async () => {
    const latest = await makeVersion(society, { model, label: '6.0.0', directory: fresh('latest') })
    await anchor(society, latest, 'Production')
    expect((await refused(latest)).facts['finalizedSays']).toBe('NOT_REGISTERED')
  })

  /** The first version runs in the ward for the hour that Low risk soaks, and is replaced by the second. */
  async function proveFirst(): Promise<void> {
    await society.act('Emil Novak', activateCall(contracts(), first.identity, ward))
    await society.pass(3600)
    await society.act('Emil Novak', activateCall(contracts(), second.identity, ward))
  }
  const inWard = { environment: 'ward-3', changes: { maximumAge: 7200 } } as const

  it('is not waited for by a rollback’s target that was one when it was final', async () => {
    await proveFirst()
    await finalize(society)
    const order = { ...back(second, ward), to: first.id }
    await society.act('Emil Novak', rollbackCall(contracts(), order, 'SystemOperator'))
    await expect(ask(first, inWard)).resolves.toBeDefined()
  })

  it('is not waited for either where the version before was withdrawn', async () => {
    await proveFirst()
    await society.act('Emil Novak', withdrawCall(contracts(), back(second, ward), 'SystemOperator'))
    await finalize(society)
    const { from: _, ...order } = back(second, ward)
    await society.act(
      'Ada Osei',
      rollbackCall(contracts(), { ...order, to: first.id }, 'ResponsibleAIOfficer'),
    )
    await expect(ask(first, inWard)).resolves.toBeDefined()
  })

  it('is waited for by a target that became one only since', async () => {
    await proveFirst()
    const order = { ...back(second, ward), to: first.id }
    await society.act('Emil Novak', rollbackCall(contracts(), order, 'SystemOperator'))
    expect((await refused(first, inWard)).code).toBe('NOT_FINAL')
  })
})

describe('schemas', () => {
  it('that the environment requires and the version lacks are a no, at once', async () => {
    await addSchema(society, model)
    const need = { model: modelIdOf(model), environment: production, schemas: 0b11n, document: anyDigest }
    await society.act('Ada Osei', requireSchemasCall(contracts(), need))
    expect(await refused(second)).toMatchInlineSnapshot(`
      {
        "code": "INCOMPATIBLE",
        "facts": {
          "missing": [
            "1",
          ],
          "version": "<second>",
        },
      }
    `)
  })

  it('that the system does not need are its degradation plan’s part', async () => {
    await addSchema(society, model)
    const need = { model: modelIdOf(model), environment: production, schemas: 0b11n, document: anyDigest }
    await society.act('Ada Osei', requireSchemasCall(contracts(), need))
    await finalize(society)
    expect((await ask(second, { schemas: [0] })).predicate.kedge.missingSchemas).toEqual([1])
    expect((await ask(second, { schemas: [] })).predicate.kedge.missingSchemas).toEqual([1])
    expect((await refused(second, { schemas: [0, 1] })).facts['missing']).toEqual(['1'])
    expect((await refused(second, { schemas: [7] })).facts['missing']).toEqual(['7'])
  })

  it('are looked at after the bytes', async () => {
    const { directory } = await copyVersion(second, join(scratch, 'incompatible'))
    await writeFile(join(directory, 'schema.json'), '{}')
    expect((await refused({ directory, model }, { schemas: [7] })).code).toBe('DIGEST_MISMATCH')
  })
})

describe('while the bytes are read', () => {
  /** Serves document A, and first does something on the chain: what happens between the two looks. */
  async function meanwhile(act: () => Promise<unknown>, options: Options = {}): Promise<string> {
    const copy = await copyVersion(second, fresh('meanwhile'))
    await rm(besideOf(copy.directory).artifact)
    const gateway = await startServer(async (_, response) => {
      await act()
      response.end(second.statement)
    })
    try {
      const receipt = await ask(copy, { ...options, changes: { gateways: [gateway.url] } })
      return receipt.predicate.verificationResult
    } catch (error) {
      return (error as { readonly code: string }).code
    } finally {
      await gateway.close()
    }
  }

  it('nothing happens, and it passes', async () => {
    expect(await meanwhile(() => society.client.mine({ blocks: 1 }))).toBe('PASSED')
  })

  it('the version is halted', async () => {
    const halt = haltCall(contracts(), order(second), 'SystemOperator')
    expect(await meanwhile(() => society.act('Emil Novak', halt))).toBe('HALTED')
  })

  it('the version is halted, but it had been incompatible before', async () => {
    const halt = haltCall(contracts(), order(second), 'SystemOperator')
    expect(await meanwhile(() => society.act('Emil Novak', halt), { schemas: [7] })).toBe('INCOMPATIBLE')
  })

  it('another version becomes active', async () => {
    expect(await meanwhile(() => promote(society, third, 'Production', 'Production'))).toBe('NOT_ACTIVE')
  })

  it('a schema is required that it lacks', async () => {
    const need = { model: modelIdOf(model), environment: production, schemas: 0b11n, document: anyDigest }
    const act = async () => {
      await addSchema(society, model)
      await society.act('Ada Osei', requireSchemasCall(contracts(), need))
    }
    expect(await meanwhile(act)).toBe('INCOMPATIBLE')
  })
})

describe('the mark', () => {
  it('refuses a chain that went back behind what was final', async () => {
    const marks = join(scratch, 'marks', 'kept')
    const before = await society.client.snapshot()
    await society.act('Emil Novak', haltCall(contracts(), order(second), 'SystemOperator'))
    await endHalt(society, 'Emil Novak', order(second), 'SystemOperator')
    await finalize(society)
    const { sequence } = (await ask(second, { marks })).predicate.kedge
    await society.client.revert({ id: before })
    expect(await refused(second, { marks })).toEqual({
      code: 'SEQUENCE_REGRESSED',
      facts: { sequence: `${Number(sequence) - 2}`, seen: sequence },
    })
    await expect(ask(second)).resolves.toMatchObject({ predicate: { verificationResult: 'PASSED' } })
  })

  it('remembers what was final while it said no', async () => {
    const marks = join(scratch, 'marks', 'denied')
    const before = await society.client.snapshot()
    await society.act('Emil Novak', haltCall(contracts(), order(second), 'SystemOperator'))
    await finalize(society)
    expect((await refused(second, { marks })).code).toBe('HALTED')
    await society.client.revert({ id: before })
    expect((await refused(second, { marks })).code).toBe('SEQUENCE_REGRESSED')
  })

  it('is told by the trust policy to machines that keep no disk', async () => {
    const { sequence } = (await ask(second)).predicate.kedge
    const least = (value: number) => ({ changes: { minimumSequence: { [model]: value, letters: 1000 } } })
    await expect(ask(second, least(Number(sequence)))).resolves.toBeDefined()
    expect((await refused(second, least(Number(sequence) + 1))).code).toBe('SEQUENCE_REGRESSED')
  })

  it('that cannot be kept is a reason to doubt a yes, and none to hide a no', async () => {
    const marks = join(scratch, 'marks-file')
    await writeFile(marks, '')
    names.set(marks, '<marks>')
    expect((await refused(second, { marks })).code).toBe('UNAVAILABLE')
    expect((await refused(first, { marks })).code).toBe('NOT_ACTIVE')
    const taken = join(scratch, 'marks-taken')
    await society.act('Emil Novak', haltCall(contracts(), order(second), 'SystemOperator'))
    expect((await refused(second, { marks })).code).toBe('HALTED')
    expect((await refused(second, { marks: taken })).code).toBe('HALTED')
    expect(await readFile(marks, 'utf8')).toBe('')
  })
})

describe('the question', () => {
  it.each<[string, object]>([
    ['no name of a model', { model: '' }],
    ['a model named in two lines', { model: 'a\nb' }],
    ['half a character', { environment: '\uD800' }],
    ['half a version id', { version: '0x12' }],
    ['a schema that there cannot be', { schemas: [256] }],
  ])('cannot be understood with %s', async (_, changes) => {
    const question = { artifact: second.directory, model, environment: 'production', trust, ...changes }
    await expect(verify(question)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('may name a model like anything in JavaScript', async () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect((await refused({ directory: second.directory, model: name })).code).toBe('NOT_REGISTERED')
    }
  })

  it('rests on a trust policy that makes sense', async () => {
    expect(await refused(second, { changes: { agree: 2 } })).toMatchInlineSnapshot(`
      {
        "code": "POLICY_INVALID",
        "facts": {
          "problems": [
            "agree: must not be larger than the number of endpoints",
          ],
        },
      }
    `)
  })

  it('may be taken back', async () => {
    const abort = new AbortController()
    abort.abort(new Error('enough'))
    const question = {
      artifact: second.directory,
      model,
      environment: 'production',
      trust,
      signal: abort.signal,
    }
    await expect(verify(question)).rejects.toThrow('enough')
  })
})
