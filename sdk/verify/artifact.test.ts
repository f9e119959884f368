import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { link, mkdir, mkdtemp, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ArtifactContent,
  buildArtifactStatement,
  digestOf,
  parseArtifactStatement,
  serializeArtifactStatement,
} from '../documents/index.ts'
import { checkArtifact } from './artifact.ts'

const contents = {
  'config.json': '{}\n',
  'weights/a.bin': 'a'.repeat(1000),
  'weights/b.bin': 'b'.repeat(500),
}
const totalBytes = 1503n
const statement: ArtifactContent = parseArtifactStatement(
  serializeArtifactStatement(
    buildArtifactStatement({
      model: 'sample',
      files: Object.entries(contents).map(([path, text]) => ({ path, sha256: digestOf(Buffer.from(text)) })),
      ignorePaths: ['model.sig'],
    }),
  ),
)

let scratch: string
let copies = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-artifact-'))
})
afterAll(() => rm(scratch, { recursive: true }))

/** The artifact, in a directory of its own. */
async function copy(): Promise<string> {
  copies += 1
  const directory = join(scratch, `${copies}`)
  await mkdir(join(directory, 'weights'), { recursive: true })
  for (const [path, text] of Object.entries(contents)) await writeFile(join(directory, path), text)
  return directory
}

describe('checkArtifact', () => {
  it('accepts exactly the files of the statement', async () => {
    const progress: unknown[] = []
    await checkArtifact(await copy(), statement, { totalBytes, onProgress: step => progress.push(step) })
    expect(progress).toEqual([
      { files: 1, of: 3 },
      { files: 2, of: 3 },
      { files: 3, of: 3 },
    ])
  })

  it('does not look at what the statement leaves out', async () => {
    const directory = await copy()
    await writeFile(join(directory, 'model.sig'), 'anything')
    await mkdir(join(directory, '.git'))
    await symlink('/', join(directory, '.git', 'root'))
    await checkArtifact(directory, statement)
  })

  it('accepts a directory that is named by a link, and files with further names', async () => {
    const directory = await copy()
    await symlink(directory, `${directory}.link`)
    await link(join(directory, 'config.json'), `${directory}.config.json`)
    await checkArtifact(`${directory}.link`, statement)
  })

  it.each<[string, object, (directory: string) => unknown]>([
    [
      'a file missing',
      { code: 'MISSING_FILE', facts: { path: 'weights/b.bin' } },
      at => rm(join(at, 'weights/b.bin')),
    ],
    [
      'a file more',
      { code: 'EXTRA_FILE', facts: { path: 'weights/c.bin' } },
      at => writeFile(join(at, 'weights/c.bin'), ''),
    ],
    [
      'a file renamed',
      { code: 'MISSING_FILE', facts: { path: 'config.json' } },
      at => rename(join(at, 'config.json'), join(at, 'a.json')),
    ],
    [
      'files beyond counting',
      { code: 'EXTRA_FILE', facts: { path: 'extra/0' } },
      async at => {
        await rm(join(at, 'weights'), { recursive: true })
        await mkdir(join(at, 'extra'))
        for (let index = 0; index < 1010; index += 1) await writeFile(join(at, 'extra', `${index}`), '')
        // Nobody came so far.
        await symlink('/', join(at, 'link'))
      },
    ],
    [
      'a file altered',
      {
        code: 'DIGEST_MISMATCH',
        facts: {
          path: 'config.json',
          expected: digestOf(Buffer.from('{}\n')),
          actual: digestOf(Buffer.from('[]\n')),
        },
      },
      at => writeFile(join(at, 'config.json'), '[]\n'),
    ],
    [
      'a file that grew',
      { code: 'SIZE_EXCEEDED', facts: { path: 'weights/b.bin', limit: 500, size: '501' } },
      at => writeFile(join(at, 'weights/b.bin'), 'b'.repeat(501)),
    ],
    [
      'a terabyte of nothing',
      { code: 'SIZE_EXCEEDED', facts: { path: 'config.json', limit: 1503, size: `${2 ** 40}` } },
      at => truncate(join(at, 'config.json'), 2 ** 40),
    ],
    [
      'a link to a file',
      { code: 'SYMLINK', facts: { path: 'weights/b.bin' } },
      async at => {
        await rename(join(at, 'weights/b.bin'), `${at}.b.bin`)
        await symlink(`${at}.b.bin`, join(at, 'weights/b.bin'))
      },
    ],
    [
      'a link to a directory',
      { code: 'SYMLINK', facts: { path: 'weights' } },
      async at => {
        await rename(join(at, 'weights'), `${at}.weights`)
        await symlink(`${at}.weights`, join(at, 'weights'))
      },
    ],
    [
      'a pipe',
      { code: 'SPECIAL_FILE', facts: { path: 'weights/b.bin' } },
      async at => {
        await rm(join(at, 'weights/b.bin'))
        execFileSync('mkfifo', [join(at, 'weights/b.bin')])
      },
    ],
    [
      'two names that differ in case',
      { code: 'NAME_COLLISION', facts: { first: 'weights/B.bin', second: 'weights/b.bin' } },
      at => writeFile(join(at, 'weights/B.bin'), ''),
    ],
    [
      'a name that Windows reads otherwise',
      { code: 'UNSAFE_PATH', facts: { path: 'nul.txt' } },
      at => writeFile(join(at, 'nul.txt'), ''),
    ],
    [
      'a directory in place of a file',
      { code: 'MISSING_FILE', facts: { path: 'config.json' } },
      async at => {
        await rm(join(at, 'config.json'))
        await mkdir(join(at, 'config.json'))
      },
    ],
  ])('refuses %s', async (_, expected, alter) => {
    const directory = await copy()
    await alter(directory)
    await expect(checkArtifact(directory, statement, { totalBytes })).rejects.toMatchObject(expected)
  })

  it('refuses a manifest that declares more bytes than there are', async () => {
    await expect(checkArtifact(await copy(), statement, { totalBytes: 1504n })).rejects.toMatchObject({
      code: 'MANIFEST_MISMATCH',
      facts: { field: 'artifact.totalBytes', manifest: '1504', artifact: '1503' },
    })
  })

  it('says that nothing is there, and that a file is no artifact', async () => {
    const directory = await copy()
    await expect(checkArtifact(`${directory}.none`, statement)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(checkArtifact(join(directory, 'config.json'), statement)).rejects.toMatchObject({
      code: 'USAGE',
    })
  })

  // What happens after the first file, config.json, was read. What has to be prepared for it happens before.
  it.each<[string, object, (directory: string) => (() => void) | Promise<() => void>]>([
    [
      'a file that was read already is written',
      { code: 'CHANGED_DURING_READ', facts: { path: 'config.json' } },
      at => () => writeFileSync(join(at, 'config.json'), '[]\n'),
    ],
    [
      'a file is replaced by its like',
      { code: 'CHANGED_DURING_READ', facts: { path: 'config.json' } },
      at => () => {
        writeFileSync(`${at}.new`, contents['config.json'])
        renameSync(`${at}.new`, join(at, 'config.json'))
      },
    ],
    [
      'a file is written through another name, and dated back',
      { code: 'CHANGED_DURING_READ', facts: { path: 'config.json' } },
      async at => {
        const { atime, mtime } = await stat(join(at, 'config.json'))
        await link(join(at, 'config.json'), `${at}.name`)
        return () => {
          writeFileSync(`${at}.name`, '[]\n')
          utimesSync(`${at}.name`, atime, mtime)
        }
      },
    ],
    [
      'a file that comes next is removed',
      { code: 'CHANGED_DURING_READ', facts: { path: 'weights/a.bin' } },
      at => () => rmSync(join(at, 'weights/a.bin')),
    ],
    [
      'a directory becomes a link',
      { code: 'SYMLINK', facts: { path: 'weights' } },
      at => () => {
        renameSync(join(at, 'weights'), `${at}.moved`)
        symlinkSync(`${at}.moved`, join(at, 'weights'))
      },
    ],
    [
      'a file is added',
      { code: 'EXTRA_FILE', facts: { path: 'late.py' } },
      at => () => writeFileSync(join(at, 'late.py'), 'import os'),
    ],
  ])('notices when meanwhile %s', async (_, expected, prepare) => {
    const directory = await copy()
    const act = await prepare(directory)
    const onProgress = ({ files }: { readonly files: number }) => {
      if (files === 1) act()
    }
    await expect(checkArtifact(directory, statement, { onProgress })).rejects.toMatchObject(expected)
  })

  it('reads the tree that it listed, when a link to it is moved meanwhile', async () => {
    const [directory, evil] = [await copy(), await copy()]
    await writeFile(join(evil, 'extra.py'), 'import os')
    await symlink(directory, `${directory}.current`)
    const move = () => {
      symlinkSync(evil, `${directory}.next`)
      renameSync(`${directory}.next`, `${directory}.current`)
      writeFileSync(join(evil, 'weights/a.bin'), 'evil')
    }
    await checkArtifact(`${directory}.current`, statement, {
      onProgress: ({ files }) => {
        if (files === 1) move()
      },
    })
  })

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController()
    const options = { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }
    await expect(checkArtifact(await copy(), statement, options)).rejects.toThrow('enough')
  })
})
