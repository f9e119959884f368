import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RelayError } from '../errors.ts'

/** SQLITE_BUSY: https://sqlite.org/rescode.html#busy */
const busy = 5

/**
 * Takes a directory for this process alone. Node has no call for file locks, SQLite has: its lock is the
 * kernel's, so it ends with the process, however that ends, and holds between containers that share a volume. The
 * database stays empty.
 *
 * @returns Lets go of the directory.
 * @throws RelayError `STORE_LOCKED`, `STORE_UNUSABLE`.
 */
export function lockDirectory(directory: string): () => void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database?.close()
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === busy) {
      throw new RelayError('STORE_LOCKED', `another process uses ${directory}`, { directory }, { cause })
    }
    throw new RelayError('STORE_UNUSABLE', `${directory} cannot be locked`, { directory }, { cause })
  }
  const held = database
  return () => held.close()
}
