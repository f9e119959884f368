import { createRequire } from 'node:module'
import { Command } from 'commander'
import { addActCommand } from './commands/act.ts'
import { addActCommands } from './commands/acts.ts'
import { addBrakeCommands } from './commands/brake.ts'
import { addCarryCommand } from './commands/carry.ts'
import { addCommitteeCommands } from './commands/committees.ts'
import { addDocumentCommands } from './commands/documents.ts'
import { addKeyCommands } from './commands/keys.ts'
import { addProposalCommands } from './commands/proposals.ts'
import { addReadCommands } from './commands/reads.ts'
import { addSignOffCommand } from './commands/signOff.ts'
import { addTrustCommands } from './commands/trust.ts'
import { addUploadCommand } from './commands/upload.ts'
import { addVerifyCommand } from './commands/verify.ts'

const notes = `
Exit codes: 0 allowed or done, 1 denied, 2 usage, 3 could not tell, 4 stale.
Results go to stdout, all else to stderr; with --json errors are printed on stdout too, as one JSON object.
Chain: --rpc or KEDGE_RPC_URL, --deployment or KEDGE_DEPLOYMENT.
Relay: --relay or KEDGE_RELAY_URL.
Key: --keystore or KEDGE_KEYSTORE, with --password-file or KEDGE_KEYSTORE_PASSWORD; or KEDGE_PRIVATE_KEY.`

/**
 * The whole CLI. Errors are thrown, never exited on, and commander's own messages are left to whoever catches them, so
 * that one place decides about exit codes and output.
 */
export function createProgram(): Command {
  const program = new Command('kedge')
    .description('Anchor, approve, verify and roll back versions of AI models.')
    .version(versionOfPackage(), '-V, --version', 'show the version of kedge')
    // Options before the command are kedge's, those after it are the command's: both have a --version.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', notes)
  addDocumentCommands(program)
  addActCommands(program)
  addSignOffCommand(program)
  addBrakeCommands(program)
  addCarryCommand(program)
  addActCommand(program)
  addKeyCommands(program)
  addProposalCommands(program)
  addCommitteeCommands(program)
  addReadCommands(program)
  addVerifyCommand(program)
  addTrustCommands(program)
  addUploadCommand(program)
  return program
}

/** By the package's own name, since source and build lie at different depths. */
function versionOfPackage(): string {
  const { version } = createRequire(import.meta.url)('@kedge/sdk/package.json') as {
    readonly version: string
  }
  return version
}
