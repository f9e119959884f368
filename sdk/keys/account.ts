import { readFile } from 'node:fs/promises'
import type { Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { KedgeError, systemReason } from '../errors/index.ts'

/** Where a signing key comes from: never from an argument, which every process on the machine can read. */
export interface KeySource {
  /** The path of an encrypted JSON keystore (Web3 Secret Storage, version 3). */
  readonly keystore?: string | undefined
  /** The path of a file that holds the keystore's password; otherwise `KEDGE_KEYSTORE_PASSWORD`. */
  readonly passwordFile?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asks a person for the keystore's password, where nothing else tells it. */
  readonly askPassword?: ((keystore: string) => Promise<string>) | undefined
}

/**
 * The account that signs: from a V3 keystore, or from `KEDGE_PRIVATE_KEY`. Giving both is refused: which key signs must
 * not be a guess.
 *
 * @throws KedgeError `KEY_UNUSABLE`; nothing of the key is ever in the message.
 */
export async function loadAccount(source: KeySource): Promise<LocalAccount> {
  const { keystore } = source
  const key = source.environment['KEDGE_PRIVATE_KEY'] ?? ''
  if (keystore !== undefined && key !== '') {
    throw new KedgeError(
      'KEY_UNUSABLE',
      `two keys are given: the keystore ${keystore} and KEDGE_PRIVATE_KEY`,
      { path: keystore },
      { remedy: 'Unset KEDGE_PRIVATE_KEY, or leave out --keystore and unset KEDGE_KEYSTORE.' },
    )
  }
  if (keystore !== undefined) return await fromKeystore(keystore, source)
  if (key !== '') return fromHex(key, 'KEDGE_PRIVATE_KEY')
  throw new KedgeError('KEY_UNUSABLE', 'no key: give --keystore, or set KEDGE_PRIVATE_KEY')
}

async function fromKeystore(path: string, source: KeySource): Promise<LocalAccount> {
  const json = await read(path, 'keystore')
  // Loaded when asked for: scrypt and AES are not needed by those who only verify.
  const { decryptKeystoreJson, isKeystoreJson } = await import('ethers/wallet')
  if (!isKeystoreJson(json)) {
    throw new KedgeError('KEY_UNUSABLE', `${path} is not an encrypted JSON keystore (V3)`, { path })
  }
  const password = await passwordFor(path, source)
  let privateKey: string
  try {
    ;({ privateKey } = await decryptKeystoreJson(json, password))
  } catch (error) {
    const wrong = error instanceof Error && 'argument' in error && error.argument === 'password'
    // Without the cause: it holds what was tried.
    throw new KedgeError(
      'KEY_UNUSABLE',
      wrong
        ? `the password does not open ${path}`
        : `${path} is a damaged keystore, or one of an unknown kind`,
      { path },
    )
  }
  return fromHex(privateKey, path)
}

async function passwordFor(
  path: string,
  { passwordFile, environment, askPassword }: KeySource,
): Promise<string> {
  if (passwordFile !== undefined) return (await read(passwordFile, 'password file')).replace(/\r?\n$/, '')
  const password = environment['KEDGE_KEYSTORE_PASSWORD'] ?? (await askPassword?.(path))
  if (password !== undefined) return password
  throw new KedgeError(
    'KEY_UNUSABLE',
    `no password for ${path}: give --password-file, or set KEDGE_KEYSTORE_PASSWORD`,
    { path },
  )
}

function fromHex(key: string, origin: string): LocalAccount {
  try {
    return privateKeyToAccount((key.startsWith('0x') ? key : `0x${key}`) as Hex)
  } catch {
    throw new KedgeError('KEY_UNUSABLE', `${origin} is not a private key: 32 bytes in hex`, { origin })
  }
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = systemReason(cause)
    throw new KedgeError('KEY_UNUSABLE', `the ${what} ${path} cannot be read: ${reason}`, { path }, { cause })
  }
}
