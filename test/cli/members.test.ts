import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readParameters } from '../../scripts/deployment/parameters.ts'
import { writeMembers } from '../../scripts/life/members.ts'
import { localParametersPath } from '../../scripts/life/society.ts'
import { environmentIdOf, genesisSaltOf, personIdOf, signerOf } from '../../sdk/chain/index.ts'
import { readNames } from '../../sdk/cli/book.ts'
import { loadAccount } from '../../sdk/keys/index.ts'

// Whoever has just run `npm start` can be any member of its chain.

let state: string
let keys: string
let names: string

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'kedge-members-'))
  ;({ keys, names } = await writeMembers(state))
})

afterAll(() => rm(state, { recursive: true, force: true }))

it('gives everyone of the chain a keystore that opens with the password beside it', async () => {
  const { parameters } = await readParameters(localParametersPath)
  for (const { name, account } of parameters.people) {
    const keystore = join(keys, `${name.toLowerCase().replaceAll(' ', '-')}.json`)
    const opened = await loadAccount({ keystore, passwordFile: join(keys, 'password'), environment: {} })
    expect([name, opened.address]).toEqual([name, account])
  }
})

it('says who holds which keystore, and which seat', async () => {
  const readme = await readFile(join(keys, 'README.md'), 'utf8')
  for (const file of await readdir(keys)) if (file !== 'README.md') expect(readme).toContain(file)
  expect(readme).toMatch(
    /^\| Kira Boon \| seat in assembly; seat in emergency \| kira-boon\.json \| 11 \| 0x/m,
  )
  expect(readme).toMatch(/^\| Chloe Martin \| DomainLead of speech; seat in assembly \|/m)
})

it('calls everyone by name, under their account and their id', async () => {
  const { parameters } = await readParameters(localParametersPath)
  const book = await readNames(names)
  for (const { name, account } of parameters.people) {
    expect(book.get(account.toLowerCase())).toBe(name)
    expect(book.get(personIdOf(signerOf(account), genesisSaltOf(name)))).toBe(name)
  }
  expect(book.get(environmentIdOf('ward-3'))).toBe('ward-3')
})

it('leaves keystores alone that are there', async () => {
  await writeFile(join(keys, 'ada-osei.json'), 'another')
  await writeMembers(state)
  expect(await readFile(join(keys, 'ada-osei.json'), 'utf8')).toBe('another')
})
