import { KedgeError } from '@kedge/sdk/errors'
import { RelayError } from '../errors.ts'

/** Bytes that are the same every time and of which no two megabytes are alike. */
export function sampleBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Bytes in pieces of `length`. */
export async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** The code of the error that `act` ends with, or `none`. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof KedgeError || error instanceof RelayError) return error.code
    throw error
  }
  return 'none'
}
