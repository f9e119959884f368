import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readBytes, removeDrafts, writeWhole } from './files.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-files-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

const at = (name: string) => join(directory, name)
const bytes = (content: string) => new TextEncoder().encode(content)
const file = (name: string, content: string) => ({ path: at(name), bytes: bytes(content) })
const content = (name: string) => readFile(at(name), 'utf8')

describe('writeWhole', () => {
  it('writes all files, and leaves no draft', async () => {
    await writeWhole([file('a', 'one'), file('b', 'two')])
    expect([await content('a'), await content('b')]).toEqual(['one', 'two'])
    expect(await readdir(directory)).toEqual(['a', 'b'])
  })

  it('writes none where one stands in the way, whatever the order', async () => {
    await writeFile(at('b'), 'other')
    for (const files of [
      [file('a', 'one'), file('b', 'two')],
      [file('b', 'two'), file('a', 'one')],
    ]) {
      await expect(writeWhole(files)).rejects.toMatchObject({ code: 'USAGE' })
      expect(await readdir(directory)).toEqual(['b'])
      expect(await content('b')).toBe('other')
    }
  })

  it('takes a file with the same bytes for what it is', async () => {
    await writeFile(at('b'), 'two')
    await writeWhole([file('a', 'one'), file('b', 'two')])
    expect(await content('a')).toBe('one')
  })

  it('tells files of the same length apart', async () => {
    await writeFile(at('b'), 'owt')
    await expect(writeWhole([file('b', 'two')])).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('writes through a link, which stays one', async () => {
    await writeFile(at('target'), 'old')
    await symlink('target', at('link'))
    await writeWhole([file('link', 'new')], { overwrite: true })
    expect(await content('target')).toBe('new')
    expect(await readlink(at('link'))).toBe('target')
  })

  it('writes into a pipe instead of replacing it', async () => {
    spawnSync('mkfifo', [at('pipe')])
    const reader = text(createReadStream(at('pipe')))
    await writeWhole([file('pipe', 'hello')])
    expect(await reader).toBe('hello')
  })

  it.each([
    ['a directory', async () => mkdir(at('a')), 'it is a directory'],
    ['a file as a directory', async () => writeFile(at('a'), ''), 'a part of its path is not a directory'],
    ['a directory that is not there', async () => undefined, 'it does not exist'],
  ])('says why it cannot write: %s', async (_, prepare, reason) => {
    await prepare()
    const path = reason === 'it is a directory' ? at('a') : at('a/b')
    const before = await readdir(directory)
    await expect(writeWhole([{ path, bytes: bytes('x') }])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `${path} cannot be written: ${reason}`,
    })
    expect(await readdir(directory)).toEqual(before)
  })

  it('removes what is half written when the process must end', async () => {
    spawnSync('mkfifo', [at('pipe')])
    // The pipe has no reader yet: writing waits, with the draft of the first file on the disk.
    const writing = writeWhole([file('a', 'one'), file('pipe', 'two')])
    await vi.waitUntil(async () => (await readdir(directory)).some(name => name.endsWith('.draft')))
    removeDrafts()
    expect(await readdir(directory)).toEqual(['pipe'])
    await Promise.all([text(createReadStream(at('pipe'))), expect(writing).rejects.toThrow()])
    expect(await readdir(directory)).toEqual(['pipe'])
  })
})

describe('readBytes', () => {
  it('reads a pipe to its end', async () => {
    spawnSync('mkfifo', [at('pipe')])
    const read = readBytes(at('pipe'))
    await writeFile(at('pipe'), 'hello')
    expect(new TextDecoder().decode(await read)).toBe('hello')
  })

  it('gives up on what has no end', async () => {
    await expect(readBytes('/dev/zero')).rejects.toMatchObject({
      code: 'USAGE',
      message: '/dev/zero cannot be read: it is larger than 67108864 bytes',
    })
  })
})
