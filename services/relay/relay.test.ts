import { once } from 'node:events'
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Cid, cidOfRawDigest, encodeTree, readDirectory, readFileDag, sha256 } from '@kedge/sdk/bytes'
import {
  buildArtifactStatement,
  buildDocument,
  buildManifest,
  type KindCoverage,
  parseArtifactStatement,
  serializeArtifactStatement,
  serializeDocument,
  serializeManifest,
} from '@kedge/sdk/documents'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importedFile } from '../../sdk/bytes/testing/peers.ts'
import { edited, sampleManifest, sampleReason, vector } from '../../sdk/documents/samples.ts'
import { beginUpload, noDeployment, spawnRelay, startTestRelay, type TestRelay } from './testing/relays.ts'
import { sampleBytes } from './testing/samples.ts'

interface Answer {
  readonly sha256: string
  readonly cid: Cid
  readonly size: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly facts: object
    readonly remedy: string
  }
}

let relay: TestRelay
beforeEach(async () => {
  relay = await startTestRelay()
})
afterEach(async () => relay.end())

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const reprDigest = (bytes: Uint8Array) => ({
  'repr-digest': `sha-256=:${Buffer.from(sha256(bytes)).toString('base64')}:`,
})

async function post(path: string, body: RequestInit['body'], headers: Record<string, string> = {}) {
  const init: RequestInit = { method: 'POST', headers, body: body ?? null }
  const response = await fetch(`${relay.url}${path}`, { ...init, duplex: 'half' })
  return { status: response.status, answer: (await response.json()) as Answer }
}

async function codeOf(path: string, body: RequestInit['body'], headers?: Record<string, string>) {
  const { status, answer } = await post(path, body, headers)
  return `${status} ${answer.error?.code}`
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${relay.url}${path}`, { headers })
  const text = await response.text()
  return `${response.status} ${(JSON.parse(text) as Answer).error?.code}`
}

/** A client that trusts nothing: every block is asked for by its CID and verified. */
async function block(cid: Cid): Promise<Uint8Array | undefined> {
  const response = await fetch(`${relay.url}/ipfs/${cid}?format=raw`)
  return response.status === 404 ? undefined : new Uint8Array(await response.arrayBuffer())
}

async function fetchFile(cid: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of readFileDag(cid, block)) pieces.push(piece.bytes)
  return Buffer.concat(pieces)
}

describe('files', () => {
  it.each([0, 1, 3 * 2 ** 20 + 1, 40 * 2 ** 20])('%i bytes go in and come out verified', async size => {
    const bytes = sampleBytes(size)
    const { status, answer } = await post('/files', bytes, reprDigest(bytes))
    expect({ status, answer }).toEqual({
      status: 201,
      answer: { sha256: hex(sha256(bytes)), cid: (await importedFile(bytes)).cid, size },
    })
    expect((await fetchFile(answer.cid)).equals(bytes)).toBe(true)
  })

  it('need no length in advance, and may come twice', async () => {
    const bytes = sampleBytes(2 ** 21 + 3)
    const stream = () => new Blob([bytes]).stream()
    const first = await post('/files', stream())
    expect(first.status).toBe(201)
    expect(await post('/files', stream())).toEqual(first)
    expect(await readdir(join(relay.directory, 'files'))).toEqual([first.answer.cid])
  })

  it('can be asked for before they are sent', async () => {
    const bytes = sampleBytes(2 ** 21)
    const path = `/files/${hex(sha256(bytes))}`
    const head = async () => (await fetch(`${relay.url}${path}`, { method: 'HEAD' })).status
    expect(await head()).toBe(404)
    const { answer } = await post('/files', bytes)
    expect(await head()).toBe(200)
    expect(await (await fetch(`${relay.url}${path}`)).json()).toEqual(answer)
    expect(await get('/files/ABC')).toBe('400 BAD_REQUEST')
  })

  it('are refused, and not kept, when they are not what they claim', async () => {
    const bytes = sampleBytes(3 * 2 ** 20)
    const other = sampleBytes(5)
    const zeros = '00'.repeat(32)
    expect(await codeOf('/files', bytes, reprDigest(other))).toBe('422 DIGEST_MISMATCH')
    expect(await codeOf(`/files?sha256=${zeros}`, bytes)).toBe('422 DIGEST_MISMATCH')
    expect(await codeOf(`/files?cid=${cidOfRawDigest(zeros)}`, bytes)).toBe('422 ROOT_MISMATCH')
    expect(await codeOf(`/files?sha256=${zeros}`, bytes, reprDigest(bytes))).toBe('400 BAD_REQUEST')
    expect(await codeOf('/files?sha256=xyz', bytes)).toBe('400 BAD_REQUEST')
    expect(await codeOf('/files?cid=Qm', bytes)).toBe('422 MANIFEST_MALFORMED')
    expect(await codeOf('/files', bytes, { 'repr-digest': 'sha-256=abc' })).toBe('400 BAD_REQUEST')
    expect(await codeOf('/files', bytes, { 'content-encoding': 'gzip' })).toBe('415 ENCODING_UNSUPPORTED')
    expect(await codeOf('/files', bytes, { origin: 'https://elsewhere.example' })).toBe('403 CROSS_ORIGIN')
    expect(await post('/files', bytes, { 'repr-digest': 'sha-512=:AAAA:' })).toMatchObject({ status: 201 })
    expect(await readdir(join(relay.directory, 'files'))).toHaveLength(1)
    expect(await readdir(join(relay.directory, 'incoming'))).toEqual([])
  })

  it('that break off leave nothing', async () => {
    const { upload, ended } = await beginUpload(relay.url, sampleBytes(2 ** 21))
    await until(async () => (await readdir(join(relay.directory, 'incoming'))).length === 1)
    upload.destroy()
    expect(await ended).toBe(undefined)
    await until(async () => (await readdir(join(relay.directory, 'incoming'))).length === 0)
    expect(await readdir(join(relay.directory, 'files'))).toEqual([])
    expect(await readdir(join(relay.directory, 'blocks'))).toEqual([])
    expect(relay.logged).toEqual([])
  })

  it('that cannot fit are refused before they are sent', async () => {
    const { hostname, port } = new URL(relay.url)
    const socket = connect(Number(port), hostname)
    socket.write(`POST /files HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: ${2 ** 52}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 507 .*STORE_FULL/s)
    socket.destroy()
  })

  it('are taken only so many at a time', async () => {
    await relay.end()
    relay = await startTestRelay({ maxUploads: 1 })
    const { upload, ended } = await beginUpload(relay.url, sampleBytes(10))
    await until(async () => (await readdir(join(relay.directory, 'incoming'))).length === 1)
    expect(await codeOf('/files', sampleBytes(20))).toBe('503 BUSY')
    upload.end()
    expect(await ended).toBe(201)
    expect((await post('/files', sampleBytes(20))).status).toBe(201)
  })

  it('outlast a restart; one that is under way may end before it', async () => {
    const bytes = sampleBytes(2 ** 21)
    const { answer } = await post('/files', bytes)
    const { upload, ended } = await beginUpload(relay.url, sampleBytes(10))
    const restarted = relay.restart()
    upload.end()
    expect(await ended).toBe(201)
    await restarted
    expect((await fetchFile(answer.cid)).equals(bytes)).toBe(true)
    expect((await fetchFile(cidOfRawDigest(sha256(sampleBytes(10))))).equals(sampleBytes(10))).toBe(true)
  })
})

describe('the gateway', () => {
  it('answers as the specification says', async () => {
    const { answer } = await post('/files', Buffer.from('kedge'))
    const url = `${relay.url}/ipfs/${answer.cid}`
    const response = await fetch(url, { headers: { accept: 'application/vnd.ipld.raw' } })
    expect(await response.text()).toBe('kedge')
    const names = ['content-type', 'content-length', 'cache-control', 'etag', 'content-disposition']
    names.push('x-content-type-options', 'access-control-allow-origin')
    const headersOf = (of: Response) => names.map(name => of.headers.get(name))
    expect(headersOf(response)).toEqual([
      'application/vnd.ipld.raw',
      '5',
      'public, max-age=29030400, immutable',
      `"${answer.cid}.raw"`,
      `attachment; filename="${answer.cid}.bin"`,
      'nosniff',
      '*',
    ])
    const head = await fetch(`${url}?format=raw`, { method: 'HEAD' })
    expect(headersOf(head)).toEqual(headersOf(response))
    const again = await fetch(`${url}?format=raw`, { headers: { 'if-none-match': `"${answer.cid}.raw"` } })
    expect(again.status).toBe(304)
    const probe = await fetch(`${relay.url}/ipfs/bafkqaaa?format=raw`)
    expect([probe.status, await probe.text()]).toEqual([200, ''])
  })

  it('refuses what it does not serve, and says why', async () => {
    const cid = cidOfRawDigest('00'.repeat(32))
    expect(await get(`/ipfs/${cid}?format=raw`)).toBe('404 NOT_FOUND')
    expect(await get('/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG?format=raw')).toBe(
      '400 BAD_REQUEST',
    )
    expect(await get('/ipfs/..%2f..%2fformat?format=raw')).toBe('400 BAD_REQUEST')
    expect(await get('/ipfs/%ff?format=raw')).toBe('400 BAD_REQUEST')
    expect(await get(`/ipfs/${cid}`)).toBe('400 BAD_REQUEST')
    expect(await get(`/ipfs/${cid}/config.json?format=raw`)).toBe('400 BAD_REQUEST')
    expect(await get(`/ipfs/${cid}?format=car`)).toBe('406 FORMAT_UNSUPPORTED')
    expect(await get(`/ipfs/${cid}`, { accept: 'application/vnd.ipld.car' })).toBe('406 FORMAT_UNSUPPORTED')
    const cached = await fetch(`${relay.url}/ipfs/${cid}?format=raw`, {
      headers: { 'cache-control': 'only-if-cached' },
    })
    expect(cached.status).toBe(412)
    expect(await get('/nowhere')).toBe('404 NOT_FOUND')
  })

  it('never serves a block that the disk has changed', async () => {
    const bytes = sampleBytes(2 ** 21)
    const { answer } = await post('/files', bytes)
    const path = join(relay.directory, 'files', answer.cid, 'content')
    const handle = await open(path, 'r+')
    await handle.write(Uint8Array.of((bytes[5] ?? 0) ^ 1), 0, 1, 5)
    await handle.close()
    const leaf = cidOfRawDigest(sha256(bytes.subarray(0, 2 ** 20)))
    expect(await get(`/ipfs/${leaf}?format=raw`)).toBe('500 UNAVAILABLE')
    expect(relay.logged[0]).toMatchObject({ code: 'DIGEST_MISMATCH', facts: { cid: leaf } })
    await expect(fetchFile(answer.cid)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})

describe('documents', () => {
  const files = {
    'model.onnx': sampleBytes(2 ** 20 + 7),
    'weights/extra.bin': sampleBytes(9),
    'weights/.keep': new Uint8Array(0),
  }
  const artifactBytes = serializeArtifactStatement(
    buildArtifactStatement({
      model: 'silero-vad',
      files: Object.entries(files).map(([path, bytes]) => ({ path, sha256: hex(sha256(bytes)) })),
    }),
  )
  const totalBytes = Object.values(files).reduce((sum, bytes) => sum + BigInt(bytes.length), 0n)
  const kinds: Record<keyof typeof sampleManifest.kinds, KindCoverage> = {
    ...sampleManifest.kinds,
    weights: { paths: ['model.onnx', 'weights'] },
    'inference-code': { absent: 'The caller’s.' },
    metrics: { absent: 'They come as evidence.' },
  }
  let treeCid: Cid

  beforeAll(async () => {
    const cids = Object.entries(files).map(async ([path, bytes]) => ({
      path,
      cid: (await importedFile(bytes)).cid as Cid,
      size: bytes.length,
    }))
    treeCid = encodeTree({ files: await Promise.all(cids) }).cid
  })

  const manifest = (edits: { treeCid?: Cid; totalBytes?: bigint } = {}) =>
    serializeManifest(
      buildManifest({
        ...sampleManifest,
        kinds,
        artifact: parseArtifactStatement(artifactBytes),
        treeCid,
        totalBytes,
        ...edits,
      }),
    )

  async function uploadFiles() {
    for (const bytes of Object.values(files)) await post('/files', bytes)
  }

  it('A, B and C are checked, stored, and found again', async () => {
    await uploadFiles()
    const reason = serializeDocument(buildDocument(sampleReason))
    for (const [kind, bytes] of [
      ['artifact', artifactBytes],
      ['manifest', manifest()],
      ['document', reason],
    ] as const) {
      const stored = await post(`/documents/${kind}`, bytes, reprDigest(bytes))
      const digest = hex(sha256(bytes))
      expect(stored).toEqual({ status: 201, answer: { sha256: digest, cid: cidOfRawDigest(digest) } })
      expect(await post(`/documents/${kind}?sha256=${digest}`, bytes)).toEqual(stored)
      expect(Buffer.from((await block(stored.answer.cid)) ?? []).equals(bytes)).toBe(true)
    }
    // The directories came with the manifest: the tree can be walked from its root.
    const root = await readDirectory(treeCid, block)
    expect(root.map(({ name }) => name)).toEqual(['model.onnx', 'weights'])
    const weights = await readDirectory(root[1]?.cid ?? '', block)
    expect(weights.map(({ name }) => name)).toEqual(['.keep', 'extra.bin'])
    expect((await fetchFile(root[0]?.cid ?? '')).equals(files['model.onnx'])).toBe(true)
  })

  it('a statement of more than a megabyte is a file, and its manifest finds it there', async () => {
    const content = sampleBytes(3)
    const many = Array.from({ length: 9_000 }, (_, index) => ({
      path: `shards/part-${String(index).padStart(4, '0')}.bin`,
      sha256: hex(sha256(content)),
    }))
    const bytes = serializeArtifactStatement(buildArtifactStatement({ model: 'large', files: many }))
    expect(bytes.length).toBeGreaterThan(2 ** 20)
    const { status, answer } = await post('/documents/artifact', bytes)
    expect([status, answer.cid]).toEqual([201, (await importedFile(bytes)).cid])
    expect((await fetchFile(answer.cid)).equals(bytes)).toBe(true)
    expect(await post(`/documents/artifact?cid=${answer.cid}`, bytes)).toEqual({ status, answer })

    await post('/files', content)
    const cid = cidOfRawDigest(hex(sha256(content)))
    const tree = encodeTree({ files: many.map(({ path }) => ({ path, cid, size: 3 })) })
    const manifestOfMany = serializeManifest(
      buildManifest({
        ...sampleManifest,
        kinds: { ...kinds, weights: { paths: ['shards'] } },
        artifact: parseArtifactStatement(bytes),
        treeCid: tree.cid,
        totalBytes: 27_000n,
      }),
    )
    expect((await post('/documents/manifest', manifestOfMany)).status).toBe(201)
  })

  it('are refused when they are malformed, or not what they claim', async () => {
    for (const kind of ['artifact', 'manifest', 'document']) {
      expect(await codeOf(`/documents/${kind}`, '{}')).toBe('422 MANIFEST_MALFORMED')
      expect(await codeOf(`/documents/${kind}`, '')).toBe('422 MANIFEST_MALFORMED')
      expect(await codeOf(`/documents/${kind}`, vector('a.jcs'), reprDigest(artifactBytes))).toBe(
        '422 DIGEST_MISMATCH',
      )
    }
    const cid = cidOfRawDigest('00'.repeat(32))
    expect(await codeOf(`/documents/artifact?cid=${cid}`, artifactBytes)).toBe('422 DIGEST_MISMATCH')
    expect(await codeOf('/documents/document', vector('a.jcs'))).toBe('422 MANIFEST_MALFORMED')
    expect(await codeOf('/documents/poem', '{}')).toBe('404 NOT_FOUND')
    expect(await codeOf('/documents/document', new Uint8Array(2 ** 20 + 1))).toBe('413 SIZE_EXCEEDED')
    const stream = new Blob([new Uint8Array(2 ** 20 + 1)]).stream()
    expect(await codeOf('/documents/manifest', stream)).toBe('413 SIZE_EXCEEDED')
    const root = edited('a.jcs', { 'subject.0.digest.sha256': '00'.repeat(32) })
    expect(await codeOf('/documents/artifact', root)).toBe('422 ROOT_MISMATCH')
    expect(await readdir(join(relay.directory, 'blocks'))).toEqual([])
  })

  it('a manifest is refused until everything that it binds is there', async () => {
    expect(await codeOf('/documents/manifest', manifest())).toBe('409 NOT_STORED')
    await post('/documents/artifact', artifactBytes)
    const { status, answer } = await post('/documents/manifest', manifest())
    expect([status, answer.error]).toEqual([
      409,
      {
        code: 'NOT_STORED',
        class: 'invalid',
        message: '3 files are not in the store',
        facts: { paths: ['model.onnx', 'weights/.keep', 'weights/extra.bin'], count: 3 },
        remedy: 'Upload what is named in the facts first, then try again.',
      },
    ])
    await uploadFiles()
    expect((await post('/documents/manifest', manifest())).status).toBe(201)
  })

  it('a manifest is refused when it contradicts what is there', async () => {
    await uploadFiles()
    await post('/documents/artifact', artifactBytes)
    const other = encodeTree({ files: [] }).cid
    expect(await codeOf('/documents/manifest', manifest({ treeCid: other }))).toBe('422 MANIFEST_MISMATCH')
    expect(await codeOf('/documents/manifest', manifest({ totalBytes: 1n }))).toBe('422 MANIFEST_MISMATCH')
    expect(await block(treeCid)).toBe(undefined)
    const statement = JSON.parse(Buffer.from(manifest()).toString()) as {
      predicate: { kinds: { weights: { paths: string[] } }; artifact: { fileCount: string } }
    }
    statement.predicate.kinds.weights.paths = ['model.onnx']
    expect(await codeOf('/documents/manifest', JSON.stringify(statement))).toBe('422 COVERAGE_GAP')
    statement.predicate.artifact.fileCount = '4'
    expect(await codeOf('/documents/manifest', JSON.stringify(statement))).toBe('422 MANIFEST_MISMATCH')
  })

  it('an encrypted artifact is accepted when its ciphertext is there under the paths of A', async () => {
    await post('/documents/artifact', artifactBytes)
    const list: { path: string; cid: string }[] = []
    for (const [index, path] of Object.keys(files).entries()) {
      const { answer } = await post('/files', sampleBytes(2 ** 20 * index + 100))
      list.push({ path, cid: answer.cid })
    }
    const encrypted = (tree: Cid) =>
      serializeManifest(
        buildManifest({
          ...sampleManifest,
          kinds,
          artifact: parseArtifactStatement(artifactBytes),
          treeCid: tree,
          totalBytes,
          encryption: {
            scheme: 'aes-256-gcm-segments',
            keyCommitment: '11'.repeat(32),
            recipients: [
              { name: 'Auditor', key: 'age1a', auditor: true },
              { name: 'Operator', key: 'age1b', auditor: false },
            ],
          },
        }),
      )
    const whole = await post('/trees', JSON.stringify({ files: list }))
    const part = await post('/trees', JSON.stringify({ files: list.slice(1) }))
    expect(await codeOf('/documents/manifest', encrypted(treeCid))).toBe('409 NOT_STORED')
    expect(await codeOf('/documents/manifest', encrypted(part.answer.cid))).toBe('422 MANIFEST_MISMATCH')
    expect((await post('/documents/manifest', encrypted(whole.answer.cid))).status).toBe(201)
  })

  it('trees are built from files in the store', async () => {
    const list: { path: string; cid: string }[] = []
    for (const [path, bytes] of Object.entries(files)) {
      list.push({ path, cid: (await importedFile(bytes)).cid })
    }
    expect(await codeOf('/trees', JSON.stringify({ files: list }))).toBe('409 NOT_STORED')
    await uploadFiles()
    expect(await post('/trees', JSON.stringify({ files: list }))).toEqual({
      status: 201,
      answer: { cid: treeCid, fileCount: 3, totalBytes: String(totalBytes) },
    })
    const withPath = (path: string) => JSON.stringify({ files: [{ path, cid: list[0]?.cid }] })
    expect(await codeOf('/trees', withPath('../x'))).toBe('422 UNSAFE_PATH')
    expect(await codeOf('/trees', JSON.stringify({ files: [] }))).toBe('422 MANIFEST_MALFORMED')
    expect(await codeOf('/trees', JSON.stringify({ files: [{ path: 'a', cid: 'b' }] }))).toBe(
      '422 MANIFEST_MALFORMED',
    )
    expect(await codeOf('/trees', '{')).toBe('400 BAD_REQUEST')
    expect(await codeOf('/trees', '{"files":[{"path":"a"}]}')).toBe('400 BAD_REQUEST')
  })
})

describe('a relay without its chain', () => {
  const health = async () => {
    const response = await fetch(`${relay.url}/health`)
    return { status: response.status, answer: await response.json() }
  }
  const unhealthy = (problem: RegExp) => ({
    status: 503,
    answer: {
      status: 'unhealthy',
      store: { largeFiles: 0 },
      chain: {
        reachable: false,
        error: {
          code: 'RPC_UNAVAILABLE',
          class: 'could-not-tell',
          message: expect.stringMatching(problem),
          facts: expect.anything(),
          remedy: expect.stringMatching(/\.$/),
        },
      },
    },
  })

  it.each([
    ['never answers', () => undefined],
    ['begins to answer and goes no further', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n')],
    [
      'ends its answer half way',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"jsonrpc":'),
    ],
  ])('says soon that it is unhealthy when the endpoint takes connections and %s', async (_, act) => {
    const sockets = new Set<Socket>()
    const silent = createServer(socket => {
      sockets.add(socket.on('error', () => undefined))
      socket.once('data', () => act(socket))
    })
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    await relay.end()
    relay = await startTestRelay({ kedge: { rpcUrl: `http://127.0.0.1:${port}`, deployment: noDeployment } })
    const begun = performance.now()
    expect(await health()).toEqual(unhealthy(/did not answer within 3 seconds/))
    expect(performance.now() - begun).toBeLessThan(10_000)
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  it('serves bytes, and says that the chain is away', async () => {
    expect(await health()).toEqual(unhealthy(/nothing answers at http:\/\/127\.0\.0\.1:9/))
    const bytes = sampleBytes(5)
    const { answer } = await post('/files', bytes)
    expect((await fetchFile(answer.cid)).equals(bytes)).toBe(true)
    expect(await get('/models/silero-vad')).toBe('502 RPC_UNAVAILABLE')
    expect(await (await fetch(`${relay.url}/deployment`)).json()).toEqual(noDeployment)
  })
})

describe('the process', () => {
  let environment: Record<string, string>
  beforeAll(async () => {
    const deployment = join(tmpdir(), `kedge-deployment-${process.pid}.json`)
    await writeFile(deployment, JSON.stringify(noDeployment))
    environment = {
      KEDGE_RPC_URL: 'http://127.0.0.1:9',
      KEDGE_DEPLOYMENT: deployment,
      KEDGE_RELAY_PORT: '0',
    }
  })
  afterAll(async () => rm(environment['KEDGE_DEPLOYMENT'] ?? '', { force: true }))

  async function run(changes: Record<string, string>, prefix: readonly string[] = []) {
    const child = spawnRelay({ ...environment, ...changes }, prefix)
    let stderr = ''
    child.stderr.on('data', chunk => {
      stderr += String(chunk)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stderr }
  }

  it('says in one line where it listens, ends cleanly, and keeps memory bounded', async () => {
    const data = join(relay.directory, 'nested', 'store')
    const child = spawnRelay({ ...environment, KEDGE_RELAY_DATA: data })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const [, url] = /^kedge relay: (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString()) ?? []
    expect(url).toBeDefined()
    const pieces = 512
    const body = new ReadableStream<Uint8Array>({
      pull: controller => {
        controller.enqueue(new Uint8Array(2 ** 20).fill(sent))
        if (++sent === pieces) controller.close()
      },
    })
    let sent = 0
    const response = await fetch(`${url}/files`, { method: 'POST', body, duplex: 'half' })
    expect(await response.json()).toMatchObject({ size: pieces * 2 ** 20 })
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])
      expect(peak).toBeLessThan(350 * 1024)
    }
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('explains what keeps it from starting: code, sentence, facts, remedy', async () => {
    expect(await run({ KEDGE_RELAY_DATA: relay.directory })).toEqual({
      code: 2,
      stderr: [
        `STORE_LOCKED: another process uses ${relay.directory}`,
        `  directory  ${relay.directory}`,
        '  Stop the other relay, or give this one a directory of its own in KEDGE_RELAY_DATA.',
        '',
      ].join('\n'),
    })
  })

  it.each<[string, (url: string) => Record<string, string>, RegExp]>([
    [
      'a port that is in use',
      url => ({ KEDGE_RELAY_PORT: new URL(url).port }),
      /^PORT_TAKEN: something else listens on 127\.0\.0\.1:\d+\n {2}host {2}127\.0\.0\.1\n {2}port {2}\d+\n {2}Stop/,
    ],
    [
      'a host that is not this machine',
      () => ({ KEDGE_RELAY_HOST: '192.0.2.1' }),
      /^ADDRESS_UNUSABLE: the relay cannot listen on 192\.0\.2\.1:0: it is no address of this machine\n {2}host {4}192/,
    ],
    [
      'a host whose name leads nowhere',
      () => ({ KEDGE_RELAY_HOST: 'nowhere.invalid' }),
      /^ADDRESS_UNUSABLE: the relay cannot listen on nowhere\.invalid:0: its name leads nowhere\n/,
    ],
    [
      'a host that is empty',
      () => ({ KEDGE_RELAY_HOST: '' }),
      /^CONFIG_INVALID: KEDGE_RELAY_HOST is empty\n/,
    ],
    ['no directory', () => ({ KEDGE_RELAY_DATA: '' }), /^CONFIG_INVALID: KEDGE_RELAY_DATA is not set\n/],
    [
      'no deployment',
      () => ({ KEDGE_DEPLOYMENT: '/nowhere' }),
      /^CONFIG_INVALID: KEDGE_DEPLOYMENT cannot be/,
    ],
    ['no endpoint', () => ({ KEDGE_RPC_URL: 'ftp://x' }), /^CONFIG_INVALID: KEDGE_RPC_URL is no http/],
    ['no port', () => ({ KEDGE_RELAY_PORT: '70000' }), /^CONFIG_INVALID: KEDGE_RELAY_PORT is no port\n/],
  ])('refuses %s in a sentence, with exit code 2', async (_, changes, message) => {
    const data = join(relay.directory, 'nested')
    expect(await run({ KEDGE_RELAY_DATA: data, ...changes(relay.url) })).toEqual({
      code: 2,
      stderr: expect.stringMatching(message),
    })
  })

  it('says that a port is not for everyone', async context => {
    const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
    const firstFree = Number(await readFile(path, 'utf8').catch(() => '0'))
    // Root may have every port, unless it is started without that right.
    const prefix = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service'] : []
    context.skip(firstFree <= 80, 'on this system port 80 is for everyone')
    const data = join(relay.directory, 'nested')
    expect(await run({ KEDGE_RELAY_DATA: data, KEDGE_RELAY_PORT: '80' }, prefix)).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^ADDRESS_UNUSABLE: the relay cannot listen on 127\.0\.0\.1:80: permission denied\n/,
      ),
    })
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(10)
}
