import { sha256, toHex } from 'viem'
import { domainIdOf, personIdOf, signerOf } from '../../sdk/chain/ids.ts'
import { signOffArguments } from '../../sdk/chain/typedData.ts'
import { roles } from '../../sdk/policy/words.ts'
import type { Sample } from './evm.ts'
import { change, create, read, type Slot, type Work } from './floor.ts'
import { type Bench, deadline, document } from './models.ts'
import { firstAndLast, type Operation } from './operation.ts'
import { caller, digestHash, keyHash } from './versions.ts'

const certificate = { versioning: deadline, rollback: deadline, incident: deadline }

/** Appointing, certifying, signing off by a call. Where a committee acts, its timelock calls. */
export async function peopleOperations(bench: Bench): Promise<readonly Operation[]> {
  const { appointment, persons } = await appointments(bench)
  return [appointment, await certification(bench, persons), await signOffByCall(bench)]
}

async function appointments({ evm, society }: Bench) {
  const samples: Sample[] = []
  const persons = [0, 1].map(index => {
    const signer = signerOf(society.stranger(index))
    const salt = sha256(toHex(`newcomer ${index}`))
    return { signer, salt, roles: 1 << roles.indexOf('DomainLead'), domains: [domainIdOf('speech')] }
  })
  for (const person of persons) {
    samples.push(await evm.send(society.assembly.voice, society.rules, 'appoint', [person, document]))
  }
  const slots = [
    ...create('Rules._personOf[key]', 'Rules._people[person].standing', 'Rules._people[person].key'),
    ...create('Rules._people[person].account', 'Rules._leads[person][domain]'),
    ...change('Rules._log.head'),
  ]
  const appointment: Operation = {
    name: 'appoint, by the Assembly',
    ...firstAndLast(samples),
    work: actOfRules(slots, [keyHash, { what: 'the person’s id', bytes: 64 }]),
    peer: 'AccessManager grantRole',
  }
  return { appointment, persons: persons.map(({ signer, salt }) => personIdOf(signer, salt)) }
}

/** Whoever is certified was appointed with a role, so that there is a word to change. */
async function certification({ evm, society }: Bench, persons: readonly string[]): Promise<Operation> {
  const faisal = society.member('Faisal').account.address
  const samples: Sample[] = []
  for (const person of persons) {
    const call = [person, certificate, roles.indexOf('TrainingOfficer'), document]
    samples.push(await evm.send(faisal, society.rules, 'certify', call))
  }
  const known = read('Rules._people[certified].key')
  const changed = change('Rules._people[certified].standing', 'Rules._log.head')
  return {
    name: 'certify, by the Training Officer',
    ...firstAndLast(samples),
    work: actOfRules([...caller, ...known, ...changed], [keyHash]),
    peer: 'AccessManager-guarded call',
  }
}

async function signOffByCall({ evm, society }: Bench): Promise<Operation> {
  const samples: Sample[] = []
  for (const label of ['a version', 'another version']) {
    const terms = signOffArguments({
      version: sha256(toHex(label)),
      stage: 'Staging',
      risk: 'High',
      evidence: document,
      policyEpoch: 1,
      role: 'ResponsibleAIOfficer',
      signingEpoch: 0,
      deadline,
    })
    samples.push(await evm.send(society.member('Ada').account.address, society.rules, 'signOff', [terms]))
  }
  const slots = [
    ...caller,
    ...read('Rules._policy'),
    ...create('Rules._consents[terms][actor]'),
    ...change('Rules._log.head'),
  ]
  return {
    name: 'signOff, by call',
    ...firstAndLast(samples),
    work: actOfRules(slots, [keyHash, { what: 'the typed data', bytes: 320 }, digestHash]),
    peer: 'Safe approveHash',
  }
}

function actOfRules(slots: readonly Slot[], hashes: Work['hashes']): Work {
  return { slots, ...(hashes && { hashes }), audited: true }
}
