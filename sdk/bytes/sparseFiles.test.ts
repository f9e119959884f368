import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cidOfFile } from './cidOfFile.ts'
import { digestFile } from './digestFile.ts'
import { encodedLeaves, importedLeaves, zeroLeaves } from './testing/peers.ts'

const MiB = 1_048_576
const GiB = 2 ** 30

let directory: string
let path: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kedge-bytes-'))
  path = join(directory, 'sparse')
  writeFileSync(path, '')
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

// One file that grows, so that what was read once is still in memory. Between 2 GiB and 4 GiB the layout above the
// leaves is fileDag.test.ts's; what is to be seen here is that reading goes right beyond 2^31 and up to 2^32.
test.each([
  0,
  1,
  MiB - 1,
  MiB,
  MiB + 1,
  64 * MiB - 1,
  64 * MiB,
  64 * MiB + 1,
  GiB,
  GiB + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
  2 ** 32,
])('reads %i bytes as both peers do', async size => {
  truncateSync(path, size)
  const leaves = zeroLeaves(size)
  const { cid, dagSize, size: found } = await cidOfFile(path)
  expect(found).toBe(size)
  expect({ cid, dagSize }).toEqual(encodedLeaves(leaves))
  if (size < 2 ** 31 || size >= 2 ** 32) expect({ cid, dagSize }).toEqual(await importedLeaves(leaves))
})

test.each([1, 64 * MiB - 1, 64 * MiB, 64 * MiB + 1, 3 * GiB + 1])(
  'gives SHA-256 and CID of %i bytes together',
  async size => {
    truncateSync(path, size)
    const { cid, dagSize, sha256 } = await digestFile(path)
    expect({ cid, dagSize }).toEqual(encodedLeaves(zeroLeaves(size)))
    expect(sha256).toBe(known.get(size) ?? createHash('sha256').update(new Uint8Array(size)).digest('hex'))
  },
)

/** What `truncate -s 3221225473 zeros && sha256sum zeros` prints: too much to hash here a second time. */
const known = new Map([[3 * GiB + 1, '1527e02d5eba58a7c897e19f16ce73792d2aca31c036d878d437e05b2aec3b0f']])
