import { createHash } from 'node:crypto'
import { type FileSource, fillFrom, type OpenFile, type ReadFileOptions, withOpenFile } from './openFile.ts'

/** What {@link hashFile} returns. */
export interface HashFileResult {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/**
 * The SHA-256 of a file, with one reused buffer of 256 KiB, letting other work run every 1 MiB.
 *
 * @param source - Path or open descriptor.
 * @param options - {@link ReadFileOptions}
 * @returns Digest and size.
 * @throws {@link KedgeError} `SYMLINK`, `SPECIAL_FILE`, `UNAVAILABLE`, `SIZE_EXCEEDED`, `CHANGED_DURING_READ`
 * @example
 * ```ts
 * const { sha256 } = await hashFile('model.safetensors', { signal: AbortSignal.timeout(60_000) })
 * ```
 */
export async function hashFile(source: FileSource, options: ReadFileOptions = {}): Promise<HashFileResult> {
  return withOpenFile(source, options, async file => {
    const whole = createHash('sha256')
    await readInTurns(file, options, bytes => whole.update(bytes))
    return { sha256: whole.digest('hex'), size: file.size }
  })
}

/** Small enough to stay in a core's own cache while it is hashed, large enough for few calls. */
export const readBufferSize = 262_144

const bytesPerTurn = 1_048_576

/**
 * Reads a file from its start to its end into one buffer, which `take` must not keep.
 * Reading is synchronous, as that is 1.4 times as fast, but a turn of the event loop passes every 1 MiB.
 */
export async function readInTurns(
  file: OpenFile,
  options: ReadFileOptions,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(readBufferSize, file.size))
  for (let done = 0; done < file.size; ) {
    const bytes = buffer.subarray(0, Math.min(buffer.length, file.size - done))
    fillFrom(file, bytes, done)
    take(bytes)
    done += bytes.length
    if (done % bytesPerTurn === 0 || done === file.size) {
      options.onProgress?.({ done, total: file.size })
      if (done < file.size) {
        await new Promise(resolve => setImmediate(resolve))
        options.signal?.throwIfAborted()
      }
    }
  }
}
