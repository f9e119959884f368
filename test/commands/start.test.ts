import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, http } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/chain/anvil.ts'
import { deploymentSchema, registryAbi } from '../../sdk/chain/index.ts'
import { type Program, startScript } from './program.ts'

const up = /stop with Ctrl-C/
let scratch: string
let state: string
let environment: Record<string, string>
const running: Program[] = []

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-start-'))
  state = join(scratch, 'state')
  environment = {
    KEDGE_STATE: state,
    KEDGE_CHAIN_PORT: String(await freePort()),
    KEDGE_RELAY_PORT: String(await freePort()),
  }
})

afterAll(async () => {
  for (const { process } of running) process.kill('SIGKILL')
  await rm(scratch, { recursive: true, force: true })
})

function start(other: Record<string, string> = {}): Program {
  const program = startScript('start', [], { ...environment, ...other })
  running.push(program)
  return program
}

/** What anyone can see of the running chain and relay. */
async function outside() {
  const relay = `http://127.0.0.1:${environment['KEDGE_RELAY_PORT']}`
  const client = createPublicClient({
    transport: http(`http://127.0.0.1:${environment['KEDGE_CHAIN_PORT']}`),
  })
  const deployment = deploymentSchema.parse(await (await fetch(`${relay}/deployment`)).json())
  const address = deployment.contracts.registry
  const head = await client.readContract({ address, abi: registryAbi, functionName: 'head' })
  const models = (await (await fetch(`${relay}/models`)).json()) as { readonly name: string }[]
  return { head, genesisHash: deployment.genesisHash, models: models.map(({ name }) => name) }
}

describe('npm start', { timeout: 240_000 }, () => {
  it('says on Ctrl-C in its first life what is kept, and ends soon, with its chain', async () => {
    for (const moment of [/contract 2 of 12/, /uploads silero-vad 4/, /kedge verify of/]) {
      const first = start()
      await first.says(moment)
      first.process.kill('SIGINT')
      const { code, printed } = await first.ends()
      expect({ code, printed }).toEqual({
        code: 130,
        printed: expect.stringMatching(
          /\nstopping\nnothing of the first life is kept but the bytes in .*; the next npm start begins anew\n$/,
        ),
      })
      expect((await readdir(state)).filter(name => !['lock', 'relay'].includes(name))).toEqual([])
      await expect(fetch(`http://127.0.0.1:${environment['KEDGE_CHAIN_PORT']}`)).rejects.toThrow(
        'fetch failed',
      )
    }
  })

  it('begins anew when its first life was interrupted or killed, and leaves no chain on the port', async () => {
    const first = start()
    await first.says(/silero-vad/)
    first.process.kill('SIGKILL')
    await first.ends()
    expect(await readdir(state)).not.toContain('chain')
    // The port is free as soon as the keeper has noticed: nobody has to look for a process to kill.
    const again = start()
    await again.says(/a new chain begins/)
    await again.says(up)
    const life = JSON.parse(await readFile(join(state, 'life.json'), 'utf8'))
    expect(life.steps.length).toBeGreaterThan(70)
    expect(life.steps.filter((step: { asExpected: boolean }) => !step.asExpected)).toEqual([])
    // The life moves the clock as it needs it; what comes after it is of the present, or a deploy gate calls it stale.
    const client = createPublicClient({
      transport: http(`http://127.0.0.1:${environment['KEDGE_CHAIN_PORT']}`),
      pollingInterval: 100,
    })
    const ended = await client.getBlockNumber()
    const next = await new Promise<bigint>((resolve, reject) => {
      const unwatch = client.watchBlocks({
        onBlock: ({ number, timestamp }) => {
          if (number <= ended) return
          unwatch()
          resolve(timestamp)
        },
        onError: reject,
      })
    })
    expect(Math.abs(Date.now() / 1000 - Number(next))).toBeLessThan(120)
  })

  it('refuses a second one on the same state, and one whose ports are taken', async () => {
    const onState = await start({ KEDGE_CHAIN_PORT: '0', KEDGE_RELAY_PORT: '0' }).ends()
    expect(onState).toEqual({
      code: 2,
      printed: expect.stringContaining('STATE_IN_USE: another process uses'),
    })

    const onChain = await start({ KEDGE_STATE: join(scratch, 'other'), KEDGE_RELAY_PORT: '0' }).ends()
    expect(onChain).toEqual({ code: 2, printed: expect.stringContaining('PORT_TAKEN') })
    expect(onChain.printed).toContain('KEDGE_CHAIN_PORT')
    expect(await readdir(join(scratch, 'other'))).toEqual(['lock'])
  })

  it('goes on from where it was after Ctrl-C, and after it was killed', async () => {
    const before = await outside()
    expect(before.models).toEqual(['triage-note', 'silero-vad'])
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const current = running.findLast(
        ({ process }) => process.exitCode === null && process.signalCode === null,
      )
      current?.process.kill(signal)
      const ending = await current?.ends()
      if (signal === 'SIGINT') expect(ending?.code).toBe(0)
      const next = start()
      await next.says(up)
      expect(next.printed()).toContain('the chain goes on from its saved state')
      expect(await outside()).toEqual(before)
    }
    // A life, and two saved states, later: every change is a decision on record.
    expect(await startScript('checkDeployment', ['--network', 'local'], environment).ends()).toEqual({
      code: 0,
      printed: expect.stringMatching(/\nthe deployment on chain 31337 is as it must be\n$/),
    })
    const last = running.at(-1)
    last?.process.kill('SIGTERM')
    expect((await last?.ends())?.code).toBe(0)
  })

  it('refuses a state that cannot be used, changes nothing, and says what to move away', async () => {
    const path = join(state, 'chain', 'chain.json')
    const text = await readFile(path, 'utf8')
    const saved = JSON.parse(text)
    const damages = {
      truncated: text.slice(0, -20),
      empty: '',
      'not a state': JSON.stringify({ ...saved, state: '0x00' }),
      'of another chain': JSON.stringify({ ...saved, extra: 1 }),
    }
    for (const [name, damaged] of Object.entries(damages)) {
      const broken = join(scratch, name)
      await cp(state, broken, { recursive: true })
      await writeFile(join(broken, 'chain', 'chain.json'), damaged)
      const { code, printed } = await start({ KEDGE_STATE: broken }).ends()
      expect([name, code, printed]).toEqual([name, 2, expect.stringContaining('STATE_UNUSABLE')])
      expect(printed).toContain('Move what is named away')
      expect(await readFile(join(broken, 'chain', 'chain.json'), 'utf8')).toBe(damaged)
    }
  })

  it('refuses a deployment file that is lost, damaged, or not the saved chain’s, and says a way out that is one', async () => {
    const broken = join(scratch, 'deployment')
    await cp(state, broken, { recursive: true })
    const path = join(broken, 'deployment.json')
    const deployment = JSON.parse(await readFile(path, 'utf8'))
    const elsewhere = {
      ...deployment,
      contracts: { ...deployment.contracts, registry: deployment.contracts.lens },
    }
    let told = ''
    for (const text of [undefined, '{', '{}', JSON.stringify(elsewhere)]) {
      if (text === undefined) await rm(path)
      else await writeFile(path, text)
      const { code, printed } = await start({ KEDGE_STATE: broken }).ends()
      expect([text, code, printed]).toEqual([text, 2, expect.stringContaining('STATE_UNUSABLE')])
      told = printed
    }
    const named = /to begin anew, move (\S+) away/.exec(told)?.[1] ?? expect.fail(told)
    await rename(named, join(scratch, 'away'))
    const anew = start({ KEDGE_STATE: broken })
    await anew.says(up)
    expect(anew.printed()).toContain('a new chain begins')
    anew.process.kill('SIGTERM')
    expect((await anew.ends()).code).toBe(0)
  })

  it('names KEDGE_STATE where its state directory, or the relay’s in it, cannot be used', async () => {
    await writeFile(join(scratch, 'file'), '')
    await mkdir(join(scratch, 'unlockable', 'lock'), { recursive: true })
    await mkdir(join(scratch, 'no relay'))
    await writeFile(join(scratch, 'no relay', 'relay'), '')
    for (const [name, why] of [
      ['file', 'it is not a directory'],
      [join('file', 'state'), 'a part of its path is not a directory'],
      ['unlockable', 'cannot be locked'],
      ['no relay', 'no relay'],
    ] as const) {
      const { code, printed } = await start({ KEDGE_STATE: join(scratch, name) }).ends()
      expect([name, code, printed]).toEqual([name, 2, expect.stringContaining('STATE_UNWRITABLE')])
      expect(printed).toContain(why)
      expect(printed).toContain('Allow writing there, or set KEDGE_STATE to another directory.')
      expect(printed).not.toContain('KEDGE_RELAY_DATA')
    }
  })

  it('says so when the relay’s port is taken, and ends its chain', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = String(typeof address === 'object' ? address?.port : 0)
    const { code, printed } = await start({ KEDGE_RELAY_PORT: port }).ends()
    server.close()
    expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('PORT_TAKEN') })
    const again = start()
    await again.says(up)
    again.process.kill('SIGTERM')
    expect((await again.ends()).code).toBe(0)
  })

  it('refuses ports that are none', async () => {
    for (const port of ['http', '-1', '65536']) {
      await mkdir(join(scratch, `port ${port}`), { recursive: true })
      const other = { KEDGE_STATE: join(scratch, `port ${port}`), KEDGE_CHAIN_PORT: port }
      const { code, printed } = await start(other).ends()
      expect({ code, printed }).toEqual({ code: 2, printed: expect.stringContaining('KEDGE_CHAIN_PORT') })
    }
  })
})
