import { basename, resolve } from 'node:path'
import { Argument, type Command, Option } from 'commander'
import { cidOfRawDigest, digestFile } from '../../bytes/index.ts'
import {
  buildDocument,
  buildManifest,
  type DescribedArtifact,
  DOCUMENT_KINDS,
  type DocumentInput,
  type DocumentKind,
  describeArtifact,
  digestOf,
  type ManifestInput,
  parseManifest,
  serializeDocument,
  serializeManifest,
} from '../../documents/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { besideOf } from '../../verify/documents.ts'
import { parseId, parseModelName, versionSubjectIn } from '../arguments.ts'
import { readJson, readText, writeWhole } from '../files.ts'
import { print } from '../output.ts'
import { bytesText, withProgress } from '../progress.ts'
import { type HandOverOptions, withJson } from '../session.ts'
import { manifestBeside } from '../versions.ts'

/** `kedge digest | manifest | document`. */
export function addDocumentCommands(program: Command): void {
  addDigest(program)
  addManifest(program)
  addDocument(program)
}

function addDigest(program: Command): void {
  withJson(program.command('digest <directory>'))
    .description('The digests of a directory: document A’s, the tree’s CID, and each file’s with --json.')
    .addOption(
      new Option('--model <name>', 'the model’s name in document A; otherwise the directory’s').argParser(
        parseModelName,
      ),
    )
    .addHelpText('after', '\nExample:\n  $ kedge digest models/silero-vad --model silero-vad')
    .action(async (directory: string, options: { model?: string; json?: boolean }) => {
      const model = options.model ?? basename(resolve(directory))
      const { content, files, treeCid, totalBytes } = await describe(directory, model)
      const summary = {
        artifactDigest: content.digest,
        root: content.root,
        treeCid,
        fileCount: files.length,
        totalBytes,
      }
      await print(options.json === true ? { ...summary, files } : summary, options)
    })
}

interface ManifestOptions extends HandOverOptions {
  readonly model: string
  readonly fields: string
}

/** What the fields of a manifest look like: complete, and valid for a directory with these paths. */
export const exampleFields = {
  label: '1.0.0',
  architecture: 'silero-vad',
  parent: null,
  kinds: {
    weights: { paths: ['model.onnx'] },
    'training-code': { absent: 'The publisher keeps it.' },
    'inference-code': { paths: ['code'] },
    prompts: { absent: 'The model takes none.' },
    'pre-processing': { absent: 'The model takes the signal as it is.' },
    'post-processing': { absent: 'None.' },
    metrics: { paths: ['evaluation/results.json'] },
    benchmarks: { paths: ['evaluation/criteria.json'] },
  },
  training: {
    data: { absent: 'The publisher does not say.' },
    hyperparameters: { values: { 'window-samples': 512, threshold: '0.5' } },
    configuration: { absent: 'The publisher does not say.' },
  },
  featureSchema: {
    number: 0,
    name: 'vad',
    digest: { sha256: '5f3e1b5a7c9d2e4f6a8b0c1d3e5f7a9b2c4d6e8f0a1b3c5d7e9f2a4b6c8d0e1f' },
    inputs: [{ name: 'input', type: 'float32', shape: ['batch', 512] }],
    outputs: [{ name: 'output', type: 'float32', shape: ['batch', 1] }],
  },
  preprocessingVersion: '1.0.0',
  runtime: {
    image: { absent: 'It runs in the host’s own process.' },
    lockfile: { absent: 'The framework below is all that it needs.' },
    framework: { name: 'onnxruntime-web', version: '1.30.0' },
    accelerator: 'cpu',
  },
  closure: { baseModels: [], remoteCode: [] },
  evaluation: {
    criteria: {
      name: 'evaluation/criteria.json',
      digest: { sha256: '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9' },
    },
    results: {
      documents: [
        {
          name: 'evaluation/results.json',
          digest: { sha256: '1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a' },
        },
      ],
    },
  },
  schema: 0,
  risk: 'Low',
  createdAt: '2026-01-31T09:30:00Z',
  author: '0x9c1f2e3d4c5b6a79880706f5e4d3c2b1a09f8e7d6c5b4a392817060504030201',
  approvingAuthority: {
    Validation: ['TechnicalLead'],
    Staging: ['TechnicalLead'],
    Production: ['TechnicalLead'],
  },
}

function addManifest(program: Command): void {
  withJson(program.command('manifest <directory>'))
    .description(
      'Write documents A and B of a directory beside it: <directory>.artifact.json, .manifest.json.',
    )
    .addOption(
      new Option('--model <name>', 'the model’s name').argParser(parseModelName).makeOptionMandatory(),
    )
    .requiredOption('--fields <file>', 'JSON: what no machine can know; see below and docs/formats.md')
    .option('--overwrite', 'replace other documents that stand there')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge manifest models/silero-vad --model silero-vad --fields silero-vad.fields.json\n' +
        `\nThe fields, each of them needed:\n${JSON.stringify(exampleFields, null, 1)}`,
    )
    .action(async (directory: string, options: ManifestOptions) => {
      const fields = await readFields(options)
      const { bytes, content, treeCid, totalBytes } = await describe(directory, options.model)
      const manifest = serializeManifest(buildManifest({ ...fields, artifact: content, treeCid, totalBytes }))
      const beside = besideOf(directory)
      await writeWhole(
        [
          { path: beside.artifact, bytes },
          { path: beside.manifest, bytes: manifest },
        ],
        options,
      )
      const { digest, cid } = parseManifest(manifest)
      await print(
        { manifestDigest: digest, manifestCid: cid, artifactDigest: content.digest, ...beside },
        options,
      )
    })
}

/** The builder checks each field; here only what it would not see. */
async function readFields({
  fields,
  model,
}: ManifestOptions): Promise<Omit<ManifestInput, 'artifact' | 'treeCid' | 'totalBytes'>> {
  const value = await readJson(fields)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new KedgeError('USAGE', `${fields} is not a JSON object`, { path: fields })
  }
  const found = value as ManifestInput
  if (found.model !== undefined && found.model !== model) {
    throw new KedgeError(
      'USAGE',
      `${fields} is for the model ${found.model}, not for ${model}`,
      { path: fields, expected: model, actual: found.model },
      { remedy: 'Correct --model, or leave the model out of the fields.' },
    )
  }
  return found
}

interface DocumentOptions {
  readonly model?: string
  readonly version: readonly string[]
  readonly person: readonly string[]
  readonly text: string
  readonly test?: string
  readonly attach: readonly string[]
  readonly out: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

function addDocument(program: Command): void {
  withJson(program.command('document'))
    .addArgument(new Argument('<kind>', 'what it is').choices(DOCUMENT_KINDS))
    .description('Write a document C: evidence, reason, plan or report.')
    .requiredOption('--out <file>', 'where to write it')
    .requiredOption('--text <file>', 'its text, in Markdown')
    .addOption(
      new Option(
        '--model <name>',
        'the model it is about; otherwise that of the first directory in --version',
      ).argParser(parseModelName),
    )
    .option(
      '--version <version...>',
      'versions it is about: directories with their manifests beside them, or label=manifest digest',
      [],
    )
    .addOption(
      new Option('--person <id...>', 'persons it is about')
        .argParser((text, before: readonly string[]) => [...before, parseId(text)])
        .default([]),
    )
    .option('--test <file>', 'evidence: JSON with the test result (docs/formats.md)')
    .option('--attach <file...>', 'files that belong to it', [])
    .option('--overwrite', 'replace what stands in the file')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ kedge document evidence --version models/silero-vad --text results.md --test results.json --out evidence.json\n' +
        '  $ kedge document reason --model silero-vad --text drift.md --out reason.json\n' +
        '\nA test result: {"result":"PASSED","configuration":[{"name":"criteria.json","digest":{"sha256":"…"}}],' +
        '"url":null,"passedTests":["quiet-speech"],"warnedTests":[],"failedTests":[]}',
    )
    .action(async (kind: DocumentKind, options: DocumentOptions) => {
      const subjects = await Promise.all(options.version.map(versionSubject))
      const model = options.model ?? subjects.find(subject => subject.model !== undefined)?.model ?? null
      const stranger = subjects.find(subject => subject.model !== undefined && subject.model !== model)
      if (stranger !== undefined) {
        throw new KedgeError(
          'USAGE',
          `a document is about one model: ${model}, or ${stranger.model}`,
          {},
          { remedy: 'Write a document for each.' },
        )
      }
      const input = {
        kind,
        model,
        versions: subjects.map(({ label, manifestDigest }) => ({ label, manifestDigest })),
        persons: options.person,
        text: await readText(options.text),
        test: options.test === undefined ? null : await readJson(options.test),
        attachments: await Promise.all(options.attach.map(attachment)),
      } as DocumentInput
      const bytes = serializeDocument(buildDocument(input))
      await writeWhole([{ path: options.out, bytes }], options)
      const digest = digestOf(bytes)
      await print({ digest, cid: cidOfRawDigest(digest), path: options.out }, options)
    })
}

async function versionSubject(
  argument: string,
): Promise<{ readonly label: string; readonly manifestDigest: string; readonly model?: string }> {
  const named = versionSubjectIn(argument)
  if (named !== undefined) return named
  if (argument.includes('=')) {
    throw new KedgeError(
      'USAGE',
      `"${argument}" is not label=digest`,
      { argument },
      { remedy: 'Give a label such as 5.1.2 and 64 hex digits, or the directory of the version.' },
    )
  }
  const { digest, manifest } = await manifestBeside(argument)
  return { label: manifest.label, manifestDigest: digest, model: manifest.model }
}

async function attachment(path: string) {
  const { sha256, cid } = await digestFile(path)
  return { name: basename(path), sha256, cid }
}

/** Reads a directory, and tells how far that has come. */
async function describe(directory: string, model: string): Promise<DescribedArtifact> {
  return await withProgress(progress => {
    let files = 0
    let before = 0
    return describeArtifact(directory, {
      model,
      onRead: ({ path, done, total }) =>
        progress.update(
          `hashed ${bytesText(before + done)}, ${files} files done; reading ${path} (${bytesText(total)})`,
        ),
      onProgress: ({ size }) => {
        files += 1
        before += size
      },
    })
  })
}
