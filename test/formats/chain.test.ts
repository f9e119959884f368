import {
  type Address,
  type DecodeFunctionDataReturnType,
  decodeAbiParameters,
  decodeFunctionData,
  encodeAbiParameters,
  getContract,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  parseAbiParameters,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { developmentMnemonic } from '../../scripts/chain/anvil.ts'
import { committeeAbi, lensAbi, registryAbi, rulesAbi, timelockAbi } from '../../sdk/chain/abi/index.ts'
import {
  addSchemaCall,
  auditEntries,
  type Call,
  type CarriedSignOff,
  callOf,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  headOf,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  overruleCall,
  personIdOf,
  promoteCall,
  registerCall,
  reportTriggerCall,
  requireSchemasCall,
  resumeCall,
  rollbackCall,
  signerOf,
  signOffCall,
  versionIdOf,
  withdrawCall,
} from '../../sdk/chain/index.ts'
import { actions, type Role, risks, roles, type Stage, stages } from '../../sdk/policy/words.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { type Row, tableUnder, text } from './readDocument.ts'
import { vectors } from './vectors.ts'

// A fresh local chain against the vectors, and each row of the table of entries against an entry of a live chain.

const { chain } = vectors
const [ada] = vectors.people
/** Digests that differ by what they are of: a field that held another's would show. */
const document = `0x${'d0'.repeat(32)}` as const
const evidence = `0x${'d1'.repeat(32)}` as const
const reason = `0x${'d2'.repeat(32)}` as const
const plan = `0x${'d3'.repeat(32)}` as const
const schemaDigest = `0x${'d4'.repeat(32)}` as const
const day = 86_400

let society: FoundedSociety

beforeAll(async () => {
  society = await foundSociety()
}, 120_000)

afterAll(async () => society.end())

const contracts = () => society.kedge.deployment.contracts
const registry = () =>
  getContract({ address: contracts().registry, abi: registryAbi, client: society.client })
const rules = () => getContract({ address: contracts().rules, abi: rulesAbi, client: society.client })
const emergency = () =>
  getContract({ address: contracts().committees.emergency, abi: committeeAbi, client: society.client })

/** Lets the voice of a committee, or any other account, make a call of its own. */
async function speak(account: Address, call: Call): Promise<void> {
  await society.client.setBalance({ address: account, value: 10n ** 18n })
  await society.client.impersonateAccount({ address: account })
  const hash = await society.client.sendTransaction({ account, to: call.to, data: call.data, chain: null })
  const { status } = await society.client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  await society.client.stopImpersonatingAccount({ address: account })
  expect(status).toBe('success')
}

async function slot(contract: Address, key: Hex, offset = 0n): Promise<Hex | undefined> {
  return await society.client.getStorageAt({
    address: contract,
    slot: numberToHex(BigInt(key) + offset, { size: 32 }),
  })
}

describe('a fresh local chain', () => {
  it('has the addresses, the people and the policy of the vectors', async () => {
    const { chainId } = society.kedge.deployment
    expect({ chainId, ...contracts() }).toMatchObject({
      chainId: chain.chainId,
      rules: chain.rules,
      registry: chain.registry,
      timelocks: { emergency: chain.emergencyTimelock },
      committees: { emergency: chain.emergencyCommittee },
    })
    for (const { signer, key, id } of vectors.people.slice(0, 2)) {
      expect((await rules().read.standing([key])).person).toBe(id)
      expect(await rules().read.accountOf([id])).toMatch(new RegExp(`^${signer}$`, 'i'))
    }
    expect(await rules().read.policy()).toEqual([1, BigInt(vectors.floor)])
  })

  it('has in its genesis entries what the document says', async () => {
    const [ofRegistry] = await auditEntries(society.kedge, contracts().registry)
    const [ofRules] = await auditEntries(society.kedge, contracts().rules)
    const [registryData = '', rulesData = ''] = [
      ...text.matchAll(/^- (?:Registry|Rules): `\(([^`]+)\)`$/gm),
    ].map(([, parameters]) => parameters)
    expect(ofRegistry?.data).toBe(
      encodeAbiParameters(parseAbiParameters(registryData), [
        BigInt(chain.chainId),
        chain.registry,
        chain.rules,
      ]),
    )
    const { timelocks } = contracts()
    const committees = {
      assemblyTimelock: timelocks.assembly,
      oversightTimelock: timelocks.oversight,
      emergencyTimelock: timelocks.emergency,
    }
    const types = parseAbiParameters(rulesData)
    const genesis = decodeAbiParameters(types, ofRules?.data ?? '0x')
    // Nothing is left over: the types are all that there is.
    expect(encodeAbiParameters(types, genesis)).toBe(ofRules?.data)
    expect(genesis).toMatchObject([
      BigInt(chain.chainId),
      chain.rules,
      committees,
      chain.registry,
      {
        people: expect.arrayContaining([expect.objectContaining({ signer: ada.signer, salt: ada.salt })]),
        environments: [vectors.environments['ward-3']],
        stages: [stages.indexOf('Production')],
        matrix: BigInt(vectors.floor),
        thresholds: { soak: vectors.epoch.soak, response: vectors.epoch.response },
        document: chain.policy,
      },
    ])
  })

  it('says of ids and digests what the vectors say', async () => {
    for (const { identity, id } of vectors.versions)
      expect(await registry().read.versionId([identity])).toBe(id)
    const [signOff, rotation, ballot] = vectors.typedData
    expect(await registry().read.signOffDigest([signOff.message as never])).toBe(signOff.digest)
    const { person, signer, signingEpoch } = rotation.message
    expect(await rules().read.rotationDigest([person as Hex, signer as Hex, Number(signingEpoch)])).toBe(
      rotation.digest,
    )
    expect(await emergency().read.BALLOT_TYPEHASH()).toBe(ballot.typeHash)
    for (const [{ domain }, contract] of [
      [signOff, registry()],
      [rotation, rules()],
      [ballot, emergency()],
    ] as const) {
      const [fields, name, version, chainId, verifyingContract, , extensions] =
        await contract.read.eip712Domain()
      // Name, version, chain id and contract; no salt, no extension.
      expect([fields, extensions]).toEqual(['0x0f', []])
      expect({ name, version, chainId: Number(chainId), verifyingContract }).toEqual(domain)
    }
    const { epoch, document, matrix, soak, response, terms } = vectors.epoch
    expect(await rules().read.epochTerms([epoch, document, BigInt(matrix), { soak, response }])).toBe(terms)
  })

  it('says of a proposal what the vectors say', async () => {
    const { calls, description, id, salt, operation } = vectors.proposal
    const batch = [calls.map(({ to }) => to), calls.map(() => 0n), calls.map(({ data }) => data)] as const
    const hash = keccak256(Buffer.from(description))
    expect(await emergency().read.hashProposal([...batch, hash])).toBe(BigInt(id))
    const timelock = { address: contracts().timelocks.emergency, abi: timelockAbi } as const
    const args = [...batch, none, salt] as const
    expect(await society.client.readContract({ ...timelock, functionName: 'hashOperationBatch', args })).toBe(
      operation,
    )
  })

  it('moves its head as the vectors say, act by act', async () => {
    const actors = ['Ada Osei', 'Ada Osei', 'Ada Osei', 'Dana Cruz', 'Dana Cruz', undefined, 'Ada Osei']
    expect(await registry().read.head()).toBe(vectors.audit[0]?.head)
    for (const [index, actor] of actors.entries()) {
      const expected = vectors.audit[index + 1]
      const call = { to: chain.registry, data: expected?.data ?? '0x' }
      if (actor === undefined) await speak(chain.deployer, call)
      else await society.act(actor, call)
      expect([index, await registry().read.head()]).toEqual([index, expected?.head])
    }
    const entries = await auditEntries(society.kedge, chain.registry)
    const found = entries.map(({ action, actor, authority, subject, document, systems, data }) => [
      actions.indexOf(action),
      actor,
      roles.indexOf(authority),
      subject,
      document,
      systems.toString(),
      data,
    ])
    expect(found).toEqual(
      vectors.audit.map(({ action, actor, authority, subject, document, systems, data }) => [
        action,
        actor,
        authority,
        subject,
        document,
        systems,
        data,
      ]),
    )
  })

  it('emits the topics of the vectors', async () => {
    const logs = await society.client.getLogs({ address: [chain.registry, chain.rules], fromBlock: 0n })
    expect(new Set(logs.map(({ topics }) => topics[0]))).toEqual(new Set([vectors.topics['Logged']]))
  })

  it('keeps in the slots of the vectors what its views answer', async () => {
    const slots = vectors.slots.registry
    const model = vectors.models['silero-vad'] as Hex
    const validation = vectors.environments['validation'] as Hex
    const [, second] = vectors.versions
    expect(await slot(chain.registry, slots['head'] as Hex)).toBe(await registry().read.head())
    expect(await slot(chain.rules, vectors.slots.rules['head'] as Hex)).toBe(await rules().read.head())
    const [version, word] = await registry().read.version([second.id])
    expect(await slot(chain.registry, slots['version'] as Hex)).toBe(version)
    expect(await slot(chain.registry, slots['version'] as Hex, 1n)).toBe(numberToHex(word, { size: 32 }))
    const [active, activeWord] = await registry().read.active([model, validation])
    expect(active).toBe(second.id)
    expect(await slot(chain.registry, slots['active'] as Hex)).toBe(active)
    expect(await slot(chain.registry, slots['active'] as Hex, 1n)).toBe(numberToHex(activeWord, { size: 32 }))
    expect(await slot(chain.registry, slots['required'] as Hex)).toBe(numberToHex(1, { size: 32 }))
    expect(fieldsIn(await slot(chain.registry, slots['model'] as Hex), 'Model')).toEqual({
      versions: 2n,
      sequence: 2n,
      schemas: 1n,
      floor: 1n,
      exists: 1n,
      suspended: 0n,
    })

    const person = vectors.slots.rules['person'] as Hex
    expect(await slot(chain.rules, vectors.slots.rules['personOf'] as Hex)).toBe(ada.id)
    expect(await slot(chain.rules, person)).toBe(ada.key)
    expect(fieldsIn(await slot(chain.rules, person, 1n), 'Person', '1')).toEqual({
      account: BigInt(ada.signer),
      roles: 4n,
      signingEpoch: 0n,
      suspendedUntil: 0n,
    })
    const { versioning, rollback, incident } = await rules().read.certificateOf([ada.id])
    expect(fieldsIn(await slot(chain.rules, person, 2n), 'Certificate')).toEqual({
      versioning: BigInt(versioning),
      rollback: BigInt(rollback),
      incident: BigInt(incident),
    })
    const policy = await slot(chain.rules, vectors.slots.rules['policy'] as Hex)
    expect(policy).toBe(pad(`0x01${vectors.floor.slice(2)}`))
    const stage = await slot(chain.rules, vectors.slots.rules['stageOf'] as Hex)
    expect(stage).toBe(numberToHex(stages.indexOf('Production'), { size: 32 }))
  })

  it('has words that read as the document says', async () => {
    const lens = { address: contracts().lens, abi: lensAbi, functionName: 'provenance' } as const
    const args = [vectors.models['silero-vad'] as Hex, vectors.environments['validation'] as Hex] as const
    const { version, active } = await society.client.readContract({ ...lens, args })
    const [, word] = await registry().read.version([version.id])
    const [, activeWord] = await registry().read.active(args)
    expect(plain(version)).toMatchObject(bitsOf(word, 'VersionWord', ['operatorRollbacks']))
    expect(plain(active)).toMatchObject(bitsOf(activeWord, 'ActiveWord'))
    expect(active).toMatchObject({
      haltedBy: roles.indexOf('ResponsibleAIOfficer'),
      risk: risks.indexOf('High'),
    })
  })
})

describe('each action', () => {
  const model = modelIdOf('triage-note')
  const production = environmentIdOf('production')
  const ward = environmentIdOf('ward-3')
  const newcomer = { signer: `0x${'11'.repeat(20)}`, salt: schemaDigest, roles: 2, domains: [] } as const
  const person = personIdOf(newcomer.signer, newcomer.salt)
  const cause = { trigger: 'DriftOrIntegrity', reason } as const
  let first: Identity
  let second: Identity

  const idOf = (identity: Identity) =>
    versionIdOf({ chainId: chain.chainId, registry: chain.registry, identity })
  const onRegistry = (name: string, args: readonly unknown[]) =>
    callOf(chain.registry, registryAbi, name, args)
  const onRules = (name: string, args: readonly unknown[]) => callOf(chain.rules, rulesAbi, name, args)

  /** With the consent of the technical lead by a call, and a plan. */
  async function promote(identity: Identity, stage: Stage): Promise<void> {
    const [policyEpoch] = await rules().read.policy()
    const deadline = (await society.now()) + day
    const role = 'TechnicalLead'
    const signOff = {
      version: idOf(identity),
      role,
      stage,
      risk: 'Low',
      evidence,
      policyEpoch,
      signingEpoch: 0,
      deadline,
    } as const
    await society.act('Ben Ito', signOffCall(contracts(), signOff))
    const signer = signerOf(society.account('Ben Ito').address)
    const signOffs: readonly CarriedSignOff[] = [{ role, deadline, signer, signature: '0x' }]
    await society.act('Emil Novak', promoteCall(contracts(), { identity, stage, evidence, plan, signOffs }))
  }

  beforeAll(async () => {
    const { assembly, oversight, emergency: emergencyVoice } = contracts().timelocks
    const author = society.person('Dana Cruz')
    const version = (label: string, schema: number): Identity => ({
      model,
      label: labelHashOf(label),
      manifestDigest: keccak256(labelHashOf(label)),
      artifactDigest: schemaDigest,
      parent: none,
      schema,
      risk: 'Low',
      author,
    })
    first = version('1.0.0', 0)
    second = version('2.0.0', 1)
    const third = version('3.0.0', 1)

    await society.act(
      'Ada Osei',
      createModelCall(contracts(), {
        name: 'triage-note',
        domain: domainIdOf('speech'),
        floor: 'Low',
        developers: [author],
        document,
      }),
    )
    await society.act(
      'Ada Osei',
      addSchemaCall(contracts(), { model, digest: schemaDigest, satisfies: 0n, document }),
    )
    await society.act(
      'Ada Osei',
      addSchemaCall(contracts(), { model, digest: schemaDigest, satisfies: 1n, document }),
    )
    await society.act(
      'Ada Osei',
      requireSchemasCall(contracts(), { model, environment: production, schemas: 3n, document }),
    )
    await society.act(
      'Ada Osei',
      onRegistry('setDeveloper', [model, society.person('Grace Lindt'), true, document]),
    )
    await speak(assembly, onRegistry('suspendModel', [model, document]))
    await speak(assembly, onRegistry('reinstateModel', [model, document]))
    for (const identity of [first, second, third])
      await society.act('Dana Cruz', registerCall(contracts(), identity))
    await society.act('Ada Osei', onRegistry('raiseRisk', [{ ...third, risk: 0 }, 1, document]))

    for (const stage of ['Validation', 'Staging', 'Production'] as const) await promote(first, stage)
    await society.pass(2 * 3600)
    for (const stage of ['Validation', 'Staging', 'Production'] as const) await promote(second, stage)
    await speak(
      oversight,
      signOffCall(contracts(), {
        version: idOf(second),
        role: 'OversightCommittee',
        stage: 'Production',
        risk: 'Low',
        evidence,
        policyEpoch: 1,
        signingEpoch: 0,
        deadline: (await society.now()) + day,
      }),
    )
    await society.act(
      'Ada Osei',
      requireSchemasCall(contracts(), { model, environment: ward, schemas: 2n, document }),
    )
    await society.act('Emil Novak', onRegistry('activate', [{ ...first, risk: 0 }, ward, plan]))

    const order = {
      model,
      environment: production,
      from: idOf(second),
      to: idOf(first),
      plan,
      ...cause,
    }
    await society.act('Emil Novak', rollbackCall(contracts(), order, 'SystemOperator'))
    await society.act('Ada Osei', overruleCall(contracts(), { ...order, from: order.to, to: order.from }))
    // What is not active any more is condemned all the same.
    await speak(
      emergencyVoice,
      rollbackCall(contracts(), { ...order, from: order.to, to: order.from }, 'EmergencyCommittee'),
    )

    const halt = { model, environment: production, version: idOf(second), ...cause }
    await society.act('Watch Post 1', haltCall(contracts(), halt, 'Monitor'))
    await society.pass(3 * day)
    await society.act('Grace Lindt', onRegistry('lapse', [model, production]))
    await society.act('Ada Osei', haltCall(contracts(), halt, 'ResponsibleAIOfficer'))
    await speak(oversight, resumeCall(contracts(), halt, 'OversightCommittee'))
    await society.act(
      'Watch Post 1',
      reportTriggerCall(contracts(), { ...halt, trigger: 'Directive' }, 'Monitor'),
    )
    await society.act('Ada Osei', onRegistry('closeIncident', [model, production, reason]))
    const withdrawal = { model, environment: production, from: idOf(second), plan, ...cause }
    await society.act('Ada Osei', withdrawCall(contracts(), withdrawal, 'ResponsibleAIOfficer'))
    await society.act('Ada Osei', onRegistry('retire', [{ ...third, risk: 0 }, reason]))

    await speak(assembly, onRules('appoint', [newcomer, document]))
    await speak(assembly, onRules('setRoles', [person, 8, document]))
    await speak(assembly, onRules('setDomain', [person, domainIdOf('speech'), true, document]))
    const until = (await society.now()) + 365 * day
    const certificate = { versioning: until, rollback: until, incident: until }
    await speak(assembly, onRules('certify', [person, certificate, roles.indexOf('Assembly'), document]))
    await society.act(
      'Faisal Khan',
      onRules('certify', [person, certificate, roles.indexOf('TrainingOfficer'), document]),
    )
    await speak(assembly, onRules('suspend', [person, until, document]))
    await speak(assembly, onRules('reinstate', [person, document]))
    await speak(
      assembly,
      onRules('addEnvironment', [environmentIdOf('ward-4'), stages.indexOf('Staging'), document]),
    )
    const { document: policy, matrix, soak, response, terms } = vectors.epoch
    await speak(oversight, onRules('consentToEpoch', [terms]))
    await speak(assembly, onRules('startEpoch', [policy, BigInt(matrix), { soak, response }]))
    await speak(oversight, onRules('recordReview', [document]))
    // The rotation of the vectors, signed by cast.
    const [, rotation] = vectors.typedData
    await society.act('Ada Osei', onRules('rotate', [rotation.message['signer'], rotation.signature]))
  }, 120_000)

  it('has an entry whose fields are those of its row', async () => {
    const table = tableUnder('### Entries')
    const seen = new Set<string>()
    for (const contract of ['Registry', 'Rules'] as const) {
      const address = contract === 'Registry' ? chain.registry : chain.rules
      const entries = await auditEntries(society.kedge, address)
      const abi = contract === 'Registry' ? registryAbi : rulesAbi
      expect(headOf(entries)).toBe(await (contract === 'Registry' ? registry() : rules()).read.head())
      for (const entry of entries) {
        const row = table.find(found => found['action'] === entry.action && found['contract'] === contract)
        if (row === undefined) throw new Error(`no row for ${contract} ${entry.action}`)
        const call = row['call'] === '' ? undefined : decodeFunctionData({ abi, data: entry.data })
        const { from } = await society.client.getTransaction({ hash: entry.transaction })
        const context = { call, from, block: entry.block, subject: entry.subject, authority: entry.authority }
        expect({ ...entry, call: call?.functionName ?? '' }).toMatchObject({
          call: row['call'],
          actor: await actorOf(row, context),
          authority: authorityOf(row, context),
          subject: await subjectOf(row, context),
          document: row['document'] === 'policy' ? chain.policy : argumentAt(row['document'], context),
          systems: await systemsOf(row, context),
        })
        seen.add(`${contract} ${entry.action}`)
      }
    }
    expect(seen).toEqual(new Set(table.map(row => `${row['contract']} ${row['action']}`)))
  })

  it('shows a plan’s missing schemas, none where nothing moved, all in a withdrawal', async () => {
    const entries = await auditEntries(society.kedge, chain.registry)
    const systemsOfAction = (action: string) =>
      entries.filter(entry => entry.action === action).map(({ systems }) => systems)
    expect(systemsOfAction('RolledBack')).toEqual([2n, 0n])
    expect(systemsOfAction('Withdrawn')).toEqual([3n])
    expect(systemsOfAction('Activated')).toEqual([2n])
  })

  it('left the version words that the document’s effects lead to', async () => {
    const [, word] = await registry().read.version([idOf(second)])
    expect(bitsOf(word, 'VersionWord')).toMatchObject({
      number: 2,
      stage: 4,
      activeIn: 2,
      operatorRollbacks: 0,
    })
    const [, old] = await registry().read.version([idOf(first)])
    expect(bitsOf(old, 'VersionWord')).toMatchObject({ number: 1, activeIn: 1, operatorRollbacks: 0 })
    expect(bitsOf(old, 'VersionWord')['condemnedFrom']).toBeGreaterThan(0)
  })
})

describe('who signed', () => {
  const account = (addressIndex: number) => mnemonicToAccount(developmentMnemonic, { addressIndex })
  /** Code that answers every call with one word. */
  const answering = (word: Hex): Hex => `0x7f${word.slice(2).padEnd(64, '0')}60005260206000f3`

  async function rotate(name: string, signer: Hex, sign: (hash: Hex) => Promise<Hex>): Promise<Hex> {
    const { person, signingEpoch } = await rules().read.standing([
      keccak256(signerOf(society.account(name).address)),
    ])
    const hash = await rules().read.rotationDigest([person, signer, signingEpoch])
    const data = callOf(chain.rules, rulesAbi, 'rotate', [signer, await sign(hash)])
    await society.act(name, data)
    return (await rules().read.standing([keccak256(signer)])).person
  }

  it('an account with code by its own key, whatever its code answers', async () => {
    const key = account(21)
    await society.client.setCode({ address: key.address, bytecode: answering('0x00') })
    expect(await rotate('Hiro Tan', signerOf(key.address), hash => key.sign({ hash }))).toBe(
      society.person('Hiro Tan'),
    )
  })

  it('a contract by the answer of ERC-1271', async () => {
    const address = `0x${'a1'.repeat(20)}` as const
    await society.client.setCode({ address, bytecode: answering('0x1626ba7e') })
    expect(await rotate('Ines Roth', address, async () => '0x1234')).toBe(society.person('Ines Roth'))
  })

  it('a key by the answer of its ERC-7913 verifier', async () => {
    const verifier = `0x${'a2'.repeat(20)}` as const
    await society.client.setCode({ address: verifier, bytecode: answering('0x024ad318') })
    expect(await rotate('Jonas Vale', `${verifier}${'33'.repeat(64)}`, async () => '0x1234')).toBe(
      society.person('Jonas Vale'),
    )
  })

  it('nobody by the other magic', async () => {
    const verifier = `0x${'a3'.repeat(20)}` as const
    await society.client.setCode({ address: verifier, bytecode: answering('0x1626ba7e') })
    await expect(rotate('Kira Boon', `${verifier}${'33'.repeat(64)}`, async () => '0x1234')).rejects.toThrow(
      'RulesInvalidRotation',
    )
  })
})

interface Context {
  readonly call: DecodeFunctionDataReturnType | undefined
  readonly from: Address
  readonly block: bigint
  readonly subject: Hex
  readonly authority: Role
}

/** The arguments of a call by name. */
function argumentsOf({ call }: Context): Readonly<Record<string, unknown>> {
  if (call === undefined) return {}
  const abi = [...registryAbi, ...rulesAbi]
  const item = abi.find(found => found.type === 'function' && found.name === call.functionName)
  const inputs = item?.type === 'function' ? item.inputs : []
  return Object.fromEntries(inputs.map((input, index) => [input.name, call.args?.[index]]))
}

/** What a path of the table leads to in the call; `0` is none. */
function argumentAt(path: string | undefined, context: Context): unknown {
  if (path === '0') return none
  return (path ?? '')
    .split('.')
    .reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), argumentsOf(context))
}

async function actorOf(row: Row, context: Context): Promise<Hex> {
  const { rules: rulesAddress, registry: registryAddress, timelocks } = contracts()
  const voices: Readonly<Record<string, Address>> = {
    'voice(rules)': rulesAddress,
    'voice(registry)': registryAddress,
    'voice(assembly)': timelocks.assembly,
    sender: context.from,
  }
  const voice = voices[row['actor'] ?? '']
  if (voice !== undefined) return pad(voice.toLowerCase() as Hex)
  const committees: Partial<Record<Role, Address>> = {
    Assembly: timelocks.assembly,
    OversightCommittee: timelocks.oversight,
    EmergencyCommittee: timelocks.emergency,
  }
  const committee = row['actor'] === 'acting(authority)' ? committees[context.authority] : undefined
  if (committee !== undefined) return pad(committee.toLowerCase() as Hex)
  expect(['acting(authority)', 'caller']).toContain(row['actor'])
  const key = keccak256(signerOf(context.from))
  const { person } = await rules().read.standing([key], { blockNumber: context.block - 1n })
  return person
}

function authorityOf(row: Row, context: Context): string {
  const cell = row['authority'] ?? ''
  if ((roles as readonly string[]).includes(cell)) return cell
  const role = roles[Number(argumentAt(cell.startsWith('Assembly') ? 'authority' : cell, context))] ?? 'None'
  if (!cell.startsWith('Assembly')) return role
  expect(cell).toBe('Assembly if that is the argument, else TrainingOfficer')
  return role === 'Assembly' ? role : 'TrainingOfficer'
}

async function subjectOf(row: Row, context: Context): Promise<unknown> {
  const cell = row['subject'] ?? ''
  if (cell === 'caller') return await actorOf({ actor: cell }, context)
  const [, name, path] = /^(\w+)\((.+)\)$/.exec(cell) ?? []
  const value = argumentAt(path ?? cell, context)
  if (name === 'modelId') return modelIdOf(String(value))
  if (name === 'versionId') return await registry().read.versionId([value as never])
  if (name === 'personId') {
    const { signer, salt } = value as { readonly signer: Hex; readonly salt: Hex }
    return personIdOf(signer, salt)
  }
  if (cell === 'active version') {
    const { id, environment } = argumentsOf(context)
    return (await registry().read.active([id as Hex, environment as Hex], { blockNumber: context.block }))[0]
  }
  if (cell === "the new epoch's number") {
    const [epoch] = await rules().read.policy({ blockNumber: context.block })
    return numberToHex(epoch, { size: 32 })
  }
  return value
}

async function systemsOf(row: Row, context: Context): Promise<unknown> {
  const at = { blockNumber: context.block }
  const { identity, promotion, order, id, environment, schemas } = argumentsOf(context) as {
    readonly identity?: { readonly model: Hex }
    readonly promotion?: { readonly identity: { readonly model: Hex }; readonly stage: number }
    readonly order?: { readonly model: Hex; readonly environment: Hex; readonly from: Hex; readonly to: Hex }
    readonly id?: Hex
    readonly environment?: Hex
    readonly schemas?: bigint
  }
  const model = order?.model ?? promotion?.identity.model ?? identity?.model ?? id ?? none
  const stage = stages[promotion?.stage ?? 0]?.toLowerCase() ?? ''
  const where = order?.environment ?? environment ?? environmentIdOf(stage)
  const required = async () => await registry().read.requiredSchemas([model, where], at)
  const satisfiedBy = async (schema: number) => (await registry().read.schema([model, schema], at))[1]
  switch (row['systems']) {
    case '0':
      return 0n
    case 'schemas':
      return schemas
    case 'required':
      return await required()
    case 'satisfies, itself included': {
      const [state] = await registry().read.model([model], at)
      return await satisfiedBy(state.schemas - 1)
    }
    case 'missing': {
      const to = order?.to ?? context.subject
      const [active] = await registry().read.active([model, where], { blockNumber: context.block - 1n })
      if (order !== undefined && active !== order.from) return 0n
      if (to === none) return await required()
      const [, word] = await registry().read.version([to], at)
      return (await required()) & ~(await satisfiedBy(bitsOf(word, 'VersionWord')['schema'] ?? 0))
    }
    default:
      throw new Error(`no such set of systems: ${row['systems']}`)
  }
}

/** The members of a packed word, by the document's table of its bits. */
function bitsOf(
  word: bigint,
  heading: string,
  without: readonly string[] = [],
): Readonly<Record<string, number>> {
  const members = tableUnder(`### ${heading}`).flatMap(({ bits = '', member = '' }) => {
    const [first = 0, last = 0] = bits.split('–').map(Number)
    if (member === '' || without.includes(member)) return []
    return [[member, Number((word >> BigInt(first)) & ((1n << BigInt(last - first + 1)) - 1n))]]
  })
  return Object.fromEntries(members)
}

/** The members of a struct's word, by the document's table of structs. */
function fieldsIn(word: Hex | undefined, struct: string, index = '0'): Readonly<Record<string, bigint>> {
  const members = tableUnder('### Structs').filter(row => row['struct'] === struct && row['word'] === index)
  return Object.fromEntries(
    members.map(({ member = '', offset, type = '' }) => {
      const bytes = sizes[type.replace(/\d+$/, '')] ?? Number(/\d+$/.exec(type)?.[0]) / 8
      return [
        member,
        (BigInt(word ?? '0x0') >> BigInt(8 * Number(offset))) & ((1n << BigInt(8 * bytes)) - 1n),
      ]
    }),
  )
}

const sizes: Readonly<Record<string, number>> = { address: 20, bool: 1, Risk: 1, Trigger: 1 }

/** Numbers as numbers, for comparison. */
function plain(view: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  )
}
