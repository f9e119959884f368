import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { KedgeError } from '../errors/index.ts'

/**
 * Reads a whole file that may not be what it seems: nothing but a regular file is read, never more than `limit` bytes
 * of it, and never from something that makes the reader wait. A link is followed, since what is read is judged by its
 * content: mounted configuration often is a link.
 *
 * @param path - The file.
 * @param limit - The most bytes.
 * @returns The bytes; undefined if there is no such file.
 * @throws KedgeError `SPECIAL_FILE`, `SIZE_EXCEEDED`, `UNAVAILABLE`.
 *
 * @example
 * ```ts
 * const bytes = await readRegular('models/silero-vad.manifest.json', 1024 * 1024)
 * ```
 */
export async function readRegular(path: string, limit: number): Promise<Uint8Array | undefined> {
  let file: FileHandle | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if (!(await file.stat()).isFile()) {
      throw new KedgeError('SPECIAL_FILE', `${path} is not a file`, { path })
    }
    return await readAtMost(file, path, limit)
  } catch (cause) {
    if (cause instanceof KedgeError) throw cause
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    if (reason === 'ENOENT') return undefined
    throw new KedgeError('UNAVAILABLE', `${path} cannot be read`, { path, reason }, { cause })
  } finally {
    await file?.close()
  }
}

/** The size that a file claims is no measure: it may grow, and some files claim none at all. */
async function readAtMost(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for (let size = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536))
    if (bytesRead === 0) return new Uint8Array(Buffer.concat(parts))
    size += bytesRead
    if (size > limit) {
      throw new KedgeError('SIZE_EXCEEDED', `${path} is larger than ${limit} bytes`, { path, limit })
    }
    parts.push(buffer.subarray(0, bytesRead))
  }
}
