import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions } from '../commandLine.ts'
import { reportError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { directory, readSnapshot, takeSnapshots, textOf } from './snapshots.ts'

// Renews snapshots/ from what is compiled, and names what changed.

const help = `Renews the snapshots of the contracts from what is compiled: interfaces, storage, code, gas.

usage: npm run snapshots [-- --help]

It names each file that it wrote. What differs is for a review to judge: npm test compares, and never writes.`

try {
  if (readOptions('snapshots', { help: { type: 'boolean' } }).help) console.log(help)
  else await renew()
} catch (error) {
  process.exitCode = reportError(error, line => console.error(line))
}

async function renew(): Promise<void> {
  const taken = await takeSnapshots()
  let written = 0
  for (const [name, snapshot] of taken) {
    const text = textOf(snapshot)
    if ((await readSnapshot(name).catch(() => undefined)) === text) continue
    const path = fileURLToPath(new URL(name, directory))
    await writeWhole(path, text)
    written += 1
    console.log(`wrote ${relative(process.cwd(), path)}`)
  }
  console.log(`${written} of ${taken.size} snapshots changed`)
}
