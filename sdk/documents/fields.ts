import { z } from 'zod'
import { type Codec, parseCid } from '../bytes/cid.ts'
import { BYTES32_PATTERN, type Bytes32, SHA256_PATTERN } from './digest.ts'
import { comparePaths, unsafePathReason } from './paths.ts'
import type { Reference, Sha256Set } from './statement.ts'
import { isLine, isProse } from './text.ts'

/** The most bytes a model's name may have. */
export const MAX_MODEL_NAME_BYTES = 128

const MAX_INT64 = 2n ** 63n - 1n

/**
 * Schemes of a URI that no document may hold: they run code, carry content instead of naming it, or mean another
 * thing on each machine.
 */
const REFUSED_SCHEMES = /^(?:javascript|vbscript|data|blob|file|about):/i

/** The regular expression that semver.org publishes for Semantic Versioning 2.0.0. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/

/** A SHA-256. */
export const sha256Field = z.string().regex(SHA256_PATTERN, 'must be 64 lower-case hex digits')

/** A value that the chain holds. */
export const bytes32Field = z.custom<Bytes32>(
  value => typeof value === 'string' && BYTES32_PATTERN.test(value),
  'must be 0x and 64 lower-case hex digits',
)

/** A digest set. */
export const sha256SetField: z.ZodType<Sha256Set> = z.strictObject({ sha256: sha256Field })

/** Text of one line. */
export const lineField = (maxBytes = 256) =>
  z
    .string()
    .refine(
      text => isLine(text, maxBytes),
      `must be one line of plain NFC text, trimmed, at most ${maxBytes} bytes`,
    )

/** Text of several lines. */
export const proseField = (maxBytes: number) =>
  z
    .string()
    .refine(text => isProse(text, maxBytes), `must be plain NFC text, not blank, at most ${maxBytes} bytes`)

/** The name of a model. Its keccak256 is the ModelId, so its spelling is taken as it is. */
export const modelField = lineField(MAX_MODEL_NAME_BYTES)

/** A version's label. */
export const labelField = z
  .string()
  .max(128, 'must be at most 128 characters')
  .regex(SEMVER, 'must be a version of Semantic Versioning 2.0.0')

/** An amount, in decimal, because JSON numbers are not exact beyond 2^53. */
export const amountField = z
  .string()
  .refine(
    text => /^(?:0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= MAX_INT64,
    'must be a decimal integer from 0 to 2^63 - 1, without leading zeros',
  )

/** A point in time: RFC 3339, UTC, whole seconds. */
export const timeField = z
  .string()
  .refine(isTime, 'must be a UTC time with whole seconds, such as 2026-01-31T09:30:00Z')

function isTime(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text)) return false
  const milliseconds = Date.parse(text)
  // Date.parse lets 30 February pass as 2 March; writing it again shows that.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text.replace('Z', '.000Z')
}

/** A URI that names something. It is shown, never followed unseen. */
export const uriField = z
  .string()
  .refine(
    text => /^[a-z][a-z0-9+.-]*:[!-~]+$/.test(text) && text.length <= 2048 && !REFUSED_SCHEMES.test(text),
    'must be an absolute URI in ASCII, at most 2048 characters, of a scheme that names things',
  )

/** A path in the artifact, or a prefix of paths. */
export const pathField = z.string().superRefine((path, context) => {
  const reason = unsafePathReason(path)
  if (reason !== undefined) context.addIssue(`must be a safe path: ${reason}`)
})

/** A CID, of one codec or of either. */
export const cidField = (codec?: Codec) =>
  z.string().refine(
    text => {
      const found = codecOf(text)
      return found !== undefined && (codec === undefined || found === codec)
    },
    `must be a CIDv1 in base32, SHA-256, ${codec ?? 'raw or dag-pb'}`,
  )

function codecOf(text: string): Codec | undefined {
  try {
    return parseCid(text).codec
  } catch {
    return undefined
  }
}

/** Bytes named here and kept elsewhere. */
export const referenceField: z.ZodType<Reference> = z.strictObject({
  name: lineField(),
  digest: sha256SetField,
})

/** Why something is not there. */
export const absentField = z.strictObject({ absent: lineField(1024) })

/**
 * A list with one spelling: sorted by UTF-8 bytes of `key`, each key once.
 */
export const sortedList = <T>(item: z.ZodType<T>, key: (item: T) => string) =>
  z.array(item).superRefine((items, context) => {
    for (const [index, current] of items.entries()) {
      const previous = items[index - 1]
      if (previous !== undefined && comparePaths(key(previous), key(current)) >= 0) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: 'must come after the entry before it: sorted by UTF-8 bytes, each once',
        })
        return
      }
    }
  })
