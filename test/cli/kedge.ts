import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../sdk/cli/main.ts', import.meta.url))

/** What a run of `kedge` ended with. */
export interface Outcome {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How `kedge` is run. */
export interface RunOptions {
  /** Nothing else of this process's environment is passed on. */
  readonly environment?: Readonly<Record<string, string>>
  readonly directory?: string
  readonly stdin?: string
  /** A shell in front of it: for limits and redirections. `"$@"` is the command. */
  readonly shell?: string
  /** Texts that nobody may ever see in an output. */
  readonly secrets?: readonly string[]
  /** Runs it otherwise than as a process. */
  readonly runner?: (line: string, options: RunOptions) => Promise<Outcome>
}

/** Runs a command line of `kedge` as a process, from source. */
export async function kedge(line: string, options: RunOptions = {}): Promise<Outcome> {
  if (options.runner !== undefined) return await options.runner(line, options)
  const child = startKedge(line, options)
  child.stdin.end(options.stdin ?? '')
  return await outcomeOf(child, line, options)
}

/** The words of a command line; what stands in quotation marks is one. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/** Starts `kedge`, for a test that does something to it meanwhile. */
export function startKedge(
  line: string,
  { environment = {}, directory, shell }: RunOptions = {},
): ChildProcessWithoutNullStreams {
  const command = [process.execPath, '--conditions=@kedge/source', main, ...wordsOf(line)]
  const [program = '', ...rest] = shell === undefined ? command : ['/bin/sh', '-c', shell, 'sh', ...command]
  return spawn(program, rest, {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      // Compiling is half of the time of a run.
      NODE_COMPILE_CACHE: join(tmpdir(), 'kedge-test-compile-cache'),
      ...environment,
    },
  })
}

/** What a started `kedge` ends with. */
export async function outcomeOf(
  child: ChildProcessWithoutNullStreams,
  line: string,
  { secrets = [] }: RunOptions = {},
): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      texts[name] += chunk
    })
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  const told = secrets.find(secret => `${texts.stdout}${texts.stderr}`.includes(secret))
  if (told !== undefined) throw new Error(`kedge ${line} told a secret`)
  return { code, signal, ...texts }
}

/** The one JSON object that a run printed on stdout, and nothing else. */
export function jsonIn({ stdout }: Outcome): unknown {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '')
    throw new Error(`not one line of JSON: ${JSON.stringify(stdout)}`)
  return JSON.parse(lines[0] ?? '')
}
