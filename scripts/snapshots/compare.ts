import type { Code } from './code.ts'
import { type Cost, gasDifferences } from './gas.ts'
import { type Layout, layoutLines } from './storage.ts'

/** What differs between a snapshot of this name and what is compiled now: nothing, or a line for each fact. */
export function compare(name: string, before: unknown, after: unknown): readonly string[] {
  if (name === 'gas.json') return gasDifferences(before as Costs, after as Costs)
  return lineDifferences(linesOf(name, before), linesOf(name, after))
}

type Costs = Readonly<Record<string, Cost>>

function linesOf(name: string, snapshot: unknown): readonly string[] {
  if (name.startsWith('abi/')) return snapshot as readonly string[]
  if (name.startsWith('storage/')) return layoutLines(snapshot as Layout)
  return Object.entries(snapshot as Readonly<Record<string, Code>>).flatMap(([contract, code]) =>
    Object.entries(code).map(([fact, value]) => `${contract}, ${fact}: ${value}`),
  )
}

/** As a diff shows it: what is gone, then what is new. */
function lineDifferences(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...before.filter(line => !now.has(line)).map(line => `- ${line}`),
    ...after.filter(line => !old.has(line)).map(line => `+ ${line}`),
  ]
}
