import type { Hex } from 'viem'
import { none } from '../chain/ids.ts'
import { type Fact, KedgeError } from '../errors/index.ts'
import { modelStates, roles, stages } from '../policy/words.ts'
import type { Block, ChainView, FinalSighting, Provenance, Sighting } from './chainView.ts'
import type { Trust } from './trust.ts'

/** Why the chain says no, in the order in which it is told. */
const denials = [
  'NOT_REGISTERED',
  'NOT_APPROVED',
  'STAGE_MISMATCH',
  'HALTED',
  'ROLLED_BACK',
  'RETIRED',
  'MODEL_SUSPENDED',
  'NOT_ACTIVE',
] as const
type Denial = (typeof denials)[number]

/**
 * Denials that someone decided. One endpoint that saw it is enough, whatever the others say or do not say: the other
 * denials may only mean that the endpoint has not heard yet.
 */
const brakes: readonly Denial[] = ['HALTED', 'ROLLED_BACK', 'RETIRED', 'MODEL_SUSPENDED']

const retired = stages.indexOf('Retired')
const [unknown, suspended, moved] = (['None', 'Suspended', 'Moved'] as const).map(name =>
  modelStates.indexOf(name),
)

/**
 * Why the chain, at one block, says that a version may not run in an environment: the first that holds.
 *
 * @param provenance - What the Lens says of the version and the environment.
 * @param options.active - Whether the version must be the active one; without it one learns whether it could be.
 * @returns An error of class `not-permitted`: `NOT_REGISTERED`, `NOT_APPROVED`, `STAGE_MISMATCH`, `HALTED`,
 * `ROLLED_BACK`, `RETIRED`, `MODEL_SUSPENDED` or `NOT_ACTIVE`. Undefined when the version may run.
 *
 * @example
 * ```ts
 * const denial = denialOf(provenance, { active: true })
 * if (denial !== undefined) throw denial
 * ```
 */
export function denialOf(
  provenance: Provenance,
  options: { readonly active: boolean },
): KedgeError | undefined {
  const { version, active, requiredStage, modelState } = provenance
  const deny = (code: Denial, detail: string, facts: Readonly<Record<string, Fact>> = {}) =>
    new KedgeError(
      code,
      detail,
      { version: version.id, number: version.number, ...facts },
      { remedy: remedyOf(code, provenance) },
    )
  const named = version.id !== none

  if (modelState === unknown) return deny('NOT_REGISTERED', 'the registry knows no such model')
  if (named && version.number === 0) return deny('NOT_REGISTERED', 'the registry knows no such version')
  if (named && !version.belongs) return deny('NOT_REGISTERED', 'it is no version of this model')
  if (named && version.stage < requiredStage) {
    return deny('NOT_APPROVED', 'the version has not reached the stage that the environment requires', {
      stage: stages[version.stage] ?? version.stage,
      required: stages[requiredStage] ?? requiredStage,
    })
  }
  if (requiredStage === 0) return deny('STAGE_MISMATCH', 'there is no such environment')
  // Where nothing is active, whom the word names as the halter did not halt but withdraw.
  if (named && version.id === active.version && active.haltedBy !== 0) {
    return deny('HALTED', 'the version is halted', {
      by: roles[active.haltedBy] ?? active.haltedBy,
      since: timeOf(active.timer),
    })
  }
  if (version.condemnedFrom !== 0) {
    return deny('ROLLED_BACK', 'the version was rolled back', {
      condemnedFrom: timeOf(version.condemnedFrom),
      active: active.version,
    })
  }
  if (version.stage === retired) return deny('RETIRED', 'the version is retired')
  if (version.released) return deny('RETIRED', 'the version’s bytes are released from retention')
  if (modelState === suspended) return deny('MODEL_SUSPENDED', 'the Assembly has suspended the model')
  if (modelState === moved) {
    return deny('MODEL_SUSPENDED', 'the Assembly has moved the model to another registry')
  }
  if (active.version === none) {
    return options.active ? deny('NOT_ACTIVE', 'nothing is active here', withdrawalOf(active)) : undefined
  }
  if (options.active && version.id !== active.version) {
    return deny('NOT_ACTIVE', 'another version is active in this environment', {
      active: active.version,
      activeNumber: active.number,
    })
  }
  return undefined
}

/** Why nothing is active; who withdrew it is on the word only where it was the RAIO or a committee. */
function withdrawalOf({ newest, previous, haltedBy, since }: Provenance['active']): Record<string, Fact> {
  if (newest === 0) return {}
  const withdrawn = { withdrawn: previous, since: timeOf(since) }
  return haltedBy === 0 ? withdrawn : { ...withdrawn, withdrawnBy: roles[haltedBy] ?? haltedBy }
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

/** What to load instead depends on what is active; where nothing else is to be said, the code's own remedy stands. */
function remedyOf(code: Denial, { version, active, modelState }: Provenance): string | undefined {
  if (code === 'NOT_REGISTERED' && modelState === unknown) {
    return 'Check the name of the model: it is taken letter by letter.'
  }
  if (code === 'NOT_REGISTERED' && version.number !== 0) {
    return 'Name the model that it is a version of.'
  }
  if (code === 'MODEL_SUSPENDED' && modelState === moved) {
    return 'Ask the registry that it moved to: kedge history names it. Trust that one’s deployment instead.'
  }
  if (code === 'STAGE_MISMATCH') {
    return 'Check the name of the environment; the Assembly adds environments.'
  }
  if (code !== 'ROLLED_BACK' && code !== 'RETIRED' && code !== 'NOT_ACTIVE') return undefined
  if (active.version === none) return 'Nothing is active here: stop serving it, and wait for an activation.'
  if (active.version !== version.id) return 'Load the version that is active now.'
  return 'It is still the active one here: stop serving it, and wait until another version replaces it.'
}

/** A view that permits a version. */
export interface Permission {
  readonly version: Hex
  readonly finalized: FinalSighting
  /** What the finalized block says. */
  readonly provenance: Provenance
  /** What every newest block says that is fresh and not outdated. */
  readonly current: readonly Sighting[]
  /** Of the newest blocks on which the yes rests, the oldest. */
  readonly oldest: Block
}

/**
 * Judges a view. A yes needs the finalized block and `agree` newest ones; the newest of any endpoint alone suffices
 * for a no. A version that became active since the finalized block waits, unless it could have been a rollback's
 * target there: going back must not wait for finality.
 *
 * @param view - What the endpoints said.
 * @param terms.trust - How many must agree, and how old a block may be.
 * @param terms.least - The least sequence to accept: the highest that was final before.
 * @param terms.now - Seconds since 1970-01-01 UTC, for the message.
 * @returns What the yes rests on.
 * @throws KedgeError with a code from `WRONG_NETWORK` to `NOT_ACTIVE`.
 *
 * @example
 * ```ts
 * const { version } = judge(view, { trust, least: 0n, now: Math.floor(Date.now() / 1000) })
 * ```
 */
export function judge(
  view: ChainView,
  terms: { readonly trust: Trust; readonly least: bigint; readonly now: number },
): Permission {
  const { newest, finalized, doubt } = view
  const { trust, least } = terms

  const heard = newest.filter(sighting => sighting.fresh || !isOutdated(sighting, view, least))
  throwFirst(heard, code => brakes.includes(code))

  if (doubt !== undefined || finalized === undefined) {
    throw doubt ?? new KedgeError('RPC_UNAVAILABLE', 'there is no finalized block to speak of')
  }
  if (newest.filter(({ fresh }) => fresh).length < trust.agree) throw stale(newest, terms)
  const current = newest.filter(sighting => sighting.fresh && !isOutdated(sighting, view, least))
  const sequence = finalized.provenance?.sequence ?? 0n
  const floor = sequence > least ? sequence : least
  const voices = current.filter(({ provenance }) => provenance.sequence >= floor)
  if (sequence < least || voices.length < trust.agree) {
    const shown = [sequence, ...newest.map(({ provenance }) => provenance.sequence)]
    const lowest = shown.reduce((a, b) => (a < b ? a : b))
    if (lowest >= floor) throw stale(newest, terms)
    throw new KedgeError('SEQUENCE_REGRESSED', `sequence ${lowest} is shown, ${floor} was seen before`, {
      sequence: lowest.toString(),
      seen: floor.toString(),
    })
  }

  // Whoever contradicts what is final can say no, and not yes.
  throwFirst(current, () => true)
  const version = oneVersion(current, finalized.provenance)
  const { provenance, block } = finalized
  const denial = provenance && denialOf(provenance, { active: !provenance.version.target })
  if (provenance !== undefined && denial === undefined) {
    const oldest = voices.map(voice => voice.block).reduce((a, b) => (a.number < b.number ? a : b))
    return { version, finalized, provenance, current, oldest }
  }
  throw new KedgeError(
    'NOT_FINAL',
    `the newest block permits it, the finalized one does not yet: ${denial?.message ?? 'the contracts were not there'}`,
    {
      finalizedBlock: block.number.toString(),
      finalizedSays: denial?.code ?? 'NOT_REGISTERED',
    },
    { cause: denial },
  )
}

/** What it shows was overtaken by something that is final. */
function isOutdated({ block, provenance }: Sighting, view: ChainView, least: bigint): boolean {
  if (provenance.sequence < least) return true
  return view.finalized !== undefined && block.number < view.finalized.block.number
}

/** Throws, of all that the newest blocks deny, what comes first in the order of the codes. */
function throwFirst(sightings: readonly Sighting[], counts: (code: Denial) => boolean): void {
  const found = sightings.flatMap(({ provenance, block, endpoint }) => {
    const denial = denialOf(provenance, { active: true })
    if (denial === undefined) return []
    const facts = { ...denial.facts, block: block.number.toString(), endpoint }
    return [new KedgeError(denial.code, denial.message, facts, { remedy: denial.remedy })]
  })
  for (const code of denials.filter(counts)) {
    const denial = found.find(error => error.code === code)
    if (denial !== undefined) throw denial
  }
}

function stale(
  newest: readonly Sighting[],
  terms: { readonly trust: Trust; readonly now: number },
): KedgeError {
  const { trust, now } = terms
  const { block } = newest.reduce((a, b) => (a.block.timestamp > b.block.timestamp ? a : b))
  const fresh = newest.filter(sighting => sighting.fresh).length
  return new KedgeError(
    'STALE_VIEW',
    `${fresh} of ${newest.length} endpoints show a newest block of the last ${trust.maximumAge} seconds, ${trust.agree} are needed`,
    {
      block: block.number.toString(),
      timestamp: block.timestamp.toString(),
      now,
      maximumAge: trust.maximumAge,
    },
  )
}

/** The one version that all speak of. */
function oneVersion(current: readonly Sighting[], final: Provenance | undefined): Hex {
  const ids = new Set(current.map(({ provenance }) => provenance.version.id))
  if (final !== undefined) ids.add(final.version.id)
  const [id] = ids
  if (id !== undefined && ids.size === 1) return id
  throw new KedgeError('RPC_DISAGREE', 'the endpoints name different active versions', { versions: [...ids] })
}
