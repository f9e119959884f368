import { join } from 'node:path'
import { type Cid, digestFile, encodeTree, type ReadProgress } from '../bytes/index.ts'
import {
  type ArtifactContent,
  buildArtifactStatement,
  parseArtifactStatement,
  serializeArtifactStatement,
} from './artifact.ts'
import type { Sha256 } from './digest.ts'
import { walk } from './walk.ts'

/** A file of a directory, with both names of its content. */
export interface MeasuredFile {
  readonly path: string
  readonly sha256: Sha256
  readonly cid: Cid
  /** Bytes. */
  readonly size: number
}

/** Everything about a directory that its documents need. */
export interface DescribedArtifact {
  readonly files: readonly MeasuredFile[]
  /** Document A's exact bytes. */
  readonly bytes: Uint8Array
  /** Document A, read back from them. */
  readonly content: ArtifactContent
  /** The UnixFS root of all the files. */
  readonly treeCid: string
  readonly totalBytes: bigint
}

/**
 * Reads a directory once and makes document A, the tree's CID and the sizes of it.
 *
 * @throws KedgeError for whatever {@link walk} and the reading of files refuse.
 *
 * @example
 * ```ts
 * const { content, treeCid } = await describeArtifact('models/silero-vad', { model: 'silero-vad' })
 * ```
 */
export async function describeArtifact(
  directory: string,
  options: {
    readonly model: string
    /** Called after each file. */
    readonly onProgress?: (file: MeasuredFile) => void
    /** Called while a file is read. */
    readonly onRead?: (progress: ReadProgress & { readonly path: string }) => void
    readonly signal?: AbortSignal
  },
): Promise<DescribedArtifact> {
  const { model, signal, onProgress, onRead } = options
  const files: MeasuredFile[] = []
  for await (const path of walk(directory, signal ? { signal } : {})) {
    const { sha256, cid, size } = await digestFile(join(directory, path), {
      signal,
      ...(onRead && { onProgress: progress => onRead({ ...progress, path }) }),
    })
    const file = { path, sha256, cid, size }
    files.push(file)
    onProgress?.(file)
  }
  const bytes = serializeArtifactStatement(buildArtifactStatement({ model, files }))
  return {
    files,
    bytes,
    content: parseArtifactStatement(bytes),
    treeCid: encodeTree({ files }).cid,
    totalBytes: files.reduce((sum, { size }) => sum + BigInt(size), 0n),
  }
}
