import { Router } from 'express'
import { z } from 'zod'
import { acceptDocument, documentKinds, documentLimits } from '../documents/accept.ts'
import { treeOfCids } from '../documents/tree.ts'
import { RelayError } from '../errors.ts'
import type { ArtifactStore } from '../store/artifactStore.ts'
import { piecesOfBody, readBody } from './body.ts'
import { claimOf, sha256Of } from './claims.ts'
import type { Slots } from './slots.ts'

/** The most bytes of a list of files: about 100,000 of them. */
const maxTreeBytes = 32 * 2 ** 20

const treeSchema = z.strictObject({
  files: z.array(z.strictObject({ path: z.string(), cid: z.string() })),
})

/** Uploads of files, trees and documents. Each may be repeated: the same bytes have the same name. */
export function uploadRoutes(store: ArtifactStore, slots: Slots): Router {
  const router = Router()

  router.post('/files', async (request, response) => {
    const claim = claimOf(request)
    const file = await slots.run(() => store.putFile(piecesOfBody(request), claim))
    response.status(201).location(`/ipfs/${file.cid}?format=raw`).json(file)
  })

  router.get('/files/:sha256', async (request, response) => {
    const sha256 = sha256Of(request.params.sha256) ?? ''
    const file = await store.fileOf(sha256)
    if (file === undefined)
      throw new RelayError('NOT_FOUND', 'the store has no file with this digest', { sha256 })
    response.json(file)
  })

  router.post('/trees', async (request, response) => {
    const { cid, fileCount, totalBytes } = await slots.run(async () => {
      const tree = await treeOfCids(store, parseTree(await readBody(request, maxTreeBytes)).files)
      await store.putBlocks(tree.blocks)
      return tree
    })
    response.status(201).location(`/ipfs/${cid}?format=raw`).json({ cid, fileCount, totalBytes })
  })

  for (const kind of documentKinds) {
    router.post(`/documents/${kind}`, async (request, response) => {
      const claim = claimOf(request)
      const stored = await slots.run(async () =>
        acceptDocument(store, kind, await readBody(request, documentLimits[kind]), claim),
      )
      response.status(201).location(`/ipfs/${stored.cid}?format=raw`).json(stored)
    })
  }

  return router
}

function parseTree(bytes: Uint8Array): z.output<typeof treeSchema> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new RelayError('BAD_REQUEST', 'the body is not JSON', {}, { cause })
  }
  const result = treeSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new RelayError('BAD_REQUEST', 'the body is not { files: [{ path, cid }] }', {
    field: issue?.path.join('.') ?? '',
    problem: issue?.message ?? '',
  })
}
