import { createHash, hash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import {
  controlIndex,
  endedEarly,
  type FileLeafJob,
  type LeafJob,
  type LeafReport,
  type RingLeafJob,
} from './leafJob.ts'

const job: LeafJob = workerData
try {
  if (job.kind === 'file') hashFromFile(job)
  else hashFromRing(job)
} catch (error) {
  report({ failure: error instanceof Error && 'code' in error ? String(error.code) : String(error) })
}

/** Each thread claims a batch by adding to a shared counter, so a fast thread never waits for a slow one. */
function hashFromFile({
  fd,
  size,
  chunkSize,
  bufferSize,
  leavesPerClaim,
  control,
  digests,
}: FileLeafJob): void {
  const leaves = digests.length / 32
  const buffer = Buffer.allocUnsafeSlow(bufferSize)
  while (Atomics.load(control, controlIndex.stop) === 0) {
    const first = Atomics.add(control, controlIndex.claimed, leavesPerClaim)
    if (first >= leaves) return
    const last = Math.min(leaves, first + leavesPerClaim)
    for (let leaf = first; leaf < last; leaf++) {
      const leafHash = createHash('sha256')
      const end = Math.min(size, (leaf + 1) * chunkSize)
      for (let at = leaf * chunkSize; at < end; ) {
        const count = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at)
        if (count === 0) throw Object.assign(new Error('the file ended early'), { code: endedEarly })
        leafHash.update(buffer.subarray(0, count))
        at += count
      }
      digests.set(leafHash.digest(), leaf * 32)
    }
    report({ bytes: Math.min(size, last * chunkSize) - first * chunkSize })
  }
}

/** The other thread reads and hashes the whole; this one hashes the same bytes leaf by leaf. */
function hashFromRing({ size, chunkSize, control, digests, ring }: RingLeafJob): void {
  const leaves = digests.length / 32
  for (let leaf = 0; leaf < leaves; leaf++) {
    while (Atomics.load(control, controlIndex.filled) <= leaf)
      Atomics.wait(control, controlIndex.filled, leaf)
    if (Atomics.load(control, controlIndex.stop) !== 0) return
    const slot = (leaf * chunkSize) % ring.length
    const bytes = ring.subarray(slot, slot + Math.min(chunkSize, size - leaf * chunkSize))
    digests.set(hash('sha256', bytes, 'buffer'), leaf * 32)
    Atomics.store(control, controlIndex.hashed, leaf + 1)
    Atomics.notify(control, controlIndex.hashed)
  }
}

function report(message: LeafReport): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(message)
}
