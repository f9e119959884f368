/** One fact of a deployment that is not as it must be. */
export interface Deviation {
  /** The fact, as a person calls it. */
  readonly what: string
  readonly actual: string
  readonly expected: string
  /** The endpoint that says so, where others say otherwise. */
  readonly endpoint?: string
}

/** Notes a deviation, unless the fact is as expected. */
export type Expect = (what: string, actual: unknown, expected: unknown) => void

/** Collects deviations, each once. */
export function collectDeviations(): { readonly deviations: readonly Deviation[]; readonly expect: Expect } {
  const deviations: Deviation[] = []
  const expect: Expect = (what, actual, expected) => {
    const shown = { what, actual: shownAs(actual), expected: shownAs(expected) }
    if (shown.actual.toLowerCase() === shown.expected.toLowerCase()) return
    if (!deviations.some(known => isSame(known, shown))) deviations.push(shown)
  }
  return { deviations, expect }
}

/** A deviation in one sentence. */
export function sentenceOf({ what, actual, expected, endpoint }: Deviation): string {
  const according = endpoint === undefined ? '' : `according to ${endpoint}, `
  return `${according}${what} is ${actual}, should be ${expected}`
}

/** What each of several endpoints says, by its name: the deviations that all show, and who shows the others. */
export function mergeDeviations(
  found: readonly (readonly [endpoint: string, deviations: readonly Deviation[]])[],
): readonly Deviation[] {
  const inAll = (deviation: Deviation) =>
    found.every(([, deviations]) => deviations.some(other => isSame(deviation, other)))
  const common = (found[0]?.[1] ?? []).filter(inAll)
  const others = found.flatMap(([endpoint, deviations]) =>
    deviations.filter(deviation => !inAll(deviation)).map(deviation => ({ ...deviation, endpoint })),
  )
  return [...common, ...others]
}

function isSame(one: Deviation, other: Deviation): boolean {
  return one.what === other.what && one.actual === other.actual && one.expected === other.expected
}

/**
 * Expects two nested values to be the same, and names each part that is not: "settings.quorum in …".
 *
 * @param place - What the values are called, nothing for a whole, and what they are part of.
 */
export function expectSame(
  expect: Expect,
  place: readonly [path: string, where: string],
  actual: unknown,
  expected: unknown,
): void {
  const [path, where] = place
  const bothLists = Array.isArray(actual) && Array.isArray(expected)
  if (!bothLists && !(isRecord(actual) && isRecord(expected))) {
    expect(`${path} in ${where}`, actual, expected)
    return
  }
  const [a, b] = [actual, expected] as [Record<string, unknown>, Record<string, unknown>]
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = bothLists ? `${path}[${key}]` : `${path}.${key}`.replace(/^\./, '')
    expectSame(expect, [inner, where], a[key], b[key])
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shownAs(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'string' || typeof value === 'bigint') return value.toString()
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
