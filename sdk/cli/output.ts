import { exitCodes, KedgeError, systemReason } from '../errors/index.ts'

/**
 * Prints a result on stdout: with `--json` as one object for machines, otherwise as lines for people.
 *
 * @param text - The lines; otherwise one for each field.
 * @throws KedgeError `UNAVAILABLE` if it cannot be written: what was not told was not answered.
 */
export async function print(
  result: object,
  options: { readonly json?: boolean | undefined },
  text: readonly string[] = linesOf(result),
): Promise<void> {
  const output = options.json === true ? jsonOf(result) : harmless(text.join('\n'))
  try {
    await write(process.stdout, `${output}\n`)
  } catch (cause) {
    // Whoever reads through `head` has seen enough.
    if (cause instanceof Error && 'code' in cause && cause.code === 'EPIPE') return
    throw new KedgeError(
      'UNAVAILABLE',
      `the result cannot be written to standard output: ${systemReason(cause)}`,
      {},
      { cause, remedy: 'What is told above has been done. Make room, then ask again.' },
    )
  }
}

/** Tells what is being done, on stderr. */
export function say(message: string): void {
  process.stderr.write(`${harmless(message)}\n`)
}

/** What others wrote, such as the text of a proposal, must not steer a terminal: shown as its code instead. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|[\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu, character => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}

/** Keeps a closed or full stderr or stdout from ending the process: {@link print} hears of its own failures. */
export function bearBrokenStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/**
 * Reports an error, for people on stderr and with `--json` as one object on stdout too.
 *
 * @returns The exit code.
 */
export async function report(error: unknown, json: boolean): Promise<number> {
  const known = error instanceof KedgeError ? error : unexpected(error)
  const { code, message, facts, remedy } = known
  say(`${code}: ${message}`)
  for (const line of linesOf(facts)) say(`  ${line}`)
  say(`  ${remedy}`)
  if (json) {
    const answer = { error: { code, class: known.class, message, facts, remedy } }
    await write(process.stdout, `${jsonOf(answer)}\n`).catch(() => undefined)
  }
  return exitCodes[known.class]
}

/** An object as JSON in one line; large integers as decimal strings. */
export function jsonOf(value: object): string {
  return JSON.stringify(value, plain)
}

/** One line for each field, values in one column. */
export function linesOf(value: object): string[] {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  return entries.map(([name, field]) => `${name.padEnd(width)}  ${show(field)}`)
}

/** Whatever was not foreseen is no yes: it counts as "could not tell". */
function unexpected(error: unknown): KedgeError {
  const message = error instanceof Error ? error.message : String(error)
  return new KedgeError('UNEXPECTED', message, {}, { cause: error })
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function show(field: unknown): string {
  if (Array.isArray(field)) return field.map(show).join(', ')
  return typeof field === 'object' && field !== null ? jsonOf(field) : String(field)
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, error => (error ? reject(error) : resolve()))
  })
}
