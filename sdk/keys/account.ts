import { readFile } from 'node:fs/promises'
import type { Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { KedgeError } from '../errors/index.ts'

/** Where a signing key comes from: never from an argument, which every process on the machine can read. */
export interface KeySource {
  /** The path of an encrypted JSON keystore (Web3 Secret Storage, version 3). */
  readonly keystore?: string | undefined
  /** The path of a file that holds the keystore's password; otherwise `KEDGE_KEYSTORE_PASSWORD`. */
  readonly passwordFile?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The account that signs: from a V3 keystore, or from `KEDGE_PRIVATE_KEY`.
 *
 * @throws KedgeError `KEY_UNUSABLE`; nothing of the key is ever in the message.
 */
export async function loadAccount(source: KeySource): Promise<LocalAccount> {
  if (source.keystore !== undefined) return await fromKeystore(source.keystore, source)
  const key = source.environment['KEDGE_PRIVATE_KEY']
  if (key === undefined || key === '') {
    throw new KedgeError('KEY_UNUSABLE', 'no key: give --keystore, or set KEDGE_PRIVATE_KEY')
  }
  return fromHex(key, 'KEDGE_PRIVATE_KEY')
}

async function fromKeystore(path: string, source: KeySource): Promise<LocalAccount> {
  const json = await read(path, 'keystore')
  const password =
    source.passwordFile === undefined
      ? source.environment['KEDGE_KEYSTORE_PASSWORD']
      : (await read(source.passwordFile, 'password file')).replace(/\r?\n$/, '')
  if (password === undefined) {
    throw new KedgeError(
      'KEY_UNUSABLE',
      'no password: give --password-file, or set KEDGE_KEYSTORE_PASSWORD',
      { path },
    )
  }
  // Loaded when asked for: scrypt and AES are not needed by those who only verify.
  const { decryptKeystoreJson, isKeystoreJson } = await import('ethers/wallet')
  if (!isKeystoreJson(json)) throw new KedgeError('KEY_UNUSABLE', `${path} is not a V3 keystore`, { path })
  try {
    const { privateKey } = await decryptKeystoreJson(json, password)
    return fromHex(privateKey, path)
  } catch (cause) {
    if (cause instanceof KedgeError) throw cause
    throw new KedgeError('KEY_UNUSABLE', `${path} cannot be decrypted: is the password right?`, { path })
  }
}

function fromHex(key: string, origin: string): LocalAccount {
  try {
    return privateKeyToAccount((key.startsWith('0x') ? key : `0x${key}`) as Hex)
  } catch {
    throw new KedgeError('KEY_UNUSABLE', `${origin} is not 32 bytes in hex`, { origin })
  }
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new KedgeError('KEY_UNUSABLE', `the ${what} ${path} cannot be read`, { path }, { cause })
  }
}
