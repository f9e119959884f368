import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { besideOf } from '../../../sdk/verify/index.ts'
import { gateSays, type Stagehand, writeTrust } from '../cast.ts'
import { type LifeVersion, nameOf } from '../version.ts'

/** The deploy gate on what is live, and on copies that someone tampered with. */
export async function verification(
  hand: Stagehand,
  live: { readonly silero: LifeVersion; readonly prompt: LifeVersion },
  trustPath: string,
): Promise<void> {
  hand.record.chapter('The deploy gate')
  await gateSays(
    hand,
    `kedge verify of ${nameOf(live.silero)}`,
    { exitCode: 0 },
    { version: live.silero, trustPath },
  )
  await gateSays(
    hand,
    `kedge verify of ${nameOf(live.prompt)}`,
    { exitCode: 0 },
    { version: live.prompt, trustPath },
  )

  const tampered: readonly (readonly [string, string, (directory: string) => Promise<void>])[] = [
    ['one byte flipped', 'DIGEST_MISMATCH', flip],
    ['one file added', 'EXTRA_FILE', directory => writeFile(join(directory, 'helper.mjs'), '')],
    ['one file removed', 'MISSING_FILE', directory => rm(join(directory, 'schema.json'))],
    ['two files swapped', 'DIGEST_MISMATCH', swap],
  ]
  for (const [what, code, tamper] of tampered) {
    const directory = await copyOf(hand, live.silero)
    await tamper(directory)
    const version = { directory, model: live.silero.model }
    await gateSays(
      hand,
      `kedge verify of ${nameOf(live.silero)}, ${what}`,
      { exitCode: 1, code },
      { version, trustPath },
    )
    await rm(directory, { recursive: true })
  }
  const gone = await writeTrust(hand, 'trust-gone.json', 'http://127.0.0.1:9')
  const code = 'RPC_UNAVAILABLE'
  await gateSays(
    hand,
    `kedge verify of ${nameOf(live.silero)}, the RPC gone`,
    { exitCode: 3, code },
    { version: live.silero, trustPath: gone },
  )
}

async function copyOf(hand: Stagehand, version: LifeVersion): Promise<string> {
  const directory = join(hand.directory, 'tampered')
  await cp(version.directory, directory, { recursive: true })
  for (const kind of ['artifact', 'manifest'] as const) {
    await cp(besideOf(version.directory)[kind], besideOf(directory)[kind])
  }
  return directory
}

async function flip(directory: string): Promise<void> {
  const path = join(directory, 'weights', 'silero_vad.onnx')
  const bytes = await readFile(path)
  const middle = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
  await writeFile(path, bytes)
}

async function swap(directory: string): Promise<void> {
  const one = join(directory, 'schema.json')
  const two = join(directory, 'config.json')
  await rename(one, `${directory}.swap`)
  await rename(two, one)
  await rename(`${directory}.swap`, two)
}
