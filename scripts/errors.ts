import { CodedError, exitCodes, type Fact, KedgeError } from '../sdk/errors/index.ts'
import { systemReason } from '../sdk/errors/systemReason.ts'

/** What can go wrong around a local chain and a deployment, and what to do about it. */
const remedies = {
  CHAIN_FAILED: 'Read what the chain said, then try again.',
  DEPLOYMENT_DEVIATES:
    'Do not use this deployment. Correct what is named, and deploy anew with a new journal.',
  DEPLOYMENT_EXISTS: 'Move the named file away if that deployment is given up.',
  DEPLOYMENT_FAILED: 'Move the named journal away to give up what was deployed, then deploy anew.',
  DEPLOYMENT_STOPPED: 'Remove the cause and run the same command again: it goes on where it stopped.',
  DEPLOYMENT_UNUSABLE: 'Name the network that was deployed, and put its deployment file back.',
  FUNDS_INSUFFICIENT: 'Send the account the difference, then run the same command again.',
  JOURNAL_UNUSABLE: 'Restore the named file from a copy, or move its directory away and deploy anew.',
  LIFE_FAILED: 'Look for the steps marked "!" above: they name what came out otherwise.',
  PARAMETERS_CHANGED:
    'Put the old values back and run the same command again; or move the named journal away to deploy anew.',
  PARAMETERS_INVALID: 'Correct the parameters file; nothing was sent.',
  PORT_INVALID: 'Set it to a number from 0 to 65535; 0 takes a free port.',
  PORT_TAKEN: 'Stop what listens there, or set KEDGE_CHAIN_PORT or KEDGE_RELAY_PORT to another port.',
  STATE_IN_USE: 'Stop the other npm start first, or set KEDGE_STATE to another directory.',
  STATE_UNUSABLE: 'Move what is named away to begin anew; nothing was changed.',
  STATE_UNWRITABLE: 'Make room on the disk, or allow writing there, then try again.',
} as const

export type SetupErrorCode = keyof typeof remedies

/** An error of the scripts: a local chain, a deployment or the life could not be had. */
export class SetupError extends CodedError<SetupErrorCode> {
  override readonly name = 'SetupError'
  readonly #remedy: string | undefined

  /** @param options.remedy - What to do in this very case, if it can be said better than the code's remedy does. */
  constructor(
    code: SetupErrorCode,
    detail: string,
    facts: Readonly<Record<string, Fact>> = {},
    options: { readonly cause?: unknown; readonly remedy?: string } = {},
  ) {
    super(code, detail, facts, options)
    this.#remedy = options.remedy
  }

  get remedy(): string {
    return this.#remedy ?? remedies[this.code]
  }
}

function isSystemError(error: unknown): error is Error & { readonly path: string } {
  return error instanceof Error && 'errno' in error && 'path' in error && typeof error.path === 'string'
}

/** A file or directory that the system refused: the sentence for a person, not a stack. */
function unwritable(error: Error & { readonly path: string }): SetupError {
  const { path } = error
  return new SetupError('STATE_UNWRITABLE', `${path}: ${systemReason(error)}`, { path }, { cause: error })
}

/** Exit code when something that the task needs is missing or in the way. */
const cannotRun = 2

/** Tells a person what went wrong, in what the scripts print, and what to do. Returns the exit code. */
export function reportError(thrown: unknown, say: (line: string) => void): number {
  const error = isSystemError(thrown) ? unwritable(thrown) : thrown
  if (!(error instanceof CodedError)) {
    say(`kedge: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return cannotRun
  }
  say(`kedge: ${error.code}: ${error.message}`)
  say(`  ${error.remedy}`)
  if (error instanceof KedgeError) return exitCodes[error.class]
  return cannotRun
}
