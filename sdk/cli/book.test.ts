import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNames, short } from './book.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-names-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

async function names(value: unknown) {
  const path = join(directory, 'names.json')
  await writeFile(path, JSON.stringify(value))
  return await readNames(path)
}

describe('readNames', () => {
  it('takes ids and addresses in any case', async () => {
    const [id, address] = [`0x${'AB'.repeat(32)}`, `0x${'CD'.repeat(20)}`]
    const found = await names({ [id]: 'Ada Osei', [address]: 'Ben Ito' })
    expect(found).toEqual(
      new Map([
        [id.toLowerCase(), 'Ada Osei'],
        [address.toLowerCase(), 'Ben Ito'],
      ]),
    )
  })

  it('knows nobody where there is no file', async () => {
    expect(await readNames(undefined)).toEqual(new Map())
  })

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['a list', [`0x${'ab'.repeat(32)}`]],
    ['null', null],
    ['a short id', { '0x12': 'Ada Osei' }],
    ['a name that is none', { [`0x${'ab'.repeat(32)}`]: 7 }],
  ])('refuses %s', async (_, value) => {
    await expect(names(value)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('names.json is not a file of names'),
    })
  })
})

describe('short', () => {
  it('keeps both ends of an id, and all of what is short', () => {
    expect(short(`0x${'ab'.repeat(32)}`)).toBe('0xababab…abab')
    expect(short('0x12345678')).toBe('0x12345678')
  })
})
