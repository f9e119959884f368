import { type Command, Option } from 'commander'
import type { Hex } from 'viem'
import {
  type Kedge,
  promoteCall,
  registerBySignatureCall,
  registerCall,
  signRegistration,
  type Warrant,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import type { Stage } from '../../policy/words.ts'
import { identityOf } from '../../verify/documents.ts'
import { parseFileOrDigest, parseId } from '../arguments.ts'
import { checkAgainstDocuments } from '../artifact.ts'
import { authorConsent } from '../consent.ts'
import { documentDigest, optionalDocumentDigest } from '../documentArgument.ts'
import { readSignOff, type Terms } from '../exchange.ts'
import { say } from '../output.ts'
import {
  type ActOptions,
  handOverSigned,
  openAccount,
  openKedge,
  perform,
  type SignableOptions,
  withAct,
  withSigning,
} from '../session.ts'
import { manifestBeside, parentOf, versionOf } from '../versions.ts'

/** The stages that a version can enter. */
export const enteredStages = ['Validation', 'Staging', 'Production'] as const

/** `kedge register | promote`. */
export function addActCommands(program: Command): void {
  addRegister(program)
  addPromote(program)
}

function addRegister(program: Command): void {
  withSigning(program.command('register <directory>'))
    .description('Register the version whose documents lie beside a directory. Its author does this.')
    .addOption(
      new Option('--parent-version <id>', 'the parent, should several versions have its manifest').argParser(
        parseId,
      ),
    )
    .addHelpText('after', '\nExample:\n  $ kedge register models/silero-vad --keystore dana.json')
    .action(async (directory: string, options: SignableOptions & { parentVersion?: Hex }) => {
      const kedge = await openKedge(options)
      const manifest = await manifestBeside(directory)
      await checkAgainstDocuments(directory, manifest)
      const version = versionOf(kedge, manifest)
      const identity = identityOf(manifest)
      const parent = options.parentVersion ?? (await parentOf(kedge, identity))
      say(`registering ${version.title}, declared ${identity.risk}`)
      if (options.sign === true) {
        const signed = await signRegistrationOf(kedge, version.id, parent, options)
        const { contracts } = kedge.deployment
        const carried = registerBySignatureCall(contracts, identity, signed, parent)
        return await handOverSigned(carried, signed, options)
      }
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
      const plan = await optionalDocumentDigest(options.plan, 'plan', { model: identity.model })
      const signOffs = await Promise.all(
        options.signOff.map(async path => {
          const { terms, ...signOff } = await readSignOff(path)
          if (terms !== undefined) checkTerms(path, terms, { version: version.id, stage, evidence, plan })
          return signOff
        }),
      )
      say(`carrying ${version.title} into ${stage}`)
      const call = promoteCall(kedge.deployment.contracts, { identity, stage, evidence, plan, signOffs })
      await perform(kedge, call, options, { version: version.id, stage })
    })
}

/** A sign-off for something else would be refused by the chain too, but not by the name of the file. */
function checkTerms(
  path: string,
  terms: Terms,
  wanted: Pick<Terms, 'version' | 'stage' | 'evidence' | 'plan'>,
): void {
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

/** Document C with test results. */
export function evidenceOption(): Option {
  return new Option('--evidence <file>', 'document C with the test results, or its digest')
    .argParser(parseFileOrDigest)
    .makeOptionMandatory()
}

export function planOption(): Option {
  return new Option(
    '--plan <file>',
    'document C with the plan for degraded service, or its digest: where schemas will be missing',
  ).argParser(parseFileOrDigest)
}

async function signRegistrationOf(
  kedge: Kedge,
  version: Hex,
  parentVersion: Hex,
  options: SignableOptions,
): Promise<Warrant> {
  const { chainId, contracts } = kedge.deployment
  const account = await openAccount(options)
  const { signingEpoch, deadline } = await authorConsent(kedge, account.address, options)
  const registration = { version, parentVersion, signingEpoch, deadline }
  return await signRegistration({ account, chainId, rules: contracts.rules, registration })
}
