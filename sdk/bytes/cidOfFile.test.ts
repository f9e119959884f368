import { createCipheriv, createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cidOfBytes } from './cidOfBytes.ts'
import { cidOfFile } from './cidOfFile.ts'
import { digestFile } from './digestFile.ts'
import type { FileBlock } from './fileDag.ts'
import { hashFile } from './hashFile.ts'
import { importedFile } from './testing/peers.ts'

const MiB = 1_048_576

/** 75 MiB and 3 bytes, no two leaves the same, the same on each run. */
const content = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
  Buffer.alloc(75 * MiB + 3),
)

let directory: string
let path: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kedge-bytes-'))
  path = join(directory, 'file')
  writeFileSync(path, content)
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

async function blocksOf(read: (visit: (block: FileBlock) => void) => Promise<unknown>): Promise<FileBlock[]> {
  const seen: FileBlock[] = []
  await read(block => seen.push(block))
  return seen
}

test('gives the same answers however it is computed', async () => {
  const peer = { size: content.length, ...(await importedFile(content)) }
  const sha256 = createHash('sha256').update(content).digest('hex')
  expect(cidOfBytes(content)).toEqual(peer.cid)
  expect(await cidOfFile(path, { workers: 1 })).toEqual(peer)
  expect(await cidOfFile(path, { workers: 2 })).toEqual(peer)
  expect(await cidOfFile(path, { workers: 7 })).toEqual(peer)
  expect(await digestFile(path)).toEqual({ ...peer, sha256 })
  expect(await hashFile(path)).toEqual({ size: content.length, sha256 })
})

test('shows the same blocks however they are computed, and leaves where they are in the file', async () => {
  const serial = await blocksOf(visit => cidOfFile(path, { workers: 1, visit }))
  expect(await blocksOf(visit => cidOfFile(path, { workers: 2, visit }))).toEqual(serial)
  expect(await blocksOf(visit => digestFile(path, { visit }))).toEqual(serial)
  expect(serial.length).toBe(77)
  for (const block of serial) {
    if (block.kind === 'node') continue
    const { cid } = await importedFile(content.subarray(block.offset, block.offset + block.length))
    expect(block.cid).toBe(cid)
  }
})

test.each([
  ['hashFile', hashFile],
  ['digestFile', digestFile],
  ['cidOfFile', (source: string) => cidOfFile(source, { workers: 1 })],
])('%s lets other work run after each 1 MiB', async (_, read) => {
  let turns = 0
  let reading = true
  function turn(): void {
    turns++
    if (reading) setImmediate(turn)
  }
  setImmediate(turn)
  await read(path)
  reading = false
  expect(turns).toBeGreaterThan(70)
})

test('gives bytes in memory the CID that a peer gives them, around the size of a chunk', async () => {
  for (const size of [0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB, 3 * MiB + 7]) {
    const bytes = content.subarray(0, size)
    expect([size, cidOfBytes(bytes)]).toEqual([size, (await importedFile(bytes)).cid])
  }
})
