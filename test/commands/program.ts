import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A running program of the repository, and what it has printed. */
export interface Program {
  readonly process: ChildProcess
  readonly printed: () => string
  /** Waits until what it has printed matches. Fails when it ends before. */
  says(pattern: RegExp): Promise<void>
  /** Waits for its end. */
  ends(): Promise<{ readonly code: number | null; readonly printed: string }>
}

/** Starts `scripts/<name>.ts` as the task runner does. */
export function startScript(
  name: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const flags = ['--conditions=@kedge/source', `${root}scripts/${name}.ts`]
  return startProgram(process.execPath, [...flags, ...args], {
    ...process.env,
    KEDGE_ROOT: root,
    ...environment,
  })
}

/** Starts a program with exactly this environment. */
export function startProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  directory = root,
): Program {
  const child = spawn(program, args, { env: environment, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += chunk
      child.emit('printed')
    })
  }
  return {
    process: child,
    printed: () => text,
    async says(pattern) {
      const over = closed.then(() => 'over' as const)
      while (!pattern.test(text)) {
        const event = await Promise.race([once(child, 'printed'), over])
        if (event === 'over' && !pattern.test(text)) throw new Error(`it ended without ${pattern}:\n${text}`)
      }
    },
    async ends() {
      const [code] = await closed
      return { code, printed: text }
    },
  }
}
