import type { Hex } from 'viem'
import { lensAbi, registryAbi } from '../chain/abi/index.ts'
import {
  auditEntries,
  type Identity,
  type Kedge,
  labelHashOf,
  none,
  reach,
  readerOf,
  versionIdOf,
} from '../chain/index.ts'
import type { ParsedManifest } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { modelStates } from '../policy/words.ts'
import { identityOf, readManifestBeside } from '../verify/documents.ts'
import { isBytes32, modelArgument } from './arguments.ts'
import { identityIn } from './book.ts'

/** A version that an argument names. */
export interface NamedVersion {
  readonly id: Hex
  /** The model's id. */
  readonly model: Hex
  /** Its name and label, for people. */
  readonly title: string
  /** Its manifest, where it lies beside a directory. */
  readonly manifest?: ParsedManifest
}

/**
 * The manifest beside a directory.
 *
 * @throws KedgeError `USAGE` if there is none, `MANIFEST_MALFORMED`.
 */
export async function manifestBeside(directory: string): Promise<ParsedManifest> {
  const manifest = await readManifestBeside(directory)
  if (manifest !== undefined) return manifest
  throw new KedgeError(
    'USAGE',
    `there is no manifest beside ${directory}`,
    { directory },
    { remedy: 'Name the directory of the version; kedge manifest writes its manifest beside it.' },
  )
}

/** The version that the manifest beside a directory describes, on this chain. */
export function versionOf(kedge: Kedge, parsed: ParsedManifest): NamedVersion {
  const { chainId, contracts } = kedge.deployment
  const identity = identityOf(parsed)
  const { model, label } = parsed.manifest
  return {
    id: versionIdOf({ chainId, registry: contracts.registry, identity }),
    model: identity.model,
    title: `${model} ${label}`,
    manifest: parsed,
  }
}

/** A version by its label, which names one once it has entered Validation, or by its id. */
export async function versionByName(
  kedge: Kedge,
  modelName: string,
  argument: string,
): Promise<NamedVersion> {
  const model = modelArgument(modelName)
  if (isBytes32(argument)) return { id: argument, model, title: `${modelName} ${argument}` }
  const id = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.registry,
      abi: registryAbi,
      functionName: 'labelHolder',
      args: [model, labelHashOf(argument)],
    }),
  )
  if (id !== none) return { id, model, title: `${modelName} ${argument}` }
  throw new KedgeError(
    'NOT_REGISTERED',
    `no version of ${modelName} holds the label ${argument}`,
    { model: modelName, label: argument },
    { remedy: 'Check model and label; before Validation a version has its id only.' },
  )
}

/**
 * What the registry's log says was registered under an id. The id commits to it, so that an endpoint cannot pass
 * another version off as this one.
 *
 * @throws KedgeError `NOT_REGISTERED`; `IDENTITY_MISMATCH` if what is shown does not give the id.
 */
export async function registrationOf(
  kedge: Kedge,
  version: Pick<NamedVersion, 'id' | 'title'> & Partial<NamedVersion>,
): Promise<Identity> {
  const { chainId, contracts } = kedge.deployment
  const filter = { actions: ['Registered'], subject: version.id } as const
  const [entry] = await auditEntries(kedge, contracts.registry, filter)
  const identity = entry && identityIn(entry.data)
  if (identity === undefined) {
    throw new KedgeError('NOT_REGISTERED', `the registry does not know ${version.title}`, {
      version: version.id,
    })
  }
  const actual = versionIdOf({ chainId, registry: contracts.registry, identity })
  if (actual === version.id && identity.model === (version.model ?? identity.model)) return identity
  throw new KedgeError(
    'IDENTITY_MISMATCH',
    `what was registered as ${version.title} does not give its id, or is of another model`,
    { expected: version.id, actual, model: identity.model },
    { remedy: 'Check --model; if it is right, do not use this endpoint.' },
  )
}

/** A model that the registry does not know: the name is mistyped, or it lives elsewhere. */
export function unknownModel(model: string): KedgeError {
  return new KedgeError(
    'NOT_REGISTERED',
    `there is no model ${model}`,
    { model },
    { remedy: 'Check the name, and that this deployment is the one that it lives in.' },
  )
}

/** How an environment stands: the version that is active there, if one is, and the sequence of the last change. */
export async function activeIn(
  kedge: Kedge,
  model: { readonly id: Hex; readonly name: string },
  environment: Hex,
): Promise<{ readonly version: NamedVersion | undefined; readonly sequence: number }> {
  const { active, modelState } = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'provenance',
      args: [model.id, environment],
    }),
  )
  if (modelState === modelStates.indexOf('None')) throw unknownModel(model.name)
  const { version: id, number } = active
  const version = { id, model: model.id, title: `${model.name} #${number} ${id}` }
  return { version: id === none ? undefined : version, sequence: Number(active.sequence) }
}

/**
 * The id of the version that an identity names as its parent by the manifest's digest, from the registry's own log.
 *
 * @throws KedgeError `USAGE` if it is not registered, or more than one version has this manifest.
 */
export async function parentOf(kedge: Kedge, identity: Identity): Promise<Hex> {
  if (identity.parent === none) return none
  const registered = await auditEntries(kedge, kedge.deployment.contracts.registry, {
    actions: ['Registered'],
  })
  const found = registered
    .filter(({ document }) => document === identity.parent)
    .map(({ subject }) => subject)
  const [parent] = found
  if (parent !== undefined && found.length === 1) return parent
  if (parent === undefined) {
    throw new KedgeError(
      'USAGE',
      'the manifest names a parent that is not registered',
      { parent: identity.parent },
      { remedy: 'Register the parent first, or write the manifest again with the right parent.' },
    )
  }
  throw new KedgeError(
    'USAGE',
    `${found.length} versions have the manifest that is named as the parent`,
    { parent: identity.parent, versions: found },
    { remedy: 'Say which one it is with --parent-version.' },
  )
}
