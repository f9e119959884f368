import { readFile } from 'node:fs/promises'
import { contractNames } from '../deployment/contracts.ts'
import { abiOf } from './abi.ts'
import { codes } from './code.ts'
import { costs } from './gas.ts'
import { layouts } from './storage.ts'

/** Where the compared files lie. */
export const directory = new URL('../../snapshots/', import.meta.url)

/** How a snapshot is renewed, for whoever meets a difference. */
export const remedy =
  'If it is meant, renew the snapshots by `npm run snapshots`, and have the change of snapshots/ reviewed.'

/** All that the repository keeps of the compiled contracts, by file name below {@link directory}. */
export async function takeSnapshots(): Promise<ReadonlyMap<string, unknown>> {
  const laidOut = await layouts()
  const snapshots = new Map<string, unknown>()
  for (const name of contractNames) {
    snapshots.set(`abi/${name}.json`, await abiOf(name))
    snapshots.set(`storage/${name}.json`, laidOut[name])
  }
  snapshots.set('code.json', await codes())
  snapshots.set('gas.json', await costs())
  return snapshots
}

/** A snapshot as it is written: one fact a line, so that a review sees which one changed. */
export function textOf(snapshot: unknown): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`
}

/** What the repository keeps under a name. */
export async function readSnapshot(name: string): Promise<string> {
  return await readFile(new URL(name, directory), 'utf8')
}
