import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { comparePaths } from './paths.ts'
import { type WalkOptions, walk } from './walk.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kedge-walk-'))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function put(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), path)
  }
}

const list = (options?: WalkOptions) => collect(walk(root, options))
async function collect(paths: AsyncIterable<string>): Promise<readonly string[]> {
  const list: string[] = []
  for await (const path of paths) list.push(path)
  return list
}

const code = (name: string) => expect.objectContaining({ code: name })

describe('walk', () => {
  it('lists regular files by the bytes of their whole paths, dot files and empty files too', async () => {
    const paths = [
      '.hidden',
      'a b',
      'model-2/x',
      'model.safetensors',
      'model/config.json',
      'model/deep/er/file',
      'model0',
      '～',
      '😀/x',
    ]
    await put(...paths.toReversed())
    await writeFile(join(root, '.hidden'), '')
    await mkdir(join(root, 'empty'))
    const listed = await list()
    expect(listed).toEqual(paths)
    expect(listed).toEqual(listed.toSorted(comparePaths))
  })

  it('leaves out what OpenSSF Model Signing leaves out, in the root only', async () => {
    await put('.git/HEAD', '.gitattributes', '.github/workflows/ci.yml', '.gitignore', '.gitmodules', 'a')
    await put('sub/.git/HEAD', 'sub/.gitattributes', 'sub/.github/x', 'sub/.gitignore')
    expect(await list()).toEqual([
      '.gitmodules',
      'a',
      'sub/.git/HEAD',
      'sub/.gitattributes',
      'sub/.github/x',
      'sub/.gitignore',
    ])
  })

  it('leaves out what it is told, exactly there', async () => {
    await put('model.sig', 'sub/model.sig', 'cache/x', 'sub/cache/x', 'sub/skip/x', 'cached')
    expect(await list({ ignore: ['model.sig', 'cache', 'sub/skip'] })).toEqual([
      'cached',
      'sub/cache/x',
      'sub/model.sig',
    ])
  })

  it('does not look at what is left out', async () => {
    await put('a')
    await symlink('/nowhere', join(root, '.git'))
    expect(await list()).toEqual(['a'])
  })

  it('follows the root when it is a link, because it was named', async () => {
    await put('v1/a')
    await symlink('v1', join(root, 'current'))
    expect(await collect(walk(join(root, 'current')))).toEqual(['a'])
  })

  it.each([
    ['to a file', 'a'],
    ['to a directory', 'dir'],
    ['to nothing', 'missing'],
    ['out of the root', '/etc'],
    ['to itself', 'link'],
  ])('refuses a link %s', async (_, target) => {
    await put('a', 'dir/b')
    await symlink(target, join(root, 'link'))
    await expect(list()).rejects.toThrow(code('SYMLINK'))
  })

  it('refuses a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    await expect(list()).rejects.toThrow(code('SPECIAL_FILE'))
  })

  it('refuses a socket', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(join(root, 's'), resolve))
    try {
      await expect(list()).rejects.toThrow(code('SPECIAL_FILE'))
    } finally {
      server.close()
    }
  })

  it('refuses a device', async () => {
    // Making a device needs privileges; every system has a directory of them.
    await expect(collect(walk('/dev', { ignore: await linksIn('/dev') }))).rejects.toThrow(
      code('SPECIAL_FILE'),
    )
  })

  it('refuses a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), '')
    await expect(list()).rejects.toThrow(
      expect.objectContaining({
        code: 'UNSAFE_PATH',
        facts: { path: 'café', reason: 'it is not UTF-8', nameBytes: '636166e9' },
      }),
    )
  })

  it.each(['e\u0301', 'a\\b', 'CON', 'a:b', 'x\ny'])('refuses the name %j', async name => {
    await put(name)
    await expect(list()).rejects.toThrow(code('UNSAFE_PATH'))
  })

  it('refuses an unsafe name of a directory even when nothing is in it', async () => {
    await mkdir(join(root, 'nul'))
    await expect(list()).rejects.toThrow(code('UNSAFE_PATH'))
  })

  it('refuses names that differ only in case, directories too', async () => {
    await put('dir/A/x', 'dir/a/y')
    await expect(list()).rejects.toThrow(
      expect.objectContaining({ code: 'NAME_COLLISION', facts: { first: 'dir/A', second: 'dir/a' } }),
    )
  })

  it('says that a missing artifact is unavailable, and a file is no directory', async () => {
    await expect(collect(walk(join(root, 'missing')))).rejects.toThrow(code('UNAVAILABLE'))
    await put('file')
    await expect(collect(walk(join(root, 'file')))).rejects.toThrow(code('USAGE'))
  })

  it('says that a closed directory is unavailable', async () => {
    await put('closed/a')
    await chmod(root, 0o755)
    await chmod(join(root, 'closed'), 0)
    // Root may read everything, so it steps down for the length of this test.
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65534)
    try {
      await expect(list()).rejects.toThrow(
        expect.objectContaining({ code: 'UNAVAILABLE', facts: { path: 'closed' } }),
      )
    } finally {
      if (isRoot) process.seteuid?.(0)
      await chmod(join(root, 'closed'), 0o700)
    }
  })

  it('does not enter a directory that became a link after it was listed', async () => {
    await put('a', 'b/c')
    const paths = walk(root)
    expect((await paths.next()).value).toBe('a')
    await rm(join(root, 'b'), { recursive: true })
    await symlink('/etc', join(root, 'b'))
    await expect(paths.next()).rejects.toThrow(code('SYMLINK'))
  })

  it('notices a directory that went after it was listed', async () => {
    await put('a', 'b/c')
    const paths = walk(root)
    await paths.next()
    await rm(join(root, 'b'), { recursive: true })
    await expect(paths.next()).rejects.toThrow(
      expect.objectContaining({ code: 'CHANGED_DURING_READ', facts: { path: 'b' } }),
    )
  })

  it('notices a directory that became a file', async () => {
    await put('a', 'b/c')
    const paths = walk(root)
    await paths.next()
    await rm(join(root, 'b'), { recursive: true })
    await put('b')
    await expect(paths.next()).rejects.toThrow(code('CHANGED_DURING_READ'))
  })

  it('notices a file that was added behind it', async () => {
    await put('d/a', 'd/b')
    await utimes(join(root, 'd'), 1, 1)
    const paths = walk(root)
    expect((await paths.next()).value).toBe('d/a')
    await put('d/0')
    expect((await paths.next()).value).toBe('d/b')
    await expect(paths.next()).rejects.toThrow(
      expect.objectContaining({ code: 'CHANGED_DURING_READ', facts: { path: 'd' } }),
    )
  })

  it('stops at the limit of files', async () => {
    await put('a', 'b', 'c')
    expect(await list({ maxFiles: 3 })).toHaveLength(3)
    await expect(list({ maxFiles: 2 })).rejects.toThrow(code('SIZE_EXCEEDED'))
  })

  it('stops when it is told to', async () => {
    await put('a', 'b', 'c')
    const controller = new AbortController()
    const paths = walk(root, { signal: controller.signal })
    expect((await paths.next()).value).toBe('a')
    controller.abort(new Error('enough'))
    await expect(paths.next()).rejects.toThrow('enough')
    await expect(list({ signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never')
  })

  it('lists ten thousand files in order', async () => {
    const paths = Array.from({ length: 10_000 }, (_, i) => `${i % 7}/${i}`).toSorted(comparePaths)
    await Promise.all(Array.from({ length: 7 }, (_, i) => mkdir(join(root, String(i)))))
    await Promise.all(paths.map(path => writeFile(join(root, path), '')))
    expect(await list()).toEqual(paths)
  })
})

async function linksIn(directory: string): Promise<readonly string[]> {
  const { readdir } = await import('node:fs/promises')
  const entries = await readdir(directory, { withFileTypes: true })
  return entries.filter(entry => !entry.isCharacterDevice()).map(entry => entry.name)
}
