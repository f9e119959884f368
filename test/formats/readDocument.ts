import { readFileSync } from 'node:fs'

/** docs/formats.md, as it stands. */
export const text = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8')

/** A row of a table: the cells by the heads of their columns, without code marks around a whole cell. */
export type Row = Readonly<Record<string, string>>

/** The tables under a heading, up to the next heading. */
export function tablesUnder(heading: string): readonly (readonly Row[])[] {
  const lines = text.split('\n')
  const start = lines.indexOf(heading)
  if (start < 0) throw new Error(`docs/formats.md has no "${heading}"`)
  const length = lines.slice(start + 1).findIndex(line => /^#+ /.test(line))
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length)
  return section
    .join('\n')
    .split(/\n{2,}/)
    .map(part => part.trim())
    .filter(part => part.startsWith('|'))
    .map(rowsOf)
}

/** The one table under a heading. */
export function tableUnder(heading: string): readonly Row[] {
  const [table, ...more] = tablesUnder(heading)
  if (table === undefined || more.length > 0) throw new Error(`"${heading}" has not one table`)
  return table
}

/** A block or a table that a comment before it names: `<!-- vectors.json: epoch -->`. */
export interface Named {
  readonly kind: 'vectors.json' | 'example'
  readonly name: string
  readonly content: { readonly json: unknown } | { readonly rows: readonly Row[] }
}

/** Everything that a comment names. */
export function named(): readonly Named[] {
  return [
    ...text.matchAll(/<!-- (vectors\.json|example): (\S+) -->\n\n([^\n]+\n)([\s\S]*?)(?=\n\n|```\n)/g),
  ].map(([, kind, name = '', first = '', rest = '']) => ({
    kind: kind as Named['kind'],
    name,
    content: first === '```json\n' ? { json: JSON.parse(rest) as unknown } : { rows: rowsOf(first + rest) },
  }))
}

/** The example of a name. */
export function example(name: string): unknown {
  const found = named().find(block => block.kind === 'example' && block.name === name)
  if (found === undefined || !('json' in found.content)) throw new Error(`there is no example ${name}`)
  return found.content.json
}

function rowsOf(table: string): readonly Row[] {
  const [heads = [], rule, ...rows] = table.trimEnd().split('\n').map(cellsOf)
  if (rule?.every(cell => /^-+$/.test(cell)) !== true) throw new Error(`not a table: ${table.slice(0, 80)}`)
  return rows.map(cells => {
    if (cells.length !== heads.length) throw new Error(`a row of another width: ${cells.join(' | ')}`)
    return Object.fromEntries(heads.map((head, index) => [head, cells[index] ?? '']))
  })
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\| ?/, '')
    .replace(/ ?\|$/, '')
    .split(/(?<!\\) ?\| ?/)
    .map(cell => cell.trim().replace(/^`([^`]*)`$/, '$1'))
}
