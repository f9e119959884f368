import type { Address, Hex, LocalAccount } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { lensAbi } from '../../../sdk/chain/abi/index.ts'
import {
  appointCall,
  certifyCall,
  genesisSaltOf,
  personIdOf,
  recoverCall,
  rotationTypedData,
  signerOf,
  startRecoveryCall,
} from '../../../sdk/chain/index.ts'
import { developmentMnemonic } from '../../chain/anvil.ts'
import { decideTogether, type Stagehand } from '../cast.ts'
import { carrier } from '../society.ts'
import { makeDocument } from '../version.ts'

const year = 365 * 86_400
const fiveMembers = ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak'] as const

/** The accounts of Otis Quinn, whom the Assembly appoints: nobody knew the first at genesis; its key is lost. */
export const newcomerAccounts = { first: 25, second: 26 } as const

const accountOf = (addressIndex: number): LocalAccount =>
  mnemonicToAccount(developmentMnemonic, { addressIndex })

/** The people of genesis; one more by the Assembly's vote, certified by the Training Officer, who loses the key. */
export async function people(hand: Stagehand): Promise<void> {
  const { society, record } = hand
  record.chapter('People')
  // A vote weighs what its holder had at an earlier time: nobody proposes in the second of the genesis.
  await society.pass(3600)
  const ada = await readPerson(hand, society.account('Ada Osei').address)
  record.expect(
    'Ada Osei has her id and her role from genesis',
    ada.person.slice(0, 10),
    ada.person === society.person('Ada Osei') && ada.standing.roles === 4,
  )
  const otis = await appointNewcomer(hand)
  await certifyNewcomer(hand, otis)
  const nobody = await readPerson(hand, carrier.address)
  record.expect('who deployed holds no role', 'as the chain says', nobody.standing.roles === 0)
  await loseKey(hand, otis)
}

async function appointNewcomer(hand: Stagehand): Promise<Hex> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  const { address } = accountOf(newcomerAccounts.first)
  const signer = signerOf(address)
  const salt = genesisSaltOf('Otis Quinn')
  const id = personIdOf(signer, salt)
  const why = makeDocument({
    kind: 'reason',
    model: null,
    persons: [id],
    text: 'Otis Quinn joins the developers.',
  })
  await hand.publish(why)
  const roles = ['ModelDeveloper'] as const
  const appoint = appointCall(contracts, { signer, salt, roles, domains: [], document: why.digest })
  await record.refused('Ada Osei', 'tries to appoint Otis Quinn alone', 'RulesUnauthorized', () =>
    society.act('Ada Osei', appoint),
  )
  await decideTogether(hand, {
    committee: 'assembly',
    members: fiveMembers,
    calls: [appoint],
    title: 'Appoint Otis Quinn',
    what: 'the appointment of Otis Quinn',
  })
  const appointed = await readPerson(hand, address)
  record.expect(
    'Otis Quinn is appointed, not yet cleared',
    'as the chain says',
    appointed.person === id && !appointed.cleared,
  )
  return id
}

async function certifyNewcomer(hand: Stagehand, person: Hex): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  const training = makeDocument({
    kind: 'report',
    model: null,
    persons: [person],
    text: 'All three curricula passed.',
  })
  await hand.publish(training)
  const until = (await society.now()) + year
  const certificate = { versioning: until, rollback: until, incident: until }
  const terms = { person, certificate, document: training.digest }
  await record.act('Faisal Khan', 'certifies Otis Quinn in all three curricula', () =>
    society.act('Faisal Khan', certifyCall(contracts, terms, 'TrainingOfficer')),
  )
  const { cleared } = await readPerson(hand, accountOf(newcomerAccounts.first).address)
  record.expect('Otis Quinn is cleared', 'as the chain says', cleared)
}

/** The Assembly begins to give Otis Quinn another key; from then on the old one has 7 days to object. */
async function loseKey(hand: Stagehand, person: Hex): Promise<void> {
  const { society, record } = hand
  const why = makeDocument({
    kind: 'reason',
    model: null,
    persons: [person],
    text: 'Otis Quinn’s telephone, and with it the key, fell into the harbour.',
  })
  await hand.publish(why)
  const { contracts } = society.kedge.deployment
  const signer = signerOf(accountOf(newcomerAccounts.second).address)
  await decideTogether(hand, {
    committee: 'assembly',
    members: fiveMembers,
    calls: [startRecoveryCall(contracts, { person, signer, document: why.digest })],
    title: 'Give Otis Quinn another key',
    what: 'the recovery of Otis Quinn’s key',
  })
  await record.refused('anyone', 'completes the recovery at once', 'RulesRecoveryNotReady', () =>
    recover(hand, person),
  )
}

/** The recovery of the lost key, once its 7 days are over. */
export async function regainKey(hand: Stagehand): Promise<void> {
  const { record } = hand
  record.chapter('A lost key')
  const { person } = await readPerson(hand, accountOf(newcomerAccounts.first).address)
  await record.act('anyone', 'completes the recovery of Otis Quinn’s key', () => recover(hand, person))
  const [old, current] = await Promise.all([
    readPerson(hand, accountOf(newcomerAccounts.first).address),
    readPerson(hand, accountOf(newcomerAccounts.second).address),
  ])
  record.expect(
    'Otis Quinn acts with the new key, nobody with the old one',
    'as the chain says',
    current.person === person && current.cleared && old.standing.roles === 0,
  )
}

/** Anyone carries it: the new key signs that it is its owner's. */
async function recover({ society }: Stagehand, person: Hex) {
  const { chainId, contracts } = society.kedge.deployment
  const account = accountOf(newcomerAccounts.second)
  const signer = signerOf(account.address)
  const rotation = { person, signer, signingEpoch: 0 }
  const signature = await account.signTypedData(
    rotationTypedData({ chainId, rules: contracts.rules, rotation }),
  )
  return await society.carry(recoverCall(contracts, { person, signer, signature }))
}

async function readPerson({ society }: Stagehand, account: Address) {
  return await society.client.readContract({
    address: society.kedge.deployment.contracts.lens,
    abi: lensAbi,
    functionName: 'person',
    args: [account],
  })
}
