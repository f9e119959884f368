import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { KedgeError } from '../errors/index.ts'
import type { Trust } from './trust.ts'

/** Where the marks of this user are kept: `$XDG_STATE_HOME/kedge/marks`. */
export function defaultMarks(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'kedge', 'marks')
}

/**
 * The highest sequence that was ever seen of a model in a finalized block. Each value is an empty file whose name is
 * the number: creating one is atomic, many processes may do it at once, and the mark can only rise.
 */
export interface Mark {
  read(): Promise<bigint>
  raise(sequence: bigint): Promise<void>
}

/** The mark of a model: one per chain, registry and model. */
export function markOf(directory: string, trust: Trust, model: Hex): Mark {
  const place = join(directory, `${trust.chainId}-${trust.registry.address.toLowerCase()}`, model)
  const read = async () => {
    const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw new KedgeError(
        'UNAVAILABLE',
        `the mark in ${place} cannot be read`,
        { path: place },
        { cause: error },
      )
    })
    const values = names.filter(name => /^\d{20}$/.test(name)).map(BigInt)
    return values.reduce((a, b) => (a > b ? a : b), 0n)
  }
  return {
    read,
    async raise(sequence) {
      const before = await read()
      if (sequence <= before) return
      try {
        await mkdir(place, { recursive: true })
        await writeFile(join(place, fileName(sequence)), '')
        // What is lower says nothing any more; whoever removes it first, the highest stays.
        if (before > 0n) await rm(join(place, fileName(before)), { force: true })
      } catch (cause) {
        throw new KedgeError(
          'UNAVAILABLE',
          `the mark in ${place} cannot be written`,
          { path: place },
          { cause },
        )
      }
    },
  }
}

function fileName(sequence: bigint): string {
  return sequence.toString().padStart(20, '0')
}
