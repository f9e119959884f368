import { CodedError, type ErrorClass, type ErrorCode, type Fact, KedgeError } from '@kedge/sdk/errors'

interface Descriptor {
  /** HTTP status; none for what keeps a relay from starting, which is told to its operator. */
  readonly status?: number
  readonly class: ErrorClass
  /** One sentence: what is the case. */
  readonly meaning: string
  /** One sentence: what the person who reads it should do. */
  readonly remedy: string
}

/**
 * What can go wrong in a relay besides what the SDK has codes for: what it answers to requests, then what keeps it from
 * starting. A code, once published, never changes its meaning.
 */
export const relayErrors = {
  BAD_REQUEST: {
    status: 400,
    class: 'usage',
    meaning: 'The request cannot be understood.',
    remedy: 'Correct the request; the message says what is wrong with it.',
  },
  BROKEN_OFF: {
    status: 400,
    class: 'invalid',
    meaning: 'Fewer bytes came than were announced.',
    remedy: 'Send the file again; nothing of it was kept.',
  },
  CROSS_ORIGIN: {
    status: 403,
    class: 'usage',
    meaning: 'A page of another origin tried to write.',
    remedy: 'Call the relay from its own page, or from a program.',
  },
  NOT_FOUND: {
    status: 404,
    class: 'could-not-tell',
    meaning: 'There is no such address, or the store does not hold what it names.',
    remedy: 'Check the address, or upload what it should name.',
  },
  FORMAT_UNSUPPORTED: {
    status: 406,
    class: 'usage',
    meaning: 'A block was asked for in a format that the relay does not serve.',
    remedy: 'Ask for raw blocks: ?format=raw, or Accept: application/vnd.ipld.raw.',
  },
  NOT_STORED: {
    status: 409,
    class: 'invalid',
    meaning: 'Something that the upload binds is not in the store.',
    remedy: 'Upload what is named in the facts first, then try again.',
  },
  ENCODING_UNSUPPORTED: {
    status: 415,
    class: 'usage',
    meaning: 'The body has a Content-Encoding.',
    remedy: 'Send the bytes as they are, without Content-Encoding.',
  },
  INTERNAL: {
    status: 500,
    class: 'could-not-tell',
    meaning: 'Something happened that the relay does not foresee.',
    remedy: 'Look into the relay’s log, and report what you find there.',
  },
  BUSY: {
    status: 503,
    class: 'could-not-tell',
    meaning: 'As many uploads run as may at a time.',
    remedy: 'Try again in a few seconds.',
  },
  STORE_FULL: {
    status: 507,
    class: 'could-not-tell',
    meaning: 'The disk of the relay has no room for it.',
    remedy: 'Make room on the disk of the relay, then try again.',
  },
  STORE_CORRUPT: {
    status: 500,
    class: 'invalid',
    meaning: 'A file of the store is not what was stored.',
    remedy: 'Move what is named in the facts out of the directory, start again, and upload it again.',
  },
  STORE_LOCKED: {
    class: 'usage',
    meaning: 'Another process uses the directory.',
    remedy: 'Stop the other relay, or give this one a directory of its own in KEDGE_RELAY_DATA.',
  },
  STORE_UNUSABLE: {
    class: 'usage',
    meaning: 'The directory cannot be made, read or written.',
    remedy: 'Name a directory in KEDGE_RELAY_DATA in which the relay may write.',
  },
  STORE_FOREIGN: {
    class: 'usage',
    meaning: 'The directory holds something else than a store of this format; nothing in it was changed.',
    remedy: 'Name the directory of a relay in KEDGE_RELAY_DATA, or an empty one.',
  },
  CONFIG_INVALID: {
    class: 'usage',
    meaning: 'An environment variable is missing or wrong.',
    remedy: 'Correct the environment variable that is named, then start again.',
  },
  PORT_TAKEN: {
    class: 'usage',
    meaning: 'Something else listens on the port.',
    remedy: 'Stop what listens there, or set KEDGE_RELAY_PORT; 0 takes a free port.',
  },
  ADDRESS_UNUSABLE: {
    class: 'usage',
    meaning: 'The host is not of this machine, or the port is not for this user.',
    remedy:
      'Set KEDGE_RELAY_HOST to an address of this machine, and KEDGE_RELAY_PORT to a port that you may use.',
  },
} as const satisfies Record<string, Descriptor>

export type RelayErrorCode = keyof typeof relayErrors

/** The HTTP status of each code of the SDK that the relay answers with. */
export const sdkStatuses = {
  NOT_REGISTERED: 404,
  STAGE_MISMATCH: 404,
  SIZE_EXCEEDED: 413,
  MANIFEST_MALFORMED: 422,
  MANIFEST_MISMATCH: 422,
  UNSAFE_PATH: 422,
  NAME_COLLISION: 422,
  ROOT_MISMATCH: 422,
  COVERAGE_GAP: 422,
  DIGEST_MISMATCH: 422,
  UNAVAILABLE: 500,
  RPC_UNAVAILABLE: 502,
  WRONG_NETWORK: 502,
  REFUSED: 502,
} as const satisfies Partial<Record<ErrorCode, number>>

/** An error of the relay. */
export class RelayError extends CodedError<RelayErrorCode> {
  override readonly name = 'RelayError'

  /** HTTP status; none for what keeps a relay from starting. */
  get status(): number | undefined {
    const descriptor: Descriptor = relayErrors[this.code]
    return descriptor.status
  }

  get class(): ErrorClass {
    return relayErrors[this.code].class
  }

  get remedy(): string {
    return relayErrors[this.code].remedy
  }
}

/** An error as the answer of the relay has it. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: string
    readonly class: ErrorClass
    readonly message: string
    readonly facts: Readonly<Record<string, Fact>>
    readonly remedy: string
  }
}

/** Status and body for any error. Of an error that nobody foresaw, nothing is told but that it happened. */
export function answerOf(thrown: unknown): { readonly status: number; readonly body: ErrorAnswer } {
  const status = statusOf(thrown)
  if (status === undefined) return answerOf(new RelayError('INTERNAL', 'the relay failed'))
  const { code, class: kind, message, facts, remedy } = thrown as RelayError | KedgeError
  return { status, body: { error: { code, class: kind, message, facts, remedy } } }
}

/** Undefined for what the relay does not answer with. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof RelayError) return error.status
  if (!(error instanceof KedgeError)) return undefined
  const statuses: Partial<Record<ErrorCode, number>> = sdkStatuses
  return statuses[error.code]
}
