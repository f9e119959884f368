import {
  type Abi,
  type Address,
  type BaseError,
  ContractFunctionRevertedError,
  concatHex,
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
  size,
  slice,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { developmentMnemonic } from '../../scripts/chain/anvil.ts'
import { committeeAbi, lensAbi, registryAbi, rulesAbi, timelockAbi } from '../../sdk/chain/abi/index.ts'
import {
  type AuditEntry,
  auditEntries,
  callOf,
  environmentIdOf,
  headOf,
  modelIdOf,
  none,
  personIdOf,
  readWarrants,
  signerOf,
} from '../../sdk/chain/index.ts'
import { actions, type Role, risks, roles, stages } from '../../sdk/policy/words.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { type Row, tableUnder, text } from './readDocument.ts'
import { expectReplay, speak } from './replay/liveChain.ts'
import { fieldsOf, membersOf } from './replay/storage.ts'
import { type VectorAct, type VectorEntry, vectors } from './vectors.ts'

// A fresh local chain against the vectors: the acts of the vectors are sent to it, what it logs and holds is theirs, and
// each entry is what its row in the table of entries says.

const { chain } = vectors
const [ada] = vectors.people
const silero = vectors.models['silero-vad'] as Hex
const notes = vectors.models['triage-note'] as Hex
const environment = (name: string) => vectors.environments[name] as Hex
const versionOf = (label: string) => {
  const found = vectors.versions.find(({ labelText }) => labelText === label)
  if (found === undefined) throw new Error(`no version ${label} among the vectors`)
  return found
}

let society: FoundedSociety

beforeAll(async () => {
  society = await foundSociety({ timestamp: chain.start })
}, 120_000)

afterAll(async () => society?.end())

const contracts = () => society.kedge.deployment.contracts
const registry = () =>
  getContract({ address: contracts().registry, abi: registryAbi, client: society.client })
const rules = () => getContract({ address: contracts().rules, abi: rulesAbi, client: society.client })
const emergency = () =>
  getContract({ address: contracts().committees.emergency, abi: committeeAbi, client: society.client })

async function send({ wait, from, to, data }: VectorAct): Promise<void> {
  if (wait > 0) await society.pass(wait)
  await speak(society, from, { to, data })
}

async function slot(contract: Address, key: Hex | undefined, offset = 0n): Promise<Hex | undefined> {
  return await society.client.getStorageAt({
    address: contract,
    slot: numberToHex(BigInt(key ?? 'none') + offset, { size: 32 }),
  })
}

const word = (value: bigint | number) => numberToHex(value, { size: 32 })

describe('a fresh local chain', () => {
  it('has the addresses, the people and the policy of the vectors', async () => {
    const { chainId } = society.kedge.deployment
    const { timelocks, seats, committees } = contracts()
    const three = <T>(of: { readonly assembly: T; readonly oversight: T; readonly emergency: T }) => [
      of.assembly,
      of.oversight,
      of.emergency,
    ]
    expect({ chainId, ...contracts() }).toMatchObject({
      chainId: chain.chainId,
      rules: chain.rules,
      registry: chain.registry,
    })
    expect([timelocks, seats, committees].map(three)).toEqual([
      chain.timelocks,
      chain.seats,
      chain.committees,
    ])
    for (const { signer, key, id } of vectors.people.slice(0, 2)) {
      expect(await rules().read.personOf([key])).toBe(id)
      expect((await rules().read.keyOf([id]))[1]).toMatch(new RegExp(`^${signer}$`, 'i'))
    }
    const [epoch, matrix] = await rules().read.policy()
    expect([epoch, matrix]).toEqual([1, BigInt(vectors.floor)])
  })

  it('has in its genesis entries what the document says', async () => {
    const [ofRegistry] = await auditEntries(society.kedge, contracts().registry)
    const [ofRules] = await auditEntries(society.kedge, contracts().rules)
    const [registryData = '', rulesData = ''] = [
      ...text.matchAll(/^- (?:Registry|Rules): `\(([^`]+)\)`$/gm),
    ].map(([, parameters]) => parameters)
    const zero = `0x${'00'.repeat(20)}` as const
    const predecessor = { chainId: 0n, registry: zero, head: none }
    const parts = [BigInt(chain.chainId), chain.registry, chain.rules, predecessor]
    expect(ofRegistry?.data).toBe(encodeAbiParameters(parseAbiParameters(registryData), parts))

    const types = parseAbiParameters(rulesData)
    const genesis = decodeAbiParameters(types, ofRules?.data ?? '0x')
    // Nothing is left over: the types are all that there is.
    expect(encodeAbiParameters(types, genesis)).toBe(ofRules?.data)
    const body = (index: 0 | 1 | 2) => ({
      timelock: chain.timelocks[index],
      governor: chain.committees[index],
      seats: chain.seats[index],
    })
    const committees = { assemblyBody: body(0), oversightBody: body(1), emergencyBody: body(2) }
    const { signer, salt } = ada
    const policy = {
      environments: [environment('ward-3')],
      stages: [stages.indexOf('Production')],
      matrix: BigInt(vectors.floor),
      thresholds: { soak: vectors.epoch.soak, response: vectors.epoch.response },
      document: chain.policy,
    }
    const beginning = [BigInt(chain.chainId), chain.rules, committees, chain.registry]
    const people = expect.arrayContaining([expect.objectContaining({ signer, salt })])
    expect(genesis).toMatchObject([...beginning, { ...policy, people }])

    // The vectors' own, with two people.
    const example = vectors.genesis
    const { people: two, certificates } = example
    expect(decodeAbiParameters(types, example.data)).toEqual([
      ...beginning,
      { ...policy, people: two, certificates },
    ])
    expect(example.entries.map(({ data }) => data)).toEqual([ofRegistry?.data, example.data])
  })

  it('says of ids and digests what the vectors say', async () => {
    for (const { identity, id } of vectors.versions)
      expect(await registry().read.versionId([identity])).toBe(id)
    const { SignOff, Rotation, Objection, Ballot, ExtendedBallot } = vectors.typedData
    expect(await rules().read.signOffDigest([SignOff.message as never])).toBe(SignOff.digest)
    const { person, signer, signingEpoch } = Rotation.message
    expect(await rules().read.rotationDigest([person as Hex, signer as Hex, Number(signingEpoch)])).toBe(
      Rotation.digest,
    )
    const objection = Objection.message
    expect(await rules().read.objectionDigest([objection['person'] as Hex, objection['key'] as Hex, 0])).toBe(
      Objection.digest,
    )
    expect(await emergency().read.BALLOT_TYPEHASH()).toBe(Ballot.typeHash)
    expect(await emergency().read.EXTENDED_BALLOT_TYPEHASH()).toBe(ExtendedBallot.typeHash)
    for (const [{ domain }, contract] of [
      [SignOff, rules()],
      [Rotation, rules()],
      [Ballot, emergency()],
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
})

describe('the acts of the vectors', () => {
  /** What the vectors say of each contract, without the heads. */
  const expected = (contract: VectorEntry['contract']) =>
    vectors.acts.flatMap(({ entries }) =>
      entries
        .filter(entry => entry.contract === contract)
        .map(({ action, actor, authority, subject, document, systems, data }) => ({
          action,
          actor,
          authority,
          subject,
          document,
          systems,
          data,
        })),
    )
  const logged = async (contract: VectorEntry['contract']) => {
    const address = contract === 'Registry' ? chain.registry : chain.rules
    const [, ...entries] = await auditEntries(society.kedge, address)
    return entries.map(({ action, actor, authority, subject, document, systems, data }) => ({
      action: actions.indexOf(action),
      actor,
      authority: roles.indexOf(authority),
      subject,
      document,
      systems: systems.toString(),
      data,
    }))
  }

  it('move the head of the Registry as the vectors say, act by act', { timeout: 120_000 }, async () => {
    expect(await registry().read.head()).toBe(vectors.genesis.entries[0].head)
    for (const [index, act] of vectors.acts.entries()) {
      await send(act)
      const last = act.entries.find(({ contract }) => contract === 'Registry')
      if (last !== undefined) expect([index, await registry().read.head()]).toEqual([index, last.head])
    }
  })

  it('leave the entries of the vectors, and lead to both heads', async () => {
    expect(await logged('Registry')).toEqual(expected('Registry'))
    expect(await logged('Rules')).toEqual(expected('Rules'))
    for (const contract of [registry(), rules()]) {
      expect(headOf(await auditEntries(society.kedge, contract.address))).toBe(await contract.read.head())
    }
  })

  it('are logged under the topic of the vectors', async () => {
    const logs = await society.client.getLogs({ address: [chain.registry, chain.rules], fromBlock: 0n })
    expect(new Set(logs.map(({ topics }) => topics[0]))).toEqual(new Set([vectors.topics['Logged']]))
  })

  it('leave entries whose fields are those of their rows', async () => {
    const table = tableUnder('### Entries')
    const seen = new Set<string>()
    for (const contract of ['Registry', 'Rules'] as const) {
      const address = contract === 'Registry' ? chain.registry : chain.rules
      const abi: Abi = contract === 'Registry' ? registryAbi : rulesAbi
      for (const entry of await auditEntries(society.kedge, address)) {
        const call = entry.action === 'Genesis' ? undefined : decodeFunctionData({ abi, data: entry.data })
        const name = call?.functionName ?? ''
        const row = table.find(
          found =>
            found['action'] === entry.action && found['contract'] === contract && found['call'] === name,
        )
        if (row === undefined) throw new Error(`no row for ${contract} ${entry.action} by ${name}`)
        const context = { call, entry, from: await callerOf(entry, call) }
        expect(entry).toMatchObject({
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

  it('leave what the document says of their effects', async () => {
    const version = async (label: string) => {
      const [, packed] = await registry().read.version([versionOf(label).id])
      return bitsOf(packed, 'VersionWord')
    }
    // The indices of validation, staging, production and ward-3 are 0 to 3.
    expect(await version('1.0.0')).toMatchObject({
      number: 1,
      model: 2,
      stage: 4,
      approved: 0,
      provenIn: 0b0111,
    })
    expect(await version('1.0.0')).toMatchObject({ condemnedFrom: 0, operatorRollbacks: 0, released: 0 })
    // Its rollback was overruled; it never ran for an hour without a halt.
    const withdrawn = await version('2.0.0')
    expect(withdrawn).toMatchObject({ number: 2, stage: 4, operatorRollbacks: 0, provenIn: 0 })
    expect(withdrawn['condemnedFrom']).toBeGreaterThan(0)
    const condemned = await version('3.0.0')
    expect(condemned).toMatchObject({ stage: stages.indexOf('Retired'), declared: 0, raised: 0 })
    expect(condemned['condemnedFrom']).toBeGreaterThan(0)
    expect(await version('4.0.0')).toMatchObject({ number: 4, stage: 1, released: 1 })

    const [active, packed] = await registry().read.active([notes, environment('production')])
    expect(active).toBe(versionOf('1.0.0').id)
    expect(bitsOf(packed, 'ActiveWord')).toMatchObject({
      number: 1,
      sequence: 15,
      haltedBy: 0,
      incident: 0,
      place: 2,
      newest: 2,
      previous: 0,
    })
  })

  it('leave a higher rank where a lower one was', async () => {
    const version = async (label: string) =>
      bitsOf((await registry().read.version([versionOf(label).id]))[1], 'VersionWord')
    // The indices of validation and staging are 0 and 1.
    expect(await version('0.1.0')).toMatchObject({ stage: stages.indexOf('Retired'), provenIn: 0b0011 })
    expect(await version('0.2.0')).toMatchObject({ condemnedFrom: 0, provenIn: 0b0011 })
    // The operator's condemnation was lifted; that of the Emergency Committee is for good.
    const third = await version('0.3.0')
    expect(third).toMatchObject({ operatorRollbacks: 0 })
    expect(await condemnedAt('0.3.0')).toBe(third['condemnedFrom'])
    expect(await condemnedAt('0.4.0')).toBe((await version('0.4.0'))['condemnedFrom'])
    const [active, packed] = await registry().read.active([
      vectors.models['discharge-letter'] as Hex,
      environment('validation'),
    ])
    expect(active).toBe(versionOf('0.2.0').id)
    expect(bitsOf(packed, 'ActiveWord')).toMatchObject({ number: 2, haltedBy: 0, newest: 4 })
  })

  /** When a version was last taken out, and condemned at once. */
  async function condemnedAt(label: string): Promise<number | undefined> {
    const taken = (await auditEntries(society.kedge, chain.registry)).findLast(
      ({ action, subject }) =>
        ['RolledBack', 'Withdrawn'].includes(action) && subject === versionOf(label).id,
    )
    if (taken === undefined) return undefined
    const { timestamp } = await society.client.getBlock({ blockNumber: taken.block })
    return Number(timestamp)
  }

  it('keep in the slots of the vectors what the views answer', async () => {
    const slots = vectors.slots.registry
    const at = async (name: string, offset = 0n) => await slot(chain.registry, slots[name], offset)
    const [, second] = vectors.versions
    const validation = environment('validation')
    expect(await at('head')).toBe(await registry().read.head())
    expect(await at('modelCount')).toBe(word(3))
    const [modelWord, domain] = await registry().read.model([silero])
    expect([await at('model'), await at('domain')]).toEqual([word(modelWord), domain])
    expect(bitsOf(modelWord, 'ModelWord')).toEqual({
      tag: 1,
      versions: 2,
      sequence: 2,
      schemas: 1,
      floor: 1,
      state: 1,
      monitored: 0,
      introduced: 0,
    })
    expect(await at('developer')).toBe(word(1))
    const [digest, satisfies] = await registry().read.schema([notes, 1])
    expect([await at('schema'), await at('schema', 1n)]).toEqual([digest, word(satisfies)])
    expect(await at('label')).toBe(second.id)
    expect(await at('numbered')).toBe(second.id)
    const [manifestDigest, packed] = await registry().read.version([second.id])
    expect([await at('version'), await at('version', 1n)]).toEqual([manifestDigest, word(packed)])
    expect(await at('provenFurther')).toBe(none)
    const [active, activeWord] = await registry().read.active([silero, validation])
    expect([active, await at('active')]).toEqual([second.id, word(activeWord)])
    expect(await at('required')).toBe(word(await registry().read.requiredSchemas([silero, validation])))
    expect(await at('incident')).toBe(none)
    const rolledBackAt = await registry().read.operatorRollbackTime([notes, environment('production')])
    // It made 1.0.0 active.
    expect(fieldsIn(await at('juniorRollback'), 'JuniorRollback')).toEqual({
      time: BigInt(rolledBackAt),
      number: 1n,
    })
    const haltedAt = await registry().read.haltTime([second.id, validation, ada.id])
    expect(haltedAt).toBeGreaterThan(0)
    expect(await at('haltTime')).toBe(word(haltedAt))
  })

  it('keep in the slots of Rules what its views answer', async () => {
    const slots = vectors.slots.rules
    const at = async (name: string, offset = 0n) => await slot(chain.rules, slots[name], offset)
    expect(await at('head')).toBe(await rules().read.head())
    const [epoch, matrix, reviewDueAt] = await rules().read.policy()
    expect(fieldsIn(await at('policy'), 'Policy')).toEqual({
      epoch: BigInt(epoch),
      reviewDueAt: BigInt(reviewDueAt),
      matrix,
    })
    const { soak, response } = vectors.epoch
    const inWord = (times: readonly number[], bits: number) =>
      word(times.reduce((sum, time, index) => sum + (BigInt(time) << BigInt(bits * index)), 0n))
    expect([await at('thresholds'), await at('thresholds', 1n)]).toEqual([
      inWord(soak, 32),
      inWord(response, 32),
    ])
    expect(await at('suspensions')).toBe(inWord(await rules().read.suspensions(), 40))
    const environments = await rules().read.environments()
    expect([await at('environments'), await at('environment')]).toEqual([
      word(environments.length),
      environment('validation'),
    ])
    // Whose key was replaced is nobody's for ever.
    expect(await at('personOf')).toBe(word(1))

    const recovered = vectors.acts.at(-1)?.entries[0]
    const person = recovered?.subject ?? none
    const [key, account] = await rules().read.keyOf([person])
    const standing = await rules().read.standing([person])
    expect(bitsOf(BigInt((await at('person')) ?? 0), 'StandingWord')).toEqual(plain(standing))
    expect(standing).toMatchObject({ roles: 1 << roles.indexOf('TechnicalLead'), signingEpoch: 2 })
    expect(await at('person', 1n)).toBe(key)
    const { address } = mnemonicToAccount(developmentMnemonic, { addressIndex: 21 })
    expect(account).toBe(address)
    expect(fieldsIn(await at('person', 2n), 'Person', '2')).toEqual({
      account: BigInt(account),
      recoverableFrom: 0n,
    })
    expect([await at('person', 3n), await at('person', 4n)]).toEqual([none, none])
    expect(await at('leads')).toBe(word(1))
    const [stage, index] = await rules().read.place([environment('ward-3')])
    expect(fieldsIn(await at('place'), 'Place')).toEqual({ stage: BigInt(stage), index: BigInt(index) })
    expect(await at('consent')).toBe(word(1))
    // It was used up by the epoch.
    expect(await at('epochConsent')).toBe(none)
  })

  it('lead to every word of both contracts by the document, and to no other', async () => {
    await expectReplay(society)
  })

  it('have words that read as the document says', async () => {
    const lens = { address: contracts().lens, abi: lensAbi, functionName: 'provenance' } as const
    const args = [silero, environment('validation')] as const
    const { version, active, sequence } = await society.client.readContract({ ...lens, args })
    const [, packed] = await registry().read.version([version.id])
    const [, activeWord] = await registry().read.active(args)
    // These are not the Lens' to say, or by another name.
    const apart = ['model', 'approved', 'operatorRollbacks', 'provenIn']
    expect(plain(version)).toMatchObject(bitsOf(packed, 'VersionWord', apart))
    expect(plain(active)).toMatchObject(bitsOf(activeWord, 'ActiveWord', ['soaked', 'place']))
    expect(active).toMatchObject({
      haltedBy: roles.indexOf('ResponsibleAIOfficer'),
      risk: risks.indexOf('High'),
      incident: false,
      sequence,
    })
  })
})

describe('a malformed warrant', () => {
  /** At which offset Rules finds it malformed; anything else that Rules says by its name. */
  async function refusalOf(warrant: Hex): Promise<unknown> {
    const call = { address: chain.rules, abi: rulesAbi, functionName: 'authorizeBySig' } as const
    try {
      await society.client.readContract({ ...call, args: ['0x', warrant, false] })
      return 'none'
    } catch (error) {
      const reverted = (error as BaseError).walk(found => found instanceof ContractFunctionRevertedError)
      const { errorName, args } = (reverted as ContractFunctionRevertedError).data ?? {}
      return errorName === 'RulesWarrantMalformed' ? Number(args?.[0]) : errorName
    }
  }

  it.each(vectors.warrants)('of a $terms.role is refused at its offset', async ({ terms, packed }) => {
    const signerAt = 8
    const signatureAt = signerAt + size(terms.signer) + 2
    for (const length of [1, signerAt - 1, signatureAt - 1, size(packed) - 1]) {
      expect([length, await refusalOf(slice(packed, 0, length))]).toEqual([length, 0])
    }
    expect(await refusalOf('0x')).toBe(0)
    expect(await refusalOf(concatHex(['0x0c', slice(packed, 1)]))).toBe(0)
    expect(await refusalOf(concatHex([packed, '0x00']))).toBe(size(packed))
    expect(await refusalOf(packed)).not.toBe(0)
  })
})

describe('who signed', () => {
  const account = (addressIndex: number) => mnemonicToAccount(developmentMnemonic, { addressIndex })
  /** Code that answers every call with one word. */
  const answering = (word: Hex): Hex => `0x7f${word.slice(2).padEnd(64, '0')}60005260206000f3`

  async function rotate(name: string, signer: Hex, sign: (hash: Hex) => Promise<Hex>): Promise<Hex> {
    const current = signerOf(society.account(name).address)
    const person = await rules().read.personOf([keccak256(current)])
    const { signingEpoch } = await rules().read.standing([person])
    const hash = await rules().read.rotationDigest([person, signer, signingEpoch])
    await society.act(
      name,
      callOf(chain.rules, rulesAbi, 'rotate', [current, '0x', signer, await sign(hash)]),
    )
    return await rules().read.personOf([keccak256(signer)])
  }

  it('an account with code by its own key, whatever its code answers', async () => {
    const key = account(23)
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
    expect(await rotate('Maya Stone', `${verifier}${'33'.repeat(64)}`, async () => '0x1234')).toBe(
      society.person('Maya Stone'),
    )
  })

  it('nobody by the other magic', async () => {
    const verifier = `0x${'a3'.repeat(20)}` as const
    await society.client.setCode({ address: verifier, bytecode: answering('0x1626ba7e') })
    await expect(
      rotate('Noor Haddad', `${verifier}${'33'.repeat(64)}`, async () => '0x1234'),
    ).rejects.toThrow('RulesInvalidRotation')
  })
})

interface Context {
  readonly call: DecodeFunctionDataReturnType | undefined
  readonly entry: AuditEntry
  /** Who called the contract: the transaction's sender, or a contract that it called. */
  readonly from: Address
}

/** The review is pulled from within another contract's call. */
async function callerOf(entry: AuditEntry, call: DecodeFunctionDataReturnType | undefined): Promise<Address> {
  const { from, to } = await society.client.getTransaction({ hash: entry.transaction })
  return call?.functionName === 'pullReview' && to !== null ? to : from
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

/** Whose key it was before the entry. */
async function personBefore(signer: Hex, { entry }: Context): Promise<Hex> {
  return await rules().read.personOf([keccak256(signer)], { blockNumber: entry.block - 1n })
}

function warrantOf(context: Context) {
  const [warrant] = readWarrants(argumentAt('warrant', context) as Hex) ?? []
  if (warrant === undefined) throw new Error('the call carries no warrant')
  return warrant
}

async function actorOf(row: Row, context: Context): Promise<unknown> {
  const { rules: rulesAddress, timelocks } = contracts()
  const cell = row['actor'] ?? ''
  const voice = (address: Address) => pad(address.toLowerCase() as Hex)
  if (cell === 'voice(rules)') return voice(rulesAddress)
  if (cell === 'voice(assembly)') return voice(timelocks.assembly)
  if (cell === 'sender') return voice(context.from)
  if (cell === 'warrantor') return await personBefore(warrantOf(context).signer, context)
  if (cell === 'holder') return await personBefore(argumentAt('current', context) as Hex, context)
  if (cell !== 'acting(authority)') return argumentAt(cell, context)
  const committees: Partial<Record<Role, Address>> = {
    Assembly: timelocks.assembly,
    OversightCommittee: timelocks.oversight,
    EmergencyCommittee: timelocks.emergency,
  }
  const committee = committees[context.entry.authority]
  return committee === undefined ? await personBefore(signerOf(context.from), context) : voice(committee)
}

function authorityOf(row: Row, context: Context): unknown {
  const cell = row['authority'] ?? ''
  if ((roles as readonly string[]).includes(cell)) return cell
  if (cell === 'warrant role') return warrantOf(context).role
  return roles[Number(argumentAt(cell, context))]
}

async function subjectOf(row: Row, context: Context): Promise<unknown> {
  const cell = row['subject'] ?? ''
  if (cell === 'holder') return await actorOf({ actor: cell }, context)
  const [, name, path] = /^(\w+)\((.+)\)$/.exec(cell) ?? []
  const value = argumentAt(path ?? cell, context)
  if (name === 'modelId') return modelIdOf(String(value))
  if (name === 'versionId') return await registry().read.versionId([value as never])
  if (name === 'personId') {
    const { signer, salt } = value as { readonly signer: Hex; readonly salt: Hex }
    return personIdOf(signer, salt)
  }
  const at = { blockNumber: context.entry.block }
  if (cell === 'active version') {
    const { id, environment: where } = argumentsOf(context)
    return (await registry().read.active([id as Hex, where as Hex], at))[0]
  }
  if (cell === "the new epoch's number") return word((await rules().read.policy(at))[0])
  return value
}

async function systemsOf(row: Row, context: Context): Promise<unknown> {
  const { block, subject } = context.entry
  const at = { blockNumber: block }
  const {
    identity,
    stage,
    order,
    id,
    environment: named,
    schemas,
  } = argumentsOf(context) as {
    readonly identity?: { readonly model: Hex }
    readonly stage?: number
    readonly order?: { readonly model: Hex; readonly environment: Hex; readonly from: Hex; readonly to: Hex }
    readonly id?: Hex
    readonly environment?: Hex
    readonly schemas?: bigint
  }
  const model = order?.model ?? identity?.model ?? id ?? none
  const where = order?.environment ?? named ?? environmentIdOf(stages[stage ?? 0]?.toLowerCase() ?? '')
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
      const [packed] = await registry().read.model([model], at)
      return await satisfiedBy((bitsOf(packed, 'ModelWord')['schemas'] ?? 0) - 1)
    }
    case 'missing': {
      const to = order?.to ?? subject
      if (to === none) return await required()
      const [, packed] = await registry().read.version([to], at)
      return (await required()) & ~(await satisfiedBy(bitsOf(packed, 'VersionWord')['schema'] ?? 0))
    }
    default:
      throw new Error(`no such set of systems: ${row['systems']}`)
  }
}

/** The members of a packed word, by the document's table of its bits. */
function bitsOf(
  packed: bigint,
  kind: string,
  without: readonly string[] = [],
): Readonly<Record<string, number>> {
  const members = Object.entries(membersOf(packed, fieldsOf(kind)))
  return Object.fromEntries(
    members.filter(([name]) => !without.includes(name)).map(([name, value]) => [name, Number(value)]),
  )
}

/** The members of a struct's word, by the document's table of structs. */
function fieldsIn(packed: Hex | undefined, struct: string, index = '0'): Readonly<Record<string, bigint>> {
  return membersOf(BigInt(packed ?? '0x0'), fieldsOf(`${struct} ${index}`))
}

/** Numbers and flags as numbers, for comparison. */
function plain(view: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [
      name,
      typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value,
    ]),
  )
}
