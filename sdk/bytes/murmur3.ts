const mask = 0xffff_ffff_ffff_ffffn
const c1 = 0x87c3_7b91_1142_53d5n
const c2 = 0x4cf5_ad43_2745_937fn

/**
 * MurmurHash3 x64-128 with seed 0, first half: the hash that places names in a UnixFS HAMT. It is no protection
 * against anything; it only has to be the same everywhere.
 *
 * @param bytes - A name in UTF-8.
 * @returns 8 bytes, the most significant first; level n of a HAMT is indexed by byte n.
 * @example
 * ```ts
 * murmur3x64(new TextEncoder().encode('hello')) // cb d8 a7 b3 41 bd 9b 02
 * ```
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 * @see https://specs.ipfs.tech/unixfs/
 */
export function murmur3x64(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length - (bytes.length % 16)
  let h1 = 0n
  let h2 = 0n
  for (let at = 0; at < whole; at += 16) {
    h1 ^= mixFirst(view.getBigUint64(at, true))
    h1 = (((rotate(h1, 27n) + h2) & mask) * 5n + 0x52dc_e729n) & mask
    h2 ^= mixSecond(view.getBigUint64(at + 8, true))
    h2 = (((rotate(h2, 31n) + h1) & mask) * 5n + 0x3849_5ab5n) & mask
  }
  // A missing half mixes to zero, so the tail needs no cases.
  const tail = new Uint8Array(16)
  tail.set(bytes.subarray(whole))
  const tailView = new DataView(tail.buffer)
  h1 ^= mixFirst(tailView.getBigUint64(0, true))
  h2 ^= mixSecond(tailView.getBigUint64(8, true))

  const length = BigInt(bytes.length)
  h1 ^= length
  h2 ^= length
  h1 = (h1 + h2) & mask
  h2 = (h2 + h1) & mask
  const digest = new Uint8Array(8)
  new DataView(digest.buffer).setBigUint64(0, (finish(h1) + finish(h2)) & mask)
  return digest
}

function mixFirst(k: bigint): bigint {
  return (rotate((k * c1) & mask, 31n) * c2) & mask
}

function mixSecond(k: bigint): bigint {
  return (rotate((k * c2) & mask, 33n) * c1) & mask
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask
}

function finish(value: bigint): bigint {
  let mixed = value
  mixed = ((mixed ^ (mixed >> 33n)) * 0xff51_afd7_ed55_8ccdn) & mask
  mixed = ((mixed ^ (mixed >> 33n)) * 0xc4ce_b9fe_1a85_ec53n) & mask
  return mixed ^ (mixed >> 33n)
}
