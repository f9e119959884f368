import { createHash } from 'node:crypto'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import {
  amountField,
  bytes32Field,
  labelField,
  lineField,
  modelField,
  sha256SetField,
} from '../documents/fields.ts'
import {
  canonicalize,
  type ParsedManifest,
  type Sha256,
  type Sha256Set,
  STATEMENT_TYPE,
} from '../documents/index.ts'
import { validate } from '../documents/validate.ts'
import type { Block } from './chainView.ts'
import type { Permission } from './status.ts'
import type { Trust } from './trust.ts'

const PREDICATE_TYPE = 'https://slsa.dev/verification_summary/v1'
const VERIFIER = 'https://kedge.dev/verify/v1'
const POLICY = 'https://kedge.dev/trust/v1'
const LEVEL = 'KEDGE_APPROVED_AND_ACTIVE'

/** A block as a receipt names it; numbers in decimal. */
export interface ReceiptBlock {
  readonly number: string
  readonly hash: Hex
  /** Seconds since 1970-01-01 UTC. */
  readonly timestamp: string
}

/** A document that was checked. */
export interface InputAttestation {
  /** `ipfs://` and its CID; that of a large document A is no block's of its own. */
  readonly uri: string
  readonly digest: Sha256Set
}

/**
 * What was verified, as an in-toto Verification Summary Attestation. It says that a version was permitted when it was
 * made, not that it still is.
 *
 * @see https://slsa.dev/spec/v1.1/verification_summary
 */
export interface Receipt {
  readonly _type: typeof STATEMENT_TYPE
  /** The model's name, and the SHA-256 of document A. */
  readonly subject: readonly [{ readonly name: string; readonly digest: Sha256Set }]
  readonly predicateType: typeof PREDICATE_TYPE
  readonly predicate: {
    readonly verifier: { readonly id: typeof VERIFIER }
    /** RFC 3339, UTC. */
    readonly timeVerified: string
    /** Chain, registry, model and environment: a yes for one environment is none for another. */
    readonly resourceUri: string
    /** The trust policy, by the SHA-256 of its canonical JSON. */
    readonly policy: { readonly uri: typeof POLICY; readonly digest: Sha256Set }
    /** Documents B and A. */
    readonly inputAttestations: readonly [InputAttestation, InputAttestation]
    readonly verificationResult: 'PASSED'
    readonly verifiedLevels: readonly [typeof LEVEL]
    /** Where on the chain this stood: an extension, by a name that nobody else would choose. */
    readonly kedge: {
      readonly mode: 'call'
      readonly chainId: number
      readonly registry: Address
      readonly model: string
      /** As it was asked: a name, or 32 bytes in hex. */
      readonly environment: string
      readonly version: Hex
      /** 1, 2, 3 … per model. */
      readonly number: number
      readonly label: string
      /** The model's sequence at the finalized block, in decimal. */
      readonly sequence: string
      readonly finalized: ReceiptBlock
      /** Of the newest blocks on which the yes rests, the oldest. */
      readonly latest: ReceiptBlock
      /** How many endpoints were asked, and how many said the same of the finalized block. */
      readonly endpoints: { readonly asked: number; readonly agreed: number }
      /** The schemas that the environment requires and the version lacks: for the degradation plan to cover. */
      readonly missingSchemas: readonly number[]
    }
  }
}

const attestationSchema: z.ZodType<InputAttestation> = z.strictObject({
  uri: z.string().regex(/^ipfs:\/\/[a-z2-7]{59}$/, 'must be ipfs:// and a CID'),
  digest: sha256SetField,
})

const blockSchema: z.ZodType<ReceiptBlock> = z.strictObject({
  number: amountField,
  hash: bytes32Field,
  timestamp: amountField,
})

const receiptSchema: z.ZodType<Receipt> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([z.strictObject({ name: modelField, digest: sha256SetField })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    verifier: z.strictObject({ id: z.literal(VERIFIER) }),
    timeVerified: z.iso.datetime({ precision: 3 }),
    resourceUri: z.string().startsWith('kedge:'),
    policy: z.strictObject({ uri: z.literal(POLICY), digest: sha256SetField }),
    inputAttestations: z.tuple([attestationSchema, attestationSchema]),
    verificationResult: z.literal('PASSED'),
    verifiedLevels: z.tuple([z.literal(LEVEL)]),
    kedge: z.strictObject({
      mode: z.literal('call'),
      chainId: z.int().positive(),
      registry: z.custom<Address>(
        value => typeof value === 'string' && /^0x[0-9a-f]{40}$/i.test(value),
        'must be an address',
      ),
      model: modelField,
      environment: lineField(),
      version: bytes32Field,
      number: z.int().positive(),
      label: labelField,
      sequence: amountField,
      finalized: blockSchema,
      latest: blockSchema,
      endpoints: z.strictObject({ asked: z.int().positive(), agreed: z.int().positive() }),
      missingSchemas: z.array(z.int().min(0).max(255)),
    }),
  }),
})

/**
 * Checks that a value has the form of a receipt. Whether it is true, only the chain and the bytes can say.
 *
 * @param value - Plain data, as JSON gives it.
 * @returns The same value.
 * @throws KedgeError `MANIFEST_MALFORMED` that names each wrong field.
 *
 * @example
 * ```ts
 * const { predicate } = parseReceipt(JSON.parse(text))
 * ```
 */
export function parseReceipt(value: unknown): Receipt {
  return validate(receiptSchema, value, 'receipt')
}

/** The receipt of a verification that passed. */
export function receiptOf(parts: {
  readonly trust: Trust
  /** The model's and the environment's names. */
  readonly question: { readonly model: string; readonly environment: string }
  readonly manifest: ParsedManifest
  readonly permission: Permission
  /** When the last check passed. */
  readonly time: Date
}): Receipt {
  const { trust, question, manifest, permission, time } = parts
  const { chainId, registry, endpoints } = trust
  const { model, environment } = question
  const { version, finalized, provenance, oldest } = permission
  const { sha256 } = manifest.manifest.artifact
  const names = [model, environment].map(encodeURIComponent)
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: model, digest: { sha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { id: VERIFIER },
      timeVerified: time.toISOString(),
      resourceUri: ['kedge', chainId, registry.address, ...names].join(':'),
      policy: {
        uri: POLICY,
        digest: { sha256: createHash('sha256').update(canonicalize(trust)).digest('hex') },
      },
      inputAttestations: [
        attestationOf(manifest.cid, manifest.digest),
        attestationOf(manifest.manifest.artifact.cid, sha256),
      ],
      verificationResult: 'PASSED',
      verifiedLevels: [LEVEL],
      kedge: {
        mode: 'call',
        chainId,
        registry: registry.address,
        model,
        environment,
        version,
        number: provenance.version.number,
        label: manifest.manifest.label,
        sequence: provenance.sequence.toString(),
        finalized: blockOf(finalized.block),
        latest: blockOf(oldest),
        endpoints: { asked: endpoints.length, agreed: finalized.agreed },
        missingSchemas: numbersOf(provenance.missingSchemas),
      },
    },
  }
}

function attestationOf(cid: string, sha256: Sha256): InputAttestation {
  return { uri: `ipfs://${cid}`, digest: { sha256 } }
}

function blockOf({ number, hash, timestamp }: Block): ReceiptBlock {
  return { number: number.toString(), hash, timestamp: timestamp.toString() }
}

/** The numbers of the bits that are set. */
export function numbersOf(bitmap: bigint): readonly number[] {
  return Array.from({ length: 256 }, (_, number) => number).filter(number => (bitmap >> BigInt(number)) & 1n)
}
