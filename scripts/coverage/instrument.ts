import {
  childOf,
  children,
  childrenOf,
  type Node,
  type Span,
  spanOf,
  type Text,
  textIn,
  textOfBytes,
} from '../solidity/syntax.ts'

// A test machine that collects hits is told of each by a call to a library of its own. Statements are preceded by one;
// a condition is handed through a function that reports which way it went.

/** What must run for everything to have run: a statement, or one way of a condition. */
export interface Point {
  readonly file: string
  /** The line on which the statement or the condition begins. */
  readonly line: number
  readonly kind: 'statement' | 'true' | 'false'
  readonly text: string
}

export interface Instrumented {
  readonly text: string
  /** The points of the file; the first has the number that was asked for. */
  readonly points: readonly Point[]
}

/** Where the instrumented files import the reports from. `library` is the machine's own. */
export const hitFile = 'coverage/Hit.sol'
export function hitSource(library: string): string {
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
import {__NomicFoundationCoverage} from "${library}";
function hit(uint256 point) pure { __NomicFoundationCoverage.sendHit(point); }
function way(bool value, uint256 yes) pure returns (bool) {
    __NomicFoundationCoverage.sendHit(value ? yes : yes + 1);
    return value;
}
`
}

/** Puts a report before each statement and round each condition of a file. */
export function instrument(file: string, content: string, tree: Node, first: number): Instrumented {
  const text = textOfBytes(content)
  const points: Point[] = []
  const insertions: { readonly at: number; readonly order: number; readonly text: string }[] = []
  const note = ({ start, end }: Span, kind: Point['kind']) => {
    const line = text.slice({ start: 0, end: start }).split('\n').length
    const [begin = ''] = text.slice({ start, end }).split('\n')
    return first + points.push({ file, line, kind, text: begin.trim() }) - 1
  }
  for (const statement of statementsIn(tree)) {
    const span = spanOf(statement.node)
    const number = note(span, 'statement')
    insertions.push({ at: span.start, order: 1, text: `${statement.bare ? '{ ' : ''}_hit(${number}); ` })
    if (statement.bare) insertions.push({ at: endOf(span, text), order: 0, text: ' }' })
  }
  for (const condition of conditionsIn(tree)) {
    const span = spanOf(condition)
    const number = note(span, 'true')
    note(span, 'false')
    insertions.push({ at: span.start, order: 2, text: '_way(' })
    insertions.push({ at: span.end, order: -1, text: `, ${number})` })
  }
  return { text: withImport(inserted(text.bytes, insertions)), points }
}

/** From the end to the beginning, so that the places stay what they were; of one place, what belongs outside first. */
function inserted(
  bytes: Buffer,
  insertions: readonly { readonly at: number; readonly order: number; readonly text: string }[],
): string {
  const ordered = insertions.toSorted((left, right) => left.at - right.at || left.order - right.order)
  let result = ''
  let at = 0
  for (const insertion of ordered) {
    result += `${bytes.subarray(at, insertion.at).toString()}${insertion.text}`
    at = insertion.at
  }
  return `${result}${bytes.subarray(at).toString()}`
}

function withImport(text: string): string {
  const names = '{hit as _hit, way as _way}'
  return text.replace(/^pragma [^;]*;/m, pragma => `${pragma} import ${names} from "${hitFile}";`)
}

/** A statement that no block contains is the whole body of a condition or loop, and needs braces of its own. */
interface Statement {
  readonly node: Node
  readonly bare: boolean
}

function statementsIn(node: Node): readonly Statement[] {
  const inner = children(node).flatMap(statementsIn)
  if (['Block', 'UncheckedBlock'].includes(node.nodeType)) {
    const own = childrenOf(node, 'statements').filter(({ nodeType }) => !nodeType.endsWith('Block'))
    return [...own.map(statement => ({ node: statement, bare: false })), ...inner]
  }
  const bodies = ['trueBody', 'falseBody', 'body'].map(field => childOf(node, field))
  const bare = bodies.filter(body => body !== undefined && !body.nodeType.endsWith('Block'))
  return [...bare.flatMap(body => (body === undefined ? [] : [{ node: body, bare: true }])), ...inner]
}

/** A statement's end with its semicolon, which the compiler does not count in. */
function endOf({ end }: Span, text: Text): number {
  return text.slice({ start: end, end: end + 1 }) === ';' ? end + 1 : end
}

/**
 * What decides: the condition of each `if`, `?:` and loop, and each side of `&&` and `||` wherever one stands. A
 * condition that is such a conjunction counts by its sides.
 */
function conditionsIn(node: Node): readonly Node[] {
  const inner = children(node).flatMap(conditionsIn)
  const decides = ['IfStatement', 'Conditional', 'ForStatement', 'WhileStatement', 'DoWhileStatement']
  const own = isJunction(node)
    ? [childOf(node, 'leftExpression'), childOf(node, 'rightExpression')]
    : decides.includes(node.nodeType)
      ? [childOf(node, 'condition')]
      : []
  const leaves = own.filter(condition => condition !== undefined && !isJunction(bared(condition)))
  return [...leaves.flatMap(leaf => (leaf === undefined ? [] : [leaf])), ...inner]
}

function isJunction(node: Node): boolean {
  return node.nodeType === 'BinaryOperation' && ['&&', '||'].includes(textIn(node, 'operator'))
}

/** An expression without the parentheses round it. */
function bared(node: Node): Node {
  const components = childrenOf(node, 'components')
  const [only] = components
  return node.nodeType === 'TupleExpression' && components.length === 1 && only !== undefined
    ? bared(only)
    : node
}
