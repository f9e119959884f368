import type { Command } from 'commander'
import { lensAbi } from '../../chain/abi/index.ts'
import { auditEntries, environmentIdOf, headOf, none, reach, readerOf } from '../../chain/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { risks, roles, stages, triggers } from '../../policy/words.ts'
import { print, say } from '../output.ts'
import { type ChainOptions, modelArgument, openKedge, withChain } from '../session.ts'

/** `kedge status | history`. */
export function addReadCommands(program: Command): void {
  addStatus(program)
  addHistory(program)
}

interface StatusOptions extends ChainOptions {
  readonly model: string
  readonly environment: string
}

function addStatus(program: Command): void {
  withChain(program.command('status'))
    .description('What is active in an environment, halts and open incidents included.')
    .requiredOption('--model <name>', 'the model')
    .option('--environment <name>', 'where', 'production')
    .addHelpText('after', '\nExample:\n  $ kedge status --model silero-vad --environment production')
    .action(async (options: StatusOptions) => {
      const { rpcUrl, deployment } = await openKedge(options)
      const args = [modelArgument(options.model), environmentIdOf(options.environment)] as const
      const lens = { address: deployment.contracts.lens, abi: lensAbi } as const
      const client = readerOf(rpcUrl)
      const [answer, [incident, overdue]] = await reach(() =>
        Promise.all([
          client.readContract({ ...lens, functionName: 'provenance', args }),
          client.readContract({ ...lens, functionName: 'incident', args }),
        ]),
      )
      if (!answer.modelExists)
        throw new KedgeError('NOT_REGISTERED', 'there is no such model', { model: options.model })
      const { active, version } = answer
      print(
        {
          block: answer.blockNumber,
          sequence: answer.sequence,
          suspended: answer.modelSuspended,
          active: active.version === none ? 'none' : active.version,
          number: active.number,
          stage: stages[version.stage],
          risk: risks[version.effective],
          manifestDigest: version.manifestDigest,
          since: time(active.since),
          haltedBy: active.haltedBy === 0 ? undefined : roles[active.haltedBy],
          haltedAt: active.haltedBy === 0 ? undefined : time(active.haltedAt),
          missingSchemas: answer.missingSchemas,
          incident: incident.respondBy === 0 ? undefined : triggers[incident.trigger],
          respondBy: incident.respondBy === 0 ? undefined : time(incident.respondBy),
          overdue: incident.respondBy === 0 ? undefined : overdue,
        },
        options,
      )
    })
}

function addHistory(program: Command): void {
  withChain(program.command('history'))
    .description('Every entry of both audit chains, and whether the chain’s heads follow from them.')
    .option('--subject <id>', 'only entries about this model, version or person')
    .addHelpText('after', '\nExample:\n  $ kedge history --json | jq .entries[-1]')
    .action(async (options: ChainOptions & { subject?: string }) => {
      const kedge = await openKedge(options)
      const client = readerOf(kedge.rpcUrl)
      const block = await reach(() => client.getBlockNumber())
      const entries = []
      for (const name of ['registry', 'rules'] as const) {
        const address = kedge.deployment.contracts[name]
        const all = await auditEntries(kedge, address, { toBlock: block })
        const head = await reach(() =>
          client.readContract({ address, abi: headAbi, functionName: 'head', blockNumber: block }),
        )
        if (headOf(all) !== head) {
          throw new KedgeError(
            'PROOF_INVALID',
            `the ${name}’s entries do not lead to its head: some are missing or false`,
            {
              contract: address,
              head,
              recomputed: headOf(all),
            },
          )
        }
        say(`${name}: ${all.length} entries, head ${head}`)
        entries.push(...all.map(entry => ({ contract: name, ...entry })))
      }
      const about = entries.filter(
        ({ subject }) => options.subject === undefined || subject === options.subject,
      )
      if (options.json) return print({ block, entries: about }, options)
      for (const { block, contract, action, authority, subject, document } of about) {
        process.stdout.write(`${block}  ${contract}  ${action}  ${authority}  ${subject}  ${document}\n`)
      }
    })
}

const headAbi = [
  { type: 'function', name: 'head', stateMutability: 'view', inputs: [], outputs: [{ type: 'bytes32' }] },
] as const

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
