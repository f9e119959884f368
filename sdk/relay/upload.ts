import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { cidOfBytes } from '../bytes/index.ts'
import { changedDuringRead, unreadable } from '../bytes/openFile.ts'
import { digestOf, type MeasuredFile } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { nameOf, reasonOf } from '../verify/fetchBounded.ts'
import { type AskOptions, askRelay, type RelayAnswer, type RelayQuestion } from './askRelay.ts'
import type { MeasuredVersion } from './measureVersion.ts'

/** A file to be sent, with what was measured of it. */
export interface UploadFile extends MeasuredFile {
  /** Where it lies. */
  readonly source: string
}

/** How far an upload has come. */
export interface UploadProgress {
  /** The file that is being sent, or asked about. */
  readonly path: string
  /** Files that the relay was asked about. */
  readonly asked: number
  /** Bytes that were sent, and that are to be sent in all; both zero while the relay is asked. */
  readonly sent: number
  readonly total: number
}

/** Options of an upload. */
export interface UploadOptions extends AskOptions {
  /** Called now and then. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined
}

/** What became of the files of an upload. */
export interface UploadedFiles {
  /** Files with different content. */
  readonly files: number
  /** Those that the relay did not have. */
  readonly sent: number
  readonly sentBytes: number
}

/** A, B and C by the names that they have in a relay's addresses. */
export type UploadDocumentKind = 'artifact' | 'manifest' | 'document'

/**
 * Hands a version to a relay: its files, one after the other, each of them streamed; then documents A and B. What the
 * relay has already is not sent again, so an upload that was broken off goes on where it stopped.
 *
 * @param relay - The relay's address.
 * @param version - As {@link measureVersion} gives it.
 * @param options - {@link UploadOptions}
 * @throws KedgeError `RELAY_UNAVAILABLE`, `RELAY_REFUSED`; `RELAY_MISMATCH` when it answers with another digest or CID
 * than was computed here; `CHANGED_DURING_READ`, `UNAVAILABLE` for a file.
 *
 * @example
 * ```ts
 * await uploadVersion('https://relay.example', await measureVersion('models/silero-vad'))
 * ```
 */
export async function uploadVersion(
  relay: string,
  version: MeasuredVersion,
  options: UploadOptions = {},
): Promise<UploadedFiles> {
  const { directory, files, statement, manifest } = version
  const sources = files.map(file => ({ ...file, source: join(directory, file.path) }))
  const uploaded = await uploadFiles(relay, sources, options)
  await uploadDocument(relay, 'artifact', statement, options)
  await uploadDocument(relay, 'manifest', manifest, options)
  return uploaded
}

/**
 * Hands files to a relay that it does not have yet.
 *
 * @throws as {@link uploadVersion}.
 *
 * @example
 * ```ts
 * const { sha256, cid, size } = await digestFile('log.txt')
 * await uploadFiles('https://relay.example', [{ path: 'log.txt', source: 'log.txt', sha256, cid, size }])
 * ```
 */
export async function uploadFiles(
  relay: string,
  files: readonly UploadFile[],
  options: UploadOptions = {},
): Promise<UploadedFiles> {
  const { onProgress } = options
  const different = new Map(files.map(file => [file.sha256, file]))
  const missing: UploadFile[] = []
  let asked = 0
  for (const file of different.values()) {
    if (!(await isThere(relay, file, options))) missing.push(file)
    onProgress?.({ path: file.path, asked: ++asked, sent: 0, total: 0 })
  }
  const total = missing.reduce((sum, { size }) => sum + size, 0)
  let sent = 0
  for (const file of missing) {
    await sendFile(relay, file, options, length => {
      sent += length
      onProgress?.({ path: file.path, asked, sent, total })
    })
  }
  return { files: asked, sent: missing.length, sentBytes: total }
}

/**
 * Hands a document to a relay. Handing it over again is no error.
 *
 * @returns Its digest and its CID, as they were computed here.
 * @throws KedgeError `RELAY_UNAVAILABLE`, `RELAY_REFUSED`, `RELAY_MISMATCH`.
 *
 * @example
 * ```ts
 * await uploadDocument('https://relay.example', 'document', bytesOfC)
 * ```
 */
export async function uploadDocument(
  relay: string,
  kind: UploadDocumentKind,
  bytes: Uint8Array,
  options: AskOptions = {},
): Promise<{ readonly sha256: string; readonly cid: string }> {
  const expected = { sha256: digestOf(bytes), cid: cidOfBytes(bytes) }
  const body = { bytes: asPieces(bytes), size: bytes.length }
  const answer = await askRelay(relay, post(`/documents/${kind}`, expected, body), options)
  const what = { artifact: 'document A', manifest: 'document B', document: 'a document C' }[kind]
  check({ relay, what, answer, expected })
  return expected
}

async function isThere(relay: string, file: UploadFile, options: AskOptions): Promise<boolean> {
  const answer = await askRelay(relay, { method: 'GET', path: `/files/${file.sha256}` }, options)
  if (answer.status === 404 && errorSchema.safeParse(answer.content).data?.error.code === 'NOT_FOUND')
    return false
  check({ relay, what: file.path, answer, expected: namesOf(file) })
  return true
}

async function sendFile(
  relay: string,
  file: UploadFile,
  options: AskOptions,
  onSent: (length: number) => void,
): Promise<void> {
  const body = { bytes: bytesOf(file, onSent), size: file.size }
  const answer = await askRelay(relay, post('/files', file, body), options)
  check({ relay, what: file.path, answer, expected: namesOf(file) })
}

const namesOf = ({ sha256, cid, size }: UploadFile) => ({ sha256, cid, size })

/** With digest and CID announced, an honest relay keeps nothing of any other content (RFC 9530). */
function post(
  path: string,
  { sha256 }: { readonly sha256: string },
  body: NonNullable<RelayQuestion['body']>,
): RelayQuestion {
  const digest = Buffer.from(sha256, 'hex').toString('base64')
  const headers = { 'content-type': 'application/octet-stream', 'repr-digest': `sha-256=:${digest}:` }
  return { method: 'POST', path, headers, body }
}

/** What is read now must be what was measured: a file that is written to meanwhile is not sent as something else. */
async function* bytesOf(file: UploadFile, onSent: (length: number) => void): AsyncGenerator<Uint8Array> {
  const { source, size, sha256 } = file
  const whole = createHash('sha256')
  let done = 0
  // As when it was measured: no link is followed, and no pipe waited for.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using handle = await open(source, flags)
    if (size > 0) {
      const pieces: AsyncIterable<Buffer> = handle.createReadStream({ end: size - 1, highWaterMark: 262_144 })
      for await (const piece of pieces) {
        whole.update(piece)
        done += piece.length
        yield piece
        onSent(piece.length)
      }
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(source, error) : error
  }
  if (done !== size || whole.digest('hex') !== sha256) throw changedDuringRead(source)
}

async function* asPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const storedSchema = z.object({ sha256: z.string(), cid: z.string(), size: z.number().optional() })

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }),
})

/** Whether the relay took exactly what was meant. */
function check(parameters: {
  readonly relay: string
  readonly what: string
  readonly answer: RelayAnswer
  readonly expected: { readonly sha256: string; readonly cid: string; readonly size?: number }
}): void {
  const { relay, what, answer, expected } = parameters
  const name = nameOf(relay)
  const stored = storedSchema.safeParse(answer.content)
  if (![200, 201].includes(answer.status) || !stored.success) throw refusal(name, what, answer)
  for (const field of ['sha256', 'cid', 'size'] as const) {
    if (expected[field] === undefined || stored.data[field] === expected[field]) continue
    const actual = reasonOf(String(stored.data[field]))
    throw new KedgeError(
      'RELAY_MISMATCH',
      `${name} says that ${what} has another ${field === 'cid' ? 'CID' : field} than it has`,
      { relay: name, field, expected: expected[field], actual },
    )
  }
}

function refusal(relay: string, what: string, { status, content }: RelayAnswer): KedgeError {
  const parsed = errorSchema.safeParse(content)
  if (!parsed.success) {
    const remedy = 'Check the URL of the relay, and what stands before it.'
    const message = `${relay} does not answer as a relay does: HTTP ${status} with other fields`
    return new KedgeError('RELAY_UNAVAILABLE', message, { relay, status }, { remedy })
  }
  const { error } = parsed.data
  const [code, reason, advice] = [error.code, error.message, error.remedy].map(reasonOf)
  const message = `${relay} does not take ${what}: ${code}: ${reason}`
  const facts = { relay, status, error: code ?? '', advice: advice ?? '' }
  return new KedgeError(status >= 500 ? 'RELAY_UNAVAILABLE' : 'RELAY_REFUSED', message, facts)
}
