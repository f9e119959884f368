import { createHash } from 'node:crypto'
import { KedgeError } from '../errors/index.ts'
import { createFileDag, type FileRoot, type VisitFileBlock } from './fileDag.ts'
import { unixfsProfile } from './profile.ts'

/** Both names of a file's content. */
export interface FileDigest extends FileRoot {
  /** SHA-256 of the whole file, 64 lower-case hexadecimal digits, as `sha256sum` prints it. */
  readonly sha256: string
}

/** Takes a file in pieces. */
export interface Digester {
  /**
   * Takes the next bytes, as many as there are; they may be reused as soon as this returns.
   *
   * @throws {@link KedgeError} `SIZE_EXCEEDED` when this would go beyond `maxSize`; none of the bytes is taken then.
   */
  readonly push: (bytes: Uint8Array) => void
  /** Ends the file. Neither this nor `push` may be called again. */
  readonly finish: () => FileDigest
}

/** Options of {@link createDigester}. */
export interface DigesterOptions {
  /** Bytes; more are refused. */
  readonly maxSize?: number | undefined
  /** Receives each block as soon as it is known. */
  readonly visit?: VisitFileBlock | undefined
}

/**
 * Computes SHA-256 and CID of a file that arrives in pieces, in constant memory: nothing of the content is kept,
 * and the result does not depend on how it was cut.
 *
 * @param options - {@link DigesterOptions}
 * @returns The digester.
 * @example
 * ```ts
 * const digester = createDigester({ maxSize: 10 * 2 ** 30 })
 * for await (const bytes of request) digester.push(bytes)
 * const { sha256, cid, size } = digester.finish()
 * ```
 */
export function createDigester(options: DigesterOptions = {}): Digester {
  const { maxSize = Number.MAX_SAFE_INTEGER, visit } = options
  const dag = createFileDag({ visit })
  const whole = createHash('sha256')
  let leaf = createHash('sha256')
  let inLeaf = 0
  let size = 0
  return {
    push: bytes => {
      if (size + bytes.length > maxSize) {
        throw new KedgeError('SIZE_EXCEEDED', 'more bytes than allowed', {
          limit: maxSize,
          atLeast: size + bytes.length,
        })
      }
      size += bytes.length
      whole.update(bytes)
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + unixfsProfile.chunkSize - inLeaf)
        leaf.update(bytes.subarray(at, end))
        inLeaf += end - at
        at = end
        if (inLeaf === unixfsProfile.chunkSize) {
          dag.addLeaf(leaf.digest(), inLeaf)
          leaf = createHash('sha256')
          inLeaf = 0
        }
      }
    },
    finish: () => {
      if (inLeaf > 0) dag.addLeaf(leaf.digest(), inLeaf)
      return { ...dag.finish(), sha256: whole.digest('hex') }
    },
  }
}
