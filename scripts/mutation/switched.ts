import type { Span, Text } from '../solidity/syntax.ts'
import { textOfBytes } from '../solidity/syntax.ts'
import type { Guard } from './guards.ts'
import type { Mutant } from './mutants.ts'

// Many mutants in one program: each change stands beside what it changes, and the address to which a library is linked
// says which of them holds. So the contracts are compiled once for a hundred mutants, and no run differs from another
// but in twenty bytes of code.

/** A mutant that can stand in one program with others. */
export interface Switchable extends Mutant {
  readonly guard: Guard
}

/** Where the switch is imported from, and what it is. The compiler cannot know the address, so it folds nothing away. */
export const switchFile = 'mutation/Switch.sol'
export const switchSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
library Switch { function stands() external pure {} }
function mutant(uint160 number) pure returns (bool) { return uint160(address(Switch)) == number; }
`

/** The file's text with every mutant in it; the first is switched on by the number 1. */
export function switched(content: string, mutants: readonly Switchable[]): string {
  const text = textOfBytes(content)
  const numbers = new Map(mutants.map((mutant, index) => [mutant, index + 1]))
  const body = render({ start: 0, end: text.bytes.length }, mutants, numbers, text)
  return body.replace(
    /^pragma [^;]*;/m,
    pragma => `${pragma} import {mutant as _mutant} from "${switchFile}";`,
  )
}

/** Bytecode in which a mutant is switched on; with the number 0 none is. */
export function linked(bytecode: string, number: number): string {
  return bytecode.replaceAll(/__\$[\da-f]{34}\$__/g, number.toString(16).padStart(40, '0'))
}

type Numbers = ReadonlyMap<Switchable, number>

function render(span: Span, mutants: readonly Switchable[], numbers: Numbers, text: Text): string {
  let rendered = ''
  let at = span.start
  for (const group of outermost(mutants)) {
    const [{ guard }] = group.here
    rendered += text.slice({ start: at, end: guard.start })
    const inner = render(guard, group.inside, numbers, text)
    const choices = group.here.map(mutant => ({
      number: numbers.get(mutant),
      changed: changedIn(mutant, text),
    }))
    rendered +=
      guard.kind === 'expression'
        ? `(${choices.map(({ number, changed }) => `_mutant(${number}) ? (${changed}) : `).join('')}(${inner}))`
        : `{ ${choices.map(({ number, changed }) => `if (_mutant(${number})) { ${changed} } else `).join('')}{ ${inner} } }`
    at = guard.end
  }
  return rendered + text.slice({ start: at, end: span.end })
}

function changedIn({ guard, start, end, replacement }: Switchable, text: Text): string {
  return `${text.slice({ start: guard.start, end: start })}${replacement}${text.slice({ start: end, end: guard.end })}`
}

interface Group {
  readonly here: readonly [Switchable, ...Switchable[]]
  readonly inside: readonly Switchable[]
}

/** The guards that lie in no other, in the order of the text, with the mutants of each and those further inside. */
function outermost(mutants: readonly Switchable[]): readonly Group[] {
  const sorted = mutants.toSorted(
    ({ guard: a }, { guard: b }) => a.start - b.start || b.end - a.end || rank(a) - rank(b),
  )
  const groups: { here: [Switchable, ...Switchable[]]; inside: Switchable[] }[] = []
  for (const mutant of sorted) {
    const last = groups.at(-1)
    if (last === undefined || mutant.guard.start >= last.here[0].guard.end)
      groups.push({ here: [mutant], inside: [] })
    else if (same(mutant.guard, last.here[0].guard)) last.here.push(mutant)
    else last.inside.push(mutant)
  }
  return groups
}

/** A statement goes round the expression that it consists of. */
function rank({ kind }: Guard): number {
  return kind === 'statement' ? 0 : 1
}

function same(left: Guard, right: Guard): boolean {
  return left.start === right.start && left.end === right.end && left.kind === right.kind
}
