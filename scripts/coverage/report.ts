import type { Point } from './instrument.ts'

/** Of how many, how many ran. */
export interface Ratio {
  readonly ran: number
  readonly of: number
}

export interface Row {
  readonly file: string
  readonly lines: Ratio
  readonly branches: Ratio
}

/** The shares below which the run fails. */
const aims = { lines: 0.98, branches: 0.95 } as const

const all = 'all contracts'

/** A row for each file, and one for all together. */
export function table(points: readonly Point[], hits: ReadonlySet<number>): readonly Row[] {
  const ran = new Set(points.filter((_, number) => hits.has(number)))
  const files = [...new Set(points.map(({ file }) => file))]
  const row = (file: string, of: readonly Point[]): Row => ({
    file,
    lines: linesOf(of, ran),
    branches: ratioOf(
      of.filter(({ kind }) => kind !== 'statement'),
      ran,
    ),
  })
  return [
    ...files.map(file =>
      row(
        file,
        points.filter(point => point.file === file),
      ),
    ),
    row(all, points),
  ]
}

export function belowAim(rows: readonly Row[]): boolean {
  const total = rows.at(-1)
  if (total === undefined) return true
  return shareOf(total.lines) < aims.lines || shareOf(total.branches) < aims.branches
}

/** The table for a person, and below it all that did not run. */
export function printed(rows: readonly Row[], points: readonly Point[], hits: ReadonlySet<number>): string {
  const cells = [
    ['', 'lines', 'branches'],
    ...rows.map(({ file, lines, branches }) => [file, written(lines), written(branches)]),
  ]
  const widths = [0, 1, 2].map(column => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  const lines = cells.map(row =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
  const missing = points
    .filter((_, number) => !hits.has(number))
    .map(
      ({ file, line, kind, text }) =>
        `${file}:${line}: ${kind === 'statement' ? 'never run' : `never ${kind}`}: ${text}`,
    )
  return [
    ...lines,
    ...missing,
    `wanted: lines ${100 * aims.lines} %, branches ${100 * aims.branches} %`,
  ].join('\n')
}

/** A line counts as run when every statement that begins on it ran. */
function linesOf(points: readonly Point[], ran: ReadonlySet<Point>): Ratio {
  const statements = points.filter(({ kind }) => kind === 'statement')
  const key = ({ file, line }: Point) => `${file}:${line}`
  const every = new Set(statements.map(key))
  const missed = new Set(statements.filter(point => !ran.has(point)).map(key))
  return { ran: every.size - missed.size, of: every.size }
}

function ratioOf(points: readonly Point[], ran: ReadonlySet<Point>): Ratio {
  return { ran: points.filter(point => ran.has(point)).length, of: points.length }
}

function shareOf({ ran, of }: Ratio): number {
  return of === 0 ? 1 : ran / of
}

function written(ratio: Ratio): string {
  return `${ratio.ran}/${ratio.of} ${(100 * shareOf(ratio)).toFixed(2)} %`
}
