import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uploadVersion } from '../../scripts/life/upload.ts'
import { cidOfBytes } from '../../sdk/bytes/cidOfBytes.ts'
import type { Json } from '../../sdk/documents/index.ts'
import { besideOf, type Receipt, type Trust, trustOf, verify } from '../../sdk/verify/index.ts'
import { startServer } from '../../sdk/verify/testing/servers.ts'
import { startTestRelay } from '../../services/relay/testing/relays.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { type Refusal, refusalOf } from './answers.ts'
import {
  anchor,
  anyDigest,
  catchUp,
  copyVersion,
  createModel,
  type Edits,
  type JsonObject,
  makeVersion,
  objectAt,
  type TestVersion,
  writeBeside,
} from './versions.ts'

// The chain always says yes here: what is wrong is with the documents or the files.

const zeros = '00'.repeat(32)

let society: FoundedSociety
let scratch: string
let trust: Trust
let names: Map<string, string>
let live: TestVersion
let places = 0

/** Versions that were registered and approved with documents that nobody should have signed off. */
const flawed = {
  'a number of files too many': { manifest: artifactField('fileCount', '6') },
  'a number of bytes too many': { manifest: artifactField('totalBytes', '1000000') },
  'a number of bytes too few': { manifest: artifactField('totalBytes', '100') },
  'a manifest without a label': { manifest: field('label', null) },
  'a statement that is none': { statement: () => ({}) },
  'another statement than it was registered with': { identity: { artifactDigest: anyDigest } },
  'the manifest of another model': { manifest: renamed },
  'a path that leads outside': { statement: resource(0, { name: '../LICENSE' }) },
  'two paths that differ in case': { statement: resource(2, { name: 'license' }) },
  'a root that does not follow': {
    statement: statement => ({
      ...statement,
      subject: [{ ...objectAt(statement['subject'], 0), digest: { sha256: zeros } }],
    }),
  },
  'a file of no kind': {
    manifest: field('kinds', kinds => ({ ...(kinds as JsonObject), prompts: { absent: 'None.' } })),
  },
} satisfies Record<string, Edits>
type Flaw = keyof typeof flawed
const flaws = new Map<Flaw, TestVersion>()

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-bytes-'))
  society = await foundSociety()
  const make = async (model: string, edits: Edits = {}) => {
    const version = await makeVersion(society, { model, directory: join(scratch, model) }, edits)
    await createModel(society, model)
    await anchor(society, version, 'Validation')
    return version
  }
  live = await make('triage-note')
  for (const [index, flaw] of (Object.keys(flawed) as Flaw[]).entries()) {
    flaws.set(flaw, await make(`flawed-${index}`, flawed[flaw]))
  }
  await catchUp(society)
  trust = trustOf(society.kedge.deployment, { endpoints: [society.kedge.rpcUrl], maximumAge: 3600 })
  names = new Map([
    [scratch, '<scratch>'],
    [live.identity.manifestDigest.slice(2), '<manifest>'],
    [live.identity.artifactDigest.slice(2), '<statement>'],
  ])
}, 120_000)

afterAll(async () => {
  await society.end()
  await rm(scratch, { recursive: true, force: true })
})

function field(name: string, value: Json | ((before: Json) => Json)) {
  return ({ predicate, ...rest }: JsonObject): Json => {
    const before = objectAt({ predicate: predicate ?? null }, 'predicate')
    const after = typeof value === 'function' ? value(before[name] ?? null) : value
    return { ...rest, predicate: { ...before, [name]: after } }
  }
}

function renamed(manifest: JsonObject): Json {
  const subject = [{ ...objectAt(manifest['subject'], 0), name: 'impostor' }]
  return field('model', 'impostor')({ ...manifest, subject })
}

function artifactField(name: string, value: string) {
  return field('artifact', artifact => ({ ...(artifact as JsonObject), [name]: value }))
}

function resource(index: number, change: JsonObject) {
  return field('resources', resources =>
    (resources as readonly JsonObject[]).map((one, at) => (at === index ? { ...one, ...change } : one)),
  )
}

type Question = Pick<TestVersion, 'directory' | 'model'> & Partial<Parameters<typeof verify>[0]>

function ask({ directory, model, ...more }: Question): Promise<Receipt> {
  const marks = join(scratch, 'marks')
  return verify({ artifact: directory, model, environment: 'validation', marks, trust, ...more })
}

const refused = (question: Question): Promise<Refusal> => refusalOf(ask(question), names)

/** The live version under a name of its own, which the refusal calls `<copy>`. */
async function copy(): Promise<TestVersion> {
  places += 1
  const directory = join(scratch, `copy-${places}`)
  names = new Map([[directory, '<copy>'], ...names])
  return await copyVersion(live, directory)
}

describe('documents that were approved, but should not have been', () => {
  /** By its id: the manifest beside would claim another version, or none. */
  const refusedFor = async (flaw: Flaw): Promise<Refusal> => {
    const version = flaws.get(flaw)
    if (version === undefined) throw new Error(`nothing has ${flaw}`)
    names.set(version.id, '<version>')
    const { directory, model, id } = version
    return await refused({ directory, model, version: id })
  }

  it.each<[Flaw, string]>([
    ['a number of files too many', 'MANIFEST_MISMATCH'],
    ['a number of bytes too many', 'MANIFEST_MISMATCH'],
    ['a number of bytes too few', 'SIZE_EXCEEDED'],
    ['a manifest without a label', 'MANIFEST_MALFORMED'],
    ['a statement that is none', 'MANIFEST_MALFORMED'],
    ['another statement than it was registered with', 'IDENTITY_MISMATCH'],
    ['the manifest of another model', 'MANIFEST_MISMATCH'],
    ['a path that leads outside', 'UNSAFE_PATH'],
    ['two paths that differ in case', 'NAME_COLLISION'],
    ['a root that does not follow', 'ROOT_MISMATCH'],
    ['a file of no kind', 'COVERAGE_GAP'],
  ])('with %s are refused with %s', async (flaw, code) => {
    expect((await refusedFor(flaw)).code).toBe(code)
  })

  it('are refused with what is wrong', async () => {
    const { totalBytes } = live.made.described
    expect((await refusedFor('a number of bytes too many')).facts).toEqual({
      field: 'artifact.totalBytes',
      manifest: '1000000',
      artifact: `${totalBytes}`,
    })
    expect((await refusedFor('a number of bytes too few')).facts).toMatchObject({
      path: 'evaluation/criteria.json',
    })
    expect(await refusedFor('a manifest without a label')).toMatchInlineSnapshot(`
      {
        "code": "MANIFEST_MALFORMED",
        "facts": {
          "field": "predicate.label",
          "problem": "Invalid input: expected string, received null",
          "problems": [
            "predicate.label: Invalid input: expected string, received null",
          ],
        },
      }
    `)
    const identity = await refusedFor('another statement than it was registered with')
    expect({ ...identity, facts: { ...identity.facts, actual: '' } }).toMatchInlineSnapshot(`
      {
        "code": "IDENTITY_MISMATCH",
        "facts": {
          "actual": "",
          "expected": "<version>",
        },
      }
    `)
    expect(await refusedFor('the manifest of another model')).toMatchInlineSnapshot(`
      {
        "code": "MANIFEST_MISMATCH",
        "facts": {
          "chain": "flawed-6",
          "field": "model",
          "manifest": "impostor",
        },
      }
    `)
    expect(await refusedFor('a path that leads outside')).toMatchInlineSnapshot(`
      {
        "code": "UNSAFE_PATH",
        "facts": {
          "path": "../LICENSE",
          "reason": "a component is ".."",
        },
      }
    `)
    expect(await refusedFor('two paths that differ in case')).toMatchInlineSnapshot(`
      {
        "code": "NAME_COLLISION",
        "facts": {
          "first": "LICENSE",
          "second": "license",
        },
      }
    `)
    expect(await refusedFor('a root that does not follow')).toMatchInlineSnapshot(`
      {
        "code": "ROOT_MISMATCH",
        "facts": {
          "actual": "<digest>",
          "expected": "<digest>",
        },
      }
    `)
    expect(await refusedFor('a file of no kind')).toMatchInlineSnapshot(`
      {
        "code": "COVERAGE_GAP",
        "facts": {
          "ambiguous": [],
          "ambiguousCount": 0,
          "empty": [],
          "emptyCount": 0,
          "uncovered": [
            "LICENSE",
            "prompts/triage-note.md",
            "schema.json",
          ],
          "uncoveredCount": 3,
        },
      }
    `)
  })
})

describe('documents beside the artifact', () => {
  it('that are not the approved ones are refused', async () => {
    const one = await copy()
    await writeFile(besideOf(one.directory).manifest, '{}')
    expect(await refused(one)).toMatchInlineSnapshot(`
      {
        "code": "MANIFEST_MISMATCH",
        "facts": {
          "actual": "<digest>",
          "expected": "<manifest>",
          "path": "<copy>.manifest.json",
        },
      }
    `)
    const two = await copy()
    await writeFile(besideOf(two.directory).artifact, live.manifest)
    expect(await refused(two)).toMatchInlineSnapshot(`
      {
        "code": "MANIFEST_MISMATCH",
        "facts": {
          "actual": "<manifest>",
          "expected": "<statement>",
          "path": "<copy>.artifact.json",
        },
      }
    `)
  })

  it('claim a version, and can claim no more', async () => {
    const planted = await copy()
    const other = flaws.get('a number of files too many')
    if (other === undefined) throw new Error('there is no other')
    await writeFile(besideOf(planted.directory).manifest, other.manifest)
    expect((await refused(planted)).code).toBe('NOT_REGISTERED')
    expect((await refused({ ...planted, version: live.id })).code).toBe('MANIFEST_MISMATCH')
    expect((await refused({ ...live, model: other.model })).code).toBe('NOT_REGISTERED')
  })

  it('that are no files, or too large, are refused', async () => {
    const pipe = await copy()
    await rm(besideOf(pipe.directory).manifest)
    execFileSync('mkfifo', [besideOf(pipe.directory).manifest])
    expect(await refused(pipe)).toMatchInlineSnapshot(`
      {
        "code": "SPECIAL_FILE",
        "facts": {
          "path": "<copy>.manifest.json",
        },
      }
    `)
    const huge = await copy()
    await truncate(besideOf(huge.directory).artifact, 2 ** 40)
    expect(await refused(huge)).toMatchInlineSnapshot(`
      {
        "code": "SIZE_EXCEEDED",
        "facts": {
          "limit": 16777216,
          "path": "<copy>.artifact.json",
        },
      }
    `)
  })

  it('may be links, as mounted configuration is', async () => {
    const linked = await copy()
    for (const path of Object.values(besideOf(linked.directory))) {
      await rename(path, `${path}.1`)
      await symlink(`${path}.1`, path)
    }
    await expect(ask(linked)).resolves.toMatchObject({ predicate: { verificationResult: 'PASSED' } })
  })

  it('that are not there, and can be had nowhere, leave it open', async () => {
    const bare = await copy()
    await rm(besideOf(bare.directory).artifact)
    expect(await refused(bare)).toMatchInlineSnapshot(`
      {
        "code": "UNAVAILABLE",
        "facts": {
          "digest": "<statement>",
          "places": [
            "<copy>.artifact.json: not there",
          ],
        },
      }
    `)
  })
})

describe('documents from a gateway', () => {
  /** The live version with nothing beside it. */
  async function bare(gateways: readonly string[]): Promise<Question> {
    const { directory, model } = await copy()
    for (const path of Object.values(besideOf(directory))) await rm(path)
    return { directory, model, trust: { ...trust, gateways: [...gateways] } }
  }

  it('are those that the relay keeps', async () => {
    const relay = await startTestRelay()
    try {
      const question = await bare([relay.url])
      expect((await refused(question)).code).toBe('UNAVAILABLE')
      await uploadVersion(relay.url, live.made)
      expect((await ask(question)).predicate.kedge.version).toBe(live.id)
      await rm(join(question.directory, 'LICENSE'))
      expect((await refused(question)).code).toBe('MISSING_FILE')
    } finally {
      await relay.end()
    }
  })

  it('are those that were approved, whatever a gateway says', async () => {
    const liar = await startServer((_, response) => response.end('{}'))
    const honest = await startServer((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://gateway')
      const { manifest, statement } = live
      const document = [manifest, statement].find(bytes => pathname === `/ipfs/${cidOfBytes(bytes)}`)
      response.writeHead(document === undefined ? 404 : 200).end(document)
    })
    names.set(liar.name, '<liar>')
    try {
      expect(await refused(await bare([liar.url]))).toMatchInlineSnapshot(`
        {
          "code": "UNAVAILABLE",
          "facts": {
            "digest": "<manifest>",
            "places": [
              "<copy>.manifest.json: not there",
              "<liar>: a block is not the one that its CID names",
            ],
          },
        }
      `)
      await expect(ask(await bare(['http://127.0.0.1:9', liar.url, honest.url]))).resolves.toBeDefined()
    } finally {
      await Promise.all([liar.close(), honest.close()])
    }
  })
})

describe('the files', () => {
  /** What a copy is refused with after something was done to it. */
  async function altered(alter: (directory: string) => unknown): Promise<Refusal> {
    const one = await copy()
    await alter(one.directory)
    return await refused(one)
  }

  it('are refused when one was altered', async () => {
    expect(await altered(flipFirst)).toMatchInlineSnapshot(`
      {
        "code": "DIGEST_MISMATCH",
        "facts": {
          "actual": "<digest>",
          "expected": "<digest>",
          "path": "schema.json",
        },
      }
    `)
    expect((await altered(swap)).code).toBe('DIGEST_MISMATCH')
  })

  it('are refused when one is missing, or there is one more', async () => {
    expect(await altered(at => rm(join(at, 'schema.json')))).toMatchInlineSnapshot(`
      {
        "code": "MISSING_FILE",
        "facts": {
          "path": "schema.json",
        },
      }
    `)
    expect(await altered(at => writeFile(join(at, 'more.py'), ''))).toMatchInlineSnapshot(`
      {
        "code": "EXTRA_FILE",
        "facts": {
          "path": "more.py",
        },
      }
    `)
    expect((await altered(at => rename(join(at, 'schema.json'), join(at, 'a.json')))).code).toBe(
      'MISSING_FILE',
    )
  })

  it('are refused when there is something else among them', async () => {
    expect(await altered(at => symlink('schema.json', join(at, 'link')))).toMatchInlineSnapshot(`
      {
        "code": "SYMLINK",
        "facts": {
          "path": "link",
        },
      }
    `)
    expect(await altered(at => execFileSync('mkfifo', [join(at, 'pipe')]))).toMatchInlineSnapshot(`
      {
        "code": "SPECIAL_FILE",
        "facts": {
          "path": "pipe",
        },
      }
    `)
    expect(await altered(at => writeFile(join(at, 'Schema.json'), ''))).toMatchInlineSnapshot(`
      {
        "code": "NAME_COLLISION",
        "facts": {
          "first": "Schema.json",
          "second": "schema.json",
        },
      }
    `)
    expect(await altered(at => writeFile(join(at, 'a\\b'), ''))).toMatchInlineSnapshot(`
      {
        "code": "UNSAFE_PATH",
        "facts": {
          "path": "a\\b",
          "reason": "it holds a backslash",
        },
      }
    `)
  })

  it('are refused when one is larger than all together may be, before it is read', async () => {
    expect((await altered(at => truncate(join(at, 'LICENSE'), 2 ** 40))).code).toBe('SIZE_EXCEEDED')
  })

  it('are refused when one changes while another is read', async () => {
    const one = await copy()
    const path = join(one.directory, 'LICENSE')
    const onProgress = ({ files }: { readonly files: number }) => {
      if (files === 1) writeFileSync(path, readFileSync(path))
    }
    expect(await refused({ ...one, onProgress })).toMatchInlineSnapshot(`
      {
        "code": "CHANGED_DURING_READ",
        "facts": {
          "path": "LICENSE",
        },
      }
    `)
  })

  it('may lie behind a link, and in no other place than a directory', async () => {
    const one = await copy()
    const current = `${one.directory}.current`
    await symlink(one.directory, current)
    await writeBeside(live, current)
    await expect(ask({ ...one, directory: current })).resolves.toBeDefined()
    await rm(one.directory, { recursive: true })
    expect((await refused(one)).code).toBe('UNAVAILABLE')
    await writeFile(one.directory, '')
    expect((await refused(one)).code).toBe('USAGE')
  })
})

describe('kedge verify', () => {
  it('speaks through exit codes', async () => {
    const file = async (name: string, content: object) => {
      const path = join(scratch, `${name}.json`)
      await writeFile(path, JSON.stringify(content))
      return path
    }
    const { deployment, rpcUrl } = society.kedge
    const policy = await file('trust', trust)
    const unreachable = await file('unreachable', { ...trust, endpoints: ['http://127.0.0.1:9'] })
    const stale = await file('stale', { ...trust, maximumAge: 1 })
    const deployed = await file('deployment', deployment)
    const altered = await copy()
    await flipFirst(altered.directory)
    const marks = join(scratch, 'marks')
    const kedge = async (directory: string, ...flags: readonly string[]) => {
      const question = ['--model', live.model, '--environment', 'validation', '--marks', marks, '--json']
      const { exitCode, stdout } = await runCli(['verify', directory, ...question, ...flags])
      const { error, predicate } = JSON.parse(stdout)
      return [exitCode, error?.code ?? predicate.verificationResult]
    }
    expect([
      await kedge(live.directory, '--trust', policy),
      await kedge(live.directory, '--deployment', deployed, '--rpc', rpcUrl),
      await kedge(altered.directory, '--trust', policy),
      await kedge(live.directory, '--trust', policy, '--schemas', '0,7'),
      await kedge(live.directory, '--trust', policy, '--schemas', 'all'),
      await kedge(live.directory, '--trust', join(scratch, 'no-trust.json')),
      await kedge(live.directory, '--trust', unreachable),
      await kedge(live.directory, '--trust', stale),
    ]).toEqual([
      [0, 'PASSED'],
      [0, 'PASSED'],
      [1, 'DIGEST_MISMATCH'],
      [1, 'INCOMPATIBLE'],
      [2, 'USAGE'],
      [2, 'POLICY_INVALID'],
      [3, 'RPC_UNAVAILABLE'],
      [4, 'STALE_VIEW'],
    ])
  })
})

async function flipFirst(directory: string): Promise<void> {
  const path = join(directory, 'schema.json')
  const bytes = await readFile(path)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(path, bytes)
}

async function swap(directory: string): Promise<void> {
  const [one, two] = [join(directory, 'schema.json'), join(directory, 'evaluation/results.json')]
  await rename(one, `${directory}.swap`)
  await rename(two, one)
  await rename(`${directory}.swap`, two)
}

const cli = fileURLToPath(new URL('../../sdk/cli/main.ts', import.meta.url))

function runCli(args: readonly string[]): Promise<{ exitCode: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@kedge/source', cli, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let stdout = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.once('error', reject)
    child.once('close', exitCode => resolve({ exitCode, stdout }))
  })
}
