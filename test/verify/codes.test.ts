import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorRegistry } from '../../sdk/errors/index.ts'

type TestFile = 'status' | 'endpoints' | 'bytes'

/** Where verify() is made to raise each of its codes, as a whole: the file of this folder. */
const raisedIn = {
  POLICY_INVALID: 'status',
  WRONG_NETWORK: 'endpoints',
  WRONG_CONTRACT: 'endpoints',
  RPC_DISAGREE: 'endpoints',
  RPC_UNAVAILABLE: 'endpoints',
  NOT_FINAL: 'status',
  STALE_VIEW: 'endpoints',
  PROOF_INVALID: 'proof mode',
  SEQUENCE_REGRESSED: 'endpoints',
  NOT_REGISTERED: 'status',
  NOT_APPROVED: 'status',
  STAGE_MISMATCH: 'status',
  HALTED: 'status',
  ROLLED_BACK: 'status',
  RETIRED: 'status',
  MODEL_SUSPENDED: 'status',
  NOT_ACTIVE: 'status',
  SIZE_EXCEEDED: 'bytes',
  UNAVAILABLE: 'bytes',
  MANIFEST_MISMATCH: 'bytes',
  MANIFEST_MALFORMED: 'bytes',
  IDENTITY_MISMATCH: 'bytes',
  UNSAFE_PATH: 'bytes',
  NAME_COLLISION: 'bytes',
  ROOT_MISMATCH: 'bytes',
  COVERAGE_GAP: 'bytes',
  SYMLINK: 'bytes',
  SPECIAL_FILE: 'bytes',
  MISSING_FILE: 'bytes',
  EXTRA_FILE: 'bytes',
  DIGEST_MISMATCH: 'bytes',
  CHANGED_DURING_READ: 'bytes',
  INCOMPATIBLE: 'status',
} as const satisfies Partial<Record<ErrorCode, TestFile | 'proof mode'>>

const codes = Object.keys(errorRegistry)
const verification = codes.slice(0, codes.indexOf('INCOMPATIBLE') + 1)

describe('every code of verification', () => {
  it('stands in the table, in the order of the checks', () => {
    expect(Object.keys(raisedIn)).toEqual(verification)
  })

  it.each(Object.entries(raisedIn))('%s is snapshotted in %s', (code, file) => {
    // Call mode reads no proofs.
    if (file === 'proof mode') return expect(code).toBe('PROOF_INVALID')
    const source = readFileSync(new URL(`${file}.test.ts`, import.meta.url), 'utf8')
    // As the snapshot of a refusal has it: a code that a test only mentions does not count.
    expect(source).toMatch(new RegExp(`^ +"code": "${code}",\\n +"facts": \\{`, 'm'))
  })
})
