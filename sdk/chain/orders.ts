import type { Hex } from 'viem'
import { type Trigger, triggers } from '../policy/words.ts'
import { none } from './ids.ts'

/** A rollback, or with `to` left out a withdrawal. */
export interface RollbackOrder {
  readonly model: Hex
  readonly environment: Hex
  /** What is active; left out where the version before was withdrawn. */
  readonly from?: Hex
  readonly to?: Hex
  readonly trigger: Trigger
  /** SHA-256 of the reason. */
  readonly reason: Hex
  /** SHA-256 of the plan for degraded service, where schemas are missing. */
  readonly plan?: Hex
}

/** A halt or a reported trigger. */
export interface HaltOrder {
  readonly model: Hex
  readonly environment: Hex
  readonly version: Hex
  readonly trigger: Trigger
  readonly reason: Hex
}

/** The end of a halt. */
export interface Resumption extends HaltOrder {
  /** That of the environment's active word: who consents to end one halt ends no later one. */
  readonly sequence: number
}

/** A rollback as the contract's struct: words become their numbers, what is left out becomes zero. */
export function rollbackArguments(order: RollbackOrder) {
  return {
    model: order.model,
    environment: order.environment,
    from: order.from ?? none,
    to: order.to ?? none,
    trigger: triggers.indexOf(order.trigger),
    reason: order.reason,
    plan: order.plan ?? none,
  }
}

/** A halt as the contract's struct. */
export function haltArguments(order: HaltOrder) {
  return {
    model: order.model,
    environment: order.environment,
    version: order.version,
    trigger: triggers.indexOf(order.trigger),
    reason: order.reason,
  }
}
