import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cidOfFile } from './cidOfFile.ts'
import { digestFile } from './digestFile.ts'
import { hashFile } from './hashFile.ts'
import {
  type FileSource,
  type FileState,
  fillFrom,
  isSame,
  type ReadFileOptions,
  type ReadProgress,
} from './openFile.ts'
import { codeOf } from './testing/errors.ts'

const MiB = 1_048_576
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kedge-bytes-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

function fileOf(size: number, name = 'file'): string {
  const path = join(directory, name)
  writeFileSync(path, '')
  truncateSync(path, size)
  return path
}

function fileIn(name: string, size: number): string {
  mkdirSync(join(directory, name))
  return fileOf(size, join(name, 'file'))
}

type Read = (source: FileSource, options?: ReadFileOptions) => Promise<{ readonly size: number }>

// Large enough for the threads of those that use them, and the same file without.
const readers: readonly (readonly [name: string, read: Read, size: number])[] = [
  ['hashFile', hashFile, 3 * MiB],
  ['digestFile', digestFile, 3 * MiB],
  ['digestFile with a second thread', digestFile, 70 * MiB],
  ['cidOfFile', cidOfFile, 3 * MiB],
  ['cidOfFile with threads', (source, options) => cidOfFile(source, { ...options, workers: 2 }), 70 * MiB],
]

describe.each(readers)('%s', (_, read, size) => {
  /** Reads, and does something to the file as soon as a part of it was read. */
  async function disturbed(path: string, act: () => void): Promise<string> {
    let acted = false
    const code = await codeOf(() =>
      read(path, {
        onProgress: () => {
          if (!acted) act()
          acted = true
        },
      }),
    )
    expect(acted).toBe(true)
    return code
  }

  test('reports how far it has come', async () => {
    const seen: ReadProgress[] = []
    const path = fileOf(size + 1)
    await read(path, { onProgress: progress => seen.push(progress) })
    expect(seen.at(-1)).toEqual({ done: size + 1, total: size + 1 })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b))
  })

  test('fails with the error that the progress callback throws', async () => {
    const failing = read(fileOf(size), {
      onProgress: () => {
        throw new TypeError('stop here')
      },
    })
    await expect(failing).rejects.toThrow(new TypeError('stop here'))
  })

  test('notices a file that grows', async () => {
    const path = fileOf(size)
    expect(await disturbed(path, () => appendFileSync(path, 'x'))).toBe('CHANGED_DURING_READ')
  })

  test('notices a file that is cut', async () => {
    const path = fileOf(size)
    expect(await disturbed(path, () => truncateSync(path, 1))).toBe('CHANGED_DURING_READ')
  })

  test('notices another modification time', async () => {
    const path = fileOf(size)
    expect(await disturbed(path, () => utimesSync(path, 1, 1))).toBe('CHANGED_DURING_READ')
  })

  test('notices a file whose modification time was put back', async () => {
    const path = fileOf(size)
    utimesSync(path, 1, 1)
    const before = statSync(path, { bigint: true })
    const code = await disturbed(path, () => {
      // Until the clock of the file system ticks.
      while (statSync(path, { bigint: true }).ctimeNs === before.ctimeNs) utimesSync(path, 1, 1)
    })
    expect(statSync(path, { bigint: true }).mtimeNs).toBe(before.mtimeNs)
    expect(code).toBe('CHANGED_DURING_READ')
  })

  test('notices a file that was replaced', async () => {
    const path = fileOf(size)
    const other = fileOf(size, 'other')
    expect(await disturbed(path, () => renameSync(other, path))).toBe('CHANGED_DURING_READ')
  })

  test('notices a file that was removed', async () => {
    const path = fileOf(size)
    expect(await disturbed(path, () => unlinkSync(path))).toBe('CHANGED_DURING_READ')
  })

  test('notices a file in a directory that was replaced', async () => {
    const path = fileIn('now', size)
    fileIn('next', size)
    const code = await disturbed(path, () => {
      renameSync(join(directory, 'now'), join(directory, 'before'))
      renameSync(join(directory, 'next'), join(directory, 'now'))
    })
    expect(code).toBe('CHANGED_DURING_READ')
  })

  test('stops when told to, and at once when told before', async () => {
    const path = fileOf(size)
    const reason = new Error('enough')
    const controller = new AbortController()
    await expect(
      read(path, { signal: controller.signal, onProgress: () => controller.abort(reason) }),
    ).rejects.toBe(reason)
    await expect(read('/nowhere', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('refuses a file above the limit before reading it, and takes one at the limit', async () => {
    const path = fileOf(size)
    let read1 = false
    expect(
      await codeOf(() =>
        read(path, {
          maxSize: size - 1,
          onProgress: () => {
            read1 = true
          },
        }),
      ),
    ).toBe('SIZE_EXCEEDED')
    expect(read1).toBe(false)
    expect(await read(path, { maxSize: size })).toMatchObject({ size })
  })

  test('reads from a descriptor, leaves it open and where it was', async () => {
    const fd = openSync(fileOf(size), 'r+')
    try {
      writeSync(fd, 'abc', 0)
      readSync(fd, Buffer.alloc(1))
      expect(await read(fd)).toEqual(await read(join(directory, 'file')))
      const next = Buffer.alloc(1)
      readSync(fd, next)
      expect(next.toString()).toBe('b')
      const { size: after } = await read(fd)
      expect(after).toBe(size)
      ftruncateSync(fd, size)
    } finally {
      closeSync(fd)
    }
  })
})

test('refuses what is not a file, without waiting', async () => {
  const path = fileOf(1)
  const link = join(directory, 'link')
  symlinkSync(path, link)
  expect(await codeOf(() => hashFile(link))).toBe('SYMLINK')
  expect(await codeOf(() => hashFile(join(directory, 'none')))).toBe('UNAVAILABLE')
  mkdirSync(join(directory, 'directory'))
  expect(await codeOf(() => hashFile(join(directory, 'directory')))).toBe('SPECIAL_FILE')
  execFileSync('mkfifo', [join(directory, 'pipe')])
  expect(await codeOf(() => hashFile(join(directory, 'pipe')))).toBe('SPECIAL_FILE')
  expect(await codeOf(() => hashFile(9_999))).toBe('UNAVAILABLE')
})

test('says what the system said', async () => {
  const path = join(directory, 'none')
  await expect(hashFile(path)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    facts: { path, reason: 'ENOENT' },
  })
})

test.runIf(existsSync('/proc/version'))('refuses a file that is longer than it says', async () => {
  expect(await codeOf(() => hashFile('/proc/version'))).toBe('CHANGED_DURING_READ')
})

test('refuses a descriptor that cannot be read, in threads as well', async () => {
  for (const [, read, size] of readers) {
    const fd = openSync(fileOf(size), 'w')
    try {
      ftruncateSync(fd, size)
      expect(await codeOf(() => read(fd))).toBe('UNAVAILABLE')
    } finally {
      closeSync(fd)
    }
  }
})

test('counts every part of a state', () => {
  const state: FileState = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 5n }
  expect(isSame(state, { ...state })).toBe(true)
  for (const key of ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs']) {
    expect([key, isSame(state, { ...state, [key]: 0n })]).toEqual([key, false])
  }
})

test('does not take less than it was to fill', async () => {
  const fd = openSync(fileOf(5), 'r')
  try {
    const file = { fd, size: 10, name: 'file' }
    expect(await codeOf(() => fillFrom(file, new Uint8Array(5), 0))).toBe('none')
    expect(await codeOf(() => fillFrom(file, new Uint8Array(6), 0))).toBe('CHANGED_DURING_READ')
  } finally {
    closeSync(fd)
  }
})

test('closes what it opened', async () => {
  const path = fileOf(1)
  const next = () => {
    const fd = openSync(path, 'r')
    closeSync(fd)
    return fd
  }
  const before = next()
  await hashFile(path)
  await codeOf(() => hashFile(path, { maxSize: 0 }))
  expect(next()).toBe(before)
})
