import { KedgeError } from '../errors/index.ts'

/**
 * The number of bytes of a protobuf varint.
 *
 * @param value - A safe integer, not negative.
 * @returns 1 to 8.
 */
export function varintLength(value: number): number {
  assertCountable(value)
  let length = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++
  return length
}

/**
 * Writes a protobuf varint: seven bits a byte, the lowest first, the top bit set on all but the last.
 *
 * JavaScript's bit operators see 32 bits only, and a shift or mask on a larger number silently drops the
 * rest; that is how sizes above 2^31 get corrupted. So this divides.
 *
 * @param target - Where to write.
 * @param offset - Index of the first byte in `target`.
 * @param value - A safe integer, not negative.
 * @returns The index after the last byte written.
 * @throws {@link KedgeError} `SIZE_EXCEEDED` when `value` is no safe integer.
 * @example
 * ```ts
 * const bytes = new Uint8Array(5)
 * writeVarint(bytes, 0, 2 ** 31) // 5; bytes is 80 80 80 80 08
 * ```
 * @see https://protobuf.dev/programming-guides/encoding/#varints
 */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  assertCountable(value)
  let at = offset
  let rest = value
  while (rest >= 128) {
    target[at++] = (rest % 128) + 128
    rest = Math.floor(rest / 128)
  }
  target[at++] = rest
  return at
}

/**
 * Reads a protobuf varint in its shortest form.
 *
 * @param source - The bytes.
 * @param offset - Index of the first byte in `source`.
 * @returns The value, and the index after it.
 * @throws {@link KedgeError} `MANIFEST_MALFORMED` when it is cut off or longer than it need be, `SIZE_EXCEEDED` when it
 * is above 2^53 - 1.
 */
export function readVarint(
  source: Uint8Array,
  offset: number,
): { readonly value: number; readonly end: number } {
  let value = 0
  let scale = 1
  for (let at = offset; ; at++) {
    const byte = source[at]
    if (byte === undefined) throw new KedgeError('MANIFEST_MALFORMED', 'a varint is cut off', { at: offset })
    value += (byte & 0x7f) * scale
    if (value > Number.MAX_SAFE_INTEGER || at - offset > 7) {
      throw new KedgeError('SIZE_EXCEEDED', 'a varint is larger than 2^53 - 1', { at: offset })
    }
    if (byte < 128) {
      if (byte === 0 && at > offset) {
        throw new KedgeError('MANIFEST_MALFORMED', 'a varint is longer than it need be', { at: offset })
      }
      return { value, end: at + 1 }
    }
    scale *= 128
  }
}

function assertCountable(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new KedgeError('SIZE_EXCEEDED', 'a size must be an integer from 0 to 2^53 - 1', {
      value: String(value),
    })
  }
}
