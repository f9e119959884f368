import { registryAbi, rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { auditEntries, headOf } from '../../../sdk/chain/index.ts'
import type { Stagehand } from '../cast.ts'

/** Both audit heads, recomputed from events alone. */
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
}
