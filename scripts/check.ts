import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// Formatter, linters, compilers: any warning fails.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const env = { ...process.env, NO_COLOR: '1' }
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const checks: readonly (readonly [string, readonly string[]])[] = [
  ['biome', ['ci', '--colors=off', '--error-on-warnings', '.']],
  ['oxlint', ['--type-aware', '--deny-warnings', '.']],
  ['prettier', ['--check', 'contracts/**/*.sol', 'test/contracts/**/*.sol']],
  ['solhint', ['--max-warnings', '0', 'contracts/**/*.sol', 'test/contracts/**/*.sol']],
  ['tsc', ['--pretty', 'false']],
]

let failed = 0
for (const [tool, args] of checks) {
  const { status, stdout, stderr } = spawnSync(bin(tool), args, { cwd: root, env, encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${tool} ${args.join(' ')}`)
  if (status !== 0) {
    failed += 1
    console.log(`${stdout}${stderr}`)
  }
}
const compiled = spawnSync(bin('hardhat'), ['build', '--force', '--no-tests'], {
  cwd: root,
  encoding: 'utf8',
})
// Warnings of the libraries are theirs; a warning that points into contracts/ is ours.
const warnings = `${compiled.stdout}${compiled.stderr}`
  .split(/\n(?=Warning|Error)/)
  .filter(part => / --> \.?\/?contracts\//.test(part))
console.log(`${compiled.status === 0 && warnings.length === 0 ? 'ok  ' : 'FAIL'} solc`)
if (compiled.status !== 0 || warnings.length > 0) {
  failed += 1
  console.log(warnings.join('\n') || compiled.stderr)
}
process.exitCode = failed === 0 ? 0 : 1
