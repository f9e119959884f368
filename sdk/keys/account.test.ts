import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAccount } from './account.ts'

const privateKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

let directory: string
let keystore: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-keys-'))
  keystore = join(directory, 'key.json')
  await writeFile(keystore, new Wallet(privateKey).encryptSync('correct horse'))
  await writeFile(join(directory, 'password'), 'correct horse\n')
})

afterAll(async () => rm(directory, { recursive: true }))

describe('loadAccount', () => {
  it('takes the key from the environment, with or without 0x', async () => {
    for (const key of [privateKey, privateKey.slice(2)]) {
      expect((await loadAccount({ environment: { KEDGE_PRIVATE_KEY: key } })).address).toBe(address)
    }
  })

  it('decrypts a keystore that another library wrote', async () => {
    const account = await loadAccount({
      keystore,
      passwordFile: join(directory, 'password'),
      environment: {},
    })
    expect(account.address).toBe(address)
  })

  it.each([
    ['no key at all', {}],
    ['a key that is none', { environment: { KEDGE_PRIVATE_KEY: '0x1234' } }],
    ['a wrong password', { keystore: 'key.json', environment: { KEDGE_KEYSTORE_PASSWORD: 'wrong' } }],
    ['no password', { keystore: 'key.json' }],
    ['a missing keystore', { keystore: 'nowhere.json', environment: { KEDGE_KEYSTORE_PASSWORD: 'x' } }],
    [
      'something that is no keystore',
      { keystore: 'password', environment: { KEDGE_KEYSTORE_PASSWORD: 'x' } },
    ],
  ])('refuses %s without telling the key', async (_, source: { keystore?: string; environment?: object }) => {
    const attempt = loadAccount({
      environment: { ...source.environment },
      ...(source.keystore && { keystore: join(directory, source.keystore) }),
    })
    await expect(attempt).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      message: expect.not.stringContaining('59c6'),
    })
  })
})
