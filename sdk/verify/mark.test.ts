import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KedgeError } from '../errors/index.ts'
import { defaultMarks, markOf, sequencesOf } from './mark.ts'
import { bytes32, sampleTrust } from './testing/samples.ts'

const model = bytes32('aa')
const trust = sampleTrust()
const chain = `31337-${bytes32('01')}-0x${'02'.repeat(20)}`
let scratch: string
let places = 0

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-mark-'))
})
afterAll(() => rm(scratch, { recursive: true }))

function fresh(): { readonly directory: string; readonly place: string } {
  places += 1
  const directory = join(scratch, `${places}`)
  return { directory, place: join(directory, chain, model) }
}

describe('markOf', () => {
  it('is zero before anything was seen, and only rises', async () => {
    const { directory } = fresh()
    const mark = markOf(directory, trust, model)
    expect(await mark.read()).toBe(0n)
    for (const sequence of [3n, 10n, 9n, 3n]) await mark.raise(sequence)
    expect(await mark.read()).toBe(10n)
    expect(await markOf(directory, trust, model).read()).toBe(10n)
  })

  it('makes nothing for a model of which nothing was seen', async () => {
    const { directory } = fresh()
    await markOf(directory, trust, model).raise(0n)
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('keeps models, registries and chains apart', async () => {
    const { directory } = fresh()
    await markOf(directory, trust, model).raise(5n)
    const registry = { ...trust.registry, address: trust.rules.address }
    expect(await markOf(directory, trust, bytes32('bb')).read()).toBe(0n)
    expect(await markOf(directory, { ...trust, registry }, model).read()).toBe(0n)
    expect(await markOf(directory, { ...trust, chainId: 1 }, model).read()).toBe(0n)
    expect(await markOf(directory, { ...trust, genesisHash: bytes32('aa') }, model).read()).toBe(0n)
    expect(await markOf(directory, sampleTrust({ agree: 1 }), model).read()).toBe(5n)
  })

  it('leaves few names behind', async () => {
    const { directory, place } = fresh()
    const mark = markOf(directory, trust, model)
    for (let sequence = 1n; sequence <= 50n; sequence += 1n) await mark.raise(sequence)
    expect(await readdir(place)).toEqual([47, 48, 49, 50].map(sequence => `${sequence}`.padStart(20, '0')))
  })

  it('is shared by processes that raise it at once', async () => {
    const { directory, place } = fresh()
    const script = fileURLToPath(new URL('testing/raiser.ts', import.meta.url))
    const raisers = [1, 2, 3].map(first =>
      spawn(
        process.execPath,
        ['--conditions=@kedge/source', script, directory, `${first}`, '3', `${297 + first}`],
        {
          stdio: 'inherit',
        },
      ),
    )
    const state = { running: raisers.length }
    const ended = Promise.all(
      raisers.map(async raiser => {
        const [code] = await once(raiser, 'exit')
        state.running -= 1
        return code as number
      }),
    )
    const mark = markOf(directory, trust, model)
    for (let last = 0n; state.running > 0; ) {
      const sequence = await mark.read()
      expect(sequence).toBeGreaterThanOrEqual(last)
      last = sequence
    }
    expect(await ended).toEqual([0, 0, 0])
    expect(await mark.read()).toBe(300n)
    expect((await readdir(place)).length).toBeLessThan(10)
  })

  it('passes over what file systems leave, and nothing else', async () => {
    const { directory, place } = fresh()
    const mark = markOf(directory, trust, model)
    await mark.raise(5n)
    await writeFile(join(place, '.nfs000000000001'), '')
    expect(await mark.read()).toBe(5n)
    await writeFile(join(place, 'backup'), '')
    await expect(mark.read()).rejects.toMatchObject({ code: 'UNAVAILABLE', facts: { path: place } })
    await expect(mark.raise(6n)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('says so when it cannot be kept', async () => {
    const { directory } = fresh()
    await writeFile(directory, '')
    const mark = markOf(directory, trust, model)
    await expect(mark.read()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const elsewhere = fresh()
    await mkdir(elsewhere.directory)
    await writeFile(join(elsewhere.directory, chain), '')
    await expect(markOf(elsewhere.directory, trust, model).raise(1n)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})

describe('sequencesOf', () => {
  it('reads back what stands there, whatever else may', () => {
    const name = (sequence: bigint) => sequence.toString().padStart(20, '0')
    const sequences = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    fc.assert(
      fc.property(sequences, fc.array(fc.string().map(text => `.${text}`)), (values, dotted) => {
        const highest = values.reduce((a, b) => (a > b ? a : b), -1n)
        expect(sequencesOf('/marks', [...values.map(name), ...dotted]).at(-1) ?? -1n).toBe(highest)
      }),
    )
  })

  it('refuses every other name with UNAVAILABLE, and never fails otherwise', () => {
    const digits = fc.stringMatching(/^\d{1,25}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), text => {
        const isMark = /^\d{20}$/.test(text) && BigInt(text) < 2n ** 64n
        try {
          const [value] = sequencesOf('/marks', [text])
          if (text.startsWith('.')) expect(value).toBeUndefined()
          else expect([isMark, value]).toEqual([true, BigInt(text)])
        } catch (error) {
          expect([isMark, (error as KedgeError).code]).toEqual([false, 'UNAVAILABLE'])
        }
      }),
    )
    expect(() => sequencesOf('/marks', ['18446744073709551616'])).toThrow(KedgeError)
  })
})

describe('defaultMarks', () => {
  it('follows the XDG Base Directory Specification', () => {
    vi.stubEnv('XDG_STATE_HOME', '/state')
    expect(defaultMarks()).toBe('/state/kedge/marks')
    vi.stubEnv('XDG_STATE_HOME', '')
    expect(defaultMarks()).toMatch(/[^/]+\/\.local\/state\/kedge\/marks$/)
    vi.unstubAllEnvs()
  })
})
