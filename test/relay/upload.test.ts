import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Cid, readDirectory, readFileDag } from '../../sdk/bytes/index.ts'
import { exampleFields } from '../../sdk/cli/commands/documents.ts'
import { measureVersion, uploadDocument, uploadVersion } from '../../sdk/relay/index.ts'
import { startServer, type TestServer } from '../../sdk/verify/testing/servers.ts'
import { startTestRelay, type TestRelay } from '../../services/relay/testing/relays.ts'
import { kedgeHere } from '../cli/here.ts'
import { jsonIn, kedge, outcomeOf, startKedge } from '../cli/kedge.ts'

// kedge upload, against the real relay, and against servers that are none or lie.

let directory: string
let relay: TestRelay
const servers: TestServer[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-upload-'))
  relay = await startTestRelay()
  for (const [path, content] of Object.entries(files)) await put(`model/${path}`, content)
  await put('fields.json', JSON.stringify(fields))
  expect(await here('manifest model --model silero-vad --fields fields.json')).toMatchObject({ code: 0 })
})

afterEach(async () => {
  await relay.end()
  for (const server of servers.splice(0)) await server.close()
  await rm(directory, { recursive: true, force: true })
})

const weights = new Uint8Array(3 * 2 ** 20 + 5).fill(7)
const files = {
  'model.onnx': weights,
  'code/run.py': 'import onnxruntime',
  'code/again.py': 'import onnxruntime',
  'evaluation/criteria.json': '{}',
  'evaluation/results.json': '',
}

const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const reference = (name: keyof typeof files) => ({ name, digest: { sha256: digestOf(files[name]) } })

const fields = {
  ...exampleFields,
  evaluation: {
    criteria: reference('evaluation/criteria.json'),
    results: { documents: [reference('evaluation/results.json')] },
  },
}

const at = (path: string) => join(directory, path)
const here = (line: string, environment: Record<string, string> = {}) =>
  kedgeHere(line, { directory, environment })
const upload = (...more: readonly string[]) =>
  here(['upload model', '--json', '--relay', relay.url, ...more].join(' '))

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true })
  await writeFile(at(path), content)
}

async function block(cid: Cid): Promise<Uint8Array | undefined> {
  const response = await fetch(`${relay.url}/ipfs/${cid}?format=raw`)
  return response.status === 404 ? undefined : new Uint8Array(await response.arrayBuffer())
}

/** A file of a tree that the relay serves, every block of it verified. */
async function fetchPath(root: string, path: string): Promise<Buffer> {
  let cid = root
  for (const name of path.split('/')) {
    cid = (await readDirectory(cid, block)).find(entry => entry.name === name)?.cid ?? ''
  }
  const pieces: Uint8Array[] = []
  for await (const { bytes } of readFileDag(cid, block)) pieces.push(bytes)
  return Buffer.concat(pieces)
}

/** What stands between kedge and the relay, and does with some requests what it wants. */
async function between(
  meddle: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>,
): Promise<string> {
  const server = await startServer(async (request, response) => {
    if (await meddle(request, response)) return
    const answer = await fetch(`${relay.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => ['repr-digest', 'content-type'].includes(name)),
      ) as Record<string, string>,
      ...(request.method === 'POST' && { body: request, duplex: 'half' }),
    })
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  servers.push(server)
  return server.url
}

describe('kedge upload', () => {
  it('sends a version, which can then be fetched from its root and verified', async () => {
    const outcome = await upload()
    expect(outcome).toMatchObject({
      code: 0,
      stderr: 'sent 4 of 4 files (3.1 MB); the relay has all of them\n',
    })
    const digests = jsonIn(await here('digest model --model silero-vad --json')) as Record<string, string>
    const found = jsonIn(outcome) as Record<string, string>
    expect(found).toEqual({
      files: 4,
      sent: 4,
      sentBytes: weights.length + 20,
      artifactDigest: digests['artifactDigest'],
      artifactCid: expect.stringMatching(/^bafkrei/),
      manifestDigest: digestOf(await readFile(at('model.manifest.json'))),
      manifestCid: expect.stringMatching(/^bafkrei/),
      treeCid: digests['treeCid'],
      documents: [],
    })
    for (const [path, content] of Object.entries(files)) {
      expect((await fetchPath(found['treeCid'] ?? '', path)).equals(Buffer.from(content)), path).toBe(true)
    }
    for (const [cid, path] of [
      ['artifactCid', 'model.artifact.json'],
      ['manifestCid', 'model.manifest.json'],
    ] as const) {
      expect(Buffer.from((await block(found[cid] as Cid)) ?? [])).toEqual(await readFile(at(path)))
    }
  })

  it('sends nothing again that the relay has', async () => {
    const first = await upload()
    await put('model/code/run.py', 'import onnxruntime # faster')
    expect((await upload()).code).toBe(1)
    await here('manifest model --model silero-vad --fields fields.json --overwrite')
    const second = await upload()
    expect(second.stderr).toBe('sent 1 of 5 files (27 B); the relay has all of them\n')
    expect(jsonIn(second)).not.toMatchObject({ treeCid: (jsonIn(first) as { treeCid: string }).treeCid })
    expect((await upload()).stderr).toBe('sent 0 of 5 files (0 B); the relay has all of them\n')
  })

  it('goes on after an interruption without loss', async () => {
    const parts: string[] = []
    let stopped = false
    const url = await between(request => {
      if (request.method !== 'POST' || !request.url?.startsWith('/files')) return false
      parts.push(request.headers['repr-digest'] as string)
      if (parts.length !== 2 || stopped) return false
      stopped = true
      child.kill('SIGINT')
      return true
    })
    const line = `upload model --relay ${url}`
    const child = startKedge(line, { directory })
    expect(await outcomeOf(child, line)).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' })
    expect((await kedge(line, { directory })).stderr).toBe(
      'sent 3 of 4 files (3.1 MB); the relay has all of them\n',
    )
    expect(new Set(parts).size).toBe(4)
    expect(parts).toHaveLength(5)
  })

  it('sends documents C and their attachments, with a version or alone', async () => {
    await put('text.md', 'Drift.')
    await put('log.bin', weights.subarray(9))
    await here('document reason --model silero-vad --text text.md --attach log.bin --out reason.json')
    const line = `upload --document reason.json --attach log.bin --relay ${relay.url}`
    const alone = await here(`${line} --json`)
    const bytes = await readFile(at('reason.json'))
    const digest = digestOf(bytes)
    expect(jsonIn(alone)).toEqual({
      files: 1,
      sent: 1,
      sentBytes: weights.length - 9,
      documents: [{ path: 'reason.json', digest, cid: expect.stringMatching(/^bafkrei/) }],
    })
    const [{ cid }] = (jsonIn(alone) as { documents: [{ cid: Cid }] }).documents
    expect(Buffer.from((await block(cid)) ?? [])).toEqual(bytes)
    expect(await here(line.replace('upload', 'upload model'))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^files +5\nsent +4\n.*\ntreeCid +bafybei\w+\nreason\.json {2}[0-9a-f]{64} {2}bafkrei\w+\n$/s,
      ),
    })
  })

  it('takes the relay from the environment, and one that has its place below a path', async () => {
    const url = await between(request => {
      expect(request.url).toMatch(/^\/kedge\//)
      request.url = request.url?.slice(6)
      return false
    })
    expect(await here('upload model', { KEDGE_RELAY_URL: `${url}/kedge/` })).toMatchObject({ code: 0 })
  })

  it('keeps memory bounded', async context => {
    context.skip(process.platform !== 'linux', 'the peak is read from /proc')
    const file = await open(at('model/model.onnx'), 'w')
    await file.truncate(256 * 2 ** 20)
    await file.close()
    await here('manifest model --model silero-vad --fields fields.json --overwrite')
    let peak = 0
    const url = await between(async request => {
      if (request.url === '/documents/manifest') {
        const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
        peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])
      }
      return false
    })
    const line = `upload model --relay ${url}`
    const child = startKedge(line, { directory })
    expect(await outcomeOf(child, line)).toMatchObject({ code: 0 })
    expect(peak).toBeGreaterThan(0)
    expect(peak).toBeLessThan(250 * 1024)
  })
})

describe('before anything is sent, it refuses', () => {
  it.each<[string, () => Promise<unknown>, number, string, RegExp]>([
    ['a changed file', () => put('model/code/run.py', 'x'), 1, 'DIGEST_MISMATCH', /^code\/run\.py is not/],
    ['a missing file', () => rm(at('model/model.onnx')), 1, 'MISSING_FILE', /^model\.onnx is missing/],
    ['one more file', () => put('model/more.py', ''), 1, 'EXTRA_FILE', /^more\.py is in no document/],
    ['a link', () => symlink('model.onnx', at('model/link')), 1, 'SYMLINK', /link/],
    ['no manifest', () => rm(at('model.manifest.json')), 2, 'USAGE', /^there is no .*model\.manifest\.json/],
    ['no statement', () => rm(at('model.artifact.json')), 2, 'USAGE', /^there is no .*model\.artifact\.json/],
    ['half a manifest', () => put('model.manifest.json', '{'), 1, 'MANIFEST_MALFORMED', /./],
    [
      'a statement of something else',
      async () => {
        await put('model/model.onnx', 'other')
        const before = await readFile(at('model.manifest.json'))
        await here('manifest model --model silero-vad --fields fields.json --overwrite')
        await writeFile(at('model.manifest.json'), before)
      },
      1,
      'MANIFEST_MISMATCH',
      /belongs to another artifact statement/,
    ],
    [
      'a manifest with another tree',
      async () => {
        const text = await readFile(at('model.manifest.json'), 'utf8')
        await put(
          'model.manifest.json',
          text.replace(/"treeCid":"bafybei\w{52}"/, `"treeCid":"${otherTree}"`),
        )
      },
      1,
      'MANIFEST_MISMATCH',
      /something else of the files/,
    ],
    [
      'an encrypted artifact, which would be sent in the clear',
      async () => {
        const encryption = {
          scheme: 'aes-256-gcm-segments',
          keyCommitment: '11'.repeat(32),
          recipients: [
            { name: 'Auditor', key: 'age1a', auditor: true },
            { name: 'Operator', key: 'age1b', auditor: false },
          ],
        }
        await put('fields.json', JSON.stringify({ ...fields, encryption }))
        await here('manifest model --model silero-vad --fields fields.json --overwrite')
      },
      2,
      'USAGE',
      /is encrypted: its files would be sent in the clear/,
    ],
  ])('%s', async (_, spoil, code, error, message) => {
    await spoil()
    const nobody = await between(request => expect.fail(`it asked for ${request.url}`))
    const outcome = await here(`upload model --relay ${nobody} --json`)
    expect(outcome.code).toBe(code)
    expect(jsonIn(outcome)).toMatchObject({
      error: { code: error, message: expect.stringMatching(message), remedy: expect.stringMatching(/\.$/) },
    })
  })

  it.each([
    ['upload model', /no relay: give --relay or set KEDGE_RELAY_URL/],
    ['upload --relay http://127.0.0.1:9', /nothing to send: name a directory, or a --document/],
    ['upload model --relay relay.example', /It must be a URL/],
    ['upload model --attach fields.json --relay http://127.0.0.1:9', /no document names fields\.json/],
    ['upload --document fields.json --relay http://127.0.0.1:9', /fields\.json/],
    ['upload --document nowhere.json --relay http://127.0.0.1:9', /nowhere\.json cannot be read/],
  ])('%s', async (line, message) => {
    const { code, stderr } = await here(line)
    expect({ code, stderr }).toEqual({
      code: line.includes('--document fields') ? 1 : 2,
      stderr: expect.stringMatching(message),
    })
  })
})

const otherTree = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'

describe('a relay that is not there, or none, or not now', () => {
  it.each<[string, (socket: Socket) => unknown, RegExp]>([
    ['hangs up', socket => socket.destroy(), /broke the connection off|hang/],
    ['is a web page', socket => socket.end('HTTP/1.1 200 OK\r\n\r\n<html>'), /HTTP 200 without JSON/],
    ['speaks otherwise', socket => socket.end('220 smtp.example ESMTP\r\n'), /does not answer/],
    ['never ends', socket => flood(socket), /more than 65536 bytes/],
    [
      'has other fields',
      socket => socket.end('HTTP/1.1 418 Teapot\r\ncontent-length: 2\r\n\r\n{}'),
      /HTTP 418 with other fields/,
    ],
  ])('%s', async (_, act, message) => {
    const server = createServer(socket => socket.on('error', () => undefined).once('data', () => act(socket)))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const outcome = await here(`upload model --relay http://me:secret@127.0.0.1:${port}/x --json`)
    expect(outcome.code).toBe(3)
    expect(`${outcome.stdout}${outcome.stderr}`).not.toContain('secret')
    expect(jsonIn(outcome)).toMatchObject({
      error: {
        code: 'RELAY_UNAVAILABLE',
        message: expect.stringMatching(message),
        facts: { relay: `127.0.0.1:${port}` },
      },
    })
    server.close()
  })

  it('is away', async () => {
    expect(await here('upload model --relay http://127.0.0.1:9')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^RELAY_UNAVAILABLE: 127\.0\.0\.1:9 does not answer: nothing listens there\n/,
      ),
    })
  })

  it('is silent for longer than anyone waits', async () => {
    const url = await between(() => true)
    const version = await measureVersion(at('model'))
    await expect(uploadVersion(url, version, { patience: 50 })).rejects.toMatchObject({
      code: 'RELAY_UNAVAILABLE',
      message: expect.stringMatching(/was silent for 0\.05 seconds/),
    })
  })

  it('is left when the caller gives up', async () => {
    const caller = new AbortController()
    const url = await between(() => {
      caller.abort(new Error('enough'))
      return true
    })
    const { signal } = caller
    await expect(uploadVersion(url, await measureVersion(at('model')), { signal })).rejects.toThrow('enough')
  })

  it('is busy, or full: what it says is told, and nothing is lost', async () => {
    const url = await between((request, response) => {
      if (request.method !== 'POST') return false
      // As the relay does: the answer comes before the body was read.
      response.writeHead(507, { connection: 'close' }).end(
        JSON.stringify({
          error: { code: 'STORE_FULL', message: 'no room\u001b[2J', facts: {}, remedy: 'Make room.' },
        }),
      )
      return true
    })
    const outcome = await here(`upload model --relay ${url} --json`)
    expect(outcome.code).toBe(3)
    expect(jsonIn(outcome)).toEqual({
      error: {
        code: 'RELAY_UNAVAILABLE',
        class: 'could-not-tell',
        message: expect.stringMatching(/ does not take \S+: STORE_FULL: no room \[2J$/),
        facts: { relay: new URL(url).host, status: 507, error: 'STORE_FULL', advice: 'Make room.' },
        remedy: expect.stringMatching(/^Run the same command again later/),
      },
    })
  })

  it('refuses: what it says is told', async () => {
    const url = await between(async (request, response) => {
      if (request.url !== '/documents/artifact') return false
      request.resume()
      const error = { code: 'MANIFEST_MALFORMED', message: 'no', facts: {}, remedy: 'Write it again.' }
      response.writeHead(422).end(JSON.stringify({ error }))
      return true
    })
    expect(await here(`upload model --relay ${url}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^RELAY_REFUSED: \S+ does not take document A: MANIFEST_MALFORMED: no\n.* {2}Correct what/s,
      ),
    })
  })
})

describe('a relay that lies', () => {
  it.each([
    ['the CID of a file', '/files', 'cid', /another CID/],
    ['the digest of a file', '/files', 'sha256', /another sha256/],
    ['the size of a file', '/files', 'size', /another size/],
    ['the CID of document A', '/documents/artifact', 'cid', /that document A has another CID/],
    ['the digest of document B', '/documents/manifest', 'sha256', /that document B has another sha256/],
  ])('about %s is caught', async (_, path, field, message) => {
    const url = await between(async (request, response) => {
      if (request.method !== 'POST' || request.url !== path) return false
      const answer = await fetch(`${relay.url}${path}`, {
        method: 'POST',
        body: request,
        duplex: 'half',
      })
      const content = { ...((await answer.json()) as object), [field]: field === 'size' ? 1 : otherTree }
      response.writeHead(201).end(JSON.stringify(content))
      return true
    })
    const outcome = await here(`upload model --relay ${url} --json`)
    expect(outcome.code).toBe(1)
    expect(jsonIn(outcome)).toMatchObject({
      error: {
        code: 'RELAY_MISMATCH',
        message: expect.stringMatching(message),
        facts: { relay: new URL(url).host, field },
      },
    })
  })

  it('about what it has already is caught', async () => {
    const url = await between((request, response) => {
      if (request.method !== 'GET') return false
      const [, , sha256] = request.url?.split('/') ?? []
      response.end(JSON.stringify({ sha256, cid: otherTree, size: 1 }))
      return true
    })
    expect(await here(`upload model --relay ${url}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^RELAY_MISMATCH: .*another CID/),
    })
  })

  it('about a document is caught', async () => {
    const url = await between((_request, response) => {
      response.writeHead(201).end(JSON.stringify({ sha256: '00'.repeat(32), cid: otherTree }))
      return true
    })
    await expect(uploadDocument(url, 'document', new Uint8Array(3))).rejects.toMatchObject({
      code: 'RELAY_MISMATCH',
      facts: { field: 'sha256', actual: '00'.repeat(32) },
    })
  })
})

describe('a file that changes while it is sent', () => {
  it.each([
    ['is other', async () => put('model/model.onnx', new Uint8Array(weights.length)), 'CHANGED_DURING_READ'],
    ['is shorter', async () => put('model/model.onnx', 'short'), 'CHANGED_DURING_READ'],
    ['is gone', async () => rm(at('model/model.onnx')), 'UNAVAILABLE'],
  ])('%s: it is not sent as something else, and the relay keeps nothing of it', async (_, spoil, code) => {
    const version = await measureVersion(at('model'))
    await spoil()
    await expect(uploadVersion(relay.url, version)).rejects.toMatchObject({ code })
    const { sha256 = '' } = version.files.find(({ path }) => path === 'model.onnx') ?? {}
    expect((await fetch(`${relay.url}/files/${sha256}`)).status).toBe(404)
    await vi.waitUntil(async () => (await incoming()).length === 0)
  })

  const incoming = () => readdir(join(relay.directory, 'incoming'))
})

function flood(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  const more = () => {
    while (socket.writable && socket.write('x'.repeat(4096)));
  }
  socket.on('drain', more)
  more()
}
