import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What `kedge verify` said: its exit code, and the code of the error if there was one. */
export interface Answer {
  readonly exitCode: number
  readonly code: string | undefined
  readonly milliseconds: number
}

/** Asks the deploy gate as a deployment system would: by the command line, in a process of its own. */
export async function askGate(parameters: {
  readonly directory: string
  readonly model: string
  readonly environment: string
  readonly trustPath: string
  readonly marks: string
  /** The schemas that whoever asks needs; all that the environment requires if it is left out. */
  readonly schemas: string | undefined
}): Promise<Answer> {
  const { directory, model, environment, trustPath, marks, schemas } = parameters
  const args = ['--conditions=@kedge/source', join(root, 'sdk/cli/main.ts'), 'verify', directory]
  args.push('--model', model, '--environment', environment, '--trust', trustPath, '--marks', marks, '--json')
  if (schemas !== undefined) args.push('--schemas', schemas)
  const begun = performance.now()
  const { exitCode, stdout } = await run(args)
  const milliseconds = Math.round(performance.now() - begun)
  const answer: unknown = stdout.trim() === '' ? {} : JSON.parse(stdout)
  const code = (answer as { error?: { code?: string } }).error?.code
  return { exitCode, code, milliseconds }
}

function run(args: readonly string[]): Promise<{ exitCode: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let stdout = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.once('error', reject)
    child.once('close', code => resolve({ exitCode: code ?? -1, stdout }))
  })
}
