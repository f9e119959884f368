import { exitCodes, KedgeError } from '../errors/index.ts'

/** Prints a result: one JSON object for machines, or lines for people. Both go to stdout. */
export function print(result: object, options: { readonly json?: boolean | undefined }): void {
  const text = options.json ? JSON.stringify(result, plain) : lines(result).join('\n')
  process.stdout.write(`${text}\n`)
}

/** Tells what is being done, on stderr. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`)
}

/**
 * Reports an error, for people on stderr and with `--json` as one object on stdout too.
 *
 * @returns The exit code.
 */
export function report(error: unknown, json: boolean): number {
  const known = error instanceof KedgeError ? error : unexpected(error)
  const { code, message, facts, remedy } = known
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: { code, class: known.class, message, facts, remedy } })}\n`,
    )
  say(`${code}: ${message}`)
  for (const line of lines(facts)) say(`  ${line}`)
  say(`  ${remedy}`)
  return exitCodes[known.class]
}

/** Whatever was not foreseen is no yes: it counts as "could not tell". */
function unexpected(error: unknown): KedgeError {
  const message = error instanceof Error ? error.message : String(error)
  return new KedgeError('UNAVAILABLE', message, {}, { cause: error })
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function lines(value: object): string[] {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  return entries.map(([name, field]) => `${name.padEnd(width)}  ${show(field)}`)
}

function show(field: unknown): string {
  return typeof field === 'object' && field !== null ? JSON.stringify(field, plain) : String(field)
}
