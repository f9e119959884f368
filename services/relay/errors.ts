import { CodedError, type Fact, KedgeError } from '@kedge/sdk/errors'

interface Descriptor {
  /** HTTP status. */
  readonly status: number
  /** One sentence: what the person who reads it should do. */
  readonly remedy: string
}

/** What can go wrong in a relay besides what the SDK has codes for. A code, once published, never changes its meaning. */
export const relayErrors = {
  BAD_REQUEST: { status: 400, remedy: 'Correct the request; the message says what is wrong with it.' },
  CROSS_ORIGIN: { status: 403, remedy: 'Call the relay from its own page, or from a program.' },
  NOT_FOUND: { status: 404, remedy: 'Check the address, or upload what it should name.' },
  FORMAT_UNSUPPORTED: {
    status: 406,
    remedy: 'Ask for raw blocks: ?format=raw, or Accept: application/vnd.ipld.raw.',
  },
  NOT_STORED: { status: 409, remedy: 'Upload what is named in the facts first, then try again.' },
  ENCODING_UNSUPPORTED: { status: 415, remedy: 'Send the bytes as they are, without Content-Encoding.' },
  BROKEN_OFF: { status: 400, remedy: 'Send the file again; nothing of it was kept.' },
  INTERNAL: { status: 500, remedy: 'Look into the relay’s log, and report what you find there.' },
  BUSY: { status: 503, remedy: 'Try again in a few seconds.' },
  STORE_LOCKED: {
    status: 503,
    remedy: 'Stop the other relay, or give this one a directory of its own in KEDGE_RELAY_DATA.',
  },
  STORE_UNUSABLE: {
    status: 500,
    remedy: 'Name a directory in KEDGE_RELAY_DATA in which the relay may write.',
  },
  STORE_CORRUPT: {
    status: 500,
    remedy: 'Move what is named in the facts out of the directory, start again, and upload it again.',
  },
  CONFIG_INVALID: {
    status: 500,
    remedy: 'Correct the environment variable that is named, then start again.',
  },
  PORT_TAKEN: {
    status: 500,
    remedy: 'Stop what listens there, or set KEDGE_RELAY_PORT; 0 takes a free port.',
  },
  STORE_FULL: { status: 507, remedy: 'Make room on the disk of the relay, then try again.' },
} as const satisfies Record<string, Descriptor>

export type RelayErrorCode = keyof typeof relayErrors

/** An error of the relay. */
export class RelayError extends CodedError<RelayErrorCode> {
  override readonly name = 'RelayError'

  /** HTTP status. */
  get status(): number {
    return relayErrors[this.code].status
  }

  get remedy(): string {
    return relayErrors[this.code].remedy
  }
}

/** The HTTP status of an error of the SDK. */
export function statusOf(error: KedgeError): number {
  switch (error.code) {
    case 'SIZE_EXCEEDED':
      return 413
    case 'NOT_REGISTERED':
    case 'STAGE_MISMATCH':
      return 404
    case 'RPC_UNAVAILABLE':
    case 'WRONG_NETWORK':
    case 'WRONG_CONTRACT':
    case 'REFUSED':
      return 502
    default:
      return error.class === 'usage' ? 400 : error.class === 'invalid' ? 422 : 500
  }
}

/** An error as the answer of the relay has it. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly facts: Readonly<Record<string, Fact>>
    readonly remedy: string
  }
}

/** Status and body for any error. Of an error that nobody foresaw, nothing is told but that it happened. */
export function answerOf(error: unknown): { readonly status: number; readonly body: ErrorAnswer } {
  const known =
    error instanceof RelayError || error instanceof KedgeError
      ? error
      : new RelayError('INTERNAL', 'the relay failed')
  const { code, message, facts, remedy } = known
  const status = known instanceof RelayError ? known.status : statusOf(known)
  return { status, body: { error: { code, message, facts, remedy } } }
}
