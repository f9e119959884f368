import { type Command, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { lensAbi, rulesAbi } from '../../chain/abi/index.ts'
import {
  environmentIdOf,
  type Kedge,
  labelHashOf,
  none,
  reach,
  readerOf,
  type SignOff,
  signerOf,
  signOffCall,
  signSignOff,
  type Warrant,
} from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { type Risk, type Role, risks, roles, type Stage, stages } from '../../policy/words.ts'
import { readManifestBeside } from '../../verify/documents.ts'
import { isBytes32, isLabel, parseDays, parseName } from '../arguments.ts'
import { checkAgainstDocuments } from '../artifact.ts'
import { committeeRoles, foresee, mustBeSendable } from '../authority.ts'
import { calledBy, readNames } from '../book.ts'
import { mustBeQualified } from '../consent.ts'
import { documentDigest, optionalDocumentDigest } from '../documentArgument.ts'
import { say } from '../output.ts'
import {
  factsOf,
  type HandOverOptions,
  handOver,
  type KeyOptions,
  openAccount,
  openKedge,
  sendAndSay,
  withKey,
  withNames,
  withOut,
} from '../session.ts'
import { type NamedVersion, registrationOf, versionByName, versionOf } from '../versions.ts'
import { numbersOf, timeText } from '../words.ts'
import { enteredStages, evidenceOption, planOption } from './acts.ts'

interface SignOffOptions extends KeyOptions, HandOverOptions {
  readonly model?: string
  readonly stage: Stage
  readonly role: Role
  readonly evidence: string
  readonly plan?: string
  readonly days: number
  readonly send?: boolean
  readonly names?: string
}

/** `kedge sign-off`: a signature for anyone to carry, or with `--send` or `--call` a call. */
export function addSignOffCommand(program: Command): void {
  withNames(withOut(withKey(program.command('sign-off <version>'))))
    .summary('Sign off that a version may enter a stage. Writes the sign-off for kedge promote.')
    .description(
      'Sign off that a version may enter a stage. Writes the sign-off for kedge promote, as JSON.\n' +
        'The version is a directory with its documents beside it, whose bytes are then checked; or, with --model, ' +
        'a label or an id.',
    )
    .addOption(new Option('--model <name>', 'the model, unless a directory is named').argParser(parseName))
    .addOption(
      new Option('--stage <stage>', 'the stage to enter').choices(enteredStages).makeOptionMandatory(),
    )
    .addOption(
      new Option('--role <role>', 'the role you sign in; of a committee, its call is written')
        .choices(roles.slice(1))
        .makeOptionMandatory(),
    )
    .addOption(evidenceOption())
    .addOption(planOption())
    .addOption(
      new Option('--days <number>', 'for how many days it may be used; a committee’s consent at most 30')
        .argParser(parseDays)
        .default(7),
    )
    .option('--send', 'sign off by a transaction of your own instead of a signature')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ kedge sign-off models/silero-vad --stage Production --role DomainLead --evidence evidence.json --keystore chloe.json --out chloe-signs.json\n' +
        '  $ kedge sign-off 6.0.0 --model silero-vad --stage Production --role OversightCommittee --evidence evidence.json --out consent.json\n' +
        'The second is for kedge propose --calls, and once executed for kedge promote --sign-off.',
    )
    .action(async (argument: string, options: SignOffOptions) => {
      const isCommittee = committeeRoles.includes(options.role)
      if (options.send === true) mustBeSendable({ authority: options.role })
      const kedge = await openKedge(options)
      const version = await namedVersion(kedge, argument, options)
      const account = isCommittee ? undefined : await openAccount(options)
      const signOff = await termsOf(kedge, version, options, account?.address)
      const { chainId, contracts } = kedge.deployment
      const { role, deadline, ...rest } = signOff
      const terms = { model: version.model, ...rest }
      const call = signOffCall(contracts, signOff)
      if (account === undefined) {
        await foresee(kedge, call, role)
        // One file for both: the call to propose, and what the promotion carries once it is executed.
        return await handOver({ role, deadline, signer: '0x', signature: '0x', terms, ...call }, options)
      }
      if (options.send === true) {
        const receipt = await sendAndSay(kedge, account, call)
        const called: Warrant = { role, deadline, signer: signerOf(account.address), signature: '0x' }
        return await handOver({ ...called, terms, ...factsOf(receipt) }, options)
      }
      const { rules } = contracts
      const signed = await signSignOff({ account, chainId, rules, signOff })
      await handOver({ ...signed, terms }, options)
    })
}

/** A version with the digest of its manifest, to which its id commits. */
type VersionToSign = NamedVersion & { readonly manifestDigest: Hex }

/** A directory is preferred: then the one who signs has the bytes at hand, and they are checked. */
async function namedVersion(
  kedge: Kedge,
  argument: string,
  { model }: SignOffOptions,
): Promise<VersionToSign> {
  const manifest = isBytes32(argument) ? undefined : await readManifestBeside(argument)
  if (manifest !== undefined) {
    await checkAgainstDocuments(argument, manifest)
    if (model === undefined || model === manifest.manifest.model) {
      return { ...versionOf(kedge, manifest), manifestDigest: `0x${manifest.digest}` }
    }
    throw new KedgeError(
      'USAGE',
      `the manifest beside ${argument} is one of ${manifest.manifest.model}, not of ${model}`,
      { path: argument },
    )
  }
  if (!isBytes32(argument) && !isLabel(argument)) {
    throw new KedgeError(
      'USAGE',
      `"${argument}" is neither a directory with a manifest beside it, nor a label, nor an id`,
      { argument },
      { remedy: 'Name the directory, a label such as 5.1.2, or an id: 0x and 64 hex digits.' },
    )
  }
  if (model !== undefined) return await versionOfLog(kedge, model, argument)
  throw new KedgeError('USAGE', 'whose version is it? Give --model, or name its directory', { argument })
}

/** By a label or an id, the bytes are elsewhere: then what the id commits to is read from the registry's log. */
async function versionOfLog(kedge: Kedge, model: string, argument: string): Promise<VersionToSign> {
  const version = await versionByName(kedge, model, argument)
  const { label, manifestDigest } = await registrationOf(kedge, version)
  if (isBytes32(argument) || label === labelHashOf(argument)) return { ...version, manifestDigest }
  throw new KedgeError(
    'IDENTITY_MISMATCH',
    `the version that the endpoint calls ${argument} was registered with another label`,
    { version: version.id },
    { remedy: 'Do not use this endpoint.' },
  )
}

/** What is signed: the facts that the chain holds now. */
async function termsOf(
  kedge: Kedge,
  version: VersionToSign,
  options: SignOffOptions,
  account: Address | undefined,
): Promise<SignOff> {
  const client = readerOf(kedge.rpcUrl)
  const { rules, lens } = kedge.deployment.contracts
  const read = { address: lens, abi: lensAbi } as const
  const args = [version.model, environmentIdOf(options.stage.toLowerCase()), version.id] as const
  const [answer, [policyEpoch], person] = await reach(() =>
    Promise.all([
      client.readContract({ ...read, functionName: 'verdict', args }),
      client.readContract({ address: rules, abi: rulesAbi, functionName: 'policy' }),
      account === undefined
        ? undefined
        : client.readContract({ ...read, functionName: 'person', args: [account] }),
    ]),
  )
  const known = answer.version
  if (!known.belongs) {
    throw new KedgeError('NOT_REGISTERED', `the registry does not know ${version.title}`, {
      version: version.id,
    })
  }
  if (known.stage >= stages.indexOf(options.stage)) {
    throw new KedgeError(
      'REFUSED',
      `${version.title} is in ${stages[known.stage]} already`,
      { version: version.id, stage: stages[known.stage] ?? known.stage, wanted: options.stage },
      { remedy: 'Name the stage that it is to enter next; kedge status shows what is active where.' },
    )
  }
  if (person !== undefined && account !== undefined) {
    mustBeQualified(person, options.role, account, { time: answer.timestamp, brake: false })
  }
  const risk = risks[known.effective] as Risk
  const evidence = await documentDigest(options.evidence, 'evidence', {
    model: version.model,
    manifestDigest: version.manifestDigest,
  })
  const plan = await optionalDocumentDigest(options.plan, 'plan', { model: version.model })
  if (answer.missingSchemas !== 0n && plan === none) {
    const missing = numbersOf(answer.missingSchemas).join(', ')
    say(`note: systems there need the schemas ${missing}, which it lacks: without a plan it will be refused`)
  }
  const deadline = Number(answer.timestamp) + options.days * 86_400
  const { role, stage } = options
  const names = await readNames(options.names)
  const signer = account === undefined ? `the ${role}` : calledBy(names, account, person?.person ?? none)
  say(
    `${signer} signs off as ${role} that ${version.title} may enter ${stage}\n` +
      `  version ${version.id}, now in ${stages[known.stage]}\n` +
      `  effective risk ${risk}, evidence ${evidence},${plan === none ? '' : ` plan ${plan},`} until ${timeText(deadline)}`,
  )
  const signingEpoch = person?.standing.signingEpoch ?? 0
  return { version: version.id, role, stage, risk, evidence, plan, policyEpoch, signingEpoch, deadline }
}
