import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The npm package that carries the weights. */
export const PACKAGE = '@ricky0123/vad-web'

/** The versions of the model that the package carries, oldest first. */
export const sileroVersions = ['legacy', 'v5', 'v6'] as const

/** One of {@link sileroVersions}. */
export type SileroVersion = (typeof sileroVersions)[number]

/** The weights of a version, and where they come from. */
export interface Weights {
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly package: string
  readonly packageVersion: string
  readonly license: string
  /** Path within the package. */
  readonly file: string
}

/**
 * Reads the weights of a version out of the installed package.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function readWeights(version: SileroVersion): Promise<Weights> {
  const manifest = locatePackage()
  const file = `dist/silero_vad_${version}.onnx`
  const described: unknown = JSON.parse(await readFile(manifest, 'utf8'))
  const bytes = await readFile(join(dirname(manifest), file)).catch((cause: unknown) => {
    throw new Error(`${PACKAGE} is installed, but its ${file} cannot be read; run \`npm ci\``, { cause })
  })
  return {
    bytes: new Uint8Array(bytes),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    package: PACKAGE,
    packageVersion: textOf(described, 'version'),
    license: textOf(described, 'license'),
    file,
  }
}

function locatePackage(): string {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)
  } catch (cause) {
    throw new Error(
      `The npm package ${PACKAGE}, which carries the models, is not installed; run \`npm ci\``,
      {
        cause,
      },
    )
  }
}

function textOf(described: unknown, field: string): string {
  const value: unknown =
    typeof described === 'object' && described !== null ? Reflect.get(described, field) : undefined
  if (typeof value !== 'string') throw new Error(`The package.json of ${PACKAGE} has no ${field}`)
  return value
}
