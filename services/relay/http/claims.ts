import { parseCid } from '@kedge/sdk/bytes'
import type { Request } from 'express'
import { RelayError } from '../errors.ts'
import type { FileClaim } from '../store/artifactStore.ts'

/**
 * What a request says of its body: `?sha256=`, `?cid=`, `Repr-Digest` or `Content-Digest` (RFC 9530, the same without a
 * Content-Encoding), `Content-Length`.
 *
 * @throws RelayError `BAD_REQUEST`, `ENCODING_UNSUPPORTED`; KedgeError `MANIFEST_MALFORMED` for a bad CID.
 */
export function claimOf(request: Request): FileClaim {
  const encoding = request.get('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RelayError('ENCODING_UNSUPPORTED', `the relay does not take ${encoding}`, { encoding })
  }
  const digests = [
    sha256Of(request.query['sha256']),
    digestField(request, 'repr-digest'),
    digestField(request, 'content-digest'),
  ].filter(digest => digest !== undefined)
  if (new Set(digests).size > 1) throw malformed('the request names two digests', digests.join(', '))
  const cid = request.query['cid']
  if (cid !== undefined && typeof cid !== 'string') throw malformed('there is one cid', JSON.stringify(cid))
  if (cid !== undefined) parseCid(cid)
  const length = request.get('content-length')
  return { sha256: digests[0], cid, size: length === undefined ? undefined : Number(length) }
}

/** A SHA-256 in hex, as addresses and queries name it. */
export function sha256Of(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value
  throw malformed('a SHA-256 has 64 lower-case hexadecimal digits', JSON.stringify(value))
}

/** The member sha-256 of a structured field; other algorithms are for others. */
function digestField(request: Request, name: string): string | undefined {
  const field = request.get(name)
  if (field === undefined) return undefined
  const member = field.split(',').find(part => part.trim().startsWith('sha-256='))
  if (member === undefined) return undefined
  const [, encoded] = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(member.trim()) ?? []
  if (encoded === undefined) throw malformed(`${name} must be sha-256=:<base64 of 32 bytes>:`, field)
  return Buffer.from(encoded, 'base64').toString('hex')
}

function malformed(detail: string, found: string): RelayError {
  return new RelayError('BAD_REQUEST', detail, { found: found.slice(0, 200) })
}
