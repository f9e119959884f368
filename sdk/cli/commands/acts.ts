import { type Command, Option } from 'commander'
import type { Hex } from 'viem'
import { lensAbi } from '../../chain/abi/index.ts'
import {
  type Approval,
  environmentIdOf,
  haltCall,
  type Kedge,
  none,
  promoteCall,
  reach,
  readerOf,
  registerCall,
  resumeCall,
  rollbackCall,
  versionIdOf,
  withdrawCall,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { type Role, roles, type Stage, type Trigger, triggers } from '../../policy/words.ts'
import { identityOf, readManifestBeside } from '../../verify/documents.ts'
import {
  documentDigest,
  type KeyOptions,
  modelArgument,
  openKedge,
  perform,
  readJson,
  versionArgument,
  withKey,
} from '../session.ts'

/** The stages that a version can enter. */
export const enteredStages = ['Validation', 'Staging', 'Production'] as const

interface PromoteOptions extends KeyOptions {
  readonly stage: Stage
  readonly evidence: string
  readonly plan?: string
  readonly approval: readonly string[]
}

interface BrakeOptions extends KeyOptions {
  readonly model: string
  readonly environment: string
  readonly from?: string
  readonly to?: string
  readonly trigger: Trigger
  readonly reason: string
  readonly plan?: string
  readonly authority: Role
}

/** `kedge register | promote | rollback | withdraw | halt | resume`. */
export function addActCommands(program: Command): void {
  addRegister(program)
  addPromote(program)
  addRollbacks(program)
  addHalts(program)
}

function addRegister(program: Command): void {
  withKey(program.command('register <directory>'))
    .description('Register the version whose manifest lies beside a directory.')
    .option('--parent-version <id>', 'the version id of the parent, if the manifest names one')
    .option('--call', 'print the call instead of sending it')
    .addHelpText('after', '\nExample:\n  $ kedge register models/silero-vad --parent-version 0x4f…')
    .action(async (directory: string, options: KeyOptions & { parentVersion?: string }) => {
      const kedge = await openKedge(options)
      const identity = await identityBeside(directory)
      const parent = options.parentVersion === undefined ? none : versionArgument(options.parentVersion)
      const version = await versionIdAt(kedge, directory)
      await perform(kedge, registerCall(kedge.deployment.contracts, identity, parent), options, { version })
    })
}

function addPromote(program: Command): void {
  withKey(program.command('promote <directory>'))
    .description('Carry a version into its next stage, with the sign-offs that authorise it.')
    .addOption(
      new Option('--stage <stage>', 'the stage to enter').choices(enteredStages).makeOptionMandatory(),
    )
    .requiredOption('--evidence <file>', 'document C with the test results, or its digest')
    .option('--approval <file...>', 'sign-offs made by kedge sign-off', [])
    .option('--plan <file>', 'plan for degraded service, where schemas are missing')
    .option('--call', 'print the call instead of sending it')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge promote models/silero-vad --stage Staging --evidence evidence.json --approval ada.json',
    )
    .action(async (directory: string, options: PromoteOptions) => {
      const kedge = await openKedge(options)
      const approvals = await Promise.all(options.approval.map(readApproval))
      const promotion = {
        identity: await identityBeside(directory),
        stage: options.stage,
        evidence: await documentDigest(options.evidence),
        plan: await documentDigest(options.plan),
        approvals,
      }
      const call = promoteCall(kedge.deployment.contracts, promotion)
      await perform(kedge, call, options, { stage: options.stage })
    })
}

function addRollbacks(program: Command): void {
  withBrake(program.command('rollback'))
    .description('Restore a proven version. What it replaces is condemned.')
    .requiredOption('--to <id>', 'the version to restore')
    .option('--plan <file>', 'plan for degraded service, where schemas are missing')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge rollback --model silero-vad --to 0x4f… --trigger DriftOrIntegrity --reason reason.json --authority ResponsibleAIOfficer',
    )
    .action(async (options: BrakeOptions) => {
      const kedge = await openKedge(options)
      const order = { ...(await rollbackOrder(kedge, options)), to: versionArgument(options.to ?? '') }
      await perform(kedge, rollbackCall(kedge.deployment.contracts, order, options.authority), options, {
        from: order.from,
        to: order.to,
      })
    })
  withBrake(program.command('withdraw'))
    .description('Take the active version out of service without a target.')
    .option('--plan <file>', 'plan for degraded service')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge withdraw --model silero-vad --trigger SafetyRisk --reason reason.json --plan plan.json --authority ResponsibleAIOfficer',
    )
    .action(async (options: BrakeOptions) => {
      const kedge = await openKedge(options)
      const order = await rollbackOrder(kedge, options)
      await perform(kedge, withdrawCall(kedge.deployment.contracts, order, options.authority), options, {
        from: order.from,
      })
    })
}

function addHalts(program: Command): void {
  const commands = [
    ['halt', 'Stop the active version at once, without a target.', haltCall],
    ['resume', 'End a halt.', resumeCall],
  ] as const
  for (const [name, description, callOf] of commands) {
    withBrake(program.command(name))
      .description(description)
      .addHelpText(
        'after',
        `\nExample:\n  $ kedge ${name} --model silero-vad --trigger SafetyRisk --reason reason.json --authority ResponsibleAIOfficer`,
      )
      .action(async (options: BrakeOptions) => {
        const kedge = await openKedge(options)
        const { from: version, ...rest } = await rollbackOrder(kedge, options)
        const order = { model: rest.model, environment: rest.environment, version, ...cause(rest) }
        await perform(kedge, callOf(kedge.deployment.contracts, order, options.authority), options, {
          version,
        })
      })
  }
}

function cause({ trigger, reason }: { readonly trigger: Trigger; readonly reason: Hex }) {
  return { trigger, reason }
}

function withBrake(command: Command): Command {
  return withKey(command)
    .requiredOption('--model <name>', 'the model')
    .option('--environment <name>', 'where', 'production')
    .option('--from <id>', 'the version that must be active; otherwise the one that is')
    .addOption(new Option('--trigger <trigger>', 'why').choices(triggers.slice(1)).makeOptionMandatory())
    .requiredOption('--reason <file>', 'document C with the reason, or its digest')
    .addOption(
      new Option('--authority <role>', 'in which role').choices(roles.slice(1)).makeOptionMandatory(),
    )
    .option('--call', 'print the call instead of sending it, for a committee to propose')
}

async function rollbackOrder(kedge: Kedge, options: BrakeOptions) {
  const model = modelArgument(options.model)
  const environment = environmentIdOf(options.environment)
  return {
    model,
    environment,
    from:
      options.from === undefined
        ? await activeVersion(kedge, model, environment)
        : versionArgument(options.from),
    trigger: options.trigger,
    reason: await documentDigest(options.reason),
    plan: await documentDigest(options.plan),
  }
}

async function activeVersion(kedge: Kedge, model: Hex, environment: Hex): Promise<Hex> {
  const { active } = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'provenance',
      args: [model, environment],
    }),
  )
  if (active.version === none)
    throw new KedgeError('NOT_ACTIVE', 'nothing is active there', { model, environment })
  return active.version
}

/** The identity in the manifest beside a directory. */
export async function identityBeside(directory: string) {
  const manifest = await readManifestBeside(directory)
  if (manifest !== undefined) return identityOf(manifest)
  throw new KedgeError(
    'UNAVAILABLE',
    `there is no manifest beside ${directory}; make one with kedge manifest`,
    {
      directory,
    },
  )
}

/** The version id that the manifest beside a directory has on this chain. */
export async function versionIdAt(kedge: Kedge, directory: string): Promise<Hex> {
  const { chainId, contracts } = kedge.deployment
  return versionIdOf({ chainId, registry: contracts.registry, identity: await identityBeside(directory) })
}

async function readApproval(path: string): Promise<Approval> {
  const value = (await readJson(path)) as Partial<Approval>
  if (typeof value === 'object' && value.role !== undefined && value.signer !== undefined)
    return value as Approval
  throw new KedgeError('USAGE', `${path} is not a sign-off made by kedge sign-off`, { path })
}
