import { children, type Node, type Span, spanOf, type Text, typeOf } from '../solidity/syntax.ts'
import type { Change } from './operators.ts'

/** The expression or statement round a change which can be switched between what it was and what it became. */
export interface Guard extends Span {
  readonly kind: 'expression' | 'statement'
}

const statements = ['ExpressionStatement', 'Return', 'EmitStatement', 'RevertStatement']
const expressions = [
  'BinaryOperation',
  'UnaryOperation',
  'FunctionCall',
  'MemberAccess',
  'IndexAccess',
  'Identifier',
  'Literal',
  'Conditional',
]

/** Types whose values cannot stand in either branch of a conditional expression, or would change their type there. */
const fixed =
  /^(int_const|rational_const|literal_string|tuple|function|type\(|modifier|error|event|mapping)|storage/

/**
 * The nearest such place, or nothing where the language allows no switch: in a constant's value, in the head of a
 * loop, in assembly, among a function's modifiers.
 *
 * @param path - The node that was changed and those above it, the outermost first.
 */
export function guardOf(path: readonly Node[], change: Change, text: Text): Guard | undefined {
  const chain = [...path, ...within(path.at(-1), change)].toReversed()
  if (chain.some(node => node.nodeType === 'VariableDeclaration' && node['constant'] === true))
    return undefined
  if (chain.some(node => node.nodeType.startsWith('Yul'))) return undefined
  if (change.operator === 'modifier') return undefined
  if (isDrop(change))
    return isLoopHead(path) ? undefined : { kind: 'statement', start: change.start, end: change.end }
  for (const [index, node] of chain.entries()) {
    if (statements.includes(node.nodeType)) {
      return isLoopHead(chain.slice(index).toReversed()) ? undefined : whole(node, text)
    }
    if (isSwitchable(node)) return { kind: 'expression', ...spanOf(node) }
    if (
      !expressions.includes(node.nodeType) &&
      node.nodeType !== 'TupleExpression' &&
      node.nodeType !== 'Assignment'
    ) {
      return undefined
    }
  }
  return undefined
}

function isDrop({ replacement }: Change): boolean {
  return replacement === '{}'
}

/** A statement with its semicolon. */
function whole(node: Node, text: Text): Guard {
  const { start, end } = spanOf(node)
  return { kind: 'statement', start, end: text.slice({ start: end, end: end + 1 }) === ';' ? end + 1 : end }
}

function isSwitchable(node: Node): boolean {
  const type = typeOf(node)
  return (
    expressions.includes(node.nodeType) &&
    type !== '' &&
    !fixed.test(type) &&
    node['lValueRequested'] !== true
  )
}

/** Whether the last node is what a `for` does before each turn. */
function isLoopHead(path: readonly Node[]): boolean {
  const [node, parent] = [path.at(-1), path.at(-2)]
  return node !== undefined && parent?.nodeType === 'ForStatement' && parent['body'] !== node
}

/** The nodes below one that contain the whole of a span, the outermost first. */
function within(node: Node | undefined, span: Span): readonly Node[] {
  if (node === undefined) return []
  const inner = children(node).find(child => {
    const { start, end } = spanOf(child)
    return start <= span.start && end >= span.end
  })
  return inner === undefined ? [] : [inner, ...within(inner, span)]
}
