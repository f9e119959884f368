import { type Hex, isHex } from 'viem'
import { environmentIdOf, modelIdOf } from '../chain/ids.ts'
import { checkBinding, checkCoverage, type ParsedManifest } from '../documents/index.ts'
import { isLine } from '../documents/text.ts'
import { KedgeError } from '../errors/index.ts'
import { risks } from '../policy/words.ts'
import { checkArtifact, requireArtifact } from './artifact.ts'
import { type Provenance, readChainView } from './chainView.ts'
import { obtainArtifact, obtainManifest, readManifestBeside, versionOfManifest } from './documents.ts'
import { defaultMarks, markOf } from './mark.ts'
import { numbersOf, type Receipt, receiptOf } from './receipt.ts'
import { judge, type Permission } from './status.ts'
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
  /**
   * The numbers of the schemas that the system which asks needs. Left out, it is every schema that the environment
   * requires; a system whose degradation plan is in force names those that it still needs.
   */
  readonly schemas?: readonly number[]
  readonly trust: Trust
  /** Where the marks are kept; see {@link defaultMarks}. */
  readonly marks?: string
  /** Called after each file of the artifact. */
  readonly onProgress?: (progress: { readonly files: number; readonly of: number }) => void
  /** Called while a file of the artifact is read: files may be large. */
  readonly onRead?: (progress: {
    readonly path: string
    readonly done: number
    readonly total: number
  }) => void
  /** Ends the verification with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Is exactly this the approved, live version? Either a receipt, or an error with one code. The checks come in the
 * order of the codes; the chain is asked once more at the end, since hashing takes time.
 *
 * A halt, a rollback, a retirement or a suspension is told before anything that may be wrong with the other endpoints:
 * one of the pinned chain that saw it is enough for a no.
 *
 * @param parameters - {@link VerifyParameters}
 * @returns The receipt: what was verified, against which block.
 * @throws KedgeError. Of class `usage` when the question or the trust policy cannot be understood: `USAGE`,
 * `POLICY_INVALID`. `not-permitted` when the chain says no: `NOT_REGISTERED`, `NOT_APPROVED`, `STAGE_MISMATCH`,
 * `HALTED`, `ROLLED_BACK`, `RETIRED`, `MODEL_SUSPENDED`, `NOT_ACTIVE`, `INCOMPATIBLE`. `invalid` when something is not
 * what it claims to be: `WRONG_NETWORK`, `WRONG_CONTRACT`, `SIZE_EXCEEDED`, `MANIFEST_MISMATCH`, `MANIFEST_MALFORMED`,
 * `IDENTITY_MISMATCH`, `UNSAFE_PATH`, `NAME_COLLISION`, `ROOT_MISMATCH`, `COVERAGE_GAP`, `SYMLINK`, `SPECIAL_FILE`,
 * `MISSING_FILE`, `EXTRA_FILE`, `DIGEST_MISMATCH`, `CHANGED_DURING_READ`. `could-not-tell` and `stale`, which count as
 * no: `RPC_DISAGREE`, `RPC_UNAVAILABLE`, `NOT_FINAL`, `UNAVAILABLE`; `STALE_VIEW`, `SEQUENCE_REGRESSED`.
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
  const { artifact: directory, signal, onProgress, onRead } = parameters
  const trust = parseTrust(parameters.trust)
  const question = parseQuestion(parameters)

  // What lies beside may be anyone's: it says which version is claimed, and nothing more until its digest is known.
  const beside = await readManifestBeside(directory).catch(() => undefined)
  const claim = question.version ?? (beside && versionOfManifest(trust, beside))
  const first = await look(trust, question, claim, parameters)

  const { version, provenance } = first
  await requireArtifact(directory)
  const manifest = await findManifest(beside, trust, directory, provenance, signal)
  checkManifest(trust, manifest, question.model, version, provenance)
  const artifact = await obtainArtifact(trust, directory, manifest.manifest.artifact, signal)
  checkBinding(manifest.manifest, artifact)
  checkCoverage(manifest.manifest, artifact)
  const totalBytes = BigInt(manifest.manifest.artifact.totalBytes)
  await checkArtifact(directory, artifact, {
    totalBytes,
    signal,
    onRead,
    ...(onProgress && { onProgress }),
  })
  checkCompatible(first, question.needs)

  const last = await look(trust, question, version, parameters)
  checkCompatible(last, question.needs)
  return receiptOf({ trust, question, manifest, permission: last, time: new Date() })
}

interface ParsedQuestion {
  readonly model: string
  readonly environment: string
  readonly version: Hex | undefined
  /** As a bitmap; undefined for all that the environment requires. */
  readonly needs: bigint | undefined
}

function parseQuestion(parameters: VerifyParameters): ParsedQuestion {
  const { model, environment, version, schemas } = parameters
  for (const [name, text] of Object.entries({ model, environment })) {
    if (isLine(text, 256)) continue
    throw new KedgeError(
      'USAGE',
      `${JSON.stringify(text)} is no name of a${name === 'model' ? '' : 'n'} ${name}`,
      {
        [name]: text,
      },
    )
  }
  if (version !== undefined && !(isHex(version) && version.length === 66)) {
    throw new KedgeError('USAGE', `"${version}" is not a version id (0x and 64 hex digits)`, {
      version,
    })
  }
  const wrong = schemas?.find(number => !Number.isInteger(number) || number < 0 || number > 255)
  if (wrong !== undefined) {
    throw new KedgeError('USAGE', `${wrong} is not the number of a schema (0 to 255)`, { schema: wrong })
  }
  return {
    model,
    environment,
    version: version?.toLowerCase() as Hex | undefined,
    needs: schemas?.reduce((needs, number) => needs | (1n << BigInt(number)), 0n),
  }
}

/** Asks the chain, holds the answer against the mark, raises the mark, and judges. */
async function look(
  trust: Trust,
  question: ParsedQuestion,
  version: Hex | undefined,
  parameters: Pick<VerifyParameters, 'marks' | 'signal'>,
): Promise<Permission> {
  const model = modelIdOf(question.model)
  const environment = environmentIdOf(question.environment)
  const now = Math.floor(Date.now() / 1000)
  const view = await readChainView(trust, { model, environment, version }, now, parameters.signal)

  const mark = markOf(parameters.marks ?? defaultMarks(), trust, model)
  const seeded = Object.hasOwn(trust.minimumSequence, question.model)
    ? BigInt(trust.minimumSequence[question.model] ?? 0)
    : 0n
  const seen = await settle(mark.read())
  const least = seen.value !== undefined && seen.value > seeded ? seen.value : seeded
  // What enough endpoints call final is worth keeping whatever it says: a denial must not be forgotten either.
  const final = view.finalized?.provenance?.sequence ?? 0n
  const raised = await settle(seen.error === undefined ? mark.raise(final) : Promise.resolve())

  const permission = judge(view, { trust, least, now })
  // A mark that cannot be used is a reason to doubt a yes, and none to hide a no.
  for (const { error } of [seen, raised]) if (error !== undefined) throw error
  return permission
}

/** The manifest beside if it is the anchored one; otherwise as {@link obtainManifest} finds it. */
async function findManifest(
  beside: ParsedManifest | undefined,
  trust: Trust,
  directory: string,
  provenance: Provenance,
  signal: AbortSignal | undefined,
): Promise<ParsedManifest> {
  const digest = provenance.version.manifestDigest.slice(2)
  return beside?.digest === digest ? beside : await obtainManifest(trust, directory, digest, signal)
}

/** The manifest speaks of this model, its facts give the version's id, and nothing that the chain says contradicts it. */
function checkManifest(
  trust: Trust,
  parsed: ParsedManifest,
  model: string,
  version: Hex,
  provenance: Provenance,
): void {
  const { manifest } = parsed
  const { schema, declared } = provenance.version
  const claims = { model, schema: String(schema), risk: risks[declared] ?? String(declared) }
  for (const [field, chain] of Object.entries(claims)) {
    const said = String(manifest[field as keyof typeof claims])
    if (said === chain) continue
    throw new KedgeError('MANIFEST_MISMATCH', `manifest and chain differ in ${field}`, {
      field,
      manifest: said,
      chain,
    })
  }
  const actual = versionOfManifest(trust, parsed)
  if (actual === version) return
  throw new KedgeError('IDENTITY_MISMATCH', 'the version id does not follow from the manifest', {
    expected: version,
    actual,
  })
}

/** Whatever the finalized or any of the newest blocks says is required must be there. */
function checkCompatible({ provenance, current, version }: Permission, needs: bigint | undefined): void {
  const missing = [provenance, ...current.map(sighting => sighting.provenance)]
    .map(({ requiredSchemas, version: { satisfies } }) => (needs ?? requiredSchemas) & ~satisfies)
    .reduce((all, more) => all | more)
  if (missing === 0n) return
  throw new KedgeError('INCOMPATIBLE', 'the version lacks schemas that are needed here', {
    version,
    missing: numbersOf(missing).map(String),
  })
}

/** An error of a step whose turn to be told comes later. */
async function settle<T>(step: Promise<T>): Promise<{ readonly value?: T; readonly error?: unknown }> {
  try {
    return { value: await step }
  } catch (error) {
    return { error }
  }
}
