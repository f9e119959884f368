import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAnvil } from '../../scripts/chain/anvil.ts'
import { deployKedge } from '../../scripts/deployment/deploy.ts'
import { carrier, joinSociety, localParametersPath, type Society } from '../../scripts/life/society.ts'

/** A society on a fresh chain of its own, which ends with it. */
export interface FoundedSociety extends Society {
  end(): Promise<void>
}

/**
 * Starts a chain, deploys, and gives everyone their key.
 *
 * @param options.timestamp - The time of its first block, in seconds; 90 days ago if it is left out.
 */
export async function foundSociety({
  timestamp = Math.floor(Date.now() / 1000) - 90 * 86_400,
}: {
  readonly timestamp?: number
} = {}): Promise<FoundedSociety> {
  const journal = await mkdtemp(join(tmpdir(), 'kedge-journal-'))
  const chain = await startAnvil({ timestamp })
  const deployment = await deployKedge({
    rpcUrl: chain.rpcUrl,
    deployer: carrier,
    parametersPath: localParametersPath,
    journal,
    requiredConfirmations: 1,
  })
  const society = await joinSociety({ rpcUrl: chain.rpcUrl, deployment })
  // A seat votes from the second after it was granted, and all of this may happen within one.
  await society.pass(1)
  return {
    ...society,
    async end() {
      await chain.stop()
      await rm(journal, { recursive: true, force: true })
    },
  }
}
