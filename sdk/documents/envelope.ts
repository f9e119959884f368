import { z } from 'zod'
import { KedgeError } from '../errors/index.ts'
import { type Json, parseJson } from './json.ts'
import { STATEMENT_MEDIA_TYPE } from './statement.ts'
import { validate } from './validate.ts'

/** The most bytes of a signature file: a statement in base64, with certificates and log entries around it. */
export const MAX_ENVELOPE_BYTES = 32 * 1024 * 1024

/** A DSSE envelope, opened. Nothing of it has been verified. */
export interface OpenedEnvelope {
  /** The exact bytes that were signed. */
  readonly payload: Uint8Array
  readonly signatures: readonly { readonly sig: string; readonly keyid: string }[]
}

/**
 * Takes the in-toto Statement out of a DSSE envelope, or out of a Sigstore bundle that holds one, such as the
 * `.sig` file of OpenSSF Model Signing.
 *
 * It does not look at the signatures: in Kedge, a statement counts because its digest stands on the chain. Whoever
 * wants the signer too verifies the same file with a Sigstore client.
 *
 * @param bytes - The file.
 * @returns The payload's exact bytes, to be read by `parseForeignArtifactStatement`.
 * @throws SIZE_EXCEEDED, MANIFEST_MALFORMED.
 *
 * @see DSSE v1.0, envelope; Sigstore bundle v0.3
 * @example
 * ```ts
 * const { payload } = openEnvelope(await readFile('model.sig'))
 * const content = parseForeignArtifactStatement(payload)
 * ```
 */
export function openEnvelope(bytes: Uint8Array): OpenedEnvelope {
  const value = parseJson(bytes, { maxBytes: MAX_ENVELOPE_BYTES })
  const envelope = validate(envelopeSchema, isBundle(value) ? value.dsseEnvelope : value, 'envelope')
  return {
    payload: decodeBase64(envelope.payload),
    signatures: envelope.signatures.map(({ sig, keyid }) => ({ sig, keyid: keyid ?? '' })),
  }
}

function isBundle(value: Json): value is { readonly dsseEnvelope: Json } {
  return typeof value === 'object' && value !== null && 'dsseEnvelope' in value
}

/** RFC 4648 base64 with its padding. `atob` alone would let white space and missing padding pass. */
function decodeBase64(text: string): Uint8Array {
  let binary: string
  try {
    binary = atob(text)
  } catch (cause) {
    throw notBase64(cause)
  }
  if (btoa(binary) !== text) throw notBase64(undefined)
  return Uint8Array.from(binary, character => character.charCodeAt(0))
}

function notBase64(cause: unknown): KedgeError {
  const facts = { field: 'payload', problem: 'must be base64 with padding' }
  return new KedgeError(
    'MANIFEST_MALFORMED',
    'The envelope is malformed: payload: must be base64 with padding',
    facts,
    {
      cause,
    },
  )
}

const envelopeSchema = z.object({
  payload: z.string().min(1),
  payloadType: z.literal(STATEMENT_MEDIA_TYPE),
  signatures: z
    .array(z.object({ sig: z.string().min(1), keyid: z.string().nullish() }))
    .min(1, 'must hold at least one signature'),
})
