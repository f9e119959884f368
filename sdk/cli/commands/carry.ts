import type { Command } from 'commander'
import { KedgeError } from '../../errors/index.ts'
import { readCall } from '../exchange.ts'
import { say } from '../output.ts'
import { callLines } from '../proposals.ts'
import { type KeyOptions, openKedge, perform, withKey, withNames } from '../session.ts'
import { nameOfCall } from '../words.ts'

/** What `kedge carry` carries: by what somebody else signed. */
const carriedActs = ['registerBySig', 'rollbackBySig', 'haltBySig']

/** `kedge carry`: what somebody else signed. */
export function addCarryCommand(program: Command): void {
  withNames(withKey(program.command('carry <file>')))
    .description('Carry an act that somebody signed with --sign. Anyone may.')
    .addHelpText('after', '\nExample:\n  $ kedge carry signed-halt.json --keystore emil.json')
    .action(async (path: string, options: KeyOptions & { readonly names?: string }) => {
      const call = await readCall(path)
      const kedge = await openKedge(options)
      if (!carriedActs.includes(nameOfCall(call, kedge.deployment.contracts) ?? '')) {
        throw new KedgeError(
          'USAGE',
          `${path} is nothing that somebody signed`,
          { path },
          { remedy: 'Give a file that --sign wrote; calls made with --call are for kedge propose.' },
        )
      }
      for (const line of await callLines(kedge, { calls: [call] }, options.names)) say(line)
      await perform(kedge, call, options, {})
    })
}
