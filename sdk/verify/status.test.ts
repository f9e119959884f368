import { describe, expect, it } from 'vitest'
import { none } from '../chain/ids.ts'
import { KedgeError } from '../errors/index.ts'
import type { ChainView } from './chainView.ts'
import { denialOf, judge } from './status.ts'
import {
  asked,
  bytes32,
  finalOf,
  nothingActive,
  now,
  other,
  othersActive,
  type ProvenanceChanges,
  provenanceOf,
  sampleTrust,
  sightingOf,
} from './testing/samples.ts'

const trust = sampleTrust()
const halted: ProvenanceChanges = { active: { haltedBy: 5, timer: now - 50 } }
/** The version that is asked for is there, and not active. */
const noneActive: ProvenanceChanges = { active: { version: bytes32('00'), number: 0 } }
const condemned: ProvenanceChanges = { ...othersActive, version: { condemnedFrom: now - 50 } }

/** The RAIO withdrew what was active: the word of the chain names the RAIO where it otherwise names who halted. */
const withdrawn: ProvenanceChanges = {
  ...nothingActive,
  active: { version: none, number: 0, haltedBy: 2, previous: 4, since: now - 50 },
}

/** One could roll back to the version that is asked for. */
const eligible: ProvenanceChanges = { ...othersActive, version: { target: true } }

describe('denialOf', () => {
  it.each<[string, ProvenanceChanges, string | undefined]>([
    ['the active version', {}, undefined],
    ['a model that there is not', { modelState: 0, ...nothingActive, requiredStage: 0 }, 'NOT_REGISTERED'],
    [
      'a version that there is not',
      { version: { belongs: false, number: 0, stage: 0 }, requiredStage: 0 },
      'NOT_REGISTERED',
    ],
    ['a version that is not so far', { version: { stage: 3 } }, 'NOT_APPROVED'],
    ['a halted one that is not so far either', { ...halted, version: { stage: 3 } }, 'NOT_APPROVED'],
    [
      'an environment that there is not',
      { requiredStage: 0, modelState: 2, ...othersActive },
      'STAGE_MISMATCH',
    ],
    ['a halted version', { ...halted, version: { condemnedFrom: 1 } }, 'HALTED'],
    ['a version beside a halted one', { active: { version: other, haltedBy: 5 } }, 'NOT_ACTIVE'],
    ['a condemned version', { version: { condemnedFrom: 1, stage: 5 } }, 'ROLLED_BACK'],
    ['one that will be condemned', { version: { condemnedFrom: now + 86_400 } }, 'ROLLED_BACK'],
    ['a retired version', { version: { stage: 5 }, modelState: 2 }, 'RETIRED'],
    ['a version of another model', { version: { belongs: false }, ...othersActive }, 'NOT_REGISTERED'],
    ['a released version', { version: { released: true }, ...othersActive }, 'RETIRED'],
    ['a suspended model', { modelState: 2, ...othersActive }, 'MODEL_SUSPENDED'],
    ['a model that moved', { modelState: 3 }, 'MODEL_SUSPENDED'],
    ['another version', othersActive, 'NOT_ACTIVE'],
    ['nothing active, and nothing asked for', nothingActive, 'NOT_ACTIVE'],
    ['nothing active', noneActive, 'NOT_ACTIVE'],
    ['nothing active since the RAIO withdrew it', withdrawn, 'NOT_ACTIVE'],
    ['a version where the RAIO withdrew another', { active: withdrawn.active ?? {} }, 'NOT_ACTIVE'],
    [
      'the version that the RAIO withdrew',
      { active: withdrawn.active ?? {}, version: { condemnedFrom: now - 50 } },
      'ROLLED_BACK',
    ],
  ])('of %s', (_, changes, code) => {
    expect(denialOf(provenanceOf(changes), { active: true })?.code).toBe(code)
  })

  it('lets a version that could run pass where being active does not matter', () => {
    expect(denialOf(provenanceOf(othersActive), { active: false })).toBeUndefined()
    expect(denialOf(provenanceOf(condemned), { active: false })?.code).toBe('ROLLED_BACK')
  })

  it.each<[string, ProvenanceChanges, string, RegExp]>([
    ['another version is active', condemned, 'ROLLED_BACK', /^Load the version that is active now\.$/],
    [
      'the condemned one is active here itself',
      { version: { condemnedFrom: now - 50 } },
      'ROLLED_BACK',
      /still the active one here.*stop serving it.*until another version/,
    ],
    [
      'nothing is active',
      { ...noneActive, version: { condemnedFrom: now - 50 } },
      'ROLLED_BACK',
      /^Nothing is active here: stop serving it/,
    ],
    ['a retired one was replaced', { ...othersActive, version: { stage: 5 } }, 'RETIRED', /active now/],
    ['a retired one has no successor', { ...noneActive, version: { stage: 5 } }, 'RETIRED', /^Nothing/],
    ['another one is asked for', othersActive, 'NOT_ACTIVE', /^Load the version that is active now\.$/],
    ['there is no such model', { modelState: 0 }, 'NOT_REGISTERED', /^Check the name of the model/],
    ['there is no such version', { version: { number: 0 } }, 'NOT_REGISTERED', /^Register the version/],
    ['it is another model’s', { version: { belongs: false } }, 'NOT_REGISTERED', /^Name the model/],
    ['the model is suspended', { modelState: 2 }, 'MODEL_SUSPENDED', /^Stop serving it until/],
    ['the model has moved', { modelState: 3 }, 'MODEL_SUSPENDED', /^Ask the registry that it moved to/],
    ['there is no such environment', { requiredStage: 0 }, 'STAGE_MISMATCH', /^Check the name of the env/],
    ['none is active', noneActive, 'NOT_ACTIVE', /^Nothing is active/],
  ])('says what to do where %s', (_, changes, code, remedy) => {
    expect(denialOf(provenanceOf(changes), { active: true })).toMatchObject({
      code,
      remedy: expect.stringMatching(remedy),
    })
    const newest = ['one', 'two', 'three'].map(endpoint => sightingOf(changes, { endpoint }))
    expect(() => judge(viewOf({ newest }), { trust, least: 0n, now })).toThrow(
      expect.objectContaining({ code, remedy: expect.stringMatching(remedy) }),
    )
  })

  it('says what a person wants to know', () => {
    const facts = (changes: ProvenanceChanges) => denialOf(provenanceOf(changes), { active: true })?.facts
    expect(facts({ version: { stage: 2 } })).toMatchInlineSnapshot(`
      {
        "number": 2,
        "required": "Production",
        "stage": "Validation",
        "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      }
    `)
    const ended = { version: none, number: 0, previous: 4, since: now - 50 }
    expect(facts({ ...nothingActive, active: { ...ended, previous: 0, newest: 0 } })).toEqual({
      version: none,
      number: 0,
    })
    expect(facts({ ...nothingActive, active: ended })).toEqual({
      version: none,
      number: 0,
      withdrawn: 4,
      since: '2027-01-15T07:59:10.000Z',
    })
    expect(facts(withdrawn)).toEqual({
      version: none,
      number: 0,
      withdrawn: 4,
      withdrawnBy: 'ResponsibleAIOfficer',
      since: '2027-01-15T07:59:10.000Z',
    })
    expect(facts(halted)).toMatchInlineSnapshot(`
      {
        "by": "SystemOperator",
        "number": 2,
        "since": "2027-01-15T07:59:10.000Z",
        "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      }
    `)
    expect(facts(condemned)).toMatchInlineSnapshot(`
      {
        "active": "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "condemnedFrom": "2027-01-15T07:59:10.000Z",
        "number": 2,
        "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      }
    `)
    expect(facts(othersActive)).toMatchInlineSnapshot(`
      {
        "active": "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "activeNumber": 3,
        "number": 2,
        "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      }
    `)
  })
})

/** Three endpoints, two of which must agree, all of one opinion; unless a test says otherwise. */
function viewOf(changes: Partial<ChainView> = {}): ChainView {
  const newest = ['one', 'two', 'three'].map(name => sightingOf({}, { endpoint: `${name}.example` }))
  return { newest, finalized: finalOf(), doubt: undefined, ...changes }
}

/** The code that a view is refused with, or the version that it permits. */
function judged(view: ChainView, least = 0n): string {
  try {
    return judge(view, { trust, least, now }).version
  } catch (error) {
    if (error instanceof KedgeError) return error.code
    throw error
  }
}

const yes = sightingOf()
const unavailable = new KedgeError('RPC_UNAVAILABLE', 'nobody is there')

describe('judge', () => {
  it('permits what all see active', () => {
    const { newest, finalized } = viewOf()
    expect(judge(viewOf(), { trust, least: 7n, now })).toEqual({
      version: asked,
      finalized,
      provenance: finalized?.provenance,
      current: newest,
      oldest: newest[0]?.block,
    })
  })

  it.each<[string, ProvenanceChanges, string]>([
    ['a halt', halted, 'HALTED'],
    ['a rollback', condemned, 'ROLLED_BACK'],
    ['a retirement', { version: { stage: 5 } }, 'RETIRED'],
    ['a suspension', { modelState: 2 }, 'MODEL_SUSPENDED'],
    ['a move', { modelState: 3 }, 'MODEL_SUSPENDED'],
  ])('denies for %s that one of three saw, whatever the others do', (_, changes, code) => {
    const [two, three] = [yes, yes]
    expect(judged(viewOf({ newest: [two, three, sightingOf(changes)] }))).toBe(code)
    // Further than the others, or behind them, but not behind what is final.
    expect(judged(viewOf({ newest: [two, three, sightingOf(changes, { number: 150n })] }))).toBe(code)
    expect(judged(viewOf({ newest: [two, three, sightingOf(changes, { number: 41n })] }))).toBe(code)
    // Old by the clock: unless something newer is final, nobody knows better.
    const old = sightingOf(changes, { number: 50n, age: 700, fresh: false })
    expect(judged(viewOf({ newest: [two, three, old] }))).toBe(code)
    // The only one that answered.
    const alone = { newest: [sightingOf(changes)], finalized: undefined, doubt: unavailable }
    expect(judged(viewOf(alone))).toBe(code)
    // On a chain that a majority calls further than it is.
    const ahead = finalOf(
      { sequence: 9n },
      { block: { number: 200n, hash: bytes32('09'), timestamp: BigInt(now) } },
    )
    expect(judged(viewOf({ newest: [two, three, sightingOf(changes)], finalized: ahead }))).toBe(code)
    expect(judged(viewOf({ newest: [two, three, sightingOf(changes)] }), 99n)).toBe(code)
  })

  it('passes over an old denial that something final has overtaken', () => {
    const resumed = sightingOf(halted, { number: 39n, age: 900, fresh: false })
    expect(judged(viewOf({ newest: [yes, yes, resumed] }))).toBe(asked)
    const replayed = sightingOf({ ...halted, sequence: 6n }, { age: 900, fresh: false })
    expect(judged(viewOf({ newest: [yes, yes, replayed] }), 7n)).toBe(asked)
  })

  it('tells the first code when endpoints deny for different reasons', () => {
    const newest = [sightingOf({ modelState: 2 }), sightingOf(condemned), sightingOf(halted)]
    expect(judged(viewOf({ newest }))).toBe('HALTED')
  })

  it('tells its doubts before denials that may only be old', () => {
    const newest = [sightingOf(othersActive)]
    expect(judged(viewOf({ newest, finalized: undefined, doubt: unavailable }))).toBe('RPC_UNAVAILABLE')
    const stale = sightingOf(othersActive, { fresh: false, age: 900 })
    expect(judged(viewOf({ newest: [stale, stale, stale] }))).toBe('STALE_VIEW')
  })

  it('denies for what one of three sees, once enough answer', () => {
    expect(judged(viewOf({ newest: [yes, yes, sightingOf(othersActive)] }))).toBe('NOT_ACTIVE')
    expect(judged(viewOf({ newest: [yes, yes, sightingOf({ requiredStage: 0 })] }))).toBe('STAGE_MISMATCH')
  })

  it('does not let old blocks say yes', () => {
    const old = sightingOf({}, { age: 61, fresh: false })
    expect(judged(viewOf({ newest: [yes, old, old] }))).toBe('STALE_VIEW')
    expect(judged(viewOf({ newest: [yes, yes, old] }))).toBe(asked)
    const older = sightingOf({ sequence: 6n }, { age: 61, fresh: false })
    expect(judged(viewOf({ newest: [yes, older, older] }))).toBe('STALE_VIEW')
    // Nor no, unless someone decided it.
    const before = sightingOf(othersActive, { age: 61, fresh: false })
    expect(judged(viewOf({ newest: [yes, yes, before] }))).toBe(asked)
    const behind = sightingOf({}, { number: 39n })
    expect(judged(viewOf({ newest: [yes, behind, behind] }))).toBe('STALE_VIEW')
  })

  it('does not let views say yes that are older than one seen before', () => {
    const old = sightingOf({ sequence: 6n })
    expect(judged(viewOf({ newest: [yes, yes, yes] }), 8n)).toBe('SEQUENCE_REGRESSED')
    expect(judged(viewOf({ newest: [yes, old, old], finalized: finalOf({ sequence: 7n }) }))).toBe(
      'SEQUENCE_REGRESSED',
    )
    expect(judged(viewOf({ newest: [yes, yes, old] }), 7n)).toBe(asked)
    expect(judged(viewOf({ finalized: finalOf({ sequence: 6n }) }), 7n)).toBe('SEQUENCE_REGRESSED')
  })

  it('lets who contradicts what is final say no, and not yes', () => {
    const final = finalOf({ sequence: 50n })
    const sure = sightingOf({ sequence: 50n })
    expect(judged(viewOf({ newest: [sure, sure, yes], finalized: final }))).toBe(asked)
    expect(judged(viewOf({ newest: [sure, sure, sightingOf(othersActive)], finalized: final }))).toBe(
      'NOT_ACTIVE',
    )
    const names = { active: { version: other, number: 3 }, version: { id: other, number: 3 } }
    expect(judged(viewOf({ newest: [sure, sure, sightingOf(names)], finalized: final }))).toBe('RPC_DISAGREE')
    expect(judged(viewOf({ newest: [sure, yes, yes], finalized: final }))).toBe('SEQUENCE_REGRESSED')
  })

  it('does not choose when endpoints name different active versions', () => {
    const newer = { active: { version: other, number: 3 }, version: { id: other, number: 3 } }
    expect(judged(viewOf({ newest: [yes, yes, sightingOf(newer)] }))).toBe('RPC_DISAGREE')
    expect(judged(viewOf({ finalized: finalOf(newer) }))).toBe('RPC_DISAGREE')
  })

  it.each<[string, ProvenanceChanges | undefined, string]>([
    ['was not active', othersActive, 'NOT_FINAL'],
    ['was not registered', { version: { belongs: false, number: 0, stage: 0 } }, 'NOT_FINAL'],
    ['was halted', halted, 'NOT_FINAL'],
    ['was proven, and no target', { ...othersActive, version: { proven: true } }, 'NOT_FINAL'],
    ['was a target', { ...othersActive, version: { proven: true, target: true } }, asked],
    ['was a target where nothing was active', { ...noneActive, version: { target: true } }, asked],
    ['was a target of a suspended model', { ...eligible, modelState: 2 }, 'NOT_FINAL'],
    ['was a target of a model that moved', { ...eligible, modelState: 3 }, 'NOT_FINAL'],
    // The Lens calls none of these a target; an endpoint may.
    ['was condemned', { ...eligible, version: { target: true, condemnedFrom: now - 50 } }, 'NOT_FINAL'],
    ['was retired', { ...eligible, version: { target: true, stage: 5 } }, 'NOT_FINAL'],
    ['was released', { ...eligible, version: { target: true, released: true } }, 'NOT_FINAL'],
  ])('of a version that %s at the finalized block', (_, changes, expected) => {
    expect(judged(viewOf({ finalized: finalOf(changes) }))).toBe(expected)
  })

  it('waits until the contracts are final themselves', () => {
    expect(judged(viewOf({ finalized: { ...finalOf(), provenance: undefined } }))).toBe('NOT_FINAL')
  })

  it('says which endpoint denies, at which block, and why it is not final', () => {
    const facts = (view: ChainView) => {
      try {
        return judge(view, { trust, least: 0n, now })
      } catch (error) {
        return error instanceof KedgeError
          ? { code: error.code, message: error.message, facts: error.facts }
          : error
      }
    }
    expect(
      facts(viewOf({ newest: [yes, yes, sightingOf(halted, { endpoint: 'three.example' })] })),
    ).toMatchInlineSnapshot(`
      {
        "code": "HALTED",
        "facts": {
          "block": "100",
          "by": "SystemOperator",
          "endpoint": "three.example",
          "number": 2,
          "since": "2027-01-15T07:59:10.000Z",
          "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        },
        "message": "the version is halted",
      }
    `)
    expect(facts(viewOf({ finalized: finalOf(othersActive) }))).toMatchInlineSnapshot(`
      {
        "code": "NOT_FINAL",
        "facts": {
          "finalizedBlock": "40",
          "finalizedSays": "NOT_ACTIVE",
        },
        "message": "the newest block permits it, the finalized one does not yet: another version is active in this environment",
      }
    `)
  })
})
