import { join } from 'node:path'
import { type Address, getContractAddress, type Hex, type LocalAccount } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import type { CommitteeName } from '../../sdk/chain/deployment.ts'
import { genesisSaltOf, personIdOf } from '../../sdk/chain/ids.ts'
import { type Role, roles } from '../../sdk/policy/words.ts'
import { developmentMnemonic } from '../chain/anvil.ts'
import { readArtifact } from '../deployment/artifacts.ts'
import {
  type Construction,
  constructionsOf,
  contractNames,
  predictAddresses,
} from '../deployment/contracts.ts'
import { genesisOf, type Parameters, readParameters } from '../deployment/parameters.ts'
import type { Contract, Evm, Sample } from './evm.ts'
import { createPasskey, type Passkey, readVerifier } from './passkey.ts'

/** Somebody of deployments/local/parameters.json. */
export interface Member {
  readonly account: LocalAccount
  readonly id: Hex
}

export type Society = Awaited<ReturnType<typeof foundSociety>>

const parametersPath = join(import.meta.dirname, '../../deployments/local/parameters.json')

/** The Technical Lead who signs off with a passkey; her account never acts. */
const passkeyHolder = 'Tess Arden'

/**
 * Deploys what deployments/local/parameters.json describes, with two additions: a Technical Lead with a passkey, and the
 * Technical Lead's sign-off for High into Production, so that three people sign.
 */
export async function foundSociety(evm: Evm) {
  const deployer = account(0).address
  const { parameters: written, document } = await readParameters(parametersPath)
  const parameters = withThirdSignOff(written)
  const addresses = predictAddresses(deployer, 0)
  const verifierAddress = getContractAddress({ from: deployer, nonce: 12n })
  const passkey = createPasskey(passkeyHolder, verifierAddress)
  const genesis = withPasskey(genesisOf(parameters, document, evm.now()), passkey)
  const ids = genesis.people.map(({ signer, salt }) => personIdOf(signer, salt))
  const names = [...parameters.people.map(({ name }) => name), passkeyHolder]
  const people = new Map(names.map((name, index) => [name, ids[index] as Hex]))
  const constructions = constructionsOf({ parameters, genesis, people, addresses })

  const deployments = await deployAll(evm, deployer, constructions)
  const verifier = await evm.deploy(deployer, await readVerifier(), [])
  if (verifier.contract.address !== verifierAddress.toLowerCase())
    throw new Error('the verifier lies elsewhere')

  const contracts = new Map(constructions.map(({ id }, index) => [id, deployments[index]?.contract]))
  const contract = (id: string) => contracts.get(id) as Contract
  const committee = (name: CommitteeName) => {
    const suffix = `${name[0]?.toUpperCase()}${name.slice(1)}`
    return { governor: contract(`Committee${suffix}`), voice: addresses.timelocks[name] }
  }
  const members = parameters.people.map(({ account: address }, index): Member => {
    const found = account(index + 1)
    if (found.address !== address) throw new Error(`${address} is not account ${index + 1} of the phrase`)
    return { account: found, id: ids[index] as Hex }
  })
  return {
    parameters,
    rules: contract('Rules'),
    registry: contract('Registry'),
    assembly: committee('assembly'),
    oversight: committee('oversight'),
    emergency: committee('emergency'),
    /** Somebody by given name. */
    member(givenName: string): Member {
      const index = parameters.people.findIndex(({ name }) => name.startsWith(`${givenName} `))
      const found = members[index]
      if (found === undefined) throw new Error(`nobody is called ${givenName}`)
      return found
    },
    seatsOf: (name: CommitteeName): readonly Member[] =>
      parameters.committees[name].seats.map(
        seat => members[parameters.people.findIndex(person => person.name === seat)] as Member,
      ),
    passkey,
    /** An account that no one knows. */
    stranger: (index: number) => account(100 + index).address,
    /** One sample for each kind of contract; of three alike the first. */
    deployments: new Map(
      constructions.map((built, index) => [built.contract, deployments[index]] as const).toReversed(),
    ),
  }
}

async function deployAll(evm: Evm, deployer: Address, constructions: readonly Construction[]) {
  const artifacts = new Map(
    await Promise.all(contractNames.map(async name => [name, await readArtifact(name)] as const)),
  )
  const deployed: (Sample & { readonly contract: Contract })[] = []
  for (const { contract, arguments: args, address } of constructions) {
    const artifact = artifacts.get(contract)
    if (artifact === undefined) throw new Error(`${contract} was not compiled`)
    const sample = await evm.deploy(deployer, artifact, args)
    if (sample.contract.address !== address.toLowerCase()) throw new Error(`${contract} lies elsewhere`)
    deployed.push(sample)
  }
  return deployed
}

function account(addressIndex: number) {
  return mnemonicToAccount(developmentMnemonic, { addressIndex })
}

function withThirdSignOff(parameters: Parameters): Parameters {
  const { Production } = parameters.matrix
  const High: Role[] = ['TechnicalLead', ...Production.High]
  return { ...parameters, matrix: { ...parameters.matrix, Production: { ...Production, High } } }
}

function withPasskey(genesis: ReturnType<typeof genesisOf>, { signer }: Passkey) {
  const salt = genesisSaltOf(passkeyHolder)
  const holder = { signer, salt, roles: 1 << roles.indexOf('TechnicalLead'), domains: [] }
  const [certificate] = genesis.certificates
  if (certificate === undefined) throw new Error('nobody is certified')
  return {
    ...genesis,
    people: [...genesis.people, holder],
    certificates: [...genesis.certificates, certificate],
  }
}
