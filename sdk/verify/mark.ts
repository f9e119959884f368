import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Hex } from 'viem'
import { KedgeError } from '../errors/index.ts'
import type { Trust } from './trust.ts'

/**
 * Where the marks of this user are kept.
 *
 * @returns `$XDG_STATE_HOME/kedge/marks`, or `~/.local/state/kedge/marks`.
 *
 * @example
 * ```ts
 * defaultMarks() // '/home/ada/.local/state/kedge/marks'
 * ```
 */
export function defaultMarks(): string {
  // An empty variable counts as none, says the XDG Base Directory Specification.
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'kedge', 'marks')
}

/**
 * The highest sequence that was ever seen of a model in a finalized block. Each value is an empty file whose name is
 * the number: creating one is atomic, many processes may do it at once, and the mark can only rise.
 */
export interface Mark {
  /** Zero if nothing was seen yet. */
  read(): Promise<bigint>
  /** Does nothing when the mark is as high already. */
  raise(sequence: bigint): Promise<void>
}

/** How many values stay: who lists the directory while others raise the mark must find one of the last. */
const KEPT = 4

const MAX_SEQUENCE = 2n ** 64n - 1n

/**
 * The mark of a model: one per chain, registry and model.
 *
 * @param directory - Where marks are kept, see {@link defaultMarks}.
 * @param trust - Names chain, genesis and registry.
 * @param model - The model's id.
 * @returns {@link Mark}; both its functions throw KedgeError `UNAVAILABLE`.
 *
 * @example
 * ```ts
 * const mark = markOf(defaultMarks(), trust, modelIdOf('silero-vad'))
 * await mark.raise(7n)
 * await mark.read() // 7n
 * ```
 */
export function markOf(directory: string, trust: Trust, model: Hex): Mark {
  // Two local chains have one chain id and the same addresses: only the genesis tells them apart.
  const chain = [trust.chainId, trust.genesisHash, trust.registry.address.toLowerCase()].join('-')
  const place = join(directory, chain, model)
  const values = async () => {
    const names = await readdir(place).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return []
      throw unusable(place, `cannot be read (${cause.code})`, cause)
    })
    return sequencesOf(place, names)
  }
  return {
    read: async () => (await values()).at(-1) ?? 0n,
    raise: async sequence => {
      const before = await values()
      if (sequence <= (before.at(-1) ?? 0n)) return
      try {
        await mkdir(place, { recursive: true })
        await writeFile(join(place, nameOf(sequence)), '')
        await settleOnDisk(place, directory)
        // What is lower says nothing any more; whoever removes it first, the highest stays.
        for (const old of before.slice(0, 1 - KEPT)) await rm(join(place, nameOf(old)), { force: true })
      } catch (cause) {
        const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
        throw unusable(place, `cannot be written (${reason})`, cause)
      }
    },
  }
}

/**
 * What the names in a mark's directory say, the highest last. Names that begin with a dot are passed over: file systems
 * and tools leave such.
 *
 * @throws KedgeError `UNAVAILABLE` for anything else that is no mark: a mark that cannot be read must not count as none.
 */
export function sequencesOf(place: string, names: readonly string[]): readonly bigint[] {
  const values = names
    .filter(name => !name.startsWith('.'))
    .map(name => {
      const value = /^\d{20}$/.test(name) ? BigInt(name) : undefined
      if (value !== undefined && value <= MAX_SEQUENCE) return value
      throw unusable(place, `holds ${JSON.stringify(name)}, which is no mark`)
    })
  return values.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
}

function nameOf(sequence: bigint): string {
  return sequence.toString().padStart(20, '0')
}

/** A new name is lost with the power unless its directory is written out, and so on up to where marks are kept. */
async function settleOnDisk(place: string, directory: string): Promise<void> {
  for (const path of [place, dirname(place), directory]) {
    const handle = await open(path).catch(passOver)
    // Not every file system can; then it must do without.
    await handle?.sync().catch(passOver)
    await handle?.close()
  }
}

function passOver(): undefined {
  return undefined
}

function unusable(place: string, what: string, cause?: unknown): KedgeError {
  return new KedgeError('UNAVAILABLE', `the mark in ${place} ${what}`, { path: place }, { cause })
}
