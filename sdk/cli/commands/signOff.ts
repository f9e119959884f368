import { type Command, Option } from 'commander'
import { lensAbi, registryAbi, rulesAbi } from '../../chain/abi/index.ts'
import { type Kedge, reach, readerOf, type SignOff, signOffCall, signSignOff } from '../../chain/index.ts'
import { type Risk, type Role, risks, roles, type Stage } from '../../policy/words.ts'
import { print } from '../output.ts'
import {
  documentDigest,
  type KeyOptions,
  modelArgument,
  openAccount,
  openKedge,
  perform,
  versionArgument,
  withKey,
} from '../session.ts'
import { enteredStages } from './acts.ts'

interface SignOffOptions extends KeyOptions {
  readonly model: string
  readonly stage: Stage
  readonly role: Role
  readonly evidence: string
  readonly days: string
  readonly send?: boolean
}

const committees: readonly Role[] = ['OversightCommittee', 'EmergencyCommittee', 'Assembly']

/** `kedge sign-off`: a signature for anyone to carry, or with `--send` or `--call` a call. */
export function addSignOffCommand(program: Command): void {
  withKey(program.command('sign-off <version>'))
    .description('Sign off that a version may enter a stage. Prints the sign-off for kedge promote.')
    .requiredOption('--model <name>', 'the model')
    .addOption(
      new Option('--stage <stage>', 'the stage to enter').choices(enteredStages).makeOptionMandatory(),
    )
    .addOption(
      new Option('--role <role>', 'the role you sign in').choices(roles.slice(1)).makeOptionMandatory(),
    )
    .requiredOption('--evidence <file>', 'document C with the test results, or its digest')
    .option('--days <number>', 'for how many days it may be used', '7')
    .option('--send', 'sign off by a transaction of your own instead of a signature')
    .option('--call', 'print the call, for a committee to propose')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge sign-off 0x4f… --model silero-vad --stage Production --role DomainLead --evidence evidence.json > chloe.json',
    )
    .action(async (version: string, options: SignOffOptions) => {
      const kedge = await openKedge(options)
      const isCommittee = committees.includes(options.role)
      const account = isCommittee ? undefined : await openAccount(options)
      const signOff = await termsOf(kedge, versionArgument(version), options, account?.address)
      const { chainId, contracts } = kedge.deployment
      if (account === undefined || options.send === true || options.call === true) {
        const call = signOffCall(contracts, signOff)
        const { deadline, role } = signOff
        return await perform(
          kedge,
          call,
          { ...options, call: isCommittee || options.call === true },
          { deadline, role },
        )
      }
      // Always JSON: the file is what kedge promote reads.
      print(await signSignOff({ account, chainId, registry: contracts.registry, signOff }), { json: true })
    })
}

/** What is signed: the facts that the chain holds now. */
async function termsOf(
  kedge: Kedge,
  version: `0x${string}`,
  options: SignOffOptions,
  account: `0x${string}` | undefined,
): Promise<SignOff> {
  const client = readerOf(kedge.rpcUrl)
  const { registry, rules, lens } = kedge.deployment.contracts
  const [risk, [policyEpoch], block, person] = await reach(() =>
    Promise.all([
      client.readContract({
        address: registry,
        abi: registryAbi,
        functionName: 'effectiveRisk',
        args: [modelArgument(options.model), version],
      }),
      client.readContract({ address: rules, abi: rulesAbi, functionName: 'policy' }),
      client.getBlock(),
      account === undefined
        ? undefined
        : client.readContract({ address: lens, abi: lensAbi, functionName: 'person', args: [account] }),
    ]),
  )
  return {
    version,
    role: options.role,
    stage: options.stage,
    risk: risks[risk] as Risk,
    evidence: await documentDigest(options.evidence),
    policyEpoch,
    signingEpoch: person?.standing.signingEpoch ?? 0,
    deadline: Number(block.timestamp) + Number(options.days) * 86_400,
  }
}
