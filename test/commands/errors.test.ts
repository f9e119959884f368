import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportError } from '../../scripts/errors.ts'
import { writeWhole } from '../../scripts/wholeFile.ts'
import { KedgeError } from '../../sdk/errors/index.ts'

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-errors-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

function told(error: unknown): { readonly code: number; readonly lines: readonly string[] } {
  const lines: string[] = []
  const code = reportError(error, line => lines.push(line))
  return { code, lines }
}

it('tells what the system refused in a sentence, without a stack', async () => {
  await writeFile(join(scratch, 'file'), '')
  const path = join(scratch, 'file', 'below')
  const thrown: unknown = await writeFile(path, '').catch((error: unknown) => error)
  expect(told(thrown)).toEqual({
    code: 2,
    lines: [
      `kedge: STATE_UNWRITABLE: ${path}: a part of its path is not a directory`,
      '  Make room on the disk, or allow writing there, then try again.',
    ],
  })
})

it('gives an error of the SDK the exit code that the CLI gives it', () => {
  expect(told(new KedgeError('RPC_UNAVAILABLE', 'nobody answers')).code).toBe(3)
})

it('keeps what was there when the new file cannot be written, and no draft', async () => {
  const path = join(scratch, 'state.json')
  await writeWhole(path, 'before')
  // The draft's place is taken by a directory: it cannot be opened for writing.
  await writeWhole(join(`${path}.draft`, 'x'), '')
  await expect(writeWhole(path, 'after')).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' })
  expect(await readFile(path, 'utf8')).toBe('before')
  await rm(`${path}.draft`, { recursive: true })
  await writeWhole(path, 'after')
  expect([await readFile(path, 'utf8'), await readdir(scratch)]).toEqual(['after', ['file', 'state.json']])
})
