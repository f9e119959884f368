import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The text of Solidity files by the name under which they import one another. */
export type Sources = ReadonlyMap<string, string>

const imports = /(?:^|; )import\b[^;"]*"([^"]+)"\s*;/gm

/** The named files, and all that they import, from this repository and from npm. */
export function readSources(root: string, files: readonly string[]): Sources {
  const sources = new Map<string, string>()
  const waiting = [...files]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (sources.has(name)) continue
    const path = name.startsWith('@') ? join('node_modules', name) : name
    const text = readFileSync(join(root, path), 'utf8')
    sources.set(name, text)
    waiting.push(...importsOf(name, text))
  }
  return sources
}

/** The Solidity files directly in a folder and in those below it, in the order of their names. */
export function solidityIn(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.sol'))
    .map(entry => posix.join(entry.parentPath, entry.name).slice(posix.join(root, '/').length))
    .toSorted()
}

/** A file and everything that it imports, directly or not. */
export function closure(sources: Sources, entry: string): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = [entry]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...importsOf(name, textOf(sources, name)))
  }
  return found
}

export function textOf(sources: Sources, name: string): string {
  const text = sources.get(name)
  if (text === undefined) throw new Error(`${name} is imported, but was not read`)
  return text
}

function importsOf(name: string, text: string): readonly string[] {
  return [...text.matchAll(imports)].map(([, path = '']) =>
    path.startsWith('.') ? posix.join(posix.dirname(name), path) : path,
  )
}
