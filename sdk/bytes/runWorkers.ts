import { Worker } from 'node:worker_threads'
import { controlIndex, endedEarly, type LeafJob, type LeafReport } from './leafJob.ts'
import { changedDuringRead, type OpenFile, unreadable } from './openFile.ts'

// Node strips the types of this file and its neighbours when they run from source; compiled they end in .js.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './leafWorker.ts' : './leafWorker.js',
  import.meta.url,
)

/**
 * Runs threads that hash leaves, until all have ended: the caller may close the descriptor afterwards.
 *
 * @param file - The file that they read.
 * @param signal - Stops them.
 * @param count - How many.
 * @param run.job - What each is given, from the shared control words.
 * @param run.onBytes - Called for each batch that is hashed.
 * @param run.meanwhile - What this thread does at the same time.
 * @throws {@link KedgeError} `CHANGED_DURING_READ`, `UNAVAILABLE`; or the signal's reason.
 */
export async function runWorkers(
  file: OpenFile,
  signal: AbortSignal | undefined,
  count: number,
  run: {
    readonly job: (control: Int32Array) => LeafJob
    readonly onBytes?: ((bytes: number) => void) | undefined
    readonly meanwhile?: ((control: Int32Array) => Promise<void>) | undefined
  },
): Promise<void> {
  const control = new Int32Array(new SharedArrayBuffer(4 * Object.keys(controlIndex).length))
  const failures: unknown[] = []
  function stop(reason: unknown): void {
    failures.push(reason)
    Atomics.store(control, controlIndex.stop, 1)
    // A thread that looked at `stop` just before and is about to wait must find the number it waits on changed.
    for (const index of [controlIndex.filled, controlIndex.hashed]) {
      Atomics.store(control, index, 0x7fff_ffff)
      Atomics.notify(control, index)
    }
  }
  function onAbort(): void {
    stop(signal?.reason)
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  const workerData = run.job(control)
  const ended = Array.from({ length: count }, () =>
    new Promise<void>(resolve => {
      const worker = new Worker(workerUrl, { workerData })
      worker.on('message', (message: LeafReport) => {
        if ('failure' in message) {
          const { failure } = message
          stop(
            failure === endedEarly
              ? changedDuringRead(file.name)
              : unreadable(file.name, Object.assign(new Error(failure), { code: failure })),
          )
          return
        }
        try {
          run.onBytes?.(message.bytes)
        } catch (error) {
          stop(error)
        }
      })
      worker.on('error', stop)
      worker.on('exit', code => {
        // Whatever ended it, its leaves are missing; nothing may be built from what the table holds in their place.
        if (code !== 0) stop(unreadable(file.name, new Error(`a thread ended with code ${code}`)))
        resolve()
      })
    }).catch(stop),
  )
  await run.meanwhile?.(control).catch(stop)
  await Promise.all(ended)
  signal?.removeEventListener('abort', onAbort)
  if (failures.length > 0) throw failures[0]
}
