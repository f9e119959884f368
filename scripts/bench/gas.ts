import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOptions } from '../commandLine.ts'
import { reportError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { hardfork, startEvm } from './evm.ts'
import { measureKedge, measureWithPrecompile } from './measure.ts'
import { measurePeers } from './peers/peers.ts'
import { type Findings, toJson, toMarkdown } from './report.ts'
import { foundSociety } from './society.ts'

// What our acts cost beside the nearest ones of others, in one EVM: see the help below.

const root = join(import.meta.dirname, '../..')
const say = (line: string) => console.error(line)

const help = `Measures the gas of our acts and of the nearest ones of EAS, Safe and OpenZeppelin, in one EVM.

usage: npm run bench:gas [-- options]

  --json   print one JSON object instead of the table
           (npm itself prints two lines before it: npm run --silent bench:gas -- --json)
  --help   this text

Either way it writes docs/gas.md. It compiles the peers first, which takes about a minute.`

try {
  const options = readOptions('bench:gas', {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (options.help) console.log(help)
  else await run(options.json)
} catch (error) {
  process.exitCode = reportError(error, say)
}

async function run(json: boolean): Promise<void> {
  const path = join(root, 'docs/gas.md')
  const findings = await measure()
  const text = toMarkdown(findings, versionsInUse())
  await writeWhole(path, text)
  console.log(json ? toJson(findings) : text.slice(0, text.indexOf('## The floors')).trimEnd())
  say('kedge: wrote docs/gas.md')
}

async function measure(): Promise<Findings> {
  const evm = await startEvm(hardfork)
  try {
    const society = await foundSociety(evm)
    say('kedge: measuring our acts')
    const operations = await measureKedge(evm, society)
    say('kedge: compiling and measuring the peers (about a minute)')
    const peers = await measurePeers(evm, society)
    const withPrecompile = await measureWithPrecompile()
    const place = operations.findIndex(({ name }) => name === withPrecompile.after) + 1
    return { operations: operations.toSpliced(place, 0, withPrecompile.measurement), peers }
  } finally {
    await evm.stop()
  }
}

/** The exact versions that package.json asks for. */
function versionsInUse(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies
}
