import { type ErrorClass, type ErrorCode, errorRegistry } from './registry.ts'

export { type ErrorClass, type ErrorCode, errorRegistry } from './registry.ts'
export { systemReason } from './systemReason.ts'

/** A value that explains an error: printed for people, kept as it is in `--json`. */
export type Fact = string | number | boolean | null | readonly string[]

/** An error that was foreseen: a stable code, the sentence that explains it, the facts, and what to do. */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code
  readonly facts: Readonly<Record<string, Fact>>
  /** What to do about it. */
  abstract readonly remedy: string

  constructor(
    code: Code,
    detail: string,
    facts: Readonly<Record<string, Fact>> = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(detail, options)
    this.code = code
    this.facts = facts
  }
}

/**
 * The error of the SDK and the CLI.
 *
 * @example
 * ```ts
 * throw new KedgeError('DIGEST_MISMATCH', 'model.onnx is not the approved file', {
 *   path: 'model.onnx', expected: 'ab…', actual: 'cd…',
 * })
 * ```
 */
export class KedgeError extends CodedError<ErrorCode> {
  override readonly name = 'KedgeError'
  readonly #remedy: string | undefined

  /** @param options.remedy - What to do in this very case, if it can be said better than the code's remedy does. */
  constructor(
    code: ErrorCode,
    detail: string,
    facts: Readonly<Record<string, Fact>> = {},
    options: { readonly cause?: unknown; readonly remedy?: string | undefined } = {},
  ) {
    super(code, detail, facts, options)
    this.#remedy = options.remedy
  }

  /** Whether the answer is a no, a "could not tell", or the question was wrong. */
  get class(): ErrorClass {
    return errorRegistry[this.code].class
  }

  get remedy(): string {
    return this.#remedy ?? errorRegistry[this.code].remedy
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
