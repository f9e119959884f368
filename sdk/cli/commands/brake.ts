import { type Command, Option } from 'commander'
import type { Hex, LocalAccount } from 'viem'
import { lensAbi } from '../../chain/abi/index.ts'
import {
  type Call,
  haltBySignatureCall,
  haltCall,
  type Kedge,
  type RollbackOrder,
  reach,
  readerOf,
  resumeCall,
  rollbackBySignatureCall,
  rollbackCall,
  signHalt,
  signRollback,
  withdrawCall,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { type Role, roles, stages, type Trigger, triggers } from '../../policy/words.ts'
import {
  environmentArgument,
  modelArgument,
  parseFileOrDigest,
  parseName,
  parseVersion,
} from '../arguments.ts'
import { foresee, mustBeSendable } from '../authority.ts'
import { brakeConsent } from '../consent.ts'
import { documentDigest, optionalDocumentDigest } from '../documentArgument.ts'
import { say } from '../output.ts'
import {
  handOverSigned,
  openAccount,
  openKedge,
  perform,
  type SignableOptions,
  withAct,
  withSigning,
} from '../session.ts'
import { activeIn, type NamedVersion, versionByName } from '../versions.ts'
import { planOption } from './acts.ts'

/** `kedge rollback | withdraw | halt | resume`. */
export function addBrakeCommands(program: Command): void {
  addRollback(program)
  addWithdraw(program)
  addHalt(program)
  addResume(program)
}

interface BrakeOptions extends SignableOptions {
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
  withBrake(withSigning(program.command('rollback')), 'replaced')
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
      const { kedge, from, terms } = await prepare(options)
      const plan = await optionalDocumentDigest(options.plan, 'plan', terms)
      const target = await versionByName(kedge, options.model, options.to)
      const { environment } = options
      say(
        from === undefined
          ? `restoring ${target.title} in ${environment}, where nothing is active`
          : `rolling ${environment} back from ${from.title} to ${target.title}`,
      )
      const order = { ...terms, ...(from && { from: from.id }), to: target.id, plan }
      if (options.sign === true) return await signOrder(kedge, order, options)
      const call = rollbackCall(kedge.deployment.contracts, order, options.authority)
      if (options.authority === 'EmergencyCommittee' && from !== undefined)
        await warnOfUnfit(kedge, order, target)
      await brake(kedge, call, options, { from: from?.id ?? null, to: target.id })
    })
}

function addWithdraw(program: Command): void {
  withBrake(withSigning(program.command('withdraw')), 'withdrawn')
    .description('Take the active version out of service without a target. It is condemned.')
    .addOption(triggerOption())
    .addOption(planOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge withdraw --model silero-vad --trigger SafetyRisk --reason reason.json --plan plan.json --authority ResponsibleAIOfficer --keystore ada.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, from, terms } = await prepareForActive(options)
      const plan = await optionalDocumentDigest(options.plan, 'plan', terms)
      say(`taking ${from.title} out of ${options.environment}`)
      const order = { ...terms, from: from.id, plan }
      if (options.sign === true) return await signOrder(kedge, order, options)
      const call = withdrawCall(kedge.deployment.contracts, order, options.authority)
      await brake(kedge, call, options, { from: from.id })
    })
}

function addHalt(program: Command): void {
  withBrake(withSigning(program.command('halt')), 'halted')
    .description('Stop the active version at once, without a target.')
    .addOption(triggerOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge halt --model silero-vad --trigger SafetyRisk --reason reason.json --authority SystemOperator --keystore emil.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, from, terms } = await prepareForActive(options)
      const { contracts, chainId } = kedge.deployment
      say(`halting ${from.title} in ${options.environment}`)
      const order = { ...terms, version: from.id }
      if (options.sign !== true) {
        const call = haltCall(contracts, order, options.authority)
        return await brake(kedge, call, options, { version: from.id })
      }
      const account = await openAccount(options)
      const halt = { ...order, ...(await consentTo(kedge, account, order, options)) }
      const signed = await signHalt({ account, chainId, rules: contracts.rules, halt })
      await handOverSigned(haltBySignatureCall(contracts, order, signed), signed, options)
    })
}

function addResume(program: Command): void {
  withBrake(withAct(program.command('resume')), 'halted')
    .description('End a halt. This takes at least the authority of who halted.')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge resume --model silero-vad --reason reason.json --authority SystemOperator --keystore emil.json',
    )
    .action(async (options: BrakeOptions) => {
      const { kedge, from, sequence, terms } = await prepareForActive(options)
      say(`resuming ${from.title} in ${options.environment}`)
      // A resumption answers no trigger; it ends the halt that is seen here, and no later one.
      const order = { ...terms, version: from.id, trigger: 'None', sequence } as const
      await brake(kedge, resumeCall(kedge.deployment.contracts, order, options.authority), options, {
        version: from.id,
      })
    })
}

function withBrake(command: Command, done: string): Command {
  return command
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

function triggerOption(): Option {
  return new Option('--trigger <trigger>', 'why (policy 6.1)')
    .choices(triggers.slice(1))
    .makeOptionMandatory()
}

async function prepare(options: BrakeOptions) {
  mustBeSendable(options)
  const kedge = await openKedge(options)
  const model = modelArgument(options.model)
  const environment = environmentArgument(options.environment)
  const active = await activeIn(kedge, { id: model, name: options.model }, environment)
  const from =
    options.from === undefined ? active.version : await versionByName(kedge, options.model, options.from)
  const reason = await documentDigest(options.reason, 'reason', { model })
  const terms = { model, environment, trigger: options.trigger, reason }
  return { kedge, from, sequence: active.sequence, terms }
}

/** The same for an act that something must be active for. */
async function prepareForActive(options: BrakeOptions) {
  const { from, ...prepared } = await prepare(options)
  if (from !== undefined) return { from, ...prepared }
  const { model, environment } = options
  throw new KedgeError(
    'NOT_ACTIVE',
    `no version of ${model} is active in ${environment}`,
    { model, environment },
    { remedy: 'There is nothing to act on; kedge status shows what is active where.' },
  )
}

async function consentTo(
  kedge: Kedge,
  { address }: LocalAccount,
  { model, environment }: { readonly model: Hex; readonly environment: Hex },
  { authority: role, days }: BrakeOptions,
) {
  return await brakeConsent(kedge, address, { model, environment, role, days })
}

/** Signs a rollback or a withdrawal, for anyone to carry. */
async function signOrder(kedge: Kedge, order: RollbackOrder, options: BrakeOptions): Promise<void> {
  const { chainId, contracts } = kedge.deployment
  const account = await openAccount(options)
  const rollback = { ...order, ...(await consentTo(kedge, account, order, options)) }
  const signed = await signRollback({ account, chainId, rules: contracts.rules, rollback })
  await handOverSigned(rollbackBySignatureCall(contracts, order, signed), signed, options)
}

/** The Emergency Committee's order is carried out whatever becomes of its target: then as a withdrawal. */
async function warnOfUnfit(
  kedge: Kedge,
  { model, environment }: Pick<RollbackOrder, 'model' | 'environment'>,
  { id, title }: NamedVersion,
): Promise<void> {
  const { version, timestamp } = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: kedge.deployment.contracts.lens,
      abi: lensAbi,
      functionName: 'verdict',
      args: [model, environment, id],
    }),
  )
  // A condemnation by operators or Monitors that is not final yet is lifted by the order.
  const condemned = version.condemnedFrom !== 0 && version.condemnedFrom <= Number(timestamp)
  const retired = version.stage === stages.indexOf('Retired')
  if (version.belongs && version.proven && !condemned && !retired && !version.released) return
  say(`note: ${title} may not run there: if this were executed now, the active version would be withdrawn`)
}

async function brake(kedge: Kedge, call: Call, options: BrakeOptions, result: object): Promise<void> {
  if (options.call === true) await foresee(kedge, call, options.authority)
  await perform(kedge, call, options, result)
}
