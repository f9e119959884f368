import { describe, expect, it } from 'vitest'
import { startScript } from '../commands/program.ts'

describe('npm run bench:gas', () => {
  it('refuses what it does not know, before it measures anything', async () => {
    const { code, printed } = await startScript('bench/gas', ['--jsn']).ends()
    expect(code).toBe(2)
    expect(printed).toMatch(/^kedge: USAGE: .*'--jsn'/)
    expect(printed).toContain('See npm run bench:gas -- --help.')
  })

  it('tells how it is used', async () => {
    const { code, printed } = await startScript('bench/gas', ['--help']).ends()
    expect(code).toBe(0)
    expect(printed).toContain('usage: npm run bench:gas [-- options]')
  })
})
