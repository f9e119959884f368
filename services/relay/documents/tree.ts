import {
  decodeDagPb,
  decodeUnixfs,
  type EncodeTreeResult,
  encodeTree,
  parseCid,
  readDirectory,
  type TreeFile,
} from '@kedge/sdk/bytes'
import type { ArtifactFile } from '@kedge/sdk/documents'
import { KedgeError } from '@kedge/sdk/errors'
import { RelayError } from '../errors.ts'
import type { ArtifactStore, StoredFile } from '../store/artifactStore.ts'

/** The most paths that one error names. */
const maxNamed = 10

/** A tree of files that are all in the store. */
export interface TreeOfFiles extends EncodeTreeResult {
  readonly fileCount: number
  readonly totalBytes: bigint
}

/**
 * Builds the directories above files in the store. Sizes are the store's, never the client's.
 *
 * @throws RelayError `NOT_STORED` with the paths that are missing; KedgeError as `encodeTree`.
 */
export async function treeOfCids(
  store: ArtifactStore,
  files: readonly { readonly path: string; readonly cid: string }[],
): Promise<TreeOfFiles> {
  return treeOf(await find(files, ({ cid }) => store.fileAt(cid)))
}

/**
 * The same for the files of a document A, which are named by their SHA-256.
 *
 * @throws RelayError `NOT_STORED` with the paths that are missing; KedgeError as `encodeTree`.
 */
export async function treeOfArtifact(
  store: ArtifactStore,
  files: readonly ArtifactFile[],
): Promise<TreeOfFiles> {
  return treeOf(await find(files, ({ sha256 }) => store.fileOf(sha256)))
}

/**
 * The paths of all files below a directory in the store. Of an encrypted artifact the relay cannot know more than that
 * its ciphertext is there, whole, under the paths of A.
 *
 * @throws RelayError `NOT_STORED` when a directory or a file is not there.
 */
export async function pathsOfTree(store: ArtifactStore, root: string): Promise<ReadonlySet<string>> {
  const paths = new Set<string>()
  await walk(root, '')
  return paths

  async function walk(cid: string, prefix: string): Promise<void> {
    if ((await store.sizeOf(cid)) === undefined) throw notStored(`the directory ${prefix || '/'}`, { cid })
    for (const entry of await readDirectory(cid, block => store.block(block))) {
      const path = `${prefix}${entry.name}`
      if ((await store.fileAt(entry.cid)) !== undefined) paths.add(path)
      else if (await isDirectory(entry.cid)) await walk(entry.cid, `${path}/`)
      else throw notStored(path, { path, cid: entry.cid })
    }
  }

  async function isDirectory(cid: string): Promise<boolean> {
    if (parseCid(cid).codec === 'raw') return false
    const bytes = await store.block(cid)
    return bytes !== undefined && decodeUnixfs(decodeDagPb(bytes).data).type !== 'file'
  }
}

async function find<File extends { readonly path: string }>(
  files: readonly File[],
  look: (file: File) => Promise<StoredFile | undefined>,
): Promise<readonly TreeFile[]> {
  const found: TreeFile[] = []
  const missing: string[] = []
  for (const file of files) {
    const stored = await look(file)
    if (stored === undefined) missing.push(file.path)
    else found.push({ path: file.path, cid: stored.cid, size: stored.size })
  }
  if (missing.length === 0) return found
  throw new RelayError('NOT_STORED', `${missing.length} files are not in the store`, {
    paths: missing.slice(0, maxNamed),
    count: missing.length,
  })
}

function treeOf(files: readonly TreeFile[]): TreeOfFiles {
  if (files.length === 0) throw new KedgeError('MANIFEST_MALFORMED', 'a tree has at least one file')
  const totalBytes = files.reduce((sum, { size }) => sum + BigInt(size), 0n)
  return { ...encodeTree({ files }), fileCount: files.length, totalBytes }
}

function notStored(what: string, facts: Readonly<Record<string, string>>): RelayError {
  return new RelayError('NOT_STORED', `${what} is not in the store`, facts)
}
