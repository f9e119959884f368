import type { z } from 'zod'
import { KedgeError } from '../errors/index.ts'
import { formatTrail } from './canonical.ts'

/** The most problems that one error names. */
const MAX_PROBLEMS = 20

/**
 * Holds a value against a schema, and says in one error which fields are wrong and why.
 *
 * The value itself is returned, not a copy made by the schema, so that what was checked is what was digested.
 *
 * @throws MANIFEST_MALFORMED with `field`, `problem` (the first) and `problems` (all of them).
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, document: string): T {
  const issues: Issue[] = []
  if (follows(schema, value, issues)) return value
  const problems = issues.flatMap(issue => describe(issue, [], value))
  const [first = { field: '(document)', problem: 'is malformed' }] = problems
  throw new KedgeError(
    'MANIFEST_MALFORMED',
    `The ${document} is malformed: ${first.field}: ${first.problem}`,
    {
      field: first.field,
      problem: first.problem,
      problems: problems.slice(0, MAX_PROBLEMS).map(({ field, problem }) => `${field}: ${problem}`),
    },
  )
}

function follows<T>(schema: z.ZodType<T>, value: unknown, issues: Issue[]): value is T {
  const result = schema.safeParse(value)
  if (!result.success) issues.push(...result.error.issues)
  return result.success
}

interface Problem {
  readonly field: string
  readonly problem: string
}

type Issue = z.core.$ZodIssue

function describe(issue: Issue, outer: readonly PropertyKey[], value: unknown): readonly Problem[] {
  const path = [...outer, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({ field: formatTrail([...path, key]), problem: 'is not a known field' }))
  }
  if (issue.code === 'invalid_union') {
    // The alternatives differ by their keys, so the one that knows every key is the one that was meant.
    const meant = issue.errors.find(issues => issues.length > 0 && !issues.some(isWrongAlternative))
    if (meant !== undefined && !isEmpty(valueAt(value, issue.path))) {
      return meant.flatMap(inner => describe(inner, path, valueAt(value, issue.path)))
    }
  }
  return [{ field: formatTrail(path), problem: issue.message }]
}

/** What stands at a path inside a value. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** Without a key, nothing tells which alternative was meant. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function isWrongAlternative(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'unrecognized_keys' || issue.code === 'invalid_type')
}
