import { type ErrorClass, type ErrorCode, errorRegistry } from './registry.ts'

export { type ErrorClass, type ErrorCode, errorRegistry } from './registry.ts'

/** A value that explains an error: printed for people, kept as it is in `--json`. */
export type Fact = string | number | boolean | null | readonly string[]

/**
 * The one error class of Kedge: a stable code, the sentence that explains it, and the facts.
 *
 * @example
 * ```ts
 * throw new KedgeError('DIGEST_MISMATCH', 'model.onnx is not the approved file', {
 *   path: 'model.onnx', expected: 'ab…', actual: 'cd…',
 * })
 * ```
 */
export class KedgeError extends Error {
  override readonly name = 'KedgeError'
  readonly code: ErrorCode
  readonly facts: Readonly<Record<string, Fact>>

  constructor(
    code: ErrorCode,
    detail: string,
    facts: Readonly<Record<string, Fact>> = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(detail, options)
    this.code = code
    this.facts = facts
  }

  /** Whether the answer is a no, a "could not tell", or the question was wrong. */
  get class(): ErrorClass {
    return errorRegistry[this.code].class
  }

  /** What to do about it. */
  get remedy(): string {
    return errorRegistry[this.code].remedy
  }
}

/** The exit code of the CLI for each class of error (0 is the yes). */
export const exitCodes = {
  invalid: 1,
  'not-permitted': 1,
  usage: 2,
  'could-not-tell': 3,
  stale: 4,
} as const satisfies Record<ErrorClass, number>
