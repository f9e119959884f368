import type { Kedge } from '@kedge/sdk/chain'
import { Router } from 'express'
import { auditedContracts, readAudit } from '../chain/audit.ts'
import { readActive, readModel, readModels, readVersions } from '../chain/models.ts'
import { newestBlockWithin } from '../chain/newestBlock.ts'
import { answerOf } from '../errors.ts'
import type { ArtifactStore } from '../store/artifactStore.ts'

/** How long the chain may take to show that it is there, in milliseconds. */
const healthLimit = 3_000

/** What the chain says, asked anew each time. */
export function readRoutes(kedge: Kedge, store: ArtifactStore): Router {
  const router = Router()
  router.get('/deployment', (_request, response) => {
    response.json(kedge.deployment)
  })
  router.get('/models', async (_request, response) => {
    response.json(await readModels(kedge))
  })
  router.get('/models/:name', async (request, response) => {
    response.json(await readModel(kedge, request.params.name))
  })
  router.get('/models/:name/versions', async (request, response) => {
    response.json(await readVersions(kedge, request.params.name))
  })
  router.get('/models/:name/active/:environment', async (request, response) => {
    const { name, environment } = request.params
    response.json(await readActive(kedge, name, environment))
  })
  for (const contract of auditedContracts) {
    router.get(`/audit/${contract}`, async (_request, response) => {
      response.json(await readAudit(kedge, contract))
    })
  }
  // Who watches over a relay waits for this answer, so it comes in time whatever the endpoint does.
  router.get('/health', async (_request, response) => {
    const chain = await newestBlockWithin(kedge, healthLimit).then(
      block => ({ reachable: true, chainId: kedge.deployment.chainId, block }),
      error => ({ reachable: false, ...answerOf(error).body }),
    )
    const [code, status] = chain.reachable ? ([200, 'ok'] as const) : ([503, 'unhealthy'] as const)
    response.status(code).json({ status, store: { largeFiles: store.count() }, chain })
  })
  return router
}
