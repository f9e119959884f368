import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cidOfBytes } from '../bytes/cidOfBytes.ts'
import { cidOfRawDigest, createDigester } from '../bytes/index.ts'
import { versionIdOf } from '../chain/ids.ts'
import {
  buildArtifactStatement,
  digestOf,
  MAX_MANIFEST_BYTES,
  parseManifest,
  serializeArtifactStatement,
} from '../documents/index.ts'
import { vector } from '../documents/samples.ts'
import {
  besideOf,
  identityOf,
  obtainArtifact,
  obtainManifest,
  readManifestBeside,
  versionOfManifest,
} from './documents.ts'
import { sampleTrust } from './testing/samples.ts'
import { type Listener, startServer, type TestServer } from './testing/servers.ts'

const bytes = vector('b.jcs')
const digest = digestOf(bytes)
const manifest = parseManifest(bytes)

const servers: TestServer[] = []
let scratch: string
let copies = 0
const fresh = () => {
  copies += 1
  return join(scratch, `${copies}`)
}
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-documents-'))
})
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())))
afterAll(() => rm(scratch, { recursive: true }))

async function serve(listener: Listener): Promise<TestServer> {
  const server = await startServer(listener)
  servers.push(server)
  return server
}

describe('besideOf', () => {
  it('is beside, never inside', () => {
    const expected = { artifact: '/models/vad.artifact.json', manifest: '/models/vad.manifest.json' }
    for (const directory of ['/models/vad', '/models/vad/', '/models/vad/sub/..']) {
      expect(besideOf(directory)).toEqual(expected)
    }
  })
})

describe('versionOfManifest', () => {
  it('binds chain and registry', () => {
    const trust = sampleTrust()
    const { chainId, registry } = trust
    const id = versionIdOf({ chainId, registry: registry.address, identity: identityOf(manifest) })
    expect(versionOfManifest(trust, manifest)).toBe(id)
    expect(versionOfManifest({ ...trust, chainId: 1 }, manifest)).not.toBe(id)
    expect(versionOfManifest({ ...trust, registry: trust.rules }, manifest)).not.toBe(id)
  })
})

describe('readManifestBeside', () => {
  it('is the manifest, or nothing', async () => {
    const directory = fresh()
    expect(await readManifestBeside(directory)).toBeUndefined()
    await writeFile(besideOf(directory).manifest, bytes)
    expect(await readManifestBeside(directory)).toEqual(manifest)
  })

  it('refuses what is none', async () => {
    const directory = fresh()
    await writeFile(besideOf(directory).manifest, '{}')
    await expect(readManifestBeside(directory)).rejects.toMatchObject({ code: 'MANIFEST_MALFORMED' })
    await writeFile(besideOf(directory).manifest, ' '.repeat(MAX_MANIFEST_BYTES + 1))
    await expect(readManifestBeside(directory)).rejects.toMatchObject({ code: 'SIZE_EXCEEDED' })
  })
})

describe('obtainManifest', () => {
  it('takes the one beside, and asks nobody', async () => {
    const directory = fresh()
    await writeFile(besideOf(directory).manifest, bytes)
    const gateway = await serve(() => expect.unreachable())
    expect(await obtainManifest(sampleTrust({ gateways: [gateway.url] }), directory, digest)).toEqual(
      manifest,
    )
  })

  it('refuses another one beside, even if a gateway has the right one', async () => {
    const directory = fresh()
    const path = besideOf(directory).manifest
    await writeFile(path, '{}')
    const gateway = await serve((_, response) => response.end(bytes))
    await expect(
      obtainManifest(sampleTrust({ gateways: [gateway.url] }), directory, digest),
    ).rejects.toMatchObject({
      code: 'MANIFEST_MISMATCH',
      facts: { path, expected: digest, actual: digestOf(Buffer.from('{}')) },
    })
  })

  it('asks gateways for one raw block, wherever they are mounted', async () => {
    const heard: unknown[] = []
    const gateway = await serve((request, response) => {
      heard.push([request.method, request.url, request.headers.accept])
      response.end(bytes)
    })
    const expected = `/ipfs/${cidOfRawDigest(digest)}?format=raw`
    for (const suffix of ['', '/', '/relay/', '/relay?key=1']) {
      const trust = sampleTrust({ gateways: [`${gateway.url}${suffix}`] })
      expect(await obtainManifest(trust, fresh(), digest)).toEqual(manifest)
    }
    const accept = 'application/vnd.ipld.raw'
    expect(heard).toEqual([
      ['GET', expected, accept],
      ['GET', expected, accept],
      ['GET', `/relay${expected}`, accept],
      ['GET', `/relay${expected.replace('?', '?key=1&')}`, accept],
    ])
  })

  it('goes on to the next gateway when one lies, breaks off, never stops, or sends it elsewhere', async () => {
    const flipped = bytes.map((byte, index) => (index === 100 ? byte ^ 1 : byte))
    const liars: readonly Listener[] = [
      (_, response) => response.end(flipped),
      (_, response) => response.end(bytes.subarray(0, 1000)),
      (_, response) => {
        response.writeHead(200, { 'content-length': `${bytes.length}` })
        response.write(bytes.subarray(0, 1000), () => response.destroy())
      },
      (_, response) => {
        const more = () => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', more)
        }
        more()
      },
      () => undefined,
      (_, response) => response.writeHead(302, { location: `${honest.url}/` }).end(),
      (_, response) => response.writeHead(404).end(bytes),
    ]
    const honest = await serve((_, response) => response.end(bytes))
    const gateways = await Promise.all(liars.map(serve))
    const urls = gateways.map(({ url }) => `${url}/secret-key`)
    const all = sampleTrust({ gateways: [...urls, honest.url], timeout: 2000 })
    expect(await obtainManifest(all, fresh(), digest)).toEqual(manifest)

    const directory = fresh()
    const alone = sampleTrust({ gateways: urls, timeout: 2000 })
    const names = new Map(gateways.map(({ name }, index) => [name, `gateway ${index}`]))
    const error: { code: string; facts: { places: string[] } } = await obtainManifest(
      alone,
      directory,
      digest,
    ).catch(cause => cause)
    expect(error.code).toBe('UNAVAILABLE')
    const places = error.facts.places.map(place => {
      const [name = '', ...reason] = place.split(': ')
      return `${names.get(name) ?? name.replace(scratch, '')}: ${reason.join(': ')}`
    })
    expect(places).toMatchInlineSnapshot(`
      [
        "/10.manifest.json: not there",
        "gateway 0: a block is not the one that its CID names",
        "gateway 1: a block is not the one that its CID names",
        "gateway 2: terminated",
        "gateway 3: more than 1048576 bytes",
        "gateway 4: no whole answer within 2000 ms",
        "gateway 5: status 302",
        "gateway 6: status 404",
      ]
    `)
  })

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController()
    const gateway = await serve(() => abort.abort(new Error('enough')))
    const trust = sampleTrust({ gateways: [gateway.url, gateway.url] })
    await expect(obtainManifest(trust, fresh(), digest, abort.signal)).rejects.toThrow('enough')
  })
})

describe('obtainArtifact', () => {
  it('is the same for document A', async () => {
    const statement = vector('a.jcs')
    const gateway = await serve((_, response) => response.end(statement))
    const trust = sampleTrust({ gateways: [gateway.url] })
    const named = { sha256: digestOf(statement), cid: cidOfBytes(statement) }
    expect((await obtainArtifact(trust, fresh(), named)).digest).toBe(named.sha256)
    const directory = fresh()
    await writeFile(besideOf(directory).artifact, bytes)
    await expect(obtainArtifact(trust, directory, named)).rejects.toMatchObject({ code: 'MANIFEST_MISMATCH' })
    await expect(obtainArtifact(trust, fresh(), { ...named, sha256: digest })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })

  it('fetches one of many files block by block', async () => {
    const files = Array.from({ length: 12_000 }, (_, index) => ({ path: `shards/${index}`, sha256: digest }))
    const statement = serializeArtifactStatement(buildArtifactStatement({ model: 'sample', files }))
    const blocks = new Map<string, Uint8Array>()
    const digester = createDigester({
      visit: block => {
        blocks.set(
          block.cid,
          'bytes' in block ? block.bytes : statement.subarray(block.offset, block.offset + block.length),
        )
      },
    })
    digester.push(statement)
    const { cid } = digester.finish()
    expect(blocks.size).toBeGreaterThan(2)
    const gateway = await serve((request, response) => {
      const asked = new URL(request.url ?? '', 'http://gateway').pathname.split('/').at(-1) ?? ''
      response.end(blocks.get(asked))
    })
    const trust = sampleTrust({ gateways: [gateway.url] })
    const named = { sha256: digestOf(statement), cid }
    expect((await obtainArtifact(trust, fresh(), named)).files.length).toBe(12_000)
    const [first = ''] = blocks.keys()
    blocks.set(first, new Uint8Array(5))
    await expect(obtainArtifact(trust, fresh(), named)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('asks for no more of one that is too large than its root', async () => {
    const root: { bytes?: Uint8Array } = {}
    const digester = createDigester({
      visit: block => {
        if ('bytes' in block) root.bytes = block.bytes
      },
    })
    for (let size = 0; size < 17; size += 1) digester.push(new Uint8Array(1_048_576))
    const { cid } = digester.finish()
    let asked = 0
    const gateway = await serve((_, response) => {
      asked += 1
      response.end(root.bytes)
    })
    const trust = sampleTrust({ gateways: [gateway.url] })
    await expect(obtainArtifact(trust, fresh(), { sha256: digest, cid })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      facts: { places: [expect.any(String), `${gateway.name}: a file is too large`] },
    })
    expect(asked).toBe(1)
  })
})
