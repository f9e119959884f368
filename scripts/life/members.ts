import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { encryptKeystoreJson } from 'ethers/wallet'
import { toHex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import {
  committeeNames,
  environmentIdOf,
  genesisSaltOf,
  personIdOf,
  signerOf,
} from '../../sdk/chain/index.ts'
import { developmentMnemonic } from '../chain/anvil.ts'
import { type Parameters, readParameters } from '../deployment/parameters.ts'
import { writeWhole } from '../wholeFile.ts'
import { newcomerAccounts } from './chapters/people.ts'
import { localParametersPath } from './society.ts'

// What somebody needs who wants to be a member on the local chain of `npm start`: a key, and what everyone is called.

/** Everyone's keystore opens with it: these keys are known to the whole world. */
const password = 'local'

/** Somebody on the local chain: person n of the parameters file has account n of the development phrase. */
interface Inhabitant {
  readonly name: string
  readonly addressIndex: number
  /** The account that the person was appointed with, if it was another one: the id follows from it. */
  readonly firstIndex?: number
  /** Roles and seats, for people. */
  readonly part: string
}

/**
 * Writes the names of everyone into `<state>/names.json`, and into `<state>/keys/` their keystores, the password, and
 * a README that says who they are. Keystores that are there stay.
 */
export async function writeMembers(
  state: string,
): Promise<{ readonly keys: string; readonly names: string }> {
  const { parameters } = await readParameters(localParametersPath)
  const inhabitants = inhabitantsOf(parameters)
  const keys = join(state, 'keys')
  const names = join(state, 'names.json')
  await writeWhole(names, `${JSON.stringify(namesOf(inhabitants, parameters), null, 2)}\n`)
  await writeWhole(join(keys, 'password'), `${password}\n`)
  for (const inhabitant of inhabitants) {
    const path = join(keys, fileOf(inhabitant))
    if (await isThere(path)) continue
    await writeWhole(path, `${await keystoreOf(inhabitant)}\n`)
  }
  await writeWhole(join(keys, 'README.md'), readmeOf(inhabitants, keys))
  return { keys, names }
}

function inhabitantsOf({ people, committees }: Parameters): readonly Inhabitant[] {
  const genesis = people.map(({ name, roles, domains }, index) => {
    const seats = committeeNames
      .filter(committee => committees[committee].seats.includes(name))
      .map(committee => `seat in ${committee}`)
    const held = roles.map(role => (role === 'DomainLead' ? `${role} of ${domains.join(', ')}` : role))
    return { name, addressIndex: index + 1, part: [...held, ...seats].join('; ') }
  })
  // The life has the Assembly appoint one more, who then loses the key: see chapters/people.ts.
  const { first: firstIndex, second: addressIndex } = newcomerAccounts
  const part = 'ModelDeveloper, appointed later, with a recovered key'
  return [...genesis, { name: 'Otis Quinn', addressIndex, firstIndex, part }]
}

function accountOf({ addressIndex }: Pick<Inhabitant, 'addressIndex'>) {
  return mnemonicToAccount(developmentMnemonic, { addressIndex })
}

/** People by account and by id, and the environments that are no policy's own. */
function namesOf(inhabitants: readonly Inhabitant[], { environments }: Parameters): Record<string, string> {
  const people = inhabitants.flatMap(inhabitant => {
    const { name, addressIndex, firstIndex = addressIndex } = inhabitant
    const first = accountOf({ addressIndex: firstIndex }).address
    const id = personIdOf(signerOf(first), genesisSaltOf(name))
    return [[accountOf(inhabitant).address, name] as const, [id, name] as const]
  })
  return Object.fromEntries([
    ...people,
    ...environments.map(({ name }) => [environmentIdOf(name), name] as const),
  ])
}

async function keystoreOf(inhabitant: Inhabitant): Promise<string> {
  const account = accountOf(inhabitant)
  const key = account.getHdKey().privateKey
  if (key === null) throw new Error(`account ${inhabitant.addressIndex} has no key`)
  const { address } = account
  // Cheap to open: there is nothing to protect.
  return await encryptKeystoreJson({ address, privateKey: toHex(key) }, password, { scrypt: { N: 4096 } })
}

function fileOf({ name }: Inhabitant): string {
  return `${name.toLowerCase().replaceAll(' ', '-')}.json`
}

function readmeOf(inhabitants: readonly Inhabitant[], keys: string): string {
  const rows = inhabitants.map(
    inhabitant =>
      `| ${inhabitant.name} | ${inhabitant.part} | ${fileOf(inhabitant)} | ${inhabitant.addressIndex} | ${accountOf(inhabitant).address} |`,
  )
  return `# Who is who on this local chain

Each keystore opens with the password in the file \`password\`. With KEDGE_RPC_URL and KEDGE_DEPLOYMENT set, whoever
you want to be votes like this; docs/members.md tells the rest.

    npm run --silent kedge -- vote emergency <proposal> For \
      --keystore ${join(keys, 'kira-boon.json')} --password-file ${join(keys, 'password')}

**The whole world knows these keys.** They are those of anvil's test phrase; never send anything of worth to them.
Account n as a bare key, for other tools:

    npx cast wallet private-key "${developmentMnemonic}" n

| who | roles and seats | keystore | n | account |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
