import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Kind } from '../../sdk/documents/kinds.ts'

/** A file to be written, and the kind of the manifest it falls in. */
export interface Part {
  readonly path: string
  readonly kind: Kind
  readonly content: string | Uint8Array
}

/** A file that was written. */
export interface WrittenFile {
  /** Relative to the artifact's directory, with `/`. */
  readonly path: string
  readonly kind: Kind
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes an artifact directory as a whole: every file is on the disk before the directory gets its name, so that a
 * half-written artifact is never taken for one.
 *
 * @param directory - Must not exist, or be empty: an artifact is never written over another.
 * @returns The files, sorted by path.
 */
export async function writeTree(directory: string, parts: readonly Part[]): Promise<readonly WrittenFile[]> {
  const target = resolve(directory)
  await refuseOccupied(target)
  const draft = `${target}.draft`
  await rm(draft, { recursive: true, force: true })
  const written: WrittenFile[] = []
  for (const { path, kind, content } of parts.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const bytes = Buffer.from(content)
    await mkdir(dirname(join(draft, path)), { recursive: true })
    await writeDurably(join(draft, path), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    written.push({ path, kind, bytes: bytes.length, sha256 })
  }
  const directories = new Set(parts.flatMap(({ path }) => parentsOf(path)))
  for (const inner of directories) await syncDirectory(join(draft, inner))
  await rename(draft, target)
  await syncDirectory(dirname(target))
  return written
}

async function refuseOccupied(target: string): Promise<void> {
  const entries = await readdir(target).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  if (entries.length > 0) {
    throw new Error(`${target} is not empty; an artifact is never written over another`)
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A new name is on the disk only when the directory that holds it is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** `a/b/c` lies in `a/b`, `a` and the root, the empty path. */
function parentsOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, depth) => names.slice(0, names.length - depth).join('/')).concat('')
}
