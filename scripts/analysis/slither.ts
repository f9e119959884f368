import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOptions } from '../commandLine.ts'
import { reportError } from '../errors.ts'
import { readSources, solidityIn } from '../solidity/sources.ts'
import { writeWhole } from '../wholeFile.ts'
import { analysed } from './buildInfo.ts'
import { type Finding, placeOf, type Triage, untriaged } from './triage.ts'

// Runs Slither over the contracts and holds every finding against triage.json: docs/slither.md tells how to get it.

const root = process.env['KEDGE_ROOT'] ?? process.cwd()
const program = process.env['SLITHER'] ?? 'slither'
const directory = join('.kedge', 'slither')

const help = `Runs Slither over the contracts, and names every finding that has no reason in scripts/analysis/triage.json.

usage: SLITHER=<path> npm run slither [-- --help]

SLITHER is where Slither lies, if not on the path; docs/slither.md tells how to get it.

exit codes: 0 every finding has a reason, 1 one has none or a reason no finding, 2 Slither cannot be run`

try {
  if (readOptions('slither', { help: { type: 'boolean' } }).help) console.log(help)
  else await run()
} catch (error) {
  process.exitCode = reportError(error, line => console.error(line))
}

async function run(): Promise<void> {
  const sources = readSources(root, solidityIn(root, 'contracts'))
  await writeWhole(join(root, directory, 'build-info', 'contracts.json'), JSON.stringify(analysed(sources)))
  const findings = runSlither()
  const triage: readonly Triage[] = JSON.parse(
    readFileSync(join(root, 'scripts', 'analysis', 'triage.json'), 'utf8'),
  )
  const { open, idle } = untriaged(findings, triage)
  for (const finding of open) {
    console.log(`not triaged: ${finding.check} at ${placeOf(finding)}\n${finding.description}`)
  }
  for (const { check, where } of idle) console.log(`triaged, but not found: ${check} at ${where}`)
  console.log(
    `${findings.length} findings, ${findings.length - open.length} triaged, ${open.length} open, ` +
      `${idle.length} reasons without a finding`,
  )
  process.exitCode = open.length === 0 && idle.length === 0 ? 0 : 1
}

function runSlither(): readonly Finding[] {
  const args = ['.', '--hardhat-ignore-compile', '--hardhat-artifacts-directory', directory]
  const options = ['--exclude-dependencies', '--filter-paths', 'node_modules', '--json', '-']
  const { error, stdout, stderr } = spawnSync(program, [...args, ...options], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error !== undefined) give(`${program} cannot be run: ${error.message}`)
  try {
    const report: Report = JSON.parse(stdout)
    if (report.success) return report.results.detectors ?? []
    return give(report.error ?? stderr)
  } catch (cause) {
    if (cause instanceof SyntaxError) return give(stderr)
    throw cause
  }
}

interface Report {
  readonly success: boolean
  readonly error: string | null
  readonly results: { readonly detectors?: readonly Finding[] }
}

function give(problem: string): never {
  console.error(
    `${problem}\nInstall Slither as docs/slither.md says, and name it in SLITHER if it is not on the path.`,
  )
  process.exit(2)
}
