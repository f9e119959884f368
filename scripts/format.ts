import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// Puts everything into the repository's format.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
for (const [tool, ...args] of [
  ['biome', 'check', '--write', '.'],
  ['prettier', '--write', 'contracts/**/*.sol', 'test/contracts/**/*.sol'],
] as const) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
