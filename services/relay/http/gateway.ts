import { parseCid } from '@kedge/sdk/bytes'
import { KedgeError } from '@kedge/sdk/errors'
import { type Request, type Response, Router } from 'express'
import { RelayError } from '../errors.ts'
import type { ArtifactStore } from '../store/artifactStore.ts'

const rawBlock = 'application/vnd.ipld.raw'

/** The CID of nothing, by identity: by this clients find out whether a gateway is one. */
const probe = 'bafkqaaa'

/**
 * The trustless gateway for raw blocks: enough for a client to fetch and verify everything, block by block.
 *
 * @see https://specs.ipfs.tech/http-gateways/trustless-gateway/
 */
export function gatewayRoutes(store: ArtifactStore, log: (error: unknown) => void): Router {
  const router = Router()

  router.get('/ipfs/:cid', async (request, response) => {
    const { cid } = request.params
    assertRaw(request)
    if (cid !== probe) assertCid(cid)
    const size = cid === probe ? 0 : await store.sizeOf(cid)
    if (size === undefined) {
      // Nothing is fetched from elsewhere, so to ask for what is cached is to ask for what is there.
      if (request.get('cache-control')?.includes('only-if-cached')) {
        response.status(412).end()
        return
      }
      throw new RelayError('NOT_FOUND', 'the store has no such block', { cid })
    }
    describe(response, cid, size)
    // A block cannot change, so it is fresh even for those who ask not to be given what is cached.
    if (request.get('if-none-match')?.includes(`"${cid}.raw"`)) response.status(304).end()
    else if (request.method === 'HEAD') response.end()
    else response.end(cid === probe ? undefined : await read(cid))
  })

  router.get('/ipfs/:cid/*path', () => {
    throw new RelayError(
      'BAD_REQUEST',
      'a block is asked for by its CID alone: paths are the client’s to resolve',
    )
  })

  async function read(cid: string): Promise<Uint8Array> {
    try {
      const bytes = await store.block(cid)
      if (bytes !== undefined) return bytes
    } catch (error) {
      log(error)
    }
    throw new KedgeError('UNAVAILABLE', 'the store cannot give back this block as it was stored', { cid })
  }

  return router
}

/** `format` comes before `Accept`, which browsers always send. */
function assertRaw(request: Request): void {
  const { format } = request.query
  const accept = request.get('accept') ?? '*/*'
  if (format === 'raw') return
  if (format === undefined && accept.includes(rawBlock)) return
  if (format === undefined && (accept.includes('*/*') || accept.includes('text/html'))) {
    throw new RelayError('BAD_REQUEST', `say what you want: ?format=raw, or Accept: ${rawBlock}`, { accept })
  }
  const asked = format === undefined ? accept : JSON.stringify(format)
  throw new RelayError(
    'FORMAT_UNSUPPORTED',
    /car\b/.test(asked)
      ? 'this relay serves no CAR files yet; fetch the blocks one by one'
      : 'this relay serves raw blocks only',
    { asked },
  )
}

function assertCid(cid: string): void {
  try {
    parseCid(cid)
  } catch (cause) {
    const facts = cause instanceof KedgeError ? cause.facts : {}
    const detail = cause instanceof Error ? cause.message : ''
    throw new RelayError('BAD_REQUEST', `not a CID of this store: ${detail}`, facts, { cause })
  }
}

function describe(response: Response, cid: string, size: number): void {
  response.set({
    'Content-Type': rawBlock,
    'Content-Length': String(size),
    'Content-Disposition': `attachment; filename="${cid}.bin"`,
    'Cache-Control': 'public, max-age=29030400, immutable',
    ETag: `"${cid}.raw"`,
    Vary: 'Accept',
    'Accept-Ranges': 'none',
    // What is named by its hash may be read by any page.
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
}
