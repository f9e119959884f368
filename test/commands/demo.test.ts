import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startScript } from './program.ts'

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-demo-test-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

it('says on Ctrl-C that nothing is kept, and keeps nothing', { timeout: 180_000 }, async () => {
  for (const moment of [/contract 2 of 12/, /uploads silero-vad 4/, /kedge verify of/]) {
    const demo = startScript('demo', [], { TMPDIR: scratch })
    await demo.says(moment)
    demo.process.kill('SIGINT')
    expect(await demo.ends()).toEqual({
      code: 130,
      printed: expect.stringMatching(/\nstopping; nothing of this life is kept\n$/),
    })
    expect(await readdir(scratch)).toEqual([])
  }
})

it('says in a sentence that there is no room for its scratch directory', async () => {
  const { code, printed } = await startScript('demo', [], { TMPDIR: join(scratch, 'nowhere') }).ends()
  expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('STATE_UNWRITABLE') })
  expect(printed).not.toMatch(/^ +at /m)
})
