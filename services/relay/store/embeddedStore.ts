import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Cid,
  cidOfRawDigest,
  createDigester,
  type FileDigest,
  formatCid,
  parseCid,
  sha256,
  unixfsProfile,
} from '@kedge/sdk/bytes'
import { KedgeError, systemReason } from '@kedge/sdk/errors'
import { RelayError } from '../errors.ts'
import type { ArtifactStore, Block, FileClaim, StoredFile } from './artifactStore.ts'
import { createDagWriter, type NodePlace, readDagFile } from './dagFile.ts'
import { createLeafIndex } from './leafIndex.ts'
import { lockDirectory } from './lock.ts'

const format = 'kedge artifact store 1\n'

/** How much of a dag file is collected before it is written. */
const dagPiece = 65_536

/** Where the nodes of a file are. */
interface NodeAt extends NodePlace {
  readonly root: Cid
}

/**
 * Opens a store in a directory, or makes one there.
 *
 *   format                what this is
 *   lock                  who has it
 *   files/<cid>/content   a file of more than 1 MiB, once; its leaves are slices of it
 *   files/<cid>/dag       its nodes and the digests of its leaves
 *   blocks/<cid>          everything else: files of one block, documents, directories
 *   incoming/             what is not complete; emptied at the start
 *
 * Everything is written to `incoming`, flushed, and put in its place by a rename: what has its name is complete, whenever
 * the power fails. No index is kept on the disk; that of the leaves is made anew at the start from the dag files.
 *
 * @throws RelayError `STORE_LOCKED`, `STORE_UNUSABLE`, `STORE_FOREIGN`, `STORE_CORRUPT`, `STORE_FULL`.
 */
export async function openEmbeddedStore(directory: string): Promise<ArtifactStore> {
  try {
    await mkdir(directory, { recursive: true })
    // Before the lock: it is a file too, and nothing may be left in a directory of someone else.
    await holdsStore(directory)
    const unlock = lockDirectory(directory)
    try {
      return await openLocked(directory, unlock)
    } catch (error) {
      unlock()
      throw error
    }
  } catch (error) {
    throw unusable(directory, known(error))
  }
}

async function openLocked(directory: string, unlock: () => void): Promise<ArtifactStore> {
  const paths = {
    files: join(directory, 'files'),
    blocks: join(directory, 'blocks'),
    incoming: join(directory, 'incoming'),
  }
  if (!(await holdsStore(directory))) await writeFormat(directory)
  await rm(paths.incoming, { recursive: true, force: true })
  for (const path of Object.values(paths)) await mkdir(path, { recursive: true })
  await flush(directory)
  await flush(dirname(directory))

  const roots: StoredFile[] = []
  const byDigest = new Map<string, StoredFile>()
  const byRoot = new Map<string, StoredFile>()
  const nodes = new Map<string, NodeAt>()
  const leaves = createLeafIndex()
  for (const name of await readdir(paths.files)) await admit(name)

  /** Makes a file in its place known. */
  async function admit(name: string): Promise<void> {
    if (byRoot.has(name)) return
    const path = join(paths.files, name)
    const bytes = await readFile(join(path, 'dag')).catch(ifMissing)
    const content = await stat(join(path, 'content')).catch(ifMissing)
    const dag = bytes === undefined ? undefined : readDagFile(bytes)
    if (dag === undefined || dag.cid !== name || content?.size !== dag.size) {
      throw new RelayError('STORE_CORRUPT', `the store is damaged: ${path} is not what was stored`, {
        path,
        missing: [bytes === undefined ? 'dag' : '', content === undefined ? 'content' : ''].filter(Boolean),
      })
    }
    const file = { sha256: dag.sha256, cid: dag.cid, size: dag.size }
    leaves.add(roots.push(file) - 1, dag.leaves)
    for (const node of dag.nodes) nodes.set(node.cid, { ...node, root: dag.cid })
    byDigest.set(file.sha256, file)
    byRoot.set(file.cid, file)
  }

  /** Where the leaf with this digest is. */
  function leafAt(digest: Uint8Array) {
    const place = leaves.find(digest)
    const file = place === undefined ? undefined : roots[place.file]
    if (place === undefined || file === undefined) return undefined
    const offset = place.leaf * unixfsProfile.chunkSize
    return { root: file.cid, offset, length: Math.min(unixfsProfile.chunkSize, file.size - offset) }
  }

  /** Every place that may hold a block: one that is damaged does not hide another that is not. */
  async function* copiesOf(cid: string): AsyncGenerator<Uint8Array> {
    const { codec, digest } = parseCid(cid)
    const whole = await readFile(join(paths.blocks, cid)).catch(ifMissing)
    if (whole !== undefined) yield whole
    const node = nodes.get(cid)
    if (node !== undefined) yield await slice(join(paths.files, node.root, 'dag'), node)
    const leaf = codec === 'raw' ? leafAt(digest) : undefined
    if (leaf !== undefined) yield await slice(join(paths.files, leaf.root, 'content'), leaf)
  }

  async function block(cid: string): Promise<Uint8Array | undefined> {
    let damaged = false
    for await (const bytes of copiesOf(cid)) {
      if (isBlock(cid, bytes)) return bytes
      damaged = true
    }
    if (damaged) {
      throw new KedgeError('DIGEST_MISMATCH', 'a stored block is not what it was when it was stored', { cid })
    }
    return undefined
  }

  async function sizeOf(cid: string): Promise<number | undefined> {
    const { codec, digest } = parseCid(cid)
    const whole = await stat(join(paths.blocks, cid)).catch(ifMissing)
    return whole?.size ?? nodes.get(cid)?.length ?? (codec === 'raw' ? leafAt(digest)?.length : undefined)
  }

  async function fileAt(cid: string): Promise<StoredFile | undefined> {
    const { codec, digest } = parseCid(cid)
    if (codec === 'dag-pb') return byRoot.get(cid)
    const size = await sizeOf(cid)
    if (size === undefined || size > unixfsProfile.chunkSize) return undefined
    return { sha256: Buffer.from(digest).toString('hex'), cid: formatCid({ codec, digest }), size }
  }

  /** Gives a place in `incoming`, and makes sure that nothing stays there. */
  async function incoming<T>(act: (path: string) => Promise<T>): Promise<T> {
    const path = join(paths.incoming, randomUUID())
    try {
      await mkdir(path)
      return await act(path)
    } catch (error) {
      throw known(error)
    } finally {
      await rm(path, { recursive: true, force: true })
    }
  }

  async function putFile(bytes: AsyncIterable<Uint8Array>, claim: FileClaim = {}): Promise<StoredFile> {
    await assertRoom(directory, claim.size ?? 0)
    return await incoming(async path => {
      const file = await receive(path, bytes, claim)
      if (parseCid(file.cid).codec === 'raw') {
        await rename(join(path, 'content'), join(paths.blocks, file.cid))
        await flush(paths.blocks)
      } else {
        await settle(path, join(paths.files, file.cid))
        await admit(file.cid)
      }
      return { sha256: file.sha256, cid: file.cid, size: file.size }
    })
  }

  async function settle(from: string, to: string): Promise<void> {
    await flush(from)
    const taken = await rename(from, to).then(
      () => false,
      error => {
        if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return true
        throw error
      },
    )
    if (taken) {
      // The same file is there. Replacing one by one is safe, since both have the same bytes, and mends a damaged one.
      for (const name of ['content', 'dag']) await rename(join(from, name), join(to, name))
      await flush(to)
    }
    await flush(paths.files)
  }

  async function putBlocks(blocks: readonly Block[]): Promise<void> {
    await assertRoom(
      directory,
      blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
    )
    await incoming(async path => {
      for (const { cid, bytes } of blocks) {
        if (!isBlock(cid, bytes)) {
          throw new KedgeError('DIGEST_MISMATCH', 'a block is not the one that its CID names', { cid })
        }
        const handle = await open(join(path, cid), 'wx')
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
      }
      // Only when all of them are written does the first get its name.
      for (const { cid } of blocks) await rename(join(path, cid), join(paths.blocks, cid))
      await flush(paths.blocks)
    })
  }

  return {
    putFile,
    putBlocks,
    fileOf: async digest => byDigest.get(digest) ?? (await fileAt(cidOfRawDigest(digest))),
    fileAt,
    sizeOf,
    block,
    count: () => roots.length,
    close: unlock,
  }
}

/** Writes content and dag file to `path`, flushed, and checks what was claimed. */
async function receive(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  claim: FileClaim,
): Promise<FileDigest> {
  await using content = await open(join(path, 'content'), 'wx')
  const dag = createDagWriter()
  let dagLength = 0
  let dagHandle: FileHandle | undefined
  const digester = createDigester({
    maxSize: claim.size,
    visit: block => {
      dag.visit(block)
      dagLength += block.kind === 'leaf' ? 33 : 5 + block.bytes.length
    },
  })
  const writeDag = async () => {
    dagHandle ??= await open(join(path, 'dag'), 'wx')
    await dagHandle.writeFile(dag.take())
    dagLength = 0
  }
  try {
    for await (const piece of bytes) {
      const written = content.writeFile(piece)
      // The disk works while the processor hashes.
      try {
        digester.push(piece)
      } finally {
        await written
      }
      if (dagLength > dagPiece) await writeDag()
    }
    const file = digester.finish()
    assertClaim(file, claim)
    await content.sync()
    if (parseCid(file.cid).codec === 'dag-pb') {
      dag.finish(file)
      await writeDag()
      await dagHandle?.sync()
    }
    return file
  } finally {
    await dagHandle?.close()
  }
}

function assertClaim(file: FileDigest, claim: FileClaim): void {
  if (claim.sha256 !== undefined && claim.sha256 !== file.sha256) {
    throw new KedgeError('DIGEST_MISMATCH', 'the bytes are not those that were announced', {
      expected: claim.sha256,
      actual: file.sha256,
    })
  }
  if (claim.cid !== undefined && claim.cid !== file.cid) {
    throw new KedgeError('ROOT_MISMATCH', 'the bytes have another CID than was announced', {
      expected: claim.cid,
      actual: file.cid,
    })
  }
  if (claim.size !== undefined && claim.size !== file.size) {
    throw new RelayError('BROKEN_OFF', 'fewer bytes came than were announced', {
      expected: claim.size,
      actual: file.size,
    })
  }
}

/** What may lie in a directory in which a store is to be made: a start that was broken off leaves it. */
const beginnings: ReadonlySet<string> = new Set(['lock', 'lock-journal', 'format.new'])

/**
 * Whether there is a store in a directory, which otherwise must be empty. Changes nothing.
 *
 * @throws RelayError `STORE_FOREIGN`.
 */
async function holdsStore(directory: string): Promise<boolean> {
  const path = join(directory, 'format')
  const found = await readFile(path, 'utf8').catch(ifMissing)
  if (found === format) return true
  if (found !== undefined) {
    throw new RelayError('STORE_FOREIGN', `${directory} holds a store of another format`, { directory, path })
  }
  const foreign = (await readdir(directory)).filter(name => !beginnings.has(name))
  if (foreign.length === 0) return false
  throw new RelayError(
    'STORE_FOREIGN',
    `${directory} is neither empty nor a store: it has no file "format"`,
    { directory, found: foreign.slice(0, 10) },
  )
}

async function writeFormat(directory: string): Promise<void> {
  const path = join(directory, 'format')
  const handle = await open(`${path}.new`, 'w')
  try {
    await handle.writeFile(format)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}

/** Refuses at once what cannot fit, rather than after hours of upload. */
async function assertRoom(directory: string, size: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  if (size <= free) return
  throw new RelayError('STORE_FULL', 'the disk has no room for it', { size, free })
}

async function slice(
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  await using handle = await open(path)
  const bytes = new Uint8Array(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, offset + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

/** Documents A may be larger than the blocks of files, so there is no limit here. */
function isBlock(cid: string, bytes: Uint8Array): boolean {
  return Buffer.from(parseCid(cid).digest).equals(sha256(bytes))
}

/** Flushes a directory: only then do the names in it survive a power cut. */
async function flush(directory: string): Promise<void> {
  await using handle = await open(directory)
  await handle.sync()
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function ifMissing(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
  throw error
}

function known(error: unknown): unknown {
  if (!['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error))) return error
  return new RelayError('STORE_FULL', 'the disk is full; nothing was stored', {}, { cause: error })
}

/** What the system refuses while a store is opened: its operator can remove it. */
function unusable(directory: string, error: unknown): unknown {
  if (error instanceof RelayError || codeOf(error) === '') return error
  const reason = codeOf(error) === 'EEXIST' ? 'it is a file' : systemReason(error)
  const message = `${directory} cannot be used: ${reason}`
  return new RelayError('STORE_UNUSABLE', message, { directory, reason }, { cause: error })
}
