import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { encryptKeystoreJsonSync } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeySource, loadAccount } from './account.ts'

const privateKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const password = 'correct horse'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kedge-keys-'))
  const keystore = encryptKeystoreJsonSync({ address, privateKey }, password, { scrypt: { N: 1024 } })
  await writeFile(join(directory, 'key.json'), keystore)
  await writeFile(join(directory, 'password'), `${password}\n`)
  await writeFile(join(directory, 'damaged.json'), keystore.replace('"scrypt"', '"unknown"'))
})

afterAll(async () => rm(directory, { recursive: true }))

/** Paths are relative to the scratch directory. */
function load({ keystore, passwordFile, ...rest }: Partial<KeySource>) {
  return loadAccount({
    environment: {},
    ...rest,
    ...(keystore !== undefined && { keystore: join(directory, keystore) }),
    ...(passwordFile !== undefined && { passwordFile: join(directory, passwordFile) }),
  })
}

describe('loadAccount', () => {
  it('takes the key from the environment, with or without 0x', async () => {
    for (const key of [privateKey, privateKey.slice(2)]) {
      expect((await load({ environment: { KEDGE_PRIVATE_KEY: key } })).address).toBe(address)
    }
  })

  it.each<[string, Partial<KeySource>]>([
    ['a file, without its last line break', { passwordFile: 'password' }],
    ['the environment', { environment: { KEDGE_KEYSTORE_PASSWORD: password } }],
    ['a person', { askPassword: async () => password }],
    [
      'the file rather than the environment',
      { passwordFile: 'password', environment: { KEDGE_KEYSTORE_PASSWORD: 'other' } },
    ],
  ])('decrypts a keystore that another library wrote, with the password from %s', async (_, source) => {
    expect((await load({ keystore: 'key.json', ...source })).address).toBe(address)
  })

  it('asks nobody for a password that the environment tells', async () => {
    const askPassword = () => expect.fail('asked')
    const environment = { KEDGE_KEYSTORE_PASSWORD: password }
    expect((await load({ keystore: 'key.json', environment, askPassword })).address).toBe(address)
  })

  it.each<[string, Partial<KeySource>, string]>([
    ['no key at all', {}, 'no key: give --keystore, or set KEDGE_PRIVATE_KEY'],
    [
      'an empty key',
      { environment: { KEDGE_PRIVATE_KEY: '' } },
      'no key: give --keystore, or set KEDGE_PRIVATE_KEY',
    ],
    [
      'a key that is too short',
      { environment: { KEDGE_PRIVATE_KEY: '0x1234' } },
      'KEDGE_PRIVATE_KEY is not a private key: 32 bytes in hex',
    ],
    [
      'a key outside of the curve',
      { environment: { KEDGE_PRIVATE_KEY: `0x${'ff'.repeat(32)}` } },
      'KEDGE_PRIVATE_KEY is not a private key: 32 bytes in hex',
    ],
    [
      'two keys',
      { keystore: 'key.json', passwordFile: 'password', environment: { KEDGE_PRIVATE_KEY: privateKey } },
      'two keys are given: the keystore key.json and KEDGE_PRIVATE_KEY',
    ],
    [
      'a wrong password',
      { keystore: 'key.json', environment: { KEDGE_KEYSTORE_PASSWORD: 'wrong battery' } },
      'the password does not open key.json',
    ],
    [
      'no password',
      { keystore: 'key.json' },
      'no password for key.json: give --password-file, or set KEDGE_KEYSTORE_PASSWORD',
    ],
    [
      'a missing password file',
      { keystore: 'key.json', passwordFile: 'nowhere' },
      'the password file nowhere cannot be read: it does not exist',
    ],
    [
      'a missing keystore',
      { keystore: 'nowhere.json' },
      'the keystore nowhere.json cannot be read: it does not exist',
    ],
    ['a directory', { keystore: '.' }, 'the keystore . cannot be read: it is a directory'],
    [
      'something that is no keystore',
      { keystore: 'password' },
      'password is not an encrypted JSON keystore (V3)',
    ],
    [
      'a keystore of an unknown kind',
      { keystore: 'damaged.json', passwordFile: 'password' },
      'damaged.json is a damaged keystore, or one of an unknown kind',
    ],
  ])('refuses %s', async (_, source, message) => {
    const error = await load(source).then(
      () => expect.fail('it was taken'),
      thrown => thrown,
    )
    expect(error.code).toBe('KEY_UNUSABLE')
    expect(error.message.replaceAll(`${directory}/`, '').replace(directory, '.')).toBe(message)
    const everything = inspect(error, { depth: 10 })
    for (const secret of [privateKey.slice(2, 12), password, 'battery', '1234']) {
      expect(everything).not.toContain(secret)
    }
  })
})
