import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRegular } from './readRegular.ts'

let scratch: string
const at = (name: string) => join(scratch, name)
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-read-'))
})
afterAll(() => rm(scratch, { recursive: true }))

describe('readRegular', () => {
  it('reads a file up to the limit, by a link too', async () => {
    const bytes = Buffer.alloc(100_000, 'abc')
    await writeFile(at('file'), bytes)
    await symlink('file', at('link'))
    expect(Buffer.compare(await read('file', 100_000), bytes)).toBe(0)
    expect(Buffer.compare(await read('link', 100_000), bytes)).toBe(0)
    await writeFile(at('empty'), '')
    expect((await read('empty', 0)).length).toBe(0)
  })

  it('gives nothing for what is not there', async () => {
    await symlink('nowhere', at('dangling'))
    expect(await readRegular(at('nothing'), 1)).toBeUndefined()
    expect(await readRegular(at('dangling'), 1)).toBeUndefined()
  })

  it.each<[string, string, () => unknown]>([
    ['one-more', 'SIZE_EXCEEDED', () => writeFile(at('one-more'), 'x'.repeat(1001))],
    [
      'sparse',
      'SIZE_EXCEEDED',
      async () => {
        await writeFile(at('sparse'), '')
        await truncate(at('sparse'), 2 ** 40)
      },
    ],
    ['pipe', 'SPECIAL_FILE', () => execFileSync('mkfifo', [at('pipe')])],
    ['directory', 'SPECIAL_FILE', () => mkdir(at('directory'))],
    ['zeros', 'SPECIAL_FILE', () => symlink('/dev/zero', at('zeros'))],
    ['loop', 'UNAVAILABLE', () => symlink('loop', at('loop'))],
    ['below-a-file/x', 'UNAVAILABLE', () => writeFile(at('below-a-file'), '')],
  ])('refuses %s with %s', async (name, code, make) => {
    await make()
    await expect(readRegular(at(name), 1000)).rejects.toMatchObject({ code, facts: { path: at(name) } })
  })
})

async function read(name: string, limit: number): Promise<Uint8Array> {
  const bytes = await readRegular(at(name), limit)
  if (bytes === undefined) throw new Error(`${name} is not there`)
  return bytes
}
