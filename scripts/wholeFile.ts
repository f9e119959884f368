import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemReason } from '../sdk/errors/systemReason.ts'
import { SetupError } from './errors.ts'

/**
 * Writes a text file so that either the whole of it is there afterwards, or what was there before.
 *
 * @throws SetupError `STATE_UNWRITABLE`.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(draft, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw new SetupError(
      'STATE_UNWRITABLE',
      `${path} cannot be written: ${systemReason(cause)}`,
      { path },
      { cause },
    )
  }
}
