import { createHash } from 'node:crypto'
import type { Hex } from 'viem'
import { canonicalize, type ParsedManifest } from '../documents/index.ts'
import type { ChainView } from './chainView.ts'
import type { Trust } from './trust.ts'

/**
 * What was verified, as an in-toto Verification Summary Attestation.
 *
 * @see https://slsa.dev/spec/v1.1/verification_summary
 */
export interface Receipt {
  readonly _type: 'https://in-toto.io/Statement/v1'
  readonly subject: readonly [{ readonly name: string; readonly digest: { readonly sha256: string } }]
  readonly predicateType: 'https://slsa.dev/verification_summary/v1'
  readonly predicate: {
    readonly verifier: { readonly id: 'https://kedge.dev/verify/v1' }
    readonly timeVerified: string
    readonly resourceUri: string
    readonly policy: { readonly uri: string; readonly digest: { readonly sha256: string } }
    readonly verificationResult: 'PASSED'
    readonly verifiedLevels: readonly ['KEDGE_APPROVED_AND_ACTIVE']
    /** Where on the chain this stood; outside the VSA's own fields. */
    readonly chain: {
      readonly chainId: number
      readonly registry: Hex
      readonly model: string
      readonly environment: string
      readonly version: Hex
      readonly label: string
      readonly sequence: string
      readonly finalizedBlock: string
      readonly finalizedHash: Hex
      readonly latestBlock: string
      /** The required schemas that the version lacks, as a bitmap: the degradation plan's part. */
      readonly missingSchemas: string
    }
  }
}

/** The receipt of a verification that passed. */
export function receiptOf(parts: {
  readonly trust: Trust
  readonly parameters: { readonly model: string; readonly environment: string }
  readonly manifest: ParsedManifest
  readonly version: Hex
  readonly view: ChainView
}): Receipt {
  const { trust, parameters, manifest, version, view } = parts
  const { model, environment } = parameters
  const { block, provenance } = view.finalized
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: model, digest: { sha256: manifest.manifest.artifact.sha256 } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: 'https://kedge.dev/verify/v1' },
      timeVerified: new Date().toISOString(),
      resourceUri: `kedge:${trust.chainId}:${trust.registry.address}:${encodeURIComponent(model)}`,
      policy: {
        uri: 'https://kedge.dev/trust/v1',
        digest: { sha256: createHash('sha256').update(canonicalize(trust)).digest('hex') },
      },
      verificationResult: 'PASSED',
      verifiedLevels: ['KEDGE_APPROVED_AND_ACTIVE'],
      chain: {
        chainId: trust.chainId,
        registry: trust.registry.address,
        model,
        environment,
        version,
        label: manifest.manifest.label,
        sequence: provenance.sequence.toString(),
        finalizedBlock: block.number.toString(),
        finalizedHash: block.hash,
        latestBlock: (view.latest[0]?.block.number ?? block.number).toString(),
        missingSchemas: `0x${provenance.missingSchemas.toString(16)}`,
      },
    },
  }
}
