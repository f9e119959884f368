import type { Hex } from 'viem'
import { none } from '../chain/ids.ts'
import { KedgeError } from '../errors/index.ts'
import { roles, stages } from '../policy/words.ts'
import type { ChainView, Provenance } from './chainView.ts'

const retired = stages.indexOf('Retired')

/**
 * Whether the chain, at one block, says that this version may run in this environment: a list of checks, each with
 * its own code. Being active comes last; without it one learns whether the version is eligible at all.
 *
 * @throws KedgeError of class `not-permitted`.
 */
export function checkStatus(provenance: Provenance, options: { readonly active: boolean }): void {
  const { version, active } = provenance
  const facts = { version: version.id, number: version.number, block: provenance.blockNumber.toString() }
  const refuse = (code: Parameters<typeof deny>[0], detail: string, more = {}) =>
    deny(code, detail, { ...facts, ...more })

  if (!provenance.modelExists) refuse('NOT_REGISTERED', 'the registry knows no such model')
  if (provenance.requiredStage === 0) refuse('STAGE_MISMATCH', 'there is no such environment')
  if (version.id === none) refuse('NOT_ACTIVE', 'nothing is active in this environment')
  if (version.number === 0) refuse('NOT_REGISTERED', 'the registry knows no such version')
  // The order is that of urgency: who must stop hears why.
  if (version.stage < provenance.requiredStage) {
    refuse('NOT_APPROVED', 'the version has not reached the stage that the environment requires', {
      stage: stages[version.stage] ?? version.stage,
      required: stages[provenance.requiredStage] ?? provenance.requiredStage,
    })
  }
  if (version.id === active.version && active.haltedBy !== 0) {
    refuse('HALTED', 'the version is halted', {
      by: roles[active.haltedBy] ?? active.haltedBy,
      since: active.haltedAt,
    })
  }
  if (version.condemnedFrom !== 0) {
    refuse('ROLLED_BACK', 'the version was rolled back', {
      condemnedFrom: version.condemnedFrom,
      active: active.version,
    })
  }
  if (version.stage === retired) refuse('RETIRED', 'the version is retired')
  if (provenance.modelSuspended) refuse('MODEL_SUSPENDED', 'the Assembly has suspended the model')
  if (options.active && version.id !== active.version) {
    refuse('NOT_ACTIVE', 'another version is active in this environment', {
      active: active.version,
      activeNumber: active.number,
    })
  }
}

function deny(
  code:
    | 'NOT_REGISTERED'
    | 'NOT_APPROVED'
    | 'STAGE_MISMATCH'
    | 'HALTED'
    | 'ROLLED_BACK'
    | 'RETIRED'
    | 'MODEL_SUSPENDED'
    | 'NOT_ACTIVE',
  detail: string,
  facts: Readonly<Record<string, string | number>>,
): never {
  throw new KedgeError(code, detail, facts)
}

/**
 * A yes needs the newest and the finalized block; the newest alone suffices for a no. A version that became active
 * since the finalized block waits, unless it is a rollback's target that had been active here before: going back
 * must not wait for finality.
 *
 * @throws KedgeError of class `not-permitted`, or `NOT_FINAL`.
 */
export function checkView(view: ChainView): void {
  for (const { provenance } of view.latest) checkStatus(provenance, { active: true })
  const { provenance, block } = view.finalized
  const wasActiveBefore = provenance.tenure.ended !== 0n
  try {
    checkStatus(provenance, { active: !wasActiveBefore })
  } catch (cause) {
    if (!(cause instanceof KedgeError)) throw cause
    throw new KedgeError(
      'NOT_FINAL',
      `the newest block permits it, the finalized block does not yet: ${cause.message}`,
      { finalizedBlock: block.number.toString(), finalizedSays: cause.code },
      { cause },
    )
  }
}

/** The one version that all of a view speaks of. */
export function versionOf(view: ChainView): Hex {
  const ids = new Set([view.finalized, ...view.latest].map(({ provenance }) => provenance.version.id))
  const [id] = ids
  if (ids.size !== 1 || id === undefined) {
    throw new KedgeError('RPC_DISAGREE', 'the endpoints name different active versions', {
      versions: [...ids],
    })
  }
  return id
}
