import { rulesAbi } from '../../../sdk/chain/abi/index.ts'
import {
  acceptAuditCall,
  createModelCall,
  domainIdOf,
  recordViolationCall,
} from '../../../sdk/chain/index.ts'
import { decideTogether, type Stagehand } from '../cast.ts'
import { makeDocument } from '../version.ts'

const violator = 'Pia Weber'

/** Three violations within a year: whoever committed them creates nothing until an external audit is accepted. */
export async function violations(hand: Stagehand): Promise<void> {
  const { society, record } = hand
  const { contracts } = society.kedge.deployment
  record.chapter('Violations of the policy')
  const person = society.person(violator)
  const reports = await Promise.all(
    [
      'A template was edited on the ward, without a version.',
      'A model was copied to a recorder past the deploy gate.',
      'An approval was given by telephone.',
    ].map(text => report(hand, text)),
  )
  await decideTogether(hand, {
    committee: 'oversight',
    members: ['Grace Lindt', 'Hiro Tan'],
    calls: reports.map(digest => recordViolationCall(contracts, person, digest)),
    title: `Three violations by ${violator}`,
    what: `three violations by ${violator}`,
  })
  const creation = createModelCall(contracts, {
    name: 'ward-noise',
    domain: domainIdOf('speech'),
    floor: 'Low',
    developers: [],
    document: await report(hand, 'Measures how loud a ward is.'),
  })
  await record.refused(violator, 'creates a model all the same', 'RulesAuditRequired', () =>
    society.act(violator, creation),
  )
  const audit = await report(hand, 'The external audit found the three mended.')
  await decideTogether(hand, {
    committee: 'oversight',
    members: ['Grace Lindt', 'Hiro Tan'],
    calls: [acceptAuditCall(contracts, person, audit)],
    title: `Accept the audit of ${violator}`,
    what: `the audit of ${violator}`,
  })
  const { auditRequired } = await society.client.readContract({
    address: contracts.rules,
    abi: rulesAbi,
    functionName: 'standing',
    args: [person],
  })
  record.expect(`${violator} may create again`, 'as the chain says', !auditRequired)
}

async function report(hand: Stagehand, text: string) {
  const persons = [hand.society.person(violator)]
  const document = makeDocument({ kind: 'report', model: null, persons, text })
  await hand.publish(document)
  return document.digest
}
