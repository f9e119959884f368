import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reportError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { directory, readSnapshot, takeSnapshots, textOf } from './snapshots.ts'

// Renews snapshots/ from what is compiled, and names what changed.

try {
  for (const [name, snapshot] of await takeSnapshots()) {
    const text = textOf(snapshot)
    if ((await readSnapshot(name).catch(() => undefined)) === text) continue
    const path = fileURLToPath(new URL(name, directory))
    await writeWhole(path, text)
    console.log(`wrote ${relative(process.cwd(), path)}`)
  }
} catch (error) {
  process.exitCode = reportError(error, line => console.error(line))
}
