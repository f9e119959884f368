import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const demo = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))

it('every step of the life comes out as it must', { timeout: 180_000 }, async () => {
  const { code, stdout } = await run()
  expect(stdout).toMatch(/(\d+) of \1 steps came out as they must/)
  expect(stdout).not.toContain('NOT AS IT MUST BE')
  expect(code).toBe(0)
})

function run(): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@kedge/source', demo], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let stdout = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout }))
  })
}
