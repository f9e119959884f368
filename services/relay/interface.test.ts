import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorRegistry } from '@kedge/sdk/errors'
import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { documentLimits } from './documents/accept.ts'
import { relayErrors, sdkStatuses } from './errors.ts'
import { createApp } from './http/app.ts'
import { createSlots } from './http/slots.ts'
import { openEmbeddedStore } from './store/embeddedStore.ts'
import { noDeployment, startTestRelay } from './testing/relays.ts'

// docs/relay.md says what the code says: a change of the one without the other fails here.

const text = readFileSync(new URL('../../docs/relay.md', import.meta.url), 'utf8')

/** The part under a heading, down to the next heading. */
function sectionOf(heading: string): string {
  const [, after] = text.split(`\n${heading}\n`)
  if (after === undefined) throw new Error(`docs/relay.md has no "${heading}"`)
  return after.split(/\n#+ /)[0] ?? ''
}

/** The rows of the tables in a part of the document, without the heads. */
function rowsOf(part: string): readonly (readonly string[])[] {
  const lines = part.split('\n')
  return lines
    .filter(
      (line, index) =>
        line.startsWith('|') && !line.startsWith('| -') && lines[index + 1]?.startsWith('| -') !== true,
    )
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.trim().replace(/^`(.*)`$/, '$1')),
    )
}

const headings = [...text.matchAll(/^### ((?:GET|POST) .+)$/gm)].map(([, heading = '']) => heading)
const examplesOf = (heading: string) =>
  [...sectionOf(`### ${heading}`).matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json))

/** What a layer of Express is made of, as far as it is needed here. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle?: { readonly stack?: readonly Layer[] }
}

function routesOf(layers: readonly Layer[]): readonly string[] {
  return layers.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle?.stack ?? [])
    const path = route.path.replaceAll(/[:*](\w+)/g, '{$1}')
    return Object.keys(route.methods).map(method => `${method.toUpperCase()} ${path}`)
  })
}

describe('docs/relay.md', () => {
  it('describes each route that there is, and no other', async () => {
    const directory = join(tmpdir(), `kedge-interface-${process.pid}`)
    const store = await openEmbeddedStore(directory)
    const kedge = { rpcUrl: 'http://127.0.0.1:9', deployment: noDeployment }
    const app = createApp({ store, kedge, slots: createSlots(1), log: () => undefined })
    store.close()
    await rm(directory, { recursive: true })
    const { stack } = app.router as unknown as { readonly stack: readonly Layer[] }
    const described = headings.flatMap(heading => heading.split(', '))
    expect(described.toSorted()).toEqual(routesOf(stack).toSorted())
  })

  it.each(headings)('%s: says what it answers, each code with its own status', heading => {
    const rows = rowsOf(sectionOf(`### ${heading}`))
    expect(rows).not.toEqual([])
    for (const [status, code = '', when] of rows) {
      expect(status).toMatch(/^[2-5]\d\d$/)
      expect(when).toMatch(/\w/)
      if (code !== '') expect(status, code).toBe(String(statusOf(code)))
    }
  })

  it.each(headings.filter(heading => !heading.includes('{path}')))('%s: has an example', heading => {
    expect(sectionOf(`### ${heading}`)).toMatch(/```sh\ncurl -sS .*"?\$RELAY\//)
  })

  it('names each error of the relay, and says of each when it comes', () => {
    const all = Object.entries(relayErrors)
    const said = ([code, { class: kind, meaning, remedy }]: (typeof all)[number]) => [
      code,
      kind,
      meaning,
      remedy,
    ]
    const [answered, told] = [true, false].map(is => all.filter(([, error]) => 'status' in error === is))
    expect(rowsOf(sectionOf('### Of the relay'))).toEqual(
      answered?.map(entry => said(entry).toSpliced(1, 0, String(statusOf(entry[0])))),
    )
    expect(rowsOf(sectionOf('### At the start'))).toEqual(told?.map(said))
    expect(rowsOf(sectionOf('### Of the SDK'))).toEqual(
      Object.entries(sdkStatuses).map(([code, status]) => [
        code,
        String(status),
        errorRegistry[code as keyof typeof sdkStatuses].class,
      ]),
    )
    const chain = rowsOf(sectionOf('## 6. The chain'))
    const raised = [...headings.flatMap(heading => rowsOf(sectionOf(`### ${heading}`))), ...chain]
    const codes = new Set(raised.map(([, code]) => code).filter(code => code !== ''))
    const answerable = [...(answered ?? []).map(([code]) => code), ...Object.keys(sdkStatuses)]
    // That one can come from anywhere.
    expect(new Set([...codes, 'INTERNAL'])).toEqual(new Set(answerable))
  })

  it('names no code that does not exist', () => {
    const words = text.match(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g) ?? []
    const unknown = words.filter(word => !word.startsWith('KEDGE_') && !(word in relayErrors))
    expect(unknown.filter(word => !(word in errorRegistry))).toEqual([])
  })

  it('names each variable, with its default', async () => {
    const rows = rowsOf(sectionOf('## 2. Running one'))
    const source = readFileSync(new URL('config.ts', import.meta.url), 'utf8')
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(source.match(/KEDGE_\w+/g)))
    const deployment = join(tmpdir(), `kedge-interface-${process.pid}.json`)
    await writeFile(deployment, JSON.stringify(noDeployment))
    const needed = { KEDGE_RPC_URL: 'http://x', KEDGE_DEPLOYMENT: deployment, KEDGE_RELAY_DATA: 'data' }
    const { host, port } = await readConfig(needed)
    await rm(deployment)
    const defaults = { KEDGE_RELAY_HOST: host, KEDGE_RELAY_PORT: String(port) }
    expect(Object.fromEntries(rows.map(([name, value]) => [name, value]))).toEqual({
      ...Object.fromEntries(Object.keys(needed).map(name => [name, 'needed'])),
      ...defaults,
    })
    for (const name of Object.keys(needed)) {
      await expect(readConfig({ ...needed, [name]: undefined })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        facts: { variable: name },
      })
    }
  })

  it('gives the limits of documents', () => {
    const limits = Object.fromEntries(
      rowsOf(sectionOf('## 3. Conventions')).map(([what, value]) => [what, value]),
    )
    const mebibytes = (bytes: number) => `${bytes / 2 ** 20} MiB`
    expect(limits['document A']).toBe(mebibytes(documentLimits.artifact))
    expect(limits['documents B and C']).toBe(mebibytes(documentLimits.manifest))
    expect(documentLimits.document).toBe(documentLimits.manifest)
  })

  it('shows what a relay really answers', async () => {
    const relay = await startTestRelay()
    const ask = async (path: string, body?: Uint8Array | string) => {
      const response = await fetch(`${relay.url}${path}`, body === undefined ? {} : { method: 'POST', body })
      return await response.json()
    }
    const [file] = examplesOf('POST /files')
    expect(await ask('/files', new Uint8Array(3_000_000))).toEqual(file)
    expect(await ask(`/files/${file.sha256}`)).toEqual(file)
    const [, list = ''] = /-d '([^']+)'/.exec(sectionOf('### POST /trees')) ?? []
    expect([await ask('/trees', list)]).toEqual(examplesOf('POST /trees'))
    const [, missing] = /```json\n(\{\n {2}"error".*?)```/s.exec(text) ?? []
    const shown = JSON.parse(missing ?? '')
    expect(await ask(`/files/${shown.error.facts.sha256}`)).toEqual(shown)
    await relay.end()
  })
})

function statusOf(code: string): number | undefined {
  const statuses = Object.entries(relayErrors).map(([name, error]) => [
    name,
    'status' in error ? error.status : undefined,
  ])
  return { ...Object.fromEntries(statuses), ...sdkStatuses }[code]
}
