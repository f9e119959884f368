import { vi } from 'vitest'
import { run } from '../../sdk/cli/run.ts'
import { type Outcome, type RunOptions, wordsOf } from './kedge.ts'

/**
 * Runs a command line of `kedge` in this process: a tenth of the time of a process, for tables of many lines. Everything
 * but signals and the end of the process is the same. One at a time: the streams are this process's own.
 */
export async function kedgeHere(
  line: string,
  { environment = {}, directory = process.cwd(), secrets = [] }: RunOptions = {},
): Promise<Outcome> {
  const before = process.cwd()
  const texts = { stdout: '', stderr: '' }
  process.chdir(directory)
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const spies = (['stdout', 'stderr'] as const).map(name =>
    vi.spyOn(process[name], 'write').mockImplementation((part, ...rest) => {
      texts[name] += part
      for (const callback of rest) if (typeof callback === 'function') callback()
      return true
    }),
  )
  try {
    const code = await run(['node', 'kedge', ...wordsOf(line)])
    if (secrets.some(secret => `${texts.stdout}${texts.stderr}`.includes(secret))) {
      throw new Error(`kedge ${line} told a secret`)
    }
    return { code, signal: null, ...texts }
  } finally {
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
    process.chdir(before)
  }
}
