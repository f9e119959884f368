import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { digestFile } from '../../bytes/index.ts'
import { type ParsedDocument, parseDocument, parseManifest } from '../../documents/index.ts'
import { KedgeError } from '../../errors/index.ts'
import {
  type MeasuredVersion,
  measureVersion,
  type UploadFile,
  type UploadProgress,
  uploadDocument,
  uploadFiles,
  uploadVersion,
} from '../../relay/index.ts'
import { parseEndpoint } from '../arguments.ts'
import { blaming, readBytes } from '../files.ts'
import { linesOf, print, say } from '../output.ts'
import { bytesText, type Progress, withProgress } from '../progress.ts'
import { withJson } from '../session.ts'

interface UploadCommandOptions {
  readonly relay?: string
  readonly document: readonly string[]
  readonly attach: readonly string[]
  readonly json?: boolean
}

const notes = `
Examples:
  $ kedge upload models/silero-vad --relay https://relay.example
  $ kedge upload models/silero-vad --document evidence.json --attach log.txt --relay https://relay.example
  $ kedge upload --document reason.json --relay https://relay.example
Interrupted, run it again: what the relay has already is not sent again.
What it took can be fetched by its CID: <relay>/ipfs/<cid>?format=raw.`

/** `kedge upload`: hands bytes to a relay. */
export function addUploadCommand(program: Command): void {
  withJson(program.command('upload [directory]'))
    .summary('Send a version’s files and documents to a relay.')
    .description(
      'Send a version to a relay: its files, and documents A and B, which lie beside the directory; and documents C.\n' +
        'All of it is read and checked before anything is sent, and no digest or CID is believed that the relay answers.',
    )
    .addOption(
      new Option('--relay <url>', 'the relay, which may hold user:password@')
        .env('KEDGE_RELAY_URL')
        .argParser(parseEndpoint),
    )
    .option('--document <file...>', 'documents C: evidence, reasons, plans, reports', [])
    .option('--attach <file...>', 'files that these documents name as their attachments', [])
    .addHelpText('after', notes)
    .action(upload)
}

async function upload(directory: string | undefined, options: UploadCommandOptions): Promise<void> {
  const { relay } = options
  if (relay === undefined) {
    throw new KedgeError('USAGE', 'no relay: give --relay or set KEDGE_RELAY_URL')
  }
  if (directory === undefined && options.document.length === 0) {
    throw new KedgeError('USAGE', 'there is nothing to send: name a directory, or a --document')
  }
  const documents = await Promise.all(options.document.map(readDocument))
  const attachments = await readAttachments(options.attach, documents)
  const version = directory === undefined ? undefined : await measure(directory)
  const sent = await withProgress(progress => send(relay, { version, documents, attachments }, progress))
  say(`sent ${sent.sent} of ${sent.files} files (${bytesText(sent.sentBytes)}); the relay has all of them`)
  const names = { ...sent, ...(version !== undefined && namesOf(version)) }
  const sentDocuments = documents.map(({ path, digest, cid }) => ({ path, digest, cid }))
  await print({ ...names, documents: sentDocuments }, options, [
    ...linesOf(names),
    ...sentDocuments.map(({ path, digest, cid }) => `${path}  ${digest}  ${cid}`),
  ])
}

interface NamedDocument extends ParsedDocument {
  readonly path: string
  readonly bytes: Uint8Array
}

async function readDocument(path: string): Promise<NamedDocument> {
  const bytes = await readBytes(path)
  const remedy = 'kedge document writes it; its bytes must stay as they were written.'
  return { ...blaming(path, remedy, () => parseDocument(bytes)), path, bytes }
}

/** A file that no document names would lie in the relay for nobody. */
async function readAttachments(
  paths: readonly string[],
  documents: readonly NamedDocument[],
): Promise<readonly UploadFile[]> {
  const named = new Set(documents.flatMap(({ content }) => content.attachments.map(({ sha256 }) => sha256)))
  const files: UploadFile[] = []
  for (const path of paths) {
    const { sha256, cid, size } = await digestFile(path)
    if (!named.has(sha256)) {
      throw new KedgeError(
        'USAGE',
        `no document names ${path} as its attachment`,
        { path, sha256 },
        { remedy: 'Give the document with --document; if it does, the file is not what it was then.' },
      )
    }
    files.push({ path: basename(path), source: path, sha256, cid, size })
  }
  return files
}

async function measure(directory: string): Promise<MeasuredVersion> {
  return await withProgress(progress =>
    measureVersion(directory, {
      onRead: ({ path, done, total }) =>
        progress.update(`checking ${path}: ${bytesText(done)} of ${bytesText(total)}`),
    }),
  )
}

interface Parcel {
  readonly version: MeasuredVersion | undefined
  readonly documents: readonly NamedDocument[]
  readonly attachments: readonly UploadFile[]
}

async function send(relay: string, { version, documents, attachments }: Parcel, progress: Progress) {
  const options = {
    onProgress: ({ path, asked, sent, total }: UploadProgress) =>
      progress.update(
        total === 0
          ? `asked the relay about ${asked} files`
          : `sent ${bytesText(sent)} of ${bytesText(total)}; sending ${path}`,
      ),
  }
  const attached = await uploadFiles(relay, attachments, options)
  const uploaded = version === undefined ? nothing : await uploadVersion(relay, version, options)
  for (const { bytes } of documents) await uploadDocument(relay, 'document', bytes)
  return {
    files: attached.files + uploaded.files,
    sent: attached.sent + uploaded.sent,
    sentBytes: attached.sentBytes + uploaded.sentBytes,
  }
}

const nothing = { files: 0, sent: 0, sentBytes: 0 }

function namesOf(version: MeasuredVersion) {
  const { digest, cid, manifest } = parseManifest(version.manifest)
  return {
    artifactDigest: manifest.artifact.sha256,
    artifactCid: manifest.artifact.cid,
    manifestDigest: digest,
    manifestCid: cid,
    treeCid: manifest.artifact.treeCid,
  }
}
