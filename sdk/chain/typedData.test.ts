import { readFileSync } from 'node:fs'
import { recoverTypedDataAddress, type TypedDataDefinition } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { none } from './ids.ts'
import {
  haltTypedData,
  objectionTypedData,
  registrationTypedData,
  rollbackTypedData,
  rotationTypedData,
  signHalt,
  signOffTypedData,
  signRegistration,
  signRollback,
  signSignOff,
} from './typedData.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const word = (byte: string): `0x${string}` => `0x${byte.repeat(32)}`
const jurisdiction = { chainId: 7, rules: `0x${'22'.repeat(20)}` } as const
const consent = { role: 'SystemOperator', signingEpoch: 3, deadline: 1_800_000_000 } as const
const place = {
  model: word('01'),
  environment: word('02'),
  trigger: 'SafetyRisk',
  reason: word('03'),
} as const
const signOff = {
  ...consent,
  version: word('04'),
  stage: 'Production',
  risk: 'High',
  evidence: word('05'),
  policyEpoch: 2,
} as const
const registration = { version: word('04'), signingEpoch: 3, deadline: 1_800_000_000 } as const
const rollback = { ...place, ...consent, from: word('04'), sequence: 9 } as const
const halt = { ...place, ...consent, version: word('04'), sequence: 9 } as const
const signer = `0x${'44'.repeat(20)}` as const

const all = {
  SignOff: signOffTypedData({ ...jurisdiction, signOff }),
  Registration: registrationTypedData({ ...jurisdiction, registration }),
  Rollback: rollbackTypedData({ ...jurisdiction, rollback }),
  Halt: haltTypedData({ ...jurisdiction, halt }),
  Rotation: rotationTypedData({ ...jurisdiction, rotation: { person: word('06'), signer, signingEpoch: 3 } }),
  Objection: objectionTypedData({
    ...jurisdiction,
    objection: { person: word('06'), key: word('07'), signingEpoch: 3 },
  }),
}

describe('typed data', () => {
  const contracts = ['Registry', 'Rules'].map(name =>
    readFileSync(new URL(`../../contracts/${name}.sol`, import.meta.url), 'utf8'),
  )
  const typeHashes = contracts.flatMap(source =>
    [...source.matchAll(/"((?:[A-Z]\w+)\([^"]*\))"/g)].map(([, type = '']) => type),
  )

  it('is there for each type that the contracts check, as they write it', () => {
    const types = Object.values(all).map(({ types: declared, primaryType }) => {
      const fields = (declared as Readonly<Record<string, readonly { name: string; type: string }[]>>)[
        primaryType
      ]
      return `${primaryType}(${fields?.map(({ name, type }) => `${type} ${name}`).join(',')})`
    })
    expect(types.toSorted()).toEqual(typeHashes.toSorted())
  })

  it('has a value for each field, and none else', () => {
    for (const { types, primaryType, message } of Object.values(all)) {
      const fields = (types as Readonly<Record<string, readonly { name: string }[]>>)[primaryType] ?? []
      expect(Object.keys(message).toSorted()).toEqual(fields.map(({ name }) => name).toSorted())
    }
  })

  it('holds in the Rules of one chain', () => {
    for (const { domain } of Object.values(all)) {
      expect(domain).toEqual({
        name: 'Kedge',
        version: '1',
        chainId: 7,
        verifyingContract: jurisdiction.rules,
      })
    }
  })

  it('takes what is left out as none', () => {
    expect(all.SignOff.message.plan).toBe(none)
    expect(all.Registration.message.parentVersion).toBe(none)
    expect([all.Rollback.message.to, all.Rollback.message.plan]).toEqual([none, none])
  })
})

describe('what is signed', () => {
  it('is a warrant by the account, in the role, until the deadline', async () => {
    const signer = account.address.toLowerCase()
    const { deadline } = consent
    const signed = [
      [await signSignOff({ ...jurisdiction, account, signOff }), all.SignOff, 'SystemOperator'],
      [
        await signRegistration({ ...jurisdiction, account, registration }),
        all.Registration,
        'ModelDeveloper',
      ],
      [await signRollback({ ...jurisdiction, account, rollback }), all.Rollback, 'SystemOperator'],
      [await signHalt({ ...jurisdiction, account, halt }), all.Halt, 'SystemOperator'],
    ] as const
    for (const [warrant, typedData, role] of signed) {
      expect(warrant).toEqual({
        role,
        deadline,
        signer,
        signature: expect.stringMatching(/^0x[0-9a-f]{130}$/),
      })
      const { signature } = warrant
      const by = await recoverTypedDataAddress({ ...(typedData as TypedDataDefinition), signature })
      expect(by).toBe(account.address)
    }
  })
})
