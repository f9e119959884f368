import { Command } from 'commander'
import { addActCommands } from './commands/acts.ts'
import { addCommitteeCommands } from './commands/committees.ts'
import { addDocumentCommands } from './commands/documents.ts'
import { addReadCommands } from './commands/reads.ts'
import { addSignOffCommand } from './commands/signOff.ts'
import { addVerifyCommand } from './commands/verify.ts'

/** The whole CLI. Errors are thrown, never exited on, so that one place decides about exit codes. */
export function createProgram(): Command {
  const program = new Command('kedge')
    .description('Anchor, approve, verify and roll back versions of AI models.')
    .showHelpAfterError('(kedge <command> --help shows an example)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 allowed or done, 1 denied, 2 usage, 3 could not tell, 4 stale.\n' +
        'Keys: --keystore FILE with --password-file FILE or KEDGE_KEYSTORE_PASSWORD, or KEDGE_PRIVATE_KEY.',
    )
  addDocumentCommands(program)
  addActCommands(program)
  addSignOffCommand(program)
  addCommitteeCommands(program)
  addReadCommands(program)
  addVerifyCommand(program)
  // Subcommands are made by the functions above, after exitOverride: pass it on.
  for (const command of program.commands) command.exitOverride()
  return program
}
