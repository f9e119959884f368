import { readFile } from 'node:fs/promises'
import { concatHex, type Hex, hexToBigInt, keccak256, numberToHex, toBytes } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { developmentMnemonic, type LocalChain, localClient, startAnvil } from '../../scripts/chain/anvil.ts'
import { checkDeployment } from '../../scripts/deployment/check/check.ts'
import { sentenceOf } from '../../scripts/deployment/check/deviations.ts'
import { type ParametersFile, readParameters } from '../../scripts/deployment/parameters.ts'
import { localParametersPath } from '../../scripts/life/society.ts'
import {
  acceptAuditCall,
  appointCall,
  type Call,
  type Contracts,
  certifyCall,
  clearSeatCall,
  domainIdOf,
  genesisSaltOf,
  type Kedge,
  objectToRecoveryCall,
  orderReviewCall,
  personIdOf,
  recordReviewCall,
  recordViolationCall,
  recoverCall,
  reinstateCall,
  rotateCall,
  rotationTypedData,
  setDomainCall,
  setRolesCall,
  signerOf,
  startRecoveryCall,
  suspendCall,
  withdrawSeatCall,
} from '../../sdk/chain/index.ts'
import { deployByHand, sendAs, stranger } from './handmade.ts'

let chain: LocalChain
let file: ParametersFile
let kedge: Kedge
let contracts: Contracts
let untouched: Hex

beforeAll(async () => {
  chain = await startAnvil()
  file = await readParameters(localParametersPath)
  kedge = await deployByHand(chain.rpcUrl, file)
  contracts = kedge.deployment.contracts
}, 60_000)
afterAll(() => chain.stop())
beforeEach(async () => {
  untouched = await localClient(chain.rpcUrl).snapshot()
})
afterEach(() => localClient(chain.rpcUrl).revert({ id: untouched }))

const document = keccak256(toBytes('why'))
const day = 86_400

async function said(): Promise<string> {
  return (await checkDeployment(kedge, file)).deviations.map(sentenceOf).join('\n')
}

function accountOf(name: string): Hex {
  return file.parameters.people.find(person => person.name === name)?.account ?? expect.fail(name)
}

function idOf(name: string): Hex {
  return personIdOf(signerOf(accountOf(name)), genesisSaltOf(name))
}

const now = async () => Number((await localClient(chain.rpcUrl).getBlock()).timestamp)
const send = (by: Hex, { to, data }: Call) => sendAs(chain.rpcUrl, by, to, data)
const assembly = (call: Call) => send(contracts.timelocks.assembly, call)
const oversight = (call: Call) => send(contracts.timelocks.oversight, call)

/** Somebody's further keys. */
const spare = (index: number) => mnemonicToAccount(developmentMnemonic, { addressIndex: 100 + index })

/** The new key's consent to be a person's. */
async function consent(name: string, key: ReturnType<typeof spare>, signingEpoch: number) {
  const signer = signerOf(key.address)
  const jurisdiction = { chainId: kedge.deployment.chainId, rules: contracts.rules }
  const rotation = { person: idOf(name), signer, signingEpoch }
  return { signer, signature: await key.signTypedData(rotationTypedData({ ...jurisdiction, rotation })) }
}

const certified = (name: string, until: number) => {
  const certificate = { versioning: until, rollback: until + 1, incident: until + 2 }
  return certifyCall(contracts, { person: idOf(name), certificate, document }, 'Assembly')
}
const suspended = (name: string, until: number) =>
  suspendCall(contracts, { person: idOf(name), until, document }, 'Assembly')

describe('the check of a deployment finds nothing amiss', { timeout: 120_000 }, () => {
  it('in roles, domains, certificates and suspensions that are on record', async () => {
    const ward = domainIdOf('radiology')
    const later = (await now()) + 100 * day
    await assembly(setRolesCall(contracts, { person: idOf('Ben Ito'), roles: ['Auditor'], document }))
    await assembly(
      setRolesCall(contracts, {
        person: idOf('Ada Osei'),
        roles: ['ResponsibleAIOfficer', 'Auditor'],
        document,
      }),
    )
    await assembly(
      setDomainCall(contracts, { person: idOf('Chloe Martin'), domain: ward, leads: true, document }),
    )
    await assembly(
      setDomainCall(contracts, {
        person: idOf('Pia Weber'),
        domain: domainIdOf('speech'),
        leads: false,
        document,
      }),
    )
    await assembly(certified('Dana Cruz', later))
    await assembly(suspended('Watch Post 1', later))
    await assembly(reinstateCall(contracts, idOf('Watch Post 1'), document))
    const fortnight = { person: idOf('Noor Haddad'), until: (await now()) + 10 * day, document }
    await send(accountOf('Ada Osei'), suspendCall(contracts, fortnight, 'ResponsibleAIOfficer'))
    const signer = signerOf(stranger)
    const terms = {
      signer,
      salt: genesisSaltOf('Newcomer'),
      roles: ['DomainLead'],
      domains: [ward],
      document,
    } as const
    await assembly(appointCall(contracts, terms))
    expect(await said()).toBe('')
  })

  it('in violations, audits and reviews that are on record', async () => {
    for (const name of ['Maya Stone', 'Noor Haddad']) {
      for (let time = 1; time <= 4; time += 1) {
        await oversight(recordViolationCall(contracts, idOf(name), document))
      }
    }
    await oversight(acceptAuditCall(contracts, idOf('Noor Haddad'), document))
    await oversight(recordReviewCall(contracts, document))
    await oversight(orderReviewCall(contracts, document, 'OversightCommittee'))
    expect(await said()).toBe('')
  })

  it('in keys that were changed, lost and recovered', async () => {
    const maya = await consent('Maya Stone', spare(0), 0)
    await send(
      accountOf('Maya Stone'),
      rotateCall(contracts, { current: signerOf(accountOf('Maya Stone')), ...maya }),
    )
    const hiro = { person: idOf('Hiro Tan'), current: signerOf(accountOf('Hiro Tan')) }
    await assembly(startRecoveryCall(contracts, { ...hiro, signer: signerOf(spare(1).address), document }))
    await send(accountOf('Hiro Tan'), objectToRecoveryCall(contracts, hiro))
    const faisal = { person: idOf('Faisal Khan'), signer: signerOf(spare(2).address), document }
    await assembly(startRecoveryCall(contracts, faisal))
    expect(await said()).toBe('')
    await localClient(chain.rpcUrl).increaseTime({ seconds: 7 * day })
    const { signer, signature } = await consent('Faisal Khan', spare(2), 0)
    await send(stranger, recoverCall(contracts, { person: faisal.person, signer, signature }))
    expect(await said()).toBe('')
  })

  it('in seats of who was suspended, then reinstated', async () => {
    await assembly(suspended('Liam Frost', (await now()) + day))
    await send(stranger, clearSeatCall(contracts.seats.emergency, idOf('Liam Frost')))
    await assembly(reinstateCall(contracts, idOf('Liam Frost'), document))
    expect(await said()).toBe('')
  })

  it('in the seat of somebody whose certificate had lapsed long ago', async () => {
    await assembly(certified('Liam Frost', (await now()) - 30 * day))
    await send(stranger, clearSeatCall(contracts.seats.emergency, idOf('Liam Frost')))
    await assembly(certified('Liam Frost', (await now()) + day))
    expect(await said()).toBe('')
  })
})

/** The slot of a variable of Rules. */
async function slotOf(variable: string): Promise<bigint> {
  const layout = JSON.parse(await readFile('snapshots/storage/Rules.json', 'utf8')) as {
    readonly storage: readonly { readonly name: string; readonly slot: number }[]
  }
  const found = layout.storage.find(({ name }) => name === variable)
  return BigInt(found?.slot ?? expect.fail(variable))
}

const entryOf = (key: Hex, slot: bigint) =>
  hexToBigInt(keccak256(concatHex([key, numberToHex(slot, { size: 32 })])))

/** Overwrites a word of Rules, as no act could. */
async function plant(slot: bigint, edit: (word: bigint) => bigint): Promise<void> {
  const client = localClient(chain.rpcUrl)
  const place = { address: contracts.rules, index: numberToHex(slot, { size: 32 }) } as const
  const word = await client.getStorageAt({ address: place.address, slot: place.index })
  await client.setStorageAt({ ...place, value: numberToHex(edit(hexToBigInt(word ?? '0x0')), { size: 32 }) })
}

/** Overwrites a word of a person. */
const plantIn = async (name: string, word: bigint, edit: (word: bigint) => bigint) =>
  plant(entryOf(idOf(name), await slotOf('_people')) + word, edit)

describe('the check of a deployment notices, of somebody about whom there are acts on record,', {
  timeout: 120_000,
}, () => {
  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'roles',
      () => plantIn('Ben Ito', 0n, word => word | 0x20n),
      'roles in the standing of Ben Ito is 34, should be 2',
    ],
    [
      'a suspension that is gone',
      () => plantIn('Ben Ito', 0n, word => word & ~(((1n << 40n) - 1n) << 48n)),
      /^suspendedUntil in the standing of Ben Ito is 0, should be \d+$/,
    ],
    [
      'a longer certificate',
      () => plantIn('Ben Ito', 0n, word => word + (1n << 128n)),
      /^versioning in the standing of Ben Ito is \d+, should be \d+$/,
    ],
    [
      'signatures that count again',
      () => plantIn('Ben Ito', 0n, word => word - (1n << 16n)),
      'signingEpoch in the standing of Ben Ito is 0, should be 1',
    ],
    [
      'another key',
      () => plantIn('Ben Ito', 1n, () => hexToBigInt(keccak256(signerOf(stranger)))),
      /^the key and the account of Ben Ito is \["0x/,
    ],
    [
      'a key that became theirs',
      async () =>
        plant(entryOf(keccak256(signerOf(accountOf('Ben Ito'))), await slotOf('_personOf')), () => 7n),
      /^the person with the key 0x\w+ is 0x0+7, should be 0x/,
    ],
    [
      'a key that would recover them',
      () => plantIn('Ben Ito', 3n, () => 7n),
      /^the recovery of Ben Ito is \["0x0+7",0\], should be \["0x0+",0\]$/,
    ],
    [
      'violations that are forgotten',
      () => plantIn('Ben Ito', 4n, () => 0n),
      /^the violations of Ben Ito is \[0,0,0\], should be \[\d+,0,0\]$/,
    ],
    [
      'a domain',
      async () => {
        const domains = entryOf(idOf('Ben Ito'), await slotOf('_leads'))
        await plant(entryOf(domainIdOf('speech'), domains), () => 1n)
      },
      /^whether Ben Ito leads the domain 0x\w+ is true, should be false$/,
    ],
  ])('%s', async (_, tamper, sentence) => {
    const later = (await now()) + 100 * day
    await assembly(certified('Ben Ito', later))
    await assembly(setRolesCall(contracts, { person: idOf('Ben Ito'), roles: ['TechnicalLead'], document }))
    await oversight(recordViolationCall(contracts, idOf('Ben Ito'), document))
    await assembly(suspended('Ben Ito', later))
    await tamper()
    expect(await said()).toMatch(sentence)
    expect(await said()).not.toContain('\n')
  })

  it('roles of who was appointed since', async () => {
    const terms = {
      signer: signerOf(stranger),
      salt: genesisSaltOf('Newcomer'),
      roles: [],
      domains: [],
      document,
    }
    await assembly(appointCall(contracts, terms))
    const id = personIdOf(terms.signer, terms.salt)
    await plant(entryOf(id, await slotOf('_people')), word => word | 4n)
    expect(await said()).toBe(`roles in the standing of person ${id} is 4, should be 0`)
  })
})

describe('the check of a deployment notices', { timeout: 120_000 }, () => {
  it('a review that is due later, and suspensions that officers have not imposed', async () => {
    await plant(await slotOf('_policy'), word => word + (1n << 24n))
    await plant(await slotOf('_suspensions'), () => 9n)
    expect(await said()).toMatch(
      /^when the review is due is \S+ \S+Z, should be \S+ \S+Z\nthe suspensions by officers is \[9,0,0\], should be \[0,0,0\]$/,
    )
  })

  it('a seat that nobody decided to take', async () => {
    await assembly(withdrawSeatCall(contracts.seats.emergency, idOf('Liam Frost')))
    expect(await said()).toBe(
      'the seat of Liam Frost in the Emergency Committee is taken, should be taken from who is not cleared, or by decision of the Assembly',
    )
  })
})
