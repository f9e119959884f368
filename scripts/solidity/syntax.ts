/** A node of the compiler's syntax tree, as far as mutation looks at it. */
export interface Node {
  readonly nodeType: string
  /** Where it stands: first byte, bytes, file. */
  readonly src: string
  readonly [field: string]: unknown
}

/** Where a node stands in its file, in bytes. */
export interface Span {
  readonly start: number
  readonly end: number
}

export function spanOf(node: Node): Span {
  const [start = 0, length = 0] = node.src.split(':').map(Number)
  return { start, end: start + length }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value
}

/** The nodes directly below one, in the order of the text. */
export function children(node: Node): readonly Node[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .toSorted((left, right) => spanOf(left).start - spanOf(right).start)
}

/** A node's field that is a node, if it has one. */
export function childOf(node: Node, field: string): Node | undefined {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** A node's field that is a list of nodes. */
export function childrenOf(node: Node, field: string): readonly Node[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

export function textIn(node: Node, field: string): string {
  const value = node[field]
  return typeof value === 'string' ? value : ''
}

/** The type that the compiler gave an expression. */
export function typeOf(node: Node): string {
  const type = node['typeDescriptions']
  if (typeof type !== 'object' || type === null || !('typeString' in type)) return ''
  return typeof type.typeString === 'string' ? type.typeString : ''
}

/** A file's bytes, which the syntax tree counts in. */
export interface Text {
  readonly bytes: Buffer
  readonly slice: (span: Span) => string
}

export function textOfBytes(text: string): Text {
  const bytes = Buffer.from(text)
  return { bytes, slice: ({ start, end }) => bytes.subarray(start, end).toString() }
}
