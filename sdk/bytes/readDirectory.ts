import { KedgeError } from '../errors/index.ts'
import { type BlockSource, getVerifiedBlock } from './blockSource.ts'
import { type Cid, cidFromBytes, formatCid, parseCid } from './cid.ts'
import { decodeDagPb, type PbLink } from './dagPb.ts'
import { type DirectoryEntry, encodeDirectory } from './directoryDag.ts'
import { decodeUnixfs } from './unixfs.ts'

/** Options of {@link readDirectory}. */
export interface ReadDirectoryOptions {
  /** A directory with more entries is refused; 100,000 unless said otherwise. */
  readonly maxEntries?: number | undefined
  /** Checked before each block is asked for. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Lists one directory out of blocks from anywhere, in one block or as a HAMT. What was read is encoded again and must give
 * the same CID, so exactly one DAG is accepted for each list of entries: nothing can be hidden in a wrong slot, under
 * a second spelling, or out of order.
 *
 * @param cid - The directory's CID.
 * @param source - Where blocks come from.
 * @param options - {@link ReadDirectoryOptions}
 * @returns The entries, sorted by the UTF-8 bytes of their names in a directory of one block, by slot in a HAMT. Their
 * sizes are claims of whoever made the directory until the entries themselves are read.
 * @throws {@link KedgeError} `UNAVAILABLE`, `DIGEST_MISMATCH`, `MANIFEST_MALFORMED`, `SIZE_EXCEEDED`, `UNSAFE_PATH`, `NAME_COLLISION`
 * @example
 * ```ts
 * const entries = await readDirectory(treeCid, cid => store.get(cid))
 * ```
 * @see https://specs.ipfs.tech/unixfs/
 */
export async function readDirectory(
  cid: string,
  source: BlockSource,
  options: ReadDirectoryOptions = {},
): Promise<readonly DirectoryEntry[]> {
  const { maxEntries = 100_000, signal } = options
  const root = formatCid(parseCid(cid))
  const entries: DirectoryEntry[] = []
  let links = 0
  await read(root, 0)
  if (encodeDirectory(entries).cid !== root) {
    throw malformed('the profile encodes these entries in another way', root)
  }
  return entries

  async function read(node: Cid, level: number): Promise<void> {
    signal?.throwIfAborted()
    if (parseCid(node).codec !== 'dag-pb') throw malformed('not a directory', root)
    const decoded = decodeDagPb(await getVerifiedBlock(source, node))
    const { type } = decodeUnixfs(decoded.data)
    if (type === 'file' || (type === 'directory' && level > 0)) throw malformed('not a directory', root)
    for (const link of decoded.links) {
      // A HAMT of eight levels has at most seven nodes for each pair of entries; a hostile one has no bound.
      if (++links > 8 * maxEntries || entries.length === maxEntries) {
        throw new KedgeError('SIZE_EXCEEDED', 'a directory has too many entries', {
          cid: root,
          limit: maxEntries,
        })
      }
      if (type === 'shard' && link.name.length === 2) {
        if (level === 7) throw malformed('a HAMT has eight levels', root)
        await read(formatCid(cidFromBytes(link.cid)), level + 1)
      } else entries.push(toEntry(link, type === 'shard' ? link.name.slice(2) : link.name))
    }
  }
}

function toEntry(link: PbLink, name: string): DirectoryEntry {
  return { name, cid: formatCid(cidFromBytes(link.cid)), dagSize: link.tsize }
}

function malformed(detail: string, cid: Cid): KedgeError {
  return new KedgeError('MANIFEST_MALFORMED', detail, { cid })
}
