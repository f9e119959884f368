import { createHash } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test.each(['with', 'without'])('is SHA-256 %s Node’s own', async way => {
  if (way === 'without') vi.stubGlobal('process', undefined)
  vi.resetModules()
  const { sha256 } = await import('./sha256.ts')
  for (const size of [0, 1, 55, 56, 64, 1000]) {
    const bytes = new Uint8Array(size).fill(7)
    expect([size, Buffer.from(sha256(bytes)).toString('hex')]).toEqual([
      size,
      createHash('sha256').update(bytes).digest('hex'),
    ])
  }
})
