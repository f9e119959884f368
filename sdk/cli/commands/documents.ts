import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Argument, type Command } from 'commander'
import { cidOfRawDigest, hashFile } from '../../bytes/index.ts'
import { describeArtifact } from '../../documents/describeArtifact.ts'
import {
  buildDocument,
  buildManifest,
  DOCUMENT_KINDS,
  type DocumentInput,
  type DocumentKind,
  digestOf,
  type ManifestInput,
  parseManifest,
  serializeDocument,
  serializeManifest,
} from '../../documents/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { besideOf } from '../../verify/documents.ts'
import { print, say } from '../output.ts'
import { readBytes, readJson } from '../session.ts'

/** `kedge digest | manifest | document`. */
export function addDocumentCommands(program: Command): void {
  addDigest(program)
  addManifest(program)
  addDocument(program)
}

function addDigest(program: Command): void {
  program
    .command('digest <directory>')
    .description('The digests of a directory: document A’s, the tree’s CID, and each file’s with --json.')
    .option('--model <name>', 'the model’s name in document A; otherwise the directory’s')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ kedge digest models/silero-vad --model silero-vad')
    .action(async (directory: string, options: { model?: string; json?: boolean }) => {
      const model = options.model ?? basename(directory)
      const { content, files, treeCid, totalBytes } = await describeArtifact(directory, { model })
      const summary = {
        artifactDigest: content.digest,
        root: content.root,
        treeCid,
        fileCount: files.length,
        totalBytes,
      }
      print(options.json ? { ...summary, files } : summary, options)
    })
}

interface ManifestOptions {
  readonly model: string
  readonly fields: string
  readonly json?: boolean
}

function addManifest(program: Command): void {
  program
    .command('manifest <directory>')
    .description('Write documents A and B of a directory beside it.')
    .requiredOption('--model <name>', 'the model’s name')
    .requiredOption(
      '--fields <file>',
      'JSON: the fields of the manifest that no machine can know (docs/formats.md)',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge manifest models/silero-vad --model silero-vad --fields silero-vad.fields.json',
    )
    .action(async (directory: string, options: ManifestOptions) => {
      const fields = (await readJson(options.fields)) as Omit<
        ManifestInput,
        'artifact' | 'treeCid' | 'totalBytes'
      >
      const { bytes, content, treeCid, totalBytes } = await describeArtifact(directory, {
        model: options.model,
        onProgress: ({ path }) => say(path),
      })
      const manifest = serializeManifest(buildManifest({ ...fields, artifact: content, treeCid, totalBytes }))
      const beside = besideOf(directory)
      await writeWhole(beside.artifact, bytes)
      await writeWhole(beside.manifest, manifest)
      const { digest, cid } = parseManifest(manifest)
      print({ manifestDigest: digest, manifestCid: cid, artifactDigest: content.digest, ...beside }, options)
    })
}

interface DocumentOptions {
  readonly model?: string
  readonly version: readonly string[]
  readonly person: readonly string[]
  readonly text: string
  readonly test?: string
  readonly attach: readonly string[]
  readonly out: string
  readonly json?: boolean
}

function addDocument(program: Command): void {
  program
    .command('document')
    .addArgument(new Argument('<kind>', 'what it is').choices(DOCUMENT_KINDS))
    .description('Write a document C: evidence, reason, plan or report.')
    .requiredOption('--out <file>', 'where to write it')
    .requiredOption('--text <file>', 'its text, in Markdown')
    .option('--model <name>', 'the model it is about')
    .option('--version <label=digest...>', 'versions it is about: label and manifest digest', [])
    .option('--person <id...>', 'persons it is about', [])
    .option('--test <file>', 'evidence: JSON with the test result')
    .option('--attach <file...>', 'files it refers to', [])
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge document reason --model silero-vad --version 6.0.0=9c… --text drift.md --out reason.json',
    )
    .action(async (kind: DocumentKind, options: DocumentOptions) => {
      const input = {
        kind,
        model: options.model ?? null,
        versions: options.version.map(versionSubject),
        persons: options.person,
        text: new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(options.text)),
        test: options.test === undefined ? null : await readJson(options.test),
        attachments: await Promise.all(options.attach.map(attachment)),
      } as DocumentInput
      const bytes = serializeDocument(buildDocument(input))
      await writeWhole(options.out, bytes)
      const digest = digestOf(bytes)
      print({ digest, cid: cidOfRawDigest(digest), path: options.out }, options)
    })
}

function versionSubject(argument: string) {
  const [label, digest, ...rest] = argument.split('=')
  if (label && digest && rest.length === 0) return { label, manifestDigest: digest.replace(/^0x/, '') }
  throw new KedgeError('USAGE', `"${argument}" is not label=digest`, { argument })
}

async function attachment(path: string) {
  const { sha256 } = await hashFile(path)
  return { name: basename(path), sha256, cid: cidOfRawDigest(sha256) }
}

/** Either the whole file is there afterwards, or what was there before. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.draft`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true })
    throw new KedgeError(
      'UNAVAILABLE',
      `${path} cannot be written`,
      { path, directory: dirname(path) },
      { cause },
    )
  }
}
