import { type Abi, encodeFunctionData } from 'viem'
import { describe, expect, it } from 'vitest'
import { committeeAbi, registryAbi, rulesAbi, seatsAbi } from '../chain/abi/index.ts'
import type { Kedge } from '../chain/index.ts'
import { acts, argumentsOf, commandOf, fieldNames } from './acts.ts'
import { formOf, meaningOf, readField, type Sources } from './fields.ts'

const sources: Sources = { kedge: {} as Kedge, names: new Map() }
const id = `0x${'1f'.repeat(32)}`
const person = `0x${'2f'.repeat(32)}`

/** Texts that say something of a field, without a chain. */
const texts: Readonly<Record<string, string>> = {
  document: id,
  reason: id,
  plan: '',
  digest: id,
  policy: id,
  salt: id,
  model: 'triage-note',
  environment: 'production',
  from: id,
  to: id,
  alternatives: `${id}, ${person}`,
  name: 'triage note',
  domain: 'radiology',
  domains: 'radiology,speech',
  developers: '',
  person,
  risk: 'High',
  raised: 'Critical',
  floor: 'Low',
  stage: 'Staging',
  authority: 'Assembly',
  trigger: 'Directive',
  allowed: 'yes',
  monitored: 'no',
  isLead: 'yes',
  roles: 'ModelDeveloper,Monitor',
  schemas: '0,2',
  satisfies: '',
  until: 'for good',
  versioning: '2027-01-15T08:00:00Z',
  rollback: '1800000000',
  incident: '1800000001',
  chainId: '1',
  registry: `0x${'3f'.repeat(20)}`,
  signer: `0x${'4f'.repeat(20)}`,
  current: `0x${'4f'.repeat(20)}`,
  signature: '0x',
  matrix: '0x4',
  soak: '1,2,3,4',
  response: '5,6,7,8',
}

const numbered = ['quorum', 'superQuorum', 'newVotingDelay', 'newVotingPeriod', 'newVoteExtension']

describe('the acts', () => {
  it('are all that anyone can do, with those that have commands of their own', () => {
    const functions = [registryAbi, rulesAbi].flatMap((abi: Abi) =>
      abi.flatMap(item =>
        item.type === 'function' && item.stateMutability === 'nonpayable' ? item.name : [],
      ),
    )
    const reached = [...acts.map(({ functionName }) => functionName), ...Object.keys(commandOf)]
    // The Registry and the committees alone call it, as a part of their own acts.
    expect(functions.filter(name => !reached.includes(name))).toEqual(['pullReview'])
    expect(new Set(acts.map(({ name }) => name)).size).toBe(acts.length)
  })

  it('have fields that no other has the name of', () => {
    for (const act of acts) expect(new Set(fieldNames(act)).size).toBe(fieldNames(act).length)
  })

  it.each(acts.map(act => [act.name, act] as const))('%s: its fields make a call', async (_, act) => {
    const values = new Map<string, unknown>()
    for (const field of act.fields) {
      // An identity is looked up: the chain must be there for it.
      if (field.input.internalType === 'struct Identity') {
        values.set('version', { ...emptyIdentity })
        continue
      }
      const text = numbered.includes(field.name) ? '7' : field.name === 'version' ? id : texts[field.name]
      if (text === undefined) throw new Error(`no text for ${field.name}`)
      values.set(field.name, await readField(sources, field, text))
    }
    const args = argumentsOf(act, values)
    const told = act.functionName === 'consentToEpoch' ? 'startEpoch' : act.functionName
    expect(encodeFunctionData({ abi: act.abi, functionName: told, args })).toMatch(/^0x[0-9a-f]{8,}$/)
  })

  const emptyIdentity = {
    model: id,
    label: id,
    manifestDigest: id,
    artifactDigest: id,
    parent: id,
    schema: 0,
    risk: 0,
    author: id,
  }
})

describe('fields', () => {
  const fieldOf = (act: string, name: string) => {
    const field = acts.find(one => one.name === act)?.fields.find(one => one.name === name)
    if (field === undefined) throw new Error(`${act} has no field ${name}`)
    return field
  }

  it.each<[string, string, string, unknown]>([
    ['suspend', 'until', 'for good', 2 ** 40 - 1],
    ['suspend', 'until', '2027-01-15T08:00:00Z', 1_800_000_000],
    ['setRoles', 'roles', 'TechnicalLead, Monitor', 0b1_0000_0010],
    ['setRoles', 'roles', '', 0],
    ['requireSchemas', 'schemas', '0,2', 0b101n],
    ['setFloor', 'floor', 'Critical', 3],
    ['addEnvironment', 'stage', 'Production', 4],
    ['setDeveloper', 'allowed', 'no', false],
    ['appoint', 'signer', `0x${'4f'.repeat(30)}`, `0x${'4f'.repeat(30)}`],
    ['setQuorums', 'quorum', '12', 12n],
    ['retire', 'alternatives', '', []],
    ['addSchema', 'model', id, id],
  ])('%s %s=%s', async (act, name, text, value) => {
    expect(await readField(sources, fieldOf(act, name), text)).toEqual(value)
  })

  it.each<[string, string, string]>([
    ['suspend', 'until', 'tomorrow'],
    ['suspend', 'until', String(2 ** 40)],
    ['setRoles', 'roles', 'Technical Lead'],
    ['setRoles', 'roles', 'None'],
    ['requireSchemas', 'schemas', '256'],
    ['setFloor', 'floor', 'critical'],
    ['setFloor', 'authority', 'None'],
    ['addEnvironment', 'stage', 'Retired'],
    ['setDeveloper', 'allowed', 'true'],
    ['setDeveloper', 'person', 'Dana'],
    ['appoint', 'signer', '0x1234'],
    ['appoint', 'salt', '0x1234'],
    ['moveModel', 'registry', '0x1234'],
    ['setQuorums', 'quorum', '-1'],
    ['retire', 'alternatives', '5.0.0'],
    ['startEpoch', 'soak', '1,2,x,4'],
    ['addSchema', 'model', '0x1234'],
  ])('%s refuses %s=%s, and says what it must be', async (act, name, text) => {
    const field = fieldOf(act, name)
    await expect(readField(sources, field, text)).rejects.toMatchObject({
      code: 'USAGE',
      message: `${name}: "${text}" is not ${formOf(field)}`,
      facts: { field: name, given: text },
    })
  })

  it('are told of every act', () => {
    for (const act of acts) for (const field of act.fields) expect(meaningOf(field)).toMatch(/^\S.*\S$/)
    expect(
      acts.filter(({ abi }) => [seatsAbi, committeeAbi].includes(abi as never)).map(fieldNames),
    ).toContainEqual(['committee', 'person'])
  })
})
