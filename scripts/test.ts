import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'

// Runs every test, the contracts' in Solidity and all others in Vitest, and ends with one line of counts. Arguments
// choose among them: `npm test -- sdk/bytes` goes to Vitest alone, `npm test -- test/contracts/Seats` to the contracts.
//
// With --deep only what asks chance is run, longer and each time from another seed: the contracts' fuzz and invariant
// tests; hardhat.config.ts says how long. Otherwise the seed is the same for everybody, so that a failure is a change's
// own. KEDGE_SEED repeats a run.

/** What one runner found. Where it could not even start, that is a failure. */
interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

type Status = 'Success' | 'Failure' | 'Skipped'

/** As Hardhat returns it for each contract of tests. */
interface Suite {
  readonly testResults: readonly { readonly status: Status }[]
}

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const contracts = 'test/contracts'

const deep = process.argv.includes('--deep')
const wanted = process.argv.slice(2).filter(argument => argument !== '--deep')
const ofContracts = wanted.filter(argument => argument.includes(contracts))
const ofVitest = wanted.filter(argument => !argument.includes(contracts))

const chance = deep ? randomBytes(32) : createHash('sha256').update('kedge').digest()
const seed = process.env['KEDGE_SEED'] ?? `0x${chance.toString('hex')}`
process.env['KEDGE_SEED'] = seed
if (deep) console.log(`the seed is ${seed}`)

const counts: Counts[] = []
if (wanted.length === 0 || ofContracts.length > 0) counts.push(await runSolidity(ofContracts))
if (!deep && (wanted.length === 0 || ofVitest.length > 0)) counts.push(await runVitest(ofVitest))

const sum = (key: keyof Counts) => counts.reduce((total, count) => total + count[key], 0)
const skipped = sum('skipped')
if (sum('failed') > 0) console.log(`KEDGE_SEED=${seed} repeats these fuzz and invariant runs`)
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = sum('failed') > 0 ? 1 : 0

async function runVitest(filters: readonly string[]): Promise<Counts> {
  const scratch = await mkdtemp(join(tmpdir(), 'kedge-test-'))
  try {
    const report = join(scratch, 'vitest.json')
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await run([vitest, 'run', ...reporters, ...filters])
    const text = await readFile(report, 'utf8').catch(() => '{}')
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = JSON.parse(text)
    return counted(numPassedTests, numFailedTests, numPendingTests + numTodoTests, code === 0)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Each filter is a part of a path below test/contracts, as Vitest's are of its files'. */
async function runSolidity(filters: readonly string[]): Promise<Counts> {
  const parts = filters.map(filter => filter.slice(filter.indexOf(contracts)))
  const files = (await readdir(join(root, contracts), { recursive: true }))
    .map(name => `${contracts}/${name.replaceAll('\\', '/')}`)
    .filter(
      file => file.endsWith('.t.sol') && (parts.length === 0 || parts.some(part => file.includes(part))),
    )
  if (files.length === 0) {
    console.log(`no Solidity test matches ${filters.join(', ')}`)
    return counted(0, 0, 0, false)
  }
  try {
    // From this verbosity on, a test that fails comes with its trace.
    const { default: hardhatConfig } = await import('../hardhat.config.ts')
    const hardhat = await createHardhatRuntimeEnvironment(hardhatConfig, { verbosity: 3 }, root)
    const testFiles = files.map(file => join(root, file))
    const chosen = deep ? { testProfile: 'deep', grep: 'Fuzz|invariant' } : {}
    const outcome = await hardhat.tasks.getTask(['test', 'solidity']).run({ testFiles, ...chosen })
    const { suiteResults }: { suiteResults: readonly Suite[] } = outcome.success
      ? outcome.value
      : outcome.error
    const ended = (status: Status) =>
      suiteResults.flatMap(suite => suite.testResults).filter(test => test.status === status).length
    return counted(ended('Success'), ended('Failure'), ended('Skipped'), outcome.success)
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    return counted(0, 0, 0, false)
  }
}

/** A file that does not load or compile has no tests to count, nor has a run of none: a failure all the same. */
function counted(passed: number, failed: number, left: number, success: boolean): Counts {
  return { passed, failed: failed === 0 && (!success || passed === 0) ? 1 : failed, skipped: left }
}

function run(program: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { cwd: root, stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
