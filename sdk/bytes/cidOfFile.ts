import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { createFileDag, type FileDag, type FileRoot, type VisitFileBlock } from './fileDag.ts'
import { readBufferSize, readInTurns } from './hashFile.ts'
import { type FileSource, type OpenFile, type ReadFileOptions, withOpenFile } from './openFile.ts'
import { unixfsProfile } from './profile.ts'
import { runWorkers } from './runWorkers.ts'

/** Options of {@link cidOfFile}. */
export interface CidOfFileOptions extends ReadFileOptions {
  /** Receives each block of the file. */
  readonly visit?: VisitFileBlock | undefined
  /** Threads for files of 64 MiB and more; as many as there are cores, but at most 16, unless said otherwise. */
  readonly workers?: number | undefined
}

/**
 * The CID of a file, on all cores: the leaves are hashed in parallel, 32 bytes are kept for each, and the nodes above
 * them are built at the end. For a large file this is as good a proof as its SHA-256, and faster.
 *
 * @param source - Path or open descriptor.
 * @param options - {@link CidOfFileOptions}
 * @returns CID and sizes.
 * @throws {@link KedgeError} `SYMLINK`, `SPECIAL_FILE`, `UNAVAILABLE`, `SIZE_EXCEEDED`, `CHANGED_DURING_READ`
 * @example
 * ```ts
 * const { cid } = await cidOfFile('model.safetensors')
 * ```
 * @see https://specs.ipfs.tech/ipips/ipip-0499/
 */
export async function cidOfFile(source: FileSource, options: CidOfFileOptions = {}): Promise<FileRoot> {
  const { workers = Math.min(16, availableParallelism()), visit } = options
  const dag = createFileDag({ visit })
  await withOpenFile(source, options, async file => {
    if (file.size < worthThreads || workers < 2) await addLeavesInTurns(file, options, dag)
    else await addLeavesInParallel(file, options, dag, workers)
  })
  return dag.finish()
}

/** Starting threads takes about as long as hashing this many bytes. */
export const worthThreads = 64 * unixfsProfile.chunkSize

const leavesPerClaim = 8

async function addLeavesInTurns(file: OpenFile, options: ReadFileOptions, dag: FileDag): Promise<void> {
  let leaf = createHash('sha256')
  let inLeaf = 0
  let done = 0
  await readInTurns(file, options, bytes => {
    leaf.update(bytes)
    inLeaf += bytes.length
    done += bytes.length
    if (inLeaf < unixfsProfile.chunkSize && done < file.size) return
    dag.addLeaf(leaf.digest(), inLeaf)
    leaf = createHash('sha256')
    inLeaf = 0
  })
}

async function addLeavesInParallel(
  file: OpenFile,
  options: ReadFileOptions,
  dag: FileDag,
  workers: number,
): Promise<void> {
  const { chunkSize } = unixfsProfile
  const leaves = Math.ceil(file.size / chunkSize)
  const digests = new Uint8Array(new SharedArrayBuffer(leaves * 32))
  let done = 0
  await runWorkers(file, options.signal, Math.min(workers, Math.ceil(leaves / leavesPerClaim)), {
    job: control => ({
      kind: 'file',
      fd: file.fd,
      size: file.size,
      chunkSize,
      bufferSize: readBufferSize,
      leavesPerClaim,
      control,
      digests,
    }),
    onBytes: bytes => {
      done += bytes
      options.onProgress?.({ done, total: file.size })
    },
  })
  for (let leaf = 0; leaf < leaves; leaf++) {
    // Copied, as what the visitor or a pending node keeps must not hold the whole table.
    dag.addLeaf(digests.slice(leaf * 32, leaf * 32 + 32), Math.min(chunkSize, file.size - leaf * chunkSize))
  }
}
