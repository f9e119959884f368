import { describe, expect, it } from 'vitest'
import { startScript } from './program.ts'

describe.each([
  ['mutation', 'mutation/main'],
  ['coverage', 'coverage/main'],
  ['slither', 'analysis/slither'],
  ['snapshots', 'snapshots/write'],
  ['deployment:check', 'checkDeployment'],
  ['deploy', 'deploy'],
  ['bench:gas', 'bench/gas'],
])('npm run %s', (command, script) => {
  it('tells how it is used', async () => {
    expect(await startScript(script, ['--help']).ends()).toEqual({
      code: 0,
      printed: expect.stringMatching(new RegExp(`\\nusage: (SLITHER=<path> )?npm run ${command} `)),
    })
  })

  it('refuses what it does not know in a sentence, before it does anything', async () => {
    const { code, printed } = await startScript(script, ['--halp']).ends()
    expect(code).toBe(2)
    expect(printed.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^kedge: USAGE: Unknown option '--halp'/),
      `  See npm run ${command} -- --help.`,
    ])
  })
})
