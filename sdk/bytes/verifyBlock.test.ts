import { expect, test } from 'vitest'
import { formatCid } from './cid.ts'
import { sha256 } from './sha256.ts'
import { codeOf } from './testing/errors.ts'
import { verifyBlock } from './verifyBlock.ts'

const cidOf = (bytes: Uint8Array) => formatCid({ codec: 'raw', digest: sha256(bytes) })

test('accepts the block that the CID names, and no other', async () => {
  const bytes = new TextEncoder().encode('kedge')
  expect(await codeOf(() => verifyBlock(cidOf(bytes), bytes))).toBe('none')
  for (let at = 0; at < bytes.length; at++) {
    expect(await codeOf(() => verifyBlock(cidOf(bytes), bytes.with(at, 0)))).toBe('DIGEST_MISMATCH')
  }
  expect(await codeOf(() => verifyBlock(cidOf(bytes), bytes.subarray(1)))).toBe('DIGEST_MISMATCH')
  expect(await codeOf(() => verifyBlock('kedge', bytes))).toBe('MANIFEST_MALFORMED')
})

test('accepts no block above 1 MiB, even if the CID names it', async () => {
  const bytes = new Uint8Array(1_048_577)
  expect(await codeOf(() => verifyBlock(cidOf(bytes), bytes))).toBe('SIZE_EXCEEDED')
  expect(await codeOf(() => verifyBlock(cidOf(bytes.subarray(1)), bytes.subarray(1)))).toBe('none')
})
