import { type Abi, encodeFunctionData, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi, timelockAbi } from '../chain/abi/index.ts'
import {
  type AuditEntry,
  type Deployment,
  environmentIdOf,
  haltBySignatureCall,
  type Identity,
  modelIdOf,
  none,
  promoteCall,
  registerBySignatureCall,
  registerCall,
  rollbackBySignatureCall,
  rollbackCall,
  signerOf,
  versionIdOf,
  voiceOf,
} from '../chain/index.ts'
import { forGood } from '../policy/words.ts'
import { createBook } from './book.ts'
import {
  documentOfCall,
  registryPhrases,
  rulesPhrases,
  timeText,
  wordsOfCall,
  wordsOfEntry,
} from './words.ts'

const address = (digit: string): Hex => `0x${digit.repeat(40)}`
const word = (digits: string): Hex => `0x${digits.padEnd(64, '0')}`
const three = (a: string, b: string, c: string) => ({
  assembly: address(a),
  oversight: address(b),
  emergency: address(c),
})
const contracts = {
  registry: address('1'),
  rules: address('2'),
  lens: address('3'),
  timelocks: three('4', '5', '6'),
  seats: three('7', '8', '9'),
  committees: three('a', 'b', 'c'),
}
const deployment = { chainId: 7, block: 0, contracts } as Deployment
const model = modelIdOf('triage-note')
const identity: Identity = {
  model,
  label: word('1a'),
  manifestDigest: word('2a'),
  artifactDigest: word('3a'),
  parent: none,
  schema: 0,
  risk: 'Low',
  author: word('4a'),
}
const version = versionIdOf({ chainId: 7, registry: contracts.registry, identity })

function entry(
  action: AuditEntry['action'],
  subject: Hex,
  data: Hex,
  more: Partial<AuditEntry> = {},
): AuditEntry {
  const common = {
    authority: 'None',
    document: none,
    systems: 0n,
    block: 1n,
    transaction: none,
    logIndex: 0,
  } as const
  return { action, actor: word('4a'), subject, data, ...common, ...more }
}

const create = encodeFunctionData({
  abi: registryAbi,
  functionName: 'createModel',
  args: ['triage-note', word('5a'), 0, [word('4a')], word('6a')],
})
const entries = [
  entry('ModelCreated', model, create),
  entry('Registered', version, registerCall(contracts, identity).data),
]
const book = createBook({ rpcUrl: '', deployment }, entries, new Map([[word('4a'), 'Dana Cruz']]))

function words(to: Hex, abi: Abi, functionName: string, args: readonly unknown[]): string {
  return wordsOfCall({ to, data: encodeFunctionData({ abi, functionName, args }) }, contracts, book)
}

const acts = (abi: Abi) =>
  abi.flatMap(item => (item.type === 'function' && item.stateMutability === 'nonpayable' ? [item.name] : []))

describe('a book', () => {
  it('believes no name and no version that does not give its id', () => {
    const forged = createBook({ rpcUrl: '', deployment }, [
      entry('ModelCreated', word('bb'), create),
      entry('Registered', word('cc'), registerCall(contracts, identity).data),
      entry('Registered', word('dd'), '0x1234'),
    ])
    expect([forged.model(word('bb')), forged.version(word('cc')), forged.modelOf(word('cc'))]).toEqual([
      '0xbb0000…0000',
      'version 0xcc0000…0000',
      undefined,
    ])
  })
})

describe('calls in words', () => {
  it('has words for every act of the Registry and of the Rules', () => {
    expect(acts(registryAbi).filter(name => !Object.hasOwn(registryPhrases, name))).toEqual([])
    expect(acts(rulesAbi).filter(name => !Object.hasOwn(rulesPhrases, name))).toEqual([])
  })

  it('names models, versions, environments and people', () => {
    const order = {
      model,
      environment: environmentIdOf('production'),
      from: version,
      to: word('7a'),
      trigger: 'DriftOrIntegrity',
      reason: word('8a'),
      plan: word('9a'),
    } as const
    const call = rollbackCall(contracts, order, 'EmergencyCommittee')
    expect(wordsOfCall(call, contracts, book)).toMatchInlineSnapshot(
      `"roll production back from triage-note #1 (0x37216c…271b) to version 0x7a0000…0000 for DriftOrIntegrity, with the plan 0x9a0000…0000"`,
    )
    expect(documentOfCall(call, contracts)).toBe(word('8a'))
    expect(words(contracts.rules, rulesAbi, 'suspend', [word('4a'), forGood, 11, word('6a')])).toBe(
      'suspend Dana Cruz for good',
    )
    const certificate = { versioning: 1_800_000_000, rollback: 1_700_000_000, incident: 1_900_000_000 }
    expect(words(contracts.rules, rulesAbi, 'certify', [word('4a'), certificate, 9, word('6a')])).toBe(
      'certify Dana Cruz until 2023-11-14 22:13:20Z',
    )
    expect(words(contracts.rules, rulesAbi, 'setRoles', [word('4a'), 0b110, word('6a')])).toBe(
      'have Dana Cruz act as TechnicalLead, ResponsibleAIOfficer from now on',
    )
    expect(words(contracts.seats.emergency, seatsAbi, 'grant', [word('4a')])).toBe('give Dana Cruz a seat')
  })

  it('tells which halt a resumption ends, and which raise is taken back', () => {
    const halt = {
      model,
      environment: environmentIdOf('production'),
      version,
      trigger: 0,
      reason: word('8a'),
    }
    expect(words(contracts.registry, registryAbi, 'resume', [halt, 12, 4])).toMatch(
      /^resume triage-note #1 \(\S+\) in production, halted at sequence 12$/,
    )
    const restore = [{ ...identity, risk: 0 }, 2, 1, word('8a')]
    expect(words(contracts.registry, registryAbi, 'restoreRisk', restore)).toMatch(
      /^take the risk of triage-note #1 \(\S+\), raised to High, back to Medium$/,
    )
  })

  it('tells calls without words of their own by their names and values', () => {
    expect(words(contracts.committees.oversight, committeeAbi, 'setQuorums', [2n, 3n])).toBe(
      'Oversight Committee: setQuorums(quorum_ 2, superQuorum_ 3)',
    )
    expect(words(contracts.timelocks.assembly, timelockAbi, 'updateDelay', [60n])).toBe(
      'Timelock of the Assembly: updateDelay(newDelay 60)',
    )
  })

  it('hides nothing of a call that it cannot read', () => {
    const stranger = address('e')
    expect(wordsOfCall({ to: stranger, data: '0x12345678' }, contracts, book)).toBe(
      `call 0x12345678 of ${stranger}`,
    )
    expect(wordsOfCall({ to: contracts.registry, data: '0x' }, contracts, book)).toBe('call 0x of Registry')
    expect(documentOfCall({ to: stranger, data: '0x12345678' }, contracts)).toBeUndefined()
  })
})

describe('entries in words', () => {
  const told = (found: AuditEntry, contract: 'registry' | 'rules' = 'registry') =>
    wordsOfEntry({ ...found, contract }, contracts, book)

  it('says who acted in which role', () => {
    const [created, registered] = entries as [AuditEntry, AuditEntry]
    expect(told({ ...created, authority: 'ResponsibleAIOfficer' })).toBe(
      'Dana Cruz as ResponsibleAIOfficer: create the model triage-note with the floor Low, developed by Dana Cruz',
    )
    expect(told(registered)).toMatch(
      /^Dana Cruz: register triage-note #1 \(0x[0-9a-f]{6}…[0-9a-f]{4}\), risk Low/,
    )
  })

  it('names committees by their voices, and what has no call of its own', () => {
    const voice = voiceOf(contracts.timelocks.emergency)
    const pull = encodeFunctionData({ abi: rulesAbi, functionName: 'pullReview', args: [version] })
    const review = entry('ReviewPulled', version, pull, { actor: voiceOf(contracts.registry) })
    expect(told(review, 'rules')).toBe('the Registry: pull the review of the policy forward')
    expect(told(entry('Genesis', none, '0x'), 'rules')).toBe('the Rules began')
    expect(told(entry('Lapsed', version, '0x1234', { actor: voice, authority: 'EmergencyCommittee' }))).toBe(
      'the Emergency Committee: call 0x1234 of Registry',
    )
  })

  it('names who signed off, each in the role', () => {
    const carried = { deadline: 1, signature: '0x' } as const
    const signOffs = [
      { ...carried, role: 'TechnicalLead', signer: signerOf(address('d')) },
      { ...carried, role: 'OversightCommittee', signer: '0x' },
    ] as const
    const promotion = { identity, stage: 'Production', evidence: word('6a'), signOffs } as const
    const { data } = promoteCall(contracts, promotion)
    expect(told(entry('Promoted', version, data))).toMatch(
      /signed off by TechnicalLead 0xdddddd…dddd, OversightCommittee$/,
    )
  })

  it('tells what was carried for somebody as what that person did', () => {
    const warrant = {
      role: 'SystemOperator',
      deadline: 1,
      signer: signerOf(address('d')),
      signature: '0x1b',
    } as const
    const environment = environmentIdOf('production')
    const stop = { model, environment, trigger: 'SafetyRisk', reason: word('8a') } as const
    const author = { ...warrant, role: 'ModelDeveloper' } as const
    const calls = [
      registerBySignatureCall(contracts, identity, author),
      rollbackBySignatureCall(contracts, { ...stop, from: version, to: word('7a') }, warrant),
      rollbackBySignatureCall(contracts, { ...stop, to: version }, warrant),
      rollbackBySignatureCall(contracts, { ...stop, from: version }, warrant),
      haltBySignatureCall(contracts, { ...stop, version }, warrant),
    ]
    expect(calls.map(call => wordsOfCall(call, contracts, book))).toMatchInlineSnapshot(`
      [
        "register triage-note #1 (0x37216c…271b), risk Low, schema 0, manifest 0x2a0000…0000, signed by its author",
        "roll production back from triage-note #1 (0x37216c…271b) to version 0x7a0000…0000 for SafetyRisk, signed by SystemOperator 0xdddddd…dddd",
        "restore triage-note #1 (0x37216c…271b) in production for SafetyRisk, signed by SystemOperator 0xdddddd…dddd",
        "withdraw triage-note #1 (0x37216c…271b) from production for SafetyRisk, signed by SystemOperator 0xdddddd…dddd",
        "halt triage-note #1 (0x37216c…271b) in production for SafetyRisk, signed by SystemOperator 0xdddddd…dddd",
      ]
    `)
    const registration = entry('Registered', version, calls[0]?.data ?? '0x')
    expect(createBook({ rpcUrl: '', deployment }, [registration]).modelOf(version)).toBe(model)
  })

  it('tells sign-offs apart from what is none', () => {
    const args = [{ ...identity, risk: 0 }, 4, word('6a'), none, '0x04'] as const
    expect(words(contracts.registry, registryAbi, 'promote', args)).toMatch(/what is no warrant: 0x04$/)
  })

  it('tells of an order that came too late to move anything', () => {
    const order = { model, environment: environmentIdOf('production'), from: version } as const
    const late = { ...order, trigger: 'SafetyRisk', to: word('7a'), reason: word('8a') } as const
    const { data } = rollbackCall(contracts, late, 'EmergencyCommittee')
    const actor = voiceOf(contracts.timelocks.emergency)
    expect(told(entry('Condemned', version, data, { actor, authority: 'EmergencyCommittee' }))).toMatch(
      /^the Emergency Committee: condemn triage-note #1 \(\S+\), no longer active in production, for SafetyRisk$/,
    )
  })

  it('tells of an order whose target was no longer fit that the version was withdrawn', () => {
    const order = { model, environment: environmentIdOf('production'), from: version } as const
    const unfit = { ...order, trigger: 'SafetyRisk', to: word('7a'), reason: word('8a') } as const
    const { data } = rollbackCall(contracts, unfit, 'EmergencyCommittee')
    const actor = voiceOf(contracts.timelocks.emergency)
    expect(told(entry('Withdrawn', version, data, { actor, authority: 'EmergencyCommittee' }))).toMatch(
      /^the Emergency Committee: withdraw triage-note #1 \(\S+\) from production for SafetyRisk, as version 0x7a0000…0000 could no longer run there$/,
    )
    expect(told(entry('RolledBack', version, data, { actor }))).toMatch(/: roll production back from triage/)
  })

  it('names an account that stands for nobody by its address', () => {
    const stranger = entry('Promoted', version, '0x', { actor: voiceOf(address('d')) })
    expect(told(stranger)).toBe('0xdddddd…dddd: call 0x of Registry')
  })
})

describe('times', () => {
  it('are told in UTC, whatever the number', () => {
    expect(timeText(1_800_000_000n)).toBe('2027-01-15 08:00:00Z')
    expect(timeText(2n ** 200n)).toBe(`${2n ** 200n} s`)
  })
})
