import { createHash } from 'node:crypto'
import { parse } from '../solidity/compiler.ts'
import { type Sources, textOf } from '../solidity/sources.ts'
import { children, childrenOf, type Node, type Text, textIn, textOfBytes } from '../solidity/syntax.ts'
import { type Guard, guardOf } from './guards.ts'
import { type Change, changesOf, type Enums, type Operator } from './operators.ts'

/** A change of the contracts which a test should notice. */
export interface Mutant {
  /** Says where and what, in words that stay the same when other lines move. */
  readonly key: string
  readonly file: string
  /** The contract and function, or the function of a type. */
  readonly place: string
  readonly line: number
  /** The line of the text, which may have any characters in it. */
  readonly context: string
  readonly operator: Operator
  readonly original: string
  readonly replacement: string
  readonly start: number
  readonly end: number
  /** Where it can be switched on in a program that holds others too. */
  readonly guard: Guard | undefined
}

/** Every mutant of the files, in the order of the text. */
export function mutantsOf(sources: Sources, files: readonly string[]): readonly Mutant[] {
  const trees = parse(sources, files)
  const enums = enumsOf([...trees.values()])
  return files.flatMap(file => {
    const tree = trees.get(file)
    return tree === undefined ? [] : numbered(mutantsIn(file, textOf(sources, file), tree, enums))
  })
}

/** The first so many of an order that looks random, and is the same for the same seed. */
export function chosen(mutants: readonly Mutant[], seed: number): readonly Mutant[] {
  const rank = ({ key }: Mutant) => createHash('sha256').update(`${seed}\0${key}`).digest('hex')
  return mutants
    .map(mutant => ({ mutant, rank: rank(mutant) }))
    .toSorted((left, right) => (left.rank < right.rank ? -1 : 1))
    .map(({ mutant }) => mutant)
}

/** What is changed, as the end of the key says it. */
export function changeIn({ key, place, context }: Mutant): string {
  return key.slice(keyOf(place, context, '').length)
}

/** The text of the mutant's file with the change made. */
export function mutated(text: string, { start, end, replacement }: Mutant): string {
  const { bytes } = textOfBytes(text)
  return `${bytes.subarray(0, start).toString()}${replacement}${bytes.subarray(end).toString()}`
}

function mutantsIn(file: string, content: string, tree: Node, enums: Enums): readonly Mutant[] {
  const text = textOfBytes(content)
  const found = new Map<string, Mutant>()
  const walk = (above: readonly Node[], node: Node, place: string) => {
    if (isMute(node)) return
    const here = placeOf(node, place)
    const path = [...above, node]
    for (const change of changesOf(node, text, enums)) {
      const mutant = { ...mutantOf(file, here, text, change), guard: guardOf(path, change, text) }
      const same = `${change.start}:${change.end}:${change.replacement}`
      if (!found.has(same)) found.set(same, mutant)
    }
    for (const child of children(node)) walk(path, child, here)
  }
  walk([], tree, file.slice(file.lastIndexOf('/') + 1, -'.sol'.length))
  return [...found.values()].toSorted((left, right) => left.start - right.start)
}

function mutantOf(file: string, place: string, text: Text, change: Change): Omit<Mutant, 'guard'> {
  const { start, end, operator, replacement } = change
  const before = text.slice({ start: 0, end: start })
  const original = flat(text.slice(change))
  const lineStart = before.lastIndexOf('\n') + 1
  const rest = text.slice({ start, end: text.bytes.length })
  const context = flat(`${before.slice(lineStart)}${rest.split('\n', 1)[0]}`)
  const key = keyOf(place, context, `${operator}: ${original} -> ${flat(replacement)}`)
  const line = before.split('\n').length
  return { key, file, place, line, context, operator, original, replacement, start, end }
}

function keyOf(place: string, context: string, change: string): string {
  return `${place} | ${context} | ${change}`
}

/** The same change of the same line of the same function, more than once: the second is #2. */
function numbered(mutants: readonly Mutant[]): readonly Mutant[] {
  const seen = new Map<string, number>()
  return mutants.map(mutant => {
    const times = (seen.get(mutant.key) ?? 0) + 1
    seen.set(mutant.key, times)
    return times === 1 ? mutant : { ...mutant, key: `${mutant.key} #${times}` }
  })
}

/** What holds no code: a change there is none of behaviour. */
function isMute({ nodeType, contractKind }: Node): boolean {
  return (
    (nodeType === 'ContractDefinition' && contractKind === 'interface') ||
    ['EventDefinition', 'ErrorDefinition', 'StructDefinition', 'EnumDefinition'].includes(nodeType)
  )
}

function placeOf(node: Node, place: string): string {
  if (node.nodeType === 'ContractDefinition') return textIn(node, 'name')
  if (node.nodeType === 'VariableDeclaration' && node['constant'] === true) {
    return `${place}.${textIn(node, 'name')}`
  }
  if (!['FunctionDefinition', 'ModifierDefinition'].includes(node.nodeType)) return place
  return `${place}.${textIn(node, 'name') || textIn(node, 'kind')}`
}

function enumsOf(trees: readonly Node[]): Enums {
  const definitions = trees
    .flatMap(tree => everyNode(tree))
    .filter(node => node.nodeType === 'EnumDefinition')
  return new Map(
    definitions.map(node => [
      `enum ${textIn(node, 'canonicalName')}`,
      childrenOf(node, 'members').map(member => textIn(member, 'name')),
    ]),
  )
}

function everyNode(node: Node): readonly Node[] {
  return [node, ...children(node).flatMap(everyNode)]
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
