import { basename, resolve } from 'node:path'
import { Argument, type Command, Option } from 'commander'
import type { Hex } from 'viem'
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
  parseTestResult,
  serializeDocument,
  serializeManifest,
  type TestResult,
} from '../../documents/index.ts'
import { KedgeError } from '../../errors/index.ts'
import { besideOf } from '../../verify/documents.ts'
import { parseId, parseModelName, versionSubjectIn } from '../arguments.ts'
import { blaming, readJson, readText, writeWhole } from '../files.ts'
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
      digest: { sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' },
    },
    results: {
      documents: [
        {
          name: 'evaluation/results.json',
          digest: { sha256: '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945' },
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
      const remedy =
        'Correct it there. kedge manifest --help shows every field, kedge digest --json the digest of each file.'
      const manifest = blaming(options.fields, remedy, () =>
        serializeManifest(buildManifest({ ...fields, artifact: content, treeCid, totalBytes })),
      )
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
  const computed = ['artifact', 'treeCid', 'totalBytes'].filter(field => Object.hasOwn(value, field))
  if (computed.length > 0) {
    throw new KedgeError(
      'USAGE',
      `${fields} holds ${computed.join(', ')}, which follow from the directory`,
      { path: fields, fields: computed },
      { remedy: 'Leave them out.' },
    )
  }
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
  readonly person: readonly Hex[]
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
        .argParser((text, before: readonly Hex[]) => [...before, parseId(text)])
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
      mustBeComplete(kind, options)
      const subjects = await Promise.all(options.version.map(versionSubject))
      const model = options.model ?? subjects.find(subject => subject.model !== undefined)?.model ?? null
      if (model === null && subjects.length > 0) {
        throw new KedgeError('USAGE', 'of which model are these versions? Give --model')
      }
      const stranger = subjects.find(subject => subject.model !== undefined && subject.model !== model)
      if (stranger !== undefined) {
        throw new KedgeError(
          'USAGE',
          `a document is about one model: ${model}, or ${stranger.model}`,
          {},
          { remedy: 'Write a document for each.' },
        )
      }
      const input: DocumentInput = {
        kind,
        model,
        versions: subjects.map(({ label, manifestDigest }) => ({ label, manifestDigest })),
        persons: options.person,
        text: await readText(options.text),
        test: options.test === undefined ? null : await readTestResult(options.test),
        attachments: await Promise.all(options.attach.map(attachment)),
      }
      const bytes = serializeDocument(buildDocument(input))
      await writeWhole([{ path: options.out, bytes }], options)
      const digest = digestOf(bytes)
      await print({ digest, cid: cidOfRawDigest(digest), path: options.out }, options)
    })
}

/** What the builder would find too, by the names of the options. */
function mustBeComplete(kind: DocumentKind, { test, version, model, person }: DocumentOptions): void {
  const missing = (message: string) => new KedgeError('USAGE', message, { kind })
  if (kind === 'evidence' && test === undefined) throw missing('evidence needs a test result: give --test')
  if (kind === 'evidence' && version.length === 0) {
    throw missing('evidence is about a version: give --version')
  }
  if (kind !== 'evidence' && test !== undefined) {
    throw missing(`a ${kind} has no test result: leave out --test`)
  }
  if (model === undefined && version.length === 0 && person.length === 0) {
    throw missing('what is it about? Give --model, --version or --person')
  }
}

async function readTestResult(path: string): Promise<TestResult> {
  const value = await readJson(path)
  const remedy = 'Correct it there. kedge document --help shows a test result.'
  return blaming(path, remedy, () => parseTestResult(value))
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
