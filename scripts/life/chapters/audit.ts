import { registryAbi, rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { auditEntries, headOf } from '../../../sdk/chain/index.ts'
import { checkDeployment } from '../../deployment/check/check.ts'
import { readParameters } from '../../deployment/parameters.ts'
import type { Stagehand } from '../cast.ts'
import { localParametersPath } from '../society.ts'

/** Both audit heads, recomputed from events alone; and the whole deployment, read back from the chain. */
export async function audit({ society, record }: Stagehand): Promise<void> {
  record.chapter('The audit chains')
  const { contracts } = society.kedge.deployment
  for (const [name, abi] of [
    ['registry', registryAbi],
    ['rules', rulesAbi],
  ] as const) {
    const address = contracts[name]
    const entries = await auditEntries(society.kedge, address)
    const head = await society.client.readContract({ address, abi, functionName: 'head' })
    const title = `the head of ${name} follows from its ${entries.length} entries`
    record.expect(title, `${head.slice(0, 10)}…`, headOf(entries) === head)
  }
  const { deviations } = await checkDeployment(society.kedge, await readParameters(localParametersPath))
  record.expect(
    'code, roles, seats and settings are as deployed, or as decided since',
    `${deviations.length} deviations`,
    deviations.length === 0,
  )
}
