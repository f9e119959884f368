import { KedgeError } from '../../sdk/errors/index.ts'

/** What a verification was refused with, with names in place of what differs from run to run. */
export interface Refusal {
  readonly code: string
  readonly facts: KedgeError['facts']
}

/**
 * Waits for a refusal. A verification that passes, or an error without a code, fails the test.
 *
 * @param names - What to call hashes, paths and places. Block numbers, times, and digests without a name are left out.
 */
export async function refusalOf(
  verification: Promise<unknown>,
  names: ReadonlyMap<string, string> = new Map(),
): Promise<Refusal> {
  let receipt: unknown
  try {
    receipt = await verification
  } catch (error) {
    if (error instanceof KedgeError) return { code: error.code, facts: named(error.facts, names) }
    throw error
  }
  throw new Error(`it passed: ${JSON.stringify(receipt)}`)
}

/** Where a number differs from run to run, by the name of its field. */
const varying = ['block', 'timestamp', 'now', 'since', 'condemnedFrom', 'finalizedBlock']

function named(facts: KedgeError['facts'], names: ReadonlyMap<string, string>): KedgeError['facts'] {
  const rename = (text: string) =>
    [...names]
      .reduce((renamed, [value, name]) => renamed.replaceAll(value, name), text)
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<digest>')
  return Object.fromEntries(
    Object.entries(facts).map(([field, fact]) => {
      if (varying.includes(field)) return [field, `<${field}>`]
      if (typeof fact === 'string') return [field, rename(fact)]
      return [field, Array.isArray(fact) ? fact.map(rename) : fact]
    }),
  )
}
