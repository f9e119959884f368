import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Runs every test and ends with one line of counts. Arguments go to Vitest: `npm test -- sdk/bytes`.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const scratch = await mkdtemp(join(tmpdir(), 'kedge-test-'))
try {
  const report = join(scratch, 'vitest.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await run([vitest, 'run', ...reporters, ...process.argv.slice(2)])
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(
    await readFile(report, 'utf8'),
  )
  // A file that fails to load has no tests to count, but it is a failure all the same.
  const failed = numFailedTests === 0 && (code !== 0 || !success) ? 1 : numFailedTests
  const skipped = numPendingTests + numTodoTests
  console.log(`${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed > 0 || numPassedTests === 0 ? 1 : 0
} finally {
  await rm(scratch, { recursive: true, force: true })
}

function run(program: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { cwd: root, stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
