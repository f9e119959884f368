import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ErrorAnswer } from '../../services/relay/index.ts'
import { SetupError } from '../errors.ts'
import type { LifeDocument, LifeVersion } from './version.ts'

/** Hands a version to a relay: its files as streams, then the tree, then documents A and B. */
export async function uploadVersion(relayUrl: string, version: LifeVersion): Promise<void> {
  const { directory, described, manifestBytes } = version
  for (const { path, sha256 } of described.files) {
    const body = Readable.toWeb(createReadStream(join(directory, path))) as ReadableStream
    await post(`${relayUrl}/files`, body, sha256)
  }
  const files = described.files.map(({ path, cid }) => ({ path, cid }))
  const { cid } = await post(`${relayUrl}/trees`, JSON.stringify({ files }))
  if (cid !== described.treeCid) throw new Error(`the relay’s tree is ${cid}, not ${described.treeCid}`)
  await post(`${relayUrl}/documents/artifact`, described.bytes, described.content.digest)
  await post(`${relayUrl}/documents/manifest`, manifestBytes, version.manifest.digest)
}

/** Hands a document C to a relay. */
export async function uploadDocument(relayUrl: string, { bytes, digest }: LifeDocument): Promise<void> {
  await post(`${relayUrl}/documents/document`, bytes, digest.slice(2))
}

type Body = NonNullable<RequestInit['body']>

/** Posts bytes; where a digest is given the relay refuses any other content (RFC 9530). */
async function post(url: string, body: Body, sha256?: string): Promise<{ cid: string }> {
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
  if (sha256 !== undefined) {
    headers['repr-digest'] = `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
  }
  const response = await fetch(url, { method: 'POST', headers, body, duplex: 'half' })
  const answer = (await response.json()) as { readonly cid: string } | ErrorAnswer
  if ('cid' in answer) return answer
  const { code, message, remedy } = answer.error
  throw new SetupError('UPLOAD_REFUSED', `the relay says ${code}: ${message}. ${remedy}`, { url })
}
