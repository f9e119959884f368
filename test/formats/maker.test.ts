import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { vectorsDirectory } from './vectors.ts'

const directory = fileURLToPath(vectorsDirectory)
const made = readdirSync(directory).filter(name => !name.endsWith('.py'))

/** The binary itself: its wrapper in `.bin` starts a Node for each of a thousand questions. */
function castBinary(): string {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const manifest = createRequire(import.meta.url).resolve(`@foundry-rs/cast-${platform}/package.json`)
  return join(dirname(manifest), 'bin/cast')
}

/** What the maker needs and npm does not bring; Windows, and a minimal Linux, may lack them. */
const absent = [
  ['python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']],
  ['sha256sum', ['--version']],
] as const

it('makes the very files that are committed', { timeout: 300_000 }, context => {
  for (const [tool, args] of absent) {
    if (spawnSync(tool, args).status !== 0) context.skip(`${tool} is not on this machine, or is too old`)
  }
  const scratch = mkdtempSync(join(tmpdir(), 'kedge-vectors-'))
  try {
    const maker = spawnSync('python3', [join(directory, 'make.py'), scratch], {
      encoding: 'utf8',
      env: { ...process.env, CAST: castBinary() },
    })
    expect([maker.status, maker.stderr]).toEqual([0, ''])
    expect(readdirSync(scratch).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(made)
    for (const name of made) {
      expect([name, readFileSync(join(scratch, name), 'utf8')]).toEqual([
        name,
        readFileSync(join(directory, name), 'utf8'),
      ])
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
