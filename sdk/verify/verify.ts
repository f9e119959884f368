import type { Hex } from 'viem'
import { environmentIdOf, modelIdOf } from '../chain/ids.ts'
import { checkBinding, checkCoverage, type ParsedManifest } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { checkArtifact } from './artifact.ts'
import { type ChainView, readChainView } from './chainView.ts'
import { obtainArtifact, obtainManifest, readManifestBeside, versionOfManifest } from './documents.ts'
import { defaultMarks, markOf } from './mark.ts'
import { type Receipt, receiptOf } from './receipt.ts'
import { checkView, versionOf } from './status.ts'
import { parseTrust, type Trust } from './trust.ts'

/** What {@link verify} is asked. */
export interface VerifyParameters {
  /** The directory that is to be loaded. Its documents may lie beside it: `<directory>.manifest.json`. */
  readonly artifact: string
  /** The model's name. */
  readonly model: string
  /** The environment's name, or its 32-byte id in hex. */
  readonly environment: string
  /** The version that is claimed; otherwise that of the manifest beside; otherwise the active one. */
  readonly version?: Hex
  readonly trust: Trust
  /** Where the marks are kept; see {@link defaultMarks}. */
  readonly marks?: string
  readonly onProgress?: (progress: { readonly files: number; readonly of: number }) => void
  readonly signal?: AbortSignal
}

/**
 * Is exactly this the approved, live version? Either a receipt, or an error with one code. The checks come in the
 * order of the codes; the chain is asked once more at the end, since hashing takes time.
 *
 * @returns The receipt: what was verified, against which block.
 * @throws KedgeError with one of the codes up to `INCOMPATIBLE`; what could not be told never passes.
 *
 * @example
 * ```ts
 * const receipt = await verify({
 *   artifact: 'models/silero-vad',
 *   model: 'silero-vad',
 *   environment: 'production',
 *   trust: await readTrust('kedge.trust.json'),
 * })
 * ```
 */
export async function verify(parameters: VerifyParameters): Promise<Receipt> {
  const { artifact: directory, signal, onProgress } = parameters
  const trust = parseTrust(parameters.trust)
  const model = modelIdOf(parameters.model)
  const environment = environmentIdOf(parameters.environment)
  const mark = markOf(parameters.marks ?? defaultMarks(), trust, model)
  const beside = await settle(readManifestBeside(directory))
  const claim = parameters.version ?? (beside.value && versionOfManifest(trust, beside.value))

  const look = async (version: Hex | undefined): Promise<ChainView> => {
    const view = await readChainView(trust, { model, environment, version }, Math.floor(Date.now() / 1000))
    const least = BigInt(trust.minimumSequence[parameters.model] ?? 0)
    checkSequence(view, await mark.read(), least)
    await mark.raise(view.finalized.provenance.sequence)
    checkView(view)
    return view
  }
  const view = await look(claim)
  const version = versionOf(view)

  if (beside.error !== undefined) throw beside.error
  const { provenance } = view.finalized
  const manifest =
    beside.value ?? (await obtainManifest(trust, directory, digestText(provenance.version.manifestDigest)))
  checkManifest(trust, manifest, parameters.model, version, provenance.version.manifestDigest)
  const artifact = await obtainArtifact(trust, directory, manifest.manifest.artifact.sha256)
  checkBinding(manifest.manifest, artifact)
  checkCoverage(manifest.manifest, artifact)
  await checkArtifact(directory, artifact, { ...(signal && { signal }), ...(onProgress && { onProgress }) })

  const last = await look(version)
  return receiptOf({ trust, parameters, manifest, version, view: last })
}

/** A chain view that is older than one already seen was served by someone who lags or lies. */
function checkSequence(view: ChainView, seen: bigint, least: bigint): void {
  const floor = seen > least ? seen : least
  const lowest = [view.finalized, ...view.latest]
    .map(({ provenance }) => provenance.sequence)
    .reduce((a, b) => (a < b ? a : b))
  if (lowest >= floor) return
  throw new KedgeError(
    'SEQUENCE_REGRESSED',
    `the endpoint shows sequence ${lowest}, ${floor} was seen before`,
    {
      sequence: lowest.toString(),
      seen: floor.toString(),
    },
  )
}

/** The manifest is the anchored one, speaks of this model, and its facts give the version's id. */
function checkManifest(
  trust: Trust,
  manifest: ParsedManifest,
  model: string,
  version: Hex,
  manifestDigest: Hex,
): void {
  if (digestText(manifestDigest) !== manifest.digest || manifest.manifest.model !== model) {
    throw new KedgeError(
      'MANIFEST_MISMATCH',
      'the manifest is not the one that was anchored for this model',
      {
        expected: digestText(manifestDigest),
        actual: manifest.digest,
        model: manifest.manifest.model,
      },
    )
  }
  const actual = versionOfManifest(trust, manifest)
  if (actual === version) return
  throw new KedgeError('IDENTITY_MISMATCH', 'the version id does not follow from the manifest', {
    expected: version,
    actual,
  })
}

function digestText(digest: Hex): string {
  return digest.slice(2)
}

/** An error of a step whose turn to be told comes later. */
async function settle<T>(step: Promise<T>): Promise<{ readonly value?: T; readonly error?: unknown }> {
  try {
    return { value: await step }
  } catch (error) {
    return { error }
  }
}
