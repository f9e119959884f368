import {
  childOf,
  children,
  childrenOf,
  type Node,
  type Span,
  spanOf,
  type Text,
  textIn,
  typeOf,
} from '../solidity/syntax.ts'

export const operators = [
  'condition',
  'boundary',
  'logic',
  'check',
  'statement',
  'arithmetic',
  'bits',
  'constant',
  'arguments',
  'member',
  'modifier',
] as const

/** What was done to the text: the names are explained in docs/mutation.md. */
export type Operator = (typeof operators)[number]

/** One change of one file. */
export interface Change extends Span {
  readonly operator: Operator
  readonly replacement: string
}

/** The members of each enum, by the type's name as the compiler writes it. */
export type Enums = ReadonlyMap<string, readonly string[]>

/** The changes of a node itself, without those of the nodes below it. */
export function changesOf(node: Node, text: Text, enums: Enums): readonly Change[] {
  return (byType[node.nodeType] ?? []).flatMap(changes => changes(node, text, enums))
}

type Changes = (node: Node, text: Text, enums: Enums) => readonly Change[]

const byType: Readonly<Record<string, readonly Changes[]>> = {
  IfStatement: [negated, dropped],
  Conditional: [negated],
  WhileStatement: [negated],
  Return: [negatedResult],
  BinaryOperation: [swapped, halved],
  Assignment: [swapped],
  UnaryOperation: [bared],
  Literal: [nextTo],
  FunctionCall: [reordered],
  MemberAccess: [renamed],
  FunctionDefinition: [unguarded],
  ExpressionStatement: [dropped],
  EmitStatement: [dropped],
  Break: [dropped],
  Continue: [dropped],
  YulExpressionStatement: [dropped],
  YulAssignment: [dropped],
  YulFunctionCall: [called],
  YulLiteral: [nextTo],
}

const swaps: Readonly<Record<string, readonly [Operator, string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '==': ['condition', '!='],
  '!=': ['condition', '=='],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '%': ['arithmetic', '/'],
  '+=': ['arithmetic', '-='],
  '-=': ['arithmetic', '+='],
  '++': ['arithmetic', '--'],
  '--': ['arithmetic', '++'],
  '&': ['bits', '|'],
  '|': ['bits', '&'],
  '^': ['bits', '|'],
  '<<': ['bits', '>>'],
  '>>': ['bits', '<<'],
  '&=': ['bits', '|='],
  '|=': ['bits', '&='],
  '^=': ['bits', '|='],
}

/** The same for the machine's own instructions, where they are written out. */
const instructions: Readonly<Record<string, readonly [Operator, string]>> = {
  add: ['arithmetic', 'sub'],
  sub: ['arithmetic', 'add'],
  mul: ['arithmetic', 'div'],
  div: ['arithmetic', 'mul'],
  and: ['bits', 'or'],
  or: ['bits', 'and'],
  xor: ['bits', 'or'],
  shl: ['bits', 'shr'],
  shr: ['bits', 'shl'],
  lt: ['boundary', 'gt'],
  gt: ['boundary', 'lt'],
}

/** The other way round; a single comparison is turned by {@link swapped} already. */
function negated(node: Node, text: Text): readonly Change[] {
  const condition = childOf(node, 'condition')
  if (condition === undefined) return []
  return ['==', '!='].includes(textIn(condition, 'operator')) ? [] : [negation(condition, text)]
}

function negatedResult(node: Node, text: Text): readonly Change[] {
  const result = childOf(node, 'expression')
  if (result === undefined || typeOf(result) !== 'bool' || result.nodeType === 'Literal') return []
  return ['==', '!='].includes(textIn(result, 'operator')) ? [] : [negation(result, text)]
}

function negation(expression: Node, text: Text): Change {
  const span = spanOf(expression)
  return { ...span, operator: 'condition', replacement: `!(${text.slice(span)})` }
}

/** Another operator between the two sides. */
function swapped(node: Node, text: Text): readonly Change[] {
  const [left, right] = sides(node)
  if (left === undefined || right === undefined) return []
  const between = { start: spanOf(left).end, end: spanOf(right).start }
  return swapIn(between, textIn(node, 'operator'), text)
}

function swapIn(span: Span, operator: string, text: Text): readonly Change[] {
  const swap = swaps[operator]
  const at = text.slice(span).indexOf(operator)
  if (swap === undefined || at < 0) return []
  const start = span.start + at
  return [{ start, end: start + operator.length, operator: swap[0], replacement: swap[1] }]
}

/** One side of a conjunction or disjunction alone. */
function halved(node: Node, text: Text): readonly Change[] {
  if (!['&&', '||'].includes(textIn(node, 'operator'))) return []
  return sides(node)
    .filter(side => side !== undefined)
    .map(side => ({ ...spanOf(node), operator: 'logic', replacement: `(${text.slice(spanOf(side))})` }))
}

function sides(node: Node): readonly (Node | undefined)[] {
  return node.nodeType === 'Assignment'
    ? [childOf(node, 'leftHandSide'), childOf(node, 'rightHandSide')]
    : [childOf(node, 'leftExpression'), childOf(node, 'rightExpression')]
}

/** Without the sign before an expression, or counting the other way. */
function bared(node: Node, text: Text): readonly Change[] {
  const operator = textIn(node, 'operator')
  const operand = childOf(node, 'subExpression')
  if (operand === undefined) return []
  if (['++', '--'].includes(operator)) return swapIn(spanOf(node), operator, text)
  const kind = { '!': 'logic', '~': 'bits', '-': 'arithmetic' }[operator]
  if (kind === undefined) return []
  return [{ ...spanOf(node), operator: kind as Operator, replacement: text.slice(spanOf(operand)) }]
}

/** A number one up and one down; true for false. */
function nextTo(node: Node, text: Text): readonly Change[] {
  const span = spanOf(node)
  const written = text.slice(span)
  if (textIn(node, 'kind') === 'bool') {
    return [{ ...span, operator: 'constant', replacement: written === 'true' ? 'false' : 'true' }]
  }
  const [digits = ''] = /^(0x[\da-f]+|[\d_]+)(?=\s+\w+$|$)/i.exec(written) ?? []
  if (textIn(node, 'kind') !== 'number' || digits === '') return []
  const value = BigInt(digits.replaceAll('_', ''))
  return [value + 1n, value - 1n]
    .filter(other => other >= 0n)
    .map(other => ({ ...span, operator: 'constant', replacement: `${other}${written.slice(digits.length)}` }))
}

/** Two neighbouring arguments of one type, each in the place of the other. */
function reordered(node: Node, text: Text): readonly Change[] {
  const given = childrenOf(node, 'arguments')
  return given.slice(1).flatMap((right, index) => {
    const left = given[index]
    if (left === undefined || typeOf(left) !== typeOf(right)) return []
    const [first, second] = [spanOf(left), spanOf(right)]
    if (text.slice(first) === text.slice(second)) return []
    const between = text.slice({ start: first.end, end: second.start })
    const replacement = `${text.slice(second)}${between}${text.slice(first)}`
    return [{ start: first.start, end: second.end, operator: 'arguments', replacement } as const]
  })
}

/** The member of the enum that follows, after the last the first. */
function renamed(node: Node, text: Text, enums: Enums): readonly Change[] {
  const members = enums.get(typeOf(node)) ?? []
  const at = members.indexOf(textIn(node, 'memberName'))
  const next = members[(at + 1) % members.length]
  const owner = childOf(node, 'expression')
  if (at < 0 || next === undefined || owner === undefined || !typeOf(owner).startsWith('type(')) return []
  return [{ ...spanOf(node), operator: 'member', replacement: `${text.slice(spanOf(owner))}.${next}` }]
}

/** Without one of its modifiers; a constructor's calls of other constructors stay. */
function unguarded(node: Node): readonly Change[] {
  return childrenOf(node, 'modifiers')
    .filter(modifier => textIn(modifier, 'kind') === 'modifierInvocation')
    .map(modifier => ({ ...spanOf(modifier), operator: 'modifier', replacement: '' }))
}

/** Another instruction of the machine. */
function called(node: Node): readonly Change[] {
  const instruction = childOf(node, 'functionName')
  const swap = instructions[instruction === undefined ? '' : textIn(instruction, 'name')]
  if (instruction === undefined || swap === undefined) return []
  return [{ ...spanOf(instruction), operator: swap[0], replacement: swap[1] }]
}

/** Without the statement. A condition that only refuses is a check. */
function dropped(node: Node, text: Text): readonly Change[] {
  const { start, end } = spanOf(node)
  const semicolon = text.slice({ start: end, end: end + 1 }) === ';' ? 1 : 0
  const operator = isCheck(node) ? 'check' : 'statement'
  return [{ start, end: end + semicolon, operator, replacement: '{}' }]
}

function isCheck(node: Node): boolean {
  const body = childOf(node, 'trueBody')
  if (body === undefined || childOf(node, 'falseBody') !== undefined) return false
  const statements = body.nodeType === 'Block' ? children(body) : [body]
  return statements.length === 1 && statements[0]?.nodeType === 'RevertStatement'
}
