import type { Hex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { lensAbi, rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { callOf, genesisSaltOf, personIdOf, signerOf } from '../../../sdk/chain/index.ts'
import { roles } from '../../../sdk/policy/words.ts'
import { developmentMnemonic } from '../../chain/anvil.ts'
import { decideTogether, type Stagehand } from '../cast.ts'
import { carrier } from '../society.ts'
import { makeDocument } from '../version.ts'

const year = 365 * 86_400

/** The people of genesis; one more by the Assembly's vote; their certificate by the Training Officer. */
export async function people(hand: Stagehand): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  record.chapter('People')
  // A vote weighs what its holder had at an earlier time: nobody proposes in the second of the genesis.
  await society.pass(3600)
  const { standing } = await readPerson(hand, society.account('Ada Osei').address)
  record.expect(
    'Ada Osei has her id and her role from genesis',
    standing.person.slice(0, 10),
    standing.roles === 4,
  )

  // Nobody knew this key at genesis.
  const newcomer = mnemonicToAccount(developmentMnemonic, { addressIndex: 25 }).address
  const id = personIdOf(signerOf(newcomer), genesisSaltOf('Otis Quinn'))
  const why = makeDocument({
    kind: 'reason',
    model: null,
    persons: [id],
    text: 'Otis Quinn joins the developers.',
  })
  await hand.publish(why)
  const appointment = {
    signer: signerOf(newcomer),
    salt: genesisSaltOf('Otis Quinn'),
    roles: 1 << roles.indexOf('ModelDeveloper'),
    domains: [],
  }
  const appoint = callOf(contracts.rules, rulesAbi, 'appoint', [appointment, why.digest])
  await record.refused('Ada Osei', 'tries to appoint Otis Quinn alone', 'RulesUnauthorized', () =>
    society.act('Ada Osei', appoint),
  )
  await decideTogether(hand, {
    committee: 'assembly',
    members: ['Ada Osei', 'Ben Ito', 'Chloe Martin', 'Dana Cruz', 'Emil Novak'],
    call: appoint,
    title: 'Appoint Otis Quinn',
    what: 'the appointment of Otis Quinn',
  })
  const appointed = await readPerson(hand, newcomer)
  record.expect(
    'Otis Quinn is appointed, not yet cleared',
    'as the chain says',
    appointed.standing.person === id && !appointed.cleared,
  )

  const training = makeDocument({
    kind: 'report',
    model: null,
    persons: [id],
    text: 'All three curricula passed.',
  })
  await hand.publish(training)
  const until = (await society.now()) + year
  const certificate = { versioning: until, rollback: until, incident: until }
  const args = [id, certificate, roles.indexOf('TrainingOfficer'), training.digest]
  await record.act('Faisal Khan', 'certifies Otis Quinn in all three curricula', () =>
    society.act('Faisal Khan', callOf(contracts.rules, rulesAbi, 'certify', args)),
  )
  record.expect('Otis Quinn is cleared', 'as the chain says', (await readPerson(hand, newcomer)).cleared)
  const nobody = await readPerson(hand, carrier.address)
  record.expect('who deployed holds no role', 'as the chain says', nobody.standing.roles === 0)
}

async function readPerson({ society }: Stagehand, account: Hex) {
  return await society.client.readContract({
    address: society.kedge.deployment.contracts.lens,
    abi: lensAbi,
    functionName: 'person',
    args: [account],
  })
}
