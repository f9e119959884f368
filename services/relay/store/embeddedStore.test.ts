import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cidOfRawDigest, readFileDag, sha256 } from '@kedge/sdk/bytes'
import { KedgeError } from '@kedge/sdk/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importedFile } from '../../../sdk/bytes/testing/peers.ts'
import { RelayError } from '../errors.ts'
import { codeOf, piecesOf, sampleBytes } from '../testing/samples.ts'
import type { ArtifactStore } from './artifactStore.ts'
import { openEmbeddedStore } from './embeddedStore.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-store-'))
})
afterEach(async () => rm(directory, { recursive: true, force: true }))

describe('the embedded store', () => {
  it('keeps a file once, and gives back each of its blocks', async () => {
    const bytes = sampleBytes(3 * 2 ** 20 + 1)
    const store = await openEmbeddedStore(directory)
    const file = await store.putFile(piecesOf(bytes, 70_001))
    expect(file).toEqual({
      cid: (await importedFile(bytes)).cid,
      sha256: Buffer.from(sha256(bytes)).toString('hex'),
      size: bytes.length,
    })
    expect(await holds(store, file.cid, bytes)).toBe(true)
    expect(await readdir(join(directory, 'files', file.cid))).toEqual(['content', 'dag'])
    expect(await readdir(join(directory, 'incoming'))).toEqual([])
    expect(await store.fileOf(file.sha256)).toEqual(file)
    expect(await store.fileAt(file.cid)).toEqual(file)
    const leaf = sha256(bytes.subarray(3 * 2 ** 20))
    expect(await store.sizeOf(cidOfRawDigest(leaf))).toBe(1)
    store.close()
  })

  it.each([0, 1, 2 ** 20, 2 ** 20 + 1])('keeps a file of %i bytes', async size => {
    const bytes = sampleBytes(size)
    const store = await openEmbeddedStore(directory)
    const file = await store.putFile(piecesOf(bytes, 1 << 16))
    expect(file.cid).toBe((await importedFile(bytes)).cid)
    expect(await store.fileOf(file.sha256)).toEqual(file)
    expect(await holds(store, file.cid, bytes)).toBe(true)
    store.close()
  })

  it('holds everything after a restart, and many leaves that are the same', async () => {
    const first = await openEmbeddedStore(directory)
    const zeros = await first.putFile(piecesOf(new Uint8Array(1025 * 2 ** 20), 2 ** 20))
    const other = await first.putFile(piecesOf(sampleBytes(40 * 2 ** 20), 2 ** 16))
    const document = { cid: cidOfRawDigest(sha256(Buffer.from('{}'))), bytes: Buffer.from('{}') }
    await first.putBlocks([document])
    first.close()

    const second = await openEmbeddedStore(directory)
    expect(second.count()).toBe(2)
    expect(await second.fileOf(other.sha256)).toEqual(other)
    expect(await holds(second, other.cid, sampleBytes(40 * 2 ** 20))).toBe(true)
    let size = 0
    for await (const piece of readFileDag(zeros.cid, cid => second.block(cid))) size += piece.bytes.length
    expect(size).toBe(1025 * 2 ** 20)
    expect(await second.block(document.cid)).toEqual(document.bytes)
    second.close()
  })

  it('is for one process at a time', async () => {
    const store = await openEmbeddedStore(directory)
    expect(await codeOf(() => openEmbeddedStore(directory))).toBe('STORE_LOCKED')
    const script = `
      import { openEmbeddedStore } from ${JSON.stringify(new URL('embeddedStore.ts', import.meta.url).href)}
      await openEmbeddedStore(${JSON.stringify(directory)}).catch(error => console.log(error.code, error.message))`
    const run = () =>
      execFileSync(
        process.execPath,
        ['--conditions=@kedge/source', '--no-warnings', '--input-type=module', '-e', script],
        { encoding: 'utf8' },
      )
    expect(run()).toBe(`STORE_LOCKED another process uses ${directory}\n`)
    store.close()
    expect(run()).toBe('')
  })

  it('never gives what a disk has changed, and is mended by storing it again', async () => {
    const bytes = sampleBytes(2 * 2 ** 20 + 5)
    const store = await openEmbeddedStore(directory)
    const file = await store.putFile(piecesOf(bytes, 2 ** 16))
    const small = await store.putFile(piecesOf(bytes.subarray(0, 10), 3))
    const leaf = cidOfRawDigest(sha256(bytes.subarray(2 ** 20, 2 ** 21)))
    await flip(join(directory, 'files', file.cid, 'content'), 2 ** 20 + 77)
    await flip(join(directory, 'files', file.cid, 'dag'), (await store.sizeOf(file.cid)) ?? 0)
    await flip(join(directory, 'blocks', small.cid), 3)
    for (const cid of [leaf, file.cid, small.cid]) {
      expect(await codeOf(() => store.block(cid))).toBe('DIGEST_MISMATCH')
    }
    expect(await store.block(cidOfRawDigest(sha256(bytes.subarray(0, 2 ** 20))))).toHaveLength(2 ** 20)

    await store.putFile(piecesOf(bytes, 2 ** 16))
    await store.putFile(piecesOf(bytes.subarray(0, 10), 3))
    expect(await holds(store, file.cid, bytes)).toBe(true)
    expect(await store.block(small.cid)).toEqual(Buffer.from(bytes.subarray(0, 10)))
    store.close()
  })

  it('says what is damaged when it cannot be opened', async () => {
    const store = await openEmbeddedStore(directory)
    const file = await store.putFile(piecesOf(sampleBytes(2 ** 21), 2 ** 16))
    store.close()
    const dag = join(directory, 'files', file.cid, 'dag')
    const saved = await readFile(dag)
    await flip(dag, 40)
    await expect(openEmbeddedStore(directory)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      facts: { path: join(directory, 'files', file.cid) },
      remedy: expect.stringContaining('Move'),
    })
    await writeFile(dag, saved)
    await rm(join(directory, 'files', file.cid, 'content'))
    expect(await codeOf(() => openEmbeddedStore(directory))).toBe('STORE_CORRUPT')
    await rm(join(directory, 'files', file.cid), { recursive: true })
    const again = await openEmbeddedStore(directory)
    again.close()
  })

  it.each(['thesis.tex', 'locksmiths.csv', 'formats'])(
    'does not take a directory that holds something else, as %s, and leaves nothing there',
    async name => {
      await writeFile(join(directory, name), '')
      await expect(openEmbeddedStore(directory)).rejects.toMatchObject({
        code: 'STORE_FOREIGN',
        facts: { directory, found: [name] },
        remedy: expect.stringContaining('an empty one'),
      })
      expect(await readdir(directory)).toEqual([name])
    },
  )

  it('does not take a store of another format, and leaves nothing there', async () => {
    await writeFile(join(directory, 'format'), 'kedge artifact store 9\n')
    expect(await codeOf(() => openEmbeddedStore(directory))).toBe('STORE_FOREIGN')
    expect(await readdir(directory)).toEqual(['format'])
  })

  it('takes a directory in which the first start of a store was broken off', async () => {
    for (const name of ['lock', 'format.new']) await writeFile(join(directory, name), '')
    const store = await openEmbeddedStore(directory)
    expect(await readFile(join(directory, 'format'), 'utf8')).toBe('kedge artifact store 1\n')
    store.close()
  })

  it('says when it cannot have its directory', async () => {
    await writeFile(join(directory, 'file'), '')
    expect(await codeOf(() => openEmbeddedStore(join(directory, 'file', 'store')))).toBe('STORE_UNUSABLE')
    await mkdir(join(directory, 'odd', 'lock'), { recursive: true })
    expect(await codeOf(() => openEmbeddedStore(join(directory, 'odd')))).toBe('STORE_UNUSABLE')
    await expect(openEmbeddedStore(join(directory, 'file'))).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      facts: { reason: 'it is a file' },
    })
    await mkdir(join(directory, 'other', 'format'), { recursive: true })
    await expect(openEmbeddedStore(join(directory, 'other'))).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      facts: { reason: 'it is a directory' },
    })
  })

  it('keeps nothing of what is not what it claims to be, or breaks off', async () => {
    const store = await openEmbeddedStore(directory)
    const bytes = sampleBytes(2 ** 21)
    const wrong = '00'.repeat(32)
    const put = (claim: object) => () => store.putFile(piecesOf(bytes, 2 ** 16), claim)
    expect(await codeOf(put({ sha256: wrong }))).toBe('DIGEST_MISMATCH')
    expect(await codeOf(put({ cid: cidOfRawDigest(wrong) }))).toBe('ROOT_MISMATCH')
    expect(await codeOf(put({ size: bytes.length - 1 }))).toBe('SIZE_EXCEEDED')
    expect(await codeOf(put({ size: bytes.length + 1 }))).toBe('BROKEN_OFF')
    expect(await codeOf(put({ size: 2 ** 60 }))).toBe('STORE_FULL')
    async function* broken() {
      yield bytes
      throw new KedgeError('UNAVAILABLE', 'gone')
    }
    expect(await codeOf(() => store.putFile(broken()))).toBe('UNAVAILABLE')
    const block = { cid: cidOfRawDigest(wrong), bytes }
    expect(await codeOf(() => store.putBlocks([block]))).toBe('DIGEST_MISMATCH')
    for (const folder of ['files', 'blocks', 'incoming']) {
      expect(await readdir(join(directory, folder))).toEqual([])
    }
    store.close()
  })

  it('shows nothing of an upload that a crash cut off', async () => {
    const script = `
      import { openEmbeddedStore } from ${JSON.stringify(new URL('embeddedStore.ts', import.meta.url).href)}
      const store = await openEmbeddedStore(${JSON.stringify(directory)})
      await store.putFile((async function* () {
        for (let i = 0; ; i++) {
          yield new Uint8Array(65536).fill(i)
          if (i === 200) console.log('under way')
          await new Promise(resolve => setTimeout(resolve, 1))
        }
      })())`
    const child = spawn(
      process.execPath,
      ['--conditions=@kedge/source', '--no-warnings', '--input-type=module', '-e', script],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await readdir(join(directory, 'incoming'))).toHaveLength(1)
    const store = await openEmbeddedStore(directory)
    for (const folder of ['files', 'blocks', 'incoming']) {
      expect(await readdir(join(directory, folder))).toEqual([])
    }
    store.close()
  })

  it('leaves nothing behind on a full disk', async context => {
    const disk = join(directory, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch (error) {
      context.skip(`needs root, to mount a small disk: ${String(error).split('\n')[0]}`)
    }
    try {
      const store = await openEmbeddedStore(disk)
      await expect(store.putFile(piecesOf(sampleBytes(5 * 2 ** 20), 2 ** 16))).rejects.toSatisfy(
        (error: unknown) => error instanceof RelayError && error.status === 507,
      )
      for (const folder of ['files', 'blocks', 'incoming']) {
        expect(await readdir(join(disk, folder))).toEqual([])
      }
      expect((await store.putFile(piecesOf(sampleBytes(2 ** 20 + 1), 2 ** 16))).size).toBe(2 ** 20 + 1)
      store.close()
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

/** Whether the blocks below a CID make up these bytes. Much faster than an expectation on megabytes. */
async function holds(store: ArtifactStore, cid: string, bytes: Uint8Array): Promise<boolean> {
  const pieces: Uint8Array[] = []
  for await (const piece of readFileDag(cid, part => store.block(part))) pieces.push(piece.bytes)
  return Buffer.concat(pieces).equals(bytes)
}

async function flip(path: string, at: number): Promise<void> {
  await using handle = await open(path, 'r+')
  const byte = new Uint8Array(1)
  await handle.read(byte, 0, 1, at)
  await handle.write(Uint8Array.of((byte[0] ?? 0) ^ 1), 0, 1, at)
}
