import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import {
  type Call,
  haltCall,
  type Kedge,
  promoteCall,
  reach,
  readerOf,
  registerCall,
  resumeCall,
  rollbackCall,
  withdrawCall,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { type Role, roles, type Stage, type Trigger, triggers } from '../../policy/words.ts'
import { identityOf } from '../../verify/documents.ts'
import {
  environmentArgument,
  modelArgument,
  parseFileOrDigest,
  parseId,
  parseName,
  parseVersion,
} from '../arguments.ts'
import { checkAgainstDocuments } from '../artifact.ts'
import { documentDigest, optionalDocumentDigest } from '../documentArgument.ts'
import { readSignOff, type Terms } from '../exchange.ts'
import { say } from '../output.ts'
import { type ActOptions, openKedge, perform, withAct } from '../session.ts'
import { activeVersion, manifestBeside, parentOf, versionByName, versionOf } from '../versions.ts'

/** The stages that a version can enter. */
export const enteredStages = ['Validation', 'Staging', 'Production'] as const

/** The committees among the roles: they act through proposals only. */
export const committeeRoles: readonly Role[] = ['OversightCommittee', 'EmergencyCommittee', 'Assembly']

/** `kedge register | promote | rollback | withdraw | halt | resume`. */
export function addActCommands(program: Command): void {
  addRegister(program)
  addPromote(program)
  addRollback(program)
  addWithdraw(program)
  addHalt(program)
  addResume(program)
}

function addRegister(program: Command): void {
  withAct(program.command('register <directory>'))
    .description('Register the version whose documents lie beside a directory. Its author does this.')
    .addOption(
      new Option('--parent-version <id>', 'the parent, should several versions have its manifest').argParser(
        parseId,
      ),
    )
    .addHelpText('after', '\nExample:\n  $ kedge register models/silero-vad --keystore dana.json')
    .action(async (directory: string, options: ActOptions & { parentVersion?: `0x${string}` }) => {
      const kedge = await openKedge(options)
      const manifest = await manifestBeside(directory)
      await checkAgainstDocuments(directory, manifest)
      const version = versionOf(kedge, manifest)
      const identity = identityOf(manifest)
      const parent = options.parentVersion ?? (await parentOf(kedge, identity))
      say(`registering ${version.title}, declared ${identity.risk}`)
      const call = registerCall(kedge.deployment.contracts, identity, parent)
      await perform(kedge, call, options, { version: version.id })
    })
}

interface PromoteOptions extends ActOptions {
  readonly stage: Stage
  readonly evidence: string
  readonly plan?: string
  readonly signOff: readonly string[]
}

function addPromote(program: Command): void {
  withAct(program.command('promote <directory>'))
    .description('Carry a version into its next stage, with the sign-offs that authorise it. Anyone may.')
    .addOption(
      new Option('--stage <stage>', 'the stage to enter').choices(enteredStages).makeOptionMandatory(),
    )
    .addOption(evidenceOption())
    .option('--sign-off <file...>', 'sign-offs made by kedge sign-off', [])
    .addOption(planOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge promote models/silero-vad --stage Staging --evidence evidence.json --sign-off ada.json chloe.json --keystore emil.json',
    )
    .action(async (directory: string, options: PromoteOptions) => {
      const kedge = await openKedge(options)
      const manifest = await manifestBeside(directory)
      const version = versionOf(kedge, manifest)
      const identity = identityOf(manifest)
      const { stage } = options
      const { manifestDigest } = identity
      const evidence = await documentDigest(options.evidence, 'evidence', {
        model: identity.model,
        manifestDigest,
      })
      const signOffs = await Promise.all(
        options.signOff.map(async path => {
          const { terms, ...signOff } = await readSignOff(path)
          if (terms !== undefined) checkTerms(path, terms, { version: version.id, stage, evidence })
          return signOff
        }),
      )
      const plan = await optionalDocumentDigest(options.plan, 'plan', { model: identity.model })
      say(`carrying ${version.title} into ${stage}`)
      const call = promoteCall(kedge.deployment.contracts, { identity, stage, evidence, plan, signOffs })
      await perform(kedge, call, options, { version: version.id, stage })
    })
}

/** A sign-off for something else would be refused by the chain too, but not by the name of the file. */
function checkTerms(path: string, terms: Terms, wanted: Pick<Terms, 'version' | 'stage' | 'evidence'>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const signed = terms[name as keyof typeof wanted]
    if (signed.toLowerCase() === value.toLowerCase()) continue
    throw new KedgeError(
      'USAGE',
      `${path} signs off another ${name}: ${signed}`,
      { path, expected: value, actual: signed },
      { remedy: `Give the sign-offs that were made for this ${name}, or have new ones made.` },
    )
  }
}

interface BrakeOptions extends ActOptions {
  readonly model: string
  readonly environment: string
  readonly from?: string
  readonly to: string
  readonly trigger: Trigger
  readonly reason: string
  readonly plan?: string
  readonly authority: Role
}

function addRollback(program: Command): void {
  withBrake(program.command('rollback'), 'replaced')
    .description('Restore a proven version. What it replaces is condemned.')
    .addOption(
      new Option('--to <version>', 'the version to restore: its label or id')
        .argParser(parseVersion)
        .makeOptionMandatory(),
    )
    .addOption(triggerOption())
    .addOption(planOption())
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ kedge rollback --model silero-vad --to 5.0.0 --trigger DriftOrIntegrity --reason reason.json --authority ResponsibleAIOfficer --keystore ada.json\n' +
        '  $ kedge rollback --model silero-vad --to 5.0.0 --trigger DriftOrIntegrity --reason reason.json --authority EmergencyCommittee --call --out call.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, title, order } = await prepare(options)
      const plan = await optionalDocumentDigest(options.plan, 'plan', order)
      const target = await versionByName(kedge, options.model, options.to)
      const { version: from, ...terms } = order
      say(`rolling ${options.environment} back from ${title} to ${target.title}`)
      const call = rollbackCall(
        kedge.deployment.contracts,
        { ...terms, from, to: target.id, plan },
        options.authority,
      )
      await brake(kedge, call, options, { from, to: target.id })
    })
}

function addWithdraw(program: Command): void {
  withBrake(program.command('withdraw'), 'withdrawn')
    .description('Take the active version out of service without a target. It is condemned.')
    .addOption(triggerOption())
    .addOption(planOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge withdraw --model silero-vad --trigger SafetyRisk --reason reason.json --plan plan.json --authority ResponsibleAIOfficer --keystore ada.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, title, order } = await prepare(options)
      const plan = await optionalDocumentDigest(options.plan, 'plan', order)
      const { version: from, ...terms } = order
      say(`taking ${title} out of ${options.environment}`)
      const call = withdrawCall(kedge.deployment.contracts, { ...terms, from, plan }, options.authority)
      await brake(kedge, call, options, { from })
    })
}

function addHalt(program: Command): void {
  withBrake(program.command('halt'), 'halted')
    .description('Stop the active version at once, without a target.')
    .addOption(triggerOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge halt --model silero-vad --trigger SafetyRisk --reason reason.json --authority SystemOperator --keystore emil.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, title, order } = await prepare(options)
      say(`halting ${title} in ${options.environment}`)
      await brake(kedge, haltCall(kedge.deployment.contracts, order, options.authority), options, {
        version: order.version,
      })
    })
}

function addResume(program: Command): void {
  withBrake(program.command('resume'), 'halted')
    .description('End a halt. This takes at least the authority of who halted.')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge resume --model silero-vad --reason reason.json --authority SystemOperator --keystore emil.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, title, order } = await prepare(options)
      say(`resuming ${title} in ${options.environment}`)
      // A resumption answers no trigger.
      const call = resumeCall(kedge.deployment.contracts, { ...order, trigger: 'None' }, options.authority)
      await brake(kedge, call, options, { version: order.version })
    })
}

function withBrake(command: Command, done: string): Command {
  return withAct(command)
    .addOption(
      new Option('--model <name>', 'the model: its name or id').argParser(parseName).makeOptionMandatory(),
    )
    .addOption(
      new Option('--environment <name>', 'where: its name or id').argParser(parseName).default('production'),
    )
    .addOption(
      new Option(
        '--from <version>',
        `the version to be ${done}, by label or id; otherwise the one that is active`,
      ).argParser(parseVersion),
    )
    .addOption(
      new Option('--reason <file>', 'document C with the reason, or its digest')
        .argParser(parseFileOrDigest)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--authority <role>', 'in which role; a committee’s acts go through --call')
        .choices(roles.slice(1))
        .makeOptionMandatory(),
    )
}

/** Document C with test results. */
export function evidenceOption(): Option {
  return new Option('--evidence <file>', 'document C with the test results, or its digest')
    .argParser(parseFileOrDigest)
    .makeOptionMandatory()
}

function triggerOption(): Option {
  return new Option('--trigger <trigger>', 'why (policy 6.1)')
    .choices(triggers.slice(1))
    .makeOptionMandatory()
}

function planOption(): Option {
  return new Option(
    '--plan <file>',
    'document C with the plan for degraded service, or its digest: where schemas will be missing',
  ).argParser(parseFileOrDigest)
}

async function prepare(options: BrakeOptions) {
  mustBeSendable(options)
  const kedge = await openKedge(options)
  const model = modelArgument(options.model)
  const environment = environmentArgument(options.environment)
  const from =
    options.from === undefined
      ? await activeVersion(
          kedge,
          { id: model, name: options.model },
          { id: environment, name: options.environment },
        )
      : await versionByName(kedge, options.model, options.from)
  const reason = await documentDigest(options.reason, 'reason', { model })
  const trigger = options.trigger
  return { kedge, title: from.title, order: { model, environment, version: from.id, trigger, reason } }
}

/** A committee has no key: it acts by a proposal that was executed. */
export function mustBeSendable({
  authority,
  call,
}: {
  readonly authority: Role
  readonly call?: boolean
}): void {
  if (call === true || !committeeRoles.includes(authority)) return
  throw new KedgeError(
    'USAGE',
    `the ${authority} acts through a proposal, not by a key`,
    { authority },
    {
      remedy:
        'Have the call written (--call; kedge sign-off does so by itself), then kedge propose --calls it.',
    },
  )
}

async function brake(kedge: Kedge, call: Call, options: BrakeOptions, result: object): Promise<void> {
  if (options.call === true) await foresee(kedge, call, options.authority)
  await perform(kedge, call, options, result)
}

/** Tells whether the call would be refused if the committee made it now. By then things may have changed either way. */
export async function foresee(kedge: Kedge, call: Call, authority: Role): Promise<void> {
  const voice = timelockOf(kedge, authority)
  if (voice === undefined) return
  try {
    await reach(() => readerOf(kedge.rpcUrl).call({ account: voice, to: call.to, data: call.data }))
  } catch (error) {
    if (!(error instanceof KedgeError) || error.code !== 'REFUSED') throw error
    say(`note: if this were executed now, ${error.message}`)
  }
}

function timelockOf(kedge: Kedge, authority: Role): Address | undefined {
  const { timelocks } = kedge.deployment.contracts
  if (authority === 'Assembly') return timelocks.assembly
  if (authority === 'OversightCommittee') return timelocks.oversight
  return authority === 'EmergencyCommittee' ? timelocks.emergency : undefined
}
