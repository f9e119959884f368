import { createHash } from 'node:crypto'
import { worthThreads } from './cidOfFile.ts'
import { createDigester, type FileDigest } from './digester.ts'
import { createFileDag, type VisitFileBlock } from './fileDag.ts'
import { readInTurns } from './hashFile.ts'
import { controlIndex } from './leafJob.ts'
import { type FileSource, fillFrom, type OpenFile, type ReadFileOptions, withOpenFile } from './openFile.ts'
import { unixfsProfile } from './profile.ts'
import { runWorkers } from './runWorkers.ts'

/** Options of {@link digestFile}. */
export interface DigestFileOptions extends ReadFileOptions {
  /** Receives each block of the file. */
  readonly visit?: VisitFileBlock | undefined
}

/**
 * SHA-256 and CID of a file in one pass: every byte is read once and goes into both, so both speak of the same bytes.
 * For files of 64 MiB and more a second thread hashes the leaves.
 *
 * @param source - Path or open descriptor.
 * @param options - {@link DigestFileOptions}
 * @returns SHA-256, CID and sizes.
 * @throws {@link KedgeError} `SYMLINK`, `SPECIAL_FILE`, `UNAVAILABLE`, `SIZE_EXCEEDED`, `CHANGED_DURING_READ`
 * @example
 * ```ts
 * const { sha256, cid, size } = await digestFile('model.safetensors')
 * ```
 */
export async function digestFile(source: FileSource, options: DigestFileOptions = {}): Promise<FileDigest> {
  return withOpenFile(source, options, async file => {
    if (file.size >= worthThreads) return digestWithSecondThread(file, options)
    const digester = createDigester({ visit: options.visit })
    await readInTurns(file, options, digester.push)
    return digester.finish()
  })
}

const ringSlots = 8

async function digestWithSecondThread(file: OpenFile, options: DigestFileOptions): Promise<FileDigest> {
  const { chunkSize } = unixfsProfile
  const leaves = Math.ceil(file.size / chunkSize)
  const digests = new Uint8Array(new SharedArrayBuffer(leaves * 32))
  const ring = new Uint8Array(new SharedArrayBuffer(ringSlots * chunkSize))
  const whole = createHash('sha256')
  const dag = createFileDag({ visit: options.visit })
  await runWorkers(file, options.signal, 1, {
    job: control => ({ kind: 'ring', size: file.size, chunkSize, control, digests, ring }),
    meanwhile: async control => {
      for (let leaf = 0; leaf < leaves; leaf++) {
        await slotIsFree(control, leaf - ringSlots)
        if (Atomics.load(control, controlIndex.stop) !== 0) return
        const slot = (leaf % ringSlots) * chunkSize
        const length = Math.min(chunkSize, file.size - leaf * chunkSize)
        const bytes = ring.subarray(slot, slot + length)
        fillFrom(file, bytes, leaf * chunkSize)
        // The other thread may begin while this one hashes the same bytes.
        Atomics.store(control, controlIndex.filled, leaf + 1)
        Atomics.notify(control, controlIndex.filled)
        whole.update(bytes)
        options.onProgress?.({ done: leaf * chunkSize + length, total: file.size })
        await new Promise(resolve => setImmediate(resolve))
      }
    },
  })
  for (let leaf = 0; leaf < leaves; leaf++) {
    dag.addLeaf(digests.slice(leaf * 32, leaf * 32 + 32), Math.min(chunkSize, file.size - leaf * chunkSize))
  }
  return { ...dag.finish(), sha256: whole.digest('hex') }
}

/** Waits until the other thread has hashed `leaf`, whose slot is to be filled again, or has stopped. */
async function slotIsFree(control: Int32Array, leaf: number): Promise<void> {
  for (;;) {
    const hashed = Atomics.load(control, controlIndex.hashed)
    if (hashed > leaf || Atomics.load(control, controlIndex.stop) !== 0) return
    await Atomics.waitAsync(control, controlIndex.hashed, hashed).value
  }
}
