import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SetupError } from '../errors.ts'
import { writeWhole } from '../wholeFile.ts'
import { type LocalChain, localClient, startAnvil } from './anvil.ts'
import { catchUp, finalityBlocks } from './finality.ts'

/** What a saved chain consists of: its beginning, and everything since as anvil dumps it. */
const savedSchema = z.strictObject({
  /** The time of the genesis block: with the same one, it has the same hash again. */
  timestamp: z.int().positive(),
  block: z.int().nonnegative(),
  state: z.string().regex(/^0x[0-9a-f]+$/),
})

/** A local chain whose state outlives its process. */
export interface SavedChain extends LocalChain {
  /** Whether it goes on from a saved state. */
  readonly resumed: boolean
  /** Writes the state, if there are new blocks. */
  save(): Promise<void>
}

/**
 * Starts a local chain from the state that was saved in a directory, or from nothing. A saved chain's clock is set to
 * the present, and blocks are mined until the finalized one is new: anvil cannot look into states before the load.
 *
 * @throws SetupError `STATE_UNUSABLE`, `PORT_TAKEN`, `CHAIN_FAILED`.
 */
export async function openSavedChain(
  directory: string,
  fresh: { readonly timestamp: number; readonly port: number },
): Promise<SavedChain> {
  const path = join(directory, 'chain.json')
  const saved = await readSaved(path)
  const timestamp = saved?.timestamp ?? fresh.timestamp
  const chain = await startAnvil({ port: fresh.port, timestamp })
  const client = localClient(chain.rpcUrl)
  if (saved !== undefined) {
    try {
      await client.request({ method: 'anvil_loadState', params: [saved.state] } as never)
      await catchUp(client)
      await client.mine({ blocks: finalityBlocks })
    } catch (cause) {
      await chain.stop()
      throw corrupt(path, cause)
    }
  }
  let written = saved?.block ?? -1
  const save = async () => {
    const block = Number(await client.getBlockNumber())
    if (block === written) return
    const state = await client.request<{
      Method: 'anvil_dumpState'
      Parameters?: undefined
      ReturnType: string
    }>({ method: 'anvil_dumpState' })
    await writeWhole(path, JSON.stringify({ timestamp, block, state }))
    written = block
  }
  return { ...chain, resumed: saved !== undefined, save }
}

async function readSaved(path: string): Promise<z.output<typeof savedSchema> | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw corrupt(path, cause)
  }
  try {
    return savedSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw corrupt(path, cause)
  }
}

function corrupt(path: string, cause: unknown): SetupError {
  return new SetupError('STATE_UNUSABLE', `the saved chain in ${path} cannot be used`, { path }, { cause })
}
