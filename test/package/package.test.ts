import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSdk } from '../../scripts/build/sdk.ts'

// The package as `npm pack` makes it, in a folder that holds nothing else but its dependencies.

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
let directory: string
let installed: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-package-'))
  await buildSdk()
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory]
  const { stdout } = await run('npm', pack, { cwd: join(root, 'sdk'), shell: process.platform === 'win32' })
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }]
  installed = join(directory, 'node_modules/@kedge/sdk')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(directory, filename), '-C', installed, '--strip-components=1'])
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
  // What npm would install beside it, from where it is installed already.
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies as object)) {
    await symlink(await placeOf(name), join(directory, 'node_modules', name))
  }
}, 120_000)

afterAll(() => rm(directory, { recursive: true, force: true }))

async function placeOf(name: string): Promise<string> {
  for (const place of [join(root, 'sdk/node_modules', name), join(root, 'node_modules', name)]) {
    if ((await readdir(place).catch(() => [])).length > 0) return place
  }
  throw new Error(`${name} is not installed`)
}

/** Runs Node in the folder, as anyone would: without our condition. */
async function node(...args: readonly string[]) {
  return await run(process.execPath, args, { cwd: directory, env: { PATH: process.env['PATH'] } })
}

describe('the package', () => {
  it('holds what was built, and no sources or tests', async () => {
    const files = (await readdir(installed, { recursive: true, withFileTypes: true }))
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(installed.length + 1))
    const strange = files.filter(path => !/^(package\.json|dist\/LICENSE|dist\/.+\.(js|d\.ts))$/.test(path))
    expect(strange).toEqual([])
    expect(files.filter(path => /\.test\.|\/testing\//.test(path))).toEqual([])
    expect(files).toContain('dist/chain/abi/registry.js')
    expect(files).toContain('dist/bytes/leafWorker.js')
  })

  it('gives a command that works', async () => {
    const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    const kedge = join(installed, bin.kedge as string)
    expect((await node(kedge, '--help')).stdout).toMatch(/^Usage: kedge/)
    await mkdir(join(directory, 'model'))
    await writeFile(join(directory, 'model/weights.bin'), new Uint8Array(70_000_000))
    const { stdout } = await node(kedge, 'digest', 'model', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ fileCount: 1, totalBytes: '70000000' })
    await expect(node(kedge, 'status', '--model', 'm', '--json')).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringContaining('"code":"USAGE"'),
    })
  })

  it('can be imported by each of its entry points', async () => {
    const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    const names = Object.keys(exports as object).filter(name => name !== './package.json')
    const script = names
      .map(name => `import * as _${name.slice(2)} from '@kedge/sdk/${name.slice(2)}'`)
      .concat(
        `console.log([${names.map(name => `_${name.slice(2)}`).join()}].map(all => Object.keys(all).length > 0))`,
      )
    await writeFile(join(directory, 'all.js'), script.join('\n'))
    const { stdout } = await node('all.js')
    expect(stdout.match(/true/g)).toHaveLength(names.length)
    expect(stdout).not.toContain('false')
  })

  it('has types that others can compile against', async () => {
    await writeFile(
      join(directory, 'consumer.ts'),
      `import { type Receipt, verify, readTrust } from '@kedge/sdk/verify'
import { send } from '@kedge/sdk/chain'
export const receipt: Promise<Receipt> = readTrust('t').then(trust =>
  verify({ artifact: 'a', model: 'm', environment: 'production', trust }))
// @ts-expect-error a model is a name
export const wrong = verify({ artifact: 'a', model: 1, environment: 'production' })
export const acts: typeof send = send
`,
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext']
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
    await node(tsc, ...flags, '--target', 'es2024', ...types, 'consumer.ts').catch(error =>
      expect.fail(`${error.stdout}`),
    )
  })
})

describe('keys', () => {
  /** Every module that one module loads, however deep, by its path. */
  async function reach(entry: string, found = new Set<string>()): Promise<ReadonlySet<string>> {
    if (found.has(entry)) return found
    found.add(entry)
    const source = await readFile(entry, 'utf8')
    for (const [, path] of source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      await reach(resolve(dirname(entry), path ?? ''), found)
    }
    return found
  }

  const isKeys = (path: string) => /\/keys\//.test(path)

  it('cannot be reached from verification', async () => {
    const verify = await reach(join(root, 'sdk/verify/index.ts'))
    expect(verify.size).toBeGreaterThan(20)
    expect([...verify].filter(isKeys)).toEqual([])
    // The walk sees keys where there are some.
    expect([...(await reach(join(root, 'sdk/cli/main.ts')))].filter(isKeys)).not.toEqual([])
  })

  it('are in no module of the package that verification loads', async () => {
    const verify = await reach(join(installed, 'dist/verify/index.js'))
    expect(verify.size).toBeGreaterThan(20)
    expect([...verify].filter(isKeys)).toEqual([])
    for (const path of verify) expect(await readFile(path, 'utf8')).not.toMatch(/privateKey|from 'ethers/i)
  })
})
