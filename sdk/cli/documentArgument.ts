import type { Hex } from 'viem'
import { modelIdOf, none } from '../chain/index.ts'
import { type DocumentKind, type ParsedDocument, parseDocument } from '../documents/index.ts'
import { KedgeError } from '../errors/index.ts'
import { isBytes32 } from './arguments.ts'
import { blaming, readBytes } from './files.ts'
import { say } from './output.ts'

/** What a document must be about. */
export interface DocumentSubject {
  /** The model's id. */
  readonly model: Hex
  /** The manifest digest of the version that evidence must name; unknown where only an id is given. */
  readonly manifestDigest?: Hex
}

/**
 * The digest that the chain holds of a document C: given as it is, or that of a file, which then must be such a
 * document about the right model.
 *
 * @throws KedgeError `USAGE` for a file that is another kind of document, or about something else;
 * `MANIFEST_MALFORMED` for one that is no document.
 */
export async function documentDigest(
  argument: string,
  kind: DocumentKind,
  subject: DocumentSubject,
): Promise<Hex> {
  if (isBytes32(argument)) return argument
  const { digest, content } = await readDocument(argument)
  if (content.kind !== kind) {
    throw new KedgeError(
      'USAGE',
      `${argument} is a document of the kind ${content.kind}, not ${kind}`,
      { path: argument },
      { remedy: `Write one with kedge document ${kind}.` },
    )
  }
  const about = content.model === null ? none : modelIdOf(content.model)
  if (about !== subject.model) {
    throw new KedgeError(
      'USAGE',
      `${argument} is about ${content.model === null ? 'persons only' : `the model ${content.model}`}`,
      { path: argument, expected: subject.model, actual: about },
      { remedy: 'Give a document about this model, or correct --model.' },
    )
  }
  if (kind === 'evidence') checkEvidence(argument, content, subject)
  return `0x${digest}`
}

/** The same for an option that may be left out. */
export async function optionalDocumentDigest(
  argument: string | undefined,
  kind: DocumentKind,
  subject: DocumentSubject,
): Promise<Hex> {
  return argument === undefined ? none : await documentDigest(argument, kind, subject)
}

function checkEvidence(
  path: string,
  { versions, test }: ParsedDocument['content'],
  { manifestDigest }: DocumentSubject,
): void {
  if (
    manifestDigest !== undefined &&
    !versions.some(version => `0x${version.manifestDigest}` === manifestDigest)
  ) {
    throw new KedgeError(
      'USAGE',
      `${path} is evidence about other versions: ${versions.map(({ label }) => label).join(', ')}`,
      { path, expected: manifestDigest },
      { remedy: 'Give the evidence of this version.' },
    )
  }
  if (test !== null && test.result !== 'PASSED') say(`note: the evidence says ${test.result}`)
}

async function readDocument(path: string): Promise<ParsedDocument> {
  const bytes = await readBytes(path)
  const remedy = 'kedge document writes it; its bytes must stay as they were written.'
  return blaming(path, remedy, () => parseDocument(bytes))
}
