// Prints what protons-runtime's uint64 writer makes of values around 2^31 and 2^32, through ipfs-unixfs, and how it reads
// them back. Exits with 1 when any of them is wrong. Run it where ipfs-unixfs is installed:
//   node protons-runtime-uint64.mjs
import { UnixFS } from 'ipfs-unixfs'

const values = [2n ** 31n - 1n, 2n ** 31n, 2n ** 31n + 1n, 3n * 2n ** 30n + 1n, 2n ** 32n - 1n, 2n ** 32n]

for (const value of values) {
  const bytes = new UnixFS({ type: 'file', blockSizes: [value] }).marshal()
  const expected = [8, 2, 0x18, ...varint(value), 0x20, ...varint(value)]
  const isRight = Buffer.compare(bytes, Buffer.from(expected)) === 0
  if (!isRight) process.exitCode = 1
  console.log(
    `${value}\t${Buffer.from(bytes).toString('hex')}\t${readBack(bytes)}\t${isRight ? 'ok' : 'WRONG'}`,
  )
}

function varint(value) {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]
}

function readBack(bytes) {
  try {
    return UnixFS.unmarshal(bytes).fileSize()
  } catch (error) {
    return error.message
  }
}
