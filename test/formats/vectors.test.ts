import { createHash } from 'node:crypto'
import {
  concatHex,
  type Hex,
  hashDomain,
  hashStruct,
  hashTypedData,
  keccak256,
  size,
  slice,
  toBytes,
  toHex,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { developmentMnemonic } from '../../scripts/chain/anvil.ts'
import { predictAddresses } from '../../scripts/deployment/contracts.ts'
import { createFileDag } from '../../sdk/bytes/fileDag.ts'
import { cidOfBytes, decodeDagPb, encodeDirectory, encodeTree } from '../../sdk/bytes/index.ts'
import { murmur3x64 } from '../../sdk/bytes/murmur3.ts'
import { decodeUnixfs } from '../../sdk/bytes/unixfs.ts'
import {
  type AuditEntry,
  ballotTypedData,
  domainIdOf,
  environmentIdOf,
  genesisSaltOf,
  haltTypedData,
  headOf,
  labelHashOf,
  modelIdOf,
  objectionTypedData,
  ownDescription,
  packWarrant,
  packWarrants,
  personIdOf,
  proposalIdOf,
  readWarrants,
  registrationTypedData,
  rollbackTypedData,
  rotationTypedData,
  signerOf,
  signOffTypedData,
  signSignOff,
  versionIdOf,
  voiceOf,
} from '../../sdk/chain/index.ts'
import {
  buildArtifactStatement,
  canonicalize,
  checkBinding,
  checkCoverage,
  digestOf,
  parseArtifactStatement,
  parseCanonical,
  parseDocument,
  parseManifest,
  serializeArtifactStatement,
} from '../../sdk/documents/index.ts'
import { actions, type Role, risks, roles, stages, triggers } from '../../sdk/policy/words.ts'
import { identityOf } from '../../sdk/verify/index.ts'
import { documentBytes, type VectorTypedData, type VectorTypeName, vectors } from './vectors.ts'

// The SDK against what cast, sha256sum and Python say.

const { chain, people, versions } = vectors
const [ada, dana, passkey] = people
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('ids', () => {
  it('of names', () => {
    for (const [name, id] of Object.entries(vectors.models)) expect(modelIdOf(name)).toBe(id)
    for (const [label, hash] of Object.entries(vectors.labels)) expect(labelHashOf(label)).toBe(hash)
    for (const [name, id] of Object.entries(vectors.domains)) expect(domainIdOf(name)).toBe(id)
    for (const [name, id] of Object.entries(vectors.environments)) expect(environmentIdOf(name)).toBe(id)
  })

  it.each(people)('of $name', ({ name, signer, key, salt, id }) => {
    expect(keccak256(signer)).toBe(key)
    expect(genesisSaltOf(name)).toBe(salt)
    expect(personIdOf(signer, salt)).toBe(id)
  })

  it('of accounts as signers, and of the contracts of a fresh local chain', () => {
    expect(signerOf(mnemonicToAccount(developmentMnemonic, { addressIndex: 1 }).address)).toBe(ada.signer)
    expect(signerOf(mnemonicToAccount(developmentMnemonic, { addressIndex: 4 }).address)).toBe(dana.signer)
    expect(passkey.signer.length).toBe(2 + 2 * (20 + 64))
    expect(predictAddresses(chain.deployer, 0)).toMatchObject({
      rules: chain.rules,
      registry: chain.registry,
      timelocks: byCommittee(chain.timelocks),
      seats: byCommittee(chain.seats),
      committees: byCommittee(chain.committees),
    })
  })

  it.each(versions)('of version $labelText', ({ identity, preimage, id }) => {
    expect(
      versionIdOf({ chainId: chain.chainId, registry: chain.registry, identity: worded(identity) as never }),
    ).toBe(id)
    expect(keccak256(preimage)).toBe(id)
  })

  it('of the second version from its manifest alone', () => {
    expect(identityOf(parseManifest(documentBytes('b.jcs')))).toEqual(worded(versions[1].identity))
  })
})

describe('typed data', () => {
  const account = (addressIndex: number) => mnemonicToAccount(developmentMnemonic, { addressIndex })

  it.each(Object.values(vectors.typedData))('$type', async vector => {
    const { primaryType, types, message } = ownTypes(vector)
    expect(vectors.typedData[primaryType as VectorTypeName]).toBe(vector)
    expect(keccak256(toBytes(vector.type))).toBe(vector.typeHash)
    expect(hashDomain({ domain: vector.domain, types })).toBe(vector.domainSeparator)
    expect(hashStruct({ data: message, primaryType, types })).toBe(vector.structHash)
    const typed = { domain: vector.domain, types, primaryType, message }
    expect(hashTypedData(typed)).toBe(vector.digest)
    const signer = [1, 2, 4, 5, 10, 20].map(account).find(({ address }) => address === vector.signer)
    expect(await signer?.signTypedData(typed)).toBe(vector.signature)
  })

  it('is what the SDK has people sign', () => {
    const jurisdiction = { chainId: chain.chainId, rules: chain.rules }
    const { SignOff, Registration, Rollback, Halt, Rotation, Objection } = vectors.typedData
    const made = {
      SignOff: signOffTypedData({ ...jurisdiction, signOff: worded(SignOff.message) as never }),
      Registration: registrationTypedData({
        ...jurisdiction,
        registration: worded(Registration.message) as never,
      }),
      Rollback: rollbackTypedData({ ...jurisdiction, rollback: worded(Rollback.message) as never }),
      Halt: haltTypedData({ ...jurisdiction, halt: worded(Halt.message) as never }),
      Rotation: rotationTypedData({ ...jurisdiction, rotation: Rotation.message as never }),
      Objection: objectionTypedData({ ...jurisdiction, objection: Objection.message as never }),
    } as const
    const digests = Object.entries(made).map(([name, typed]) => [name, hashTypedData(typed as never)])
    const expected = Object.keys(made).map(name => [name, vectors.typedData[name as VectorTypeName].digest])
    expect(digests).toEqual(expected)
  })

  it('a sign-off by the SDK is the warrant of the vectors', async () => {
    const terms = { chainId: chain.chainId, rules: chain.rules }
    const signOff = worded(vectors.typedData.SignOff.message) as never
    expect(await signSignOff({ account: account(1), ...terms, signOff })).toEqual(vectors.warrants[1]?.terms)
  })

  it('a ballot is what the SDK has members sign', () => {
    const { domain, message, digest } = vectors.typedData.Ballot
    const typed = ballotTypedData({
      chainId: chain.chainId,
      committee: domain.verifyingContract,
      name: domain.name,
      proposalId: BigInt(vectors.proposal.id),
      vote: 'For',
      voter: message['voter'] as Hex,
      nonce: 0n,
    })
    expect(hashTypedData(typed)).toBe(digest)
  })
})

describe('warrants', () => {
  const { warrants } = vectors
  const packed = warrants.map(warrant => warrant.packed)

  it.each(warrants)('of a $terms.role', ({ terms, packed: bytes }) => {
    expect(packWarrant(terms)).toBe(bytes)
    expect(readWarrants(bytes)).toEqual([terms])
  })

  it('one after the other, by role', () => {
    const terms = warrants.map(warrant => warrant.terms)
    expect(packWarrants(terms.toReversed())).toBe(concatHex(packed))
    expect(readWarrants(concatHex(packed))).toEqual(terms)
    expect(readWarrants('0x')).toEqual([])
  })

  it('that end early, or name a role that does not exist, are none', () => {
    for (const bytes of packed) {
      for (let length = 1; length < size(bytes); length++) {
        expect(readWarrants(slice(bytes, 0, length))).toBeUndefined()
      }
      expect(readWarrants(concatHex(['0x0c', slice(bytes, 1)]))).toBeUndefined()
    }
  })
})

it('a proposal', () => {
  const { calls, description, id } = vectors.proposal
  const proposer = mnemonicToAccount(developmentMnemonic, { addressIndex: 9 }).address
  expect(ownDescription('# Back to 5.0.0', proposer)).toBe(description)
  expect(toHex(proposalIdOf({ calls, description }), { size: 32 })).toBe(id)
})

describe('audit chains', () => {
  const entries = [...vectors.genesis.entries, ...vectors.acts.flatMap(act => act.entries)]

  it.each(['Registry', 'Rules'])('the head of %s after each entry', contract => {
    const own = entries.filter(entry => entry.contract === contract)
    const read = own.map((entry): AuditEntry => {
      const { action, authority, systems, head: _, contract: __, ...rest } = entry
      const place = { block: 0n, transaction: '0x', logIndex: 0 } as const
      return {
        ...rest,
        ...place,
        action: actions[action] as AuditEntry['action'],
        authority: roles[authority] as Role,
        systems: BigInt(systems),
      }
    })
    expect(own.map((_, index) => headOf(read.slice(0, index + 1)))).toEqual(own.map(({ head }) => head))
  })

  it('every action is among them', () => {
    const seen = new Set(entries.map(({ action }) => actions[action]))
    expect(actions.filter(action => !seen.has(action))).toEqual([])
  })

  it('the voices of the Rules, and of who carried a promotion', () => {
    expect(voiceOf(chain.rules)).toBe(vectors.genesis.entries[0].actor)
    const promotion = vectors.acts.find(({ entries: [first] }) => actions[first?.action ?? 0] === 'Promoted')
    expect(voiceOf(chain.deployer)).toBe(promotion?.entries[0]?.actor)
  })
})

describe('documents', () => {
  it.each(vectors.documents)('$file', ({ file, sha256, cid }) => {
    const bytes = documentBytes(file)
    expect(digestOf(bytes)).toBe(sha256)
    expect(cidOfBytes(bytes)).toBe(cid)
    const read = { a: parseArtifactStatement, b: parseManifest, c: parseDocument }[file.slice(0, 1)]
    expect(read?.(bytes)).toMatchObject({ digest: sha256 })
    expect(canonicalize(parseCanonical(bytes, { maxBytes: bytes.length }))).toEqual(bytes)
  })

  it('A and the tree follow from the files, and B agrees with them', () => {
    const files = Object.entries(vectors.artifact.files).map(([path, text]) => ({
      path,
      sha256: createHash('sha256').update(text).digest('hex'),
      cid: cidOfBytes(utf8(text)),
      size: utf8(text).length,
    }))
    const statement = buildArtifactStatement({ model: 'silero-vad', files, ignorePaths: ['model.sig'] })
    expect(serializeArtifactStatement(statement)).toEqual(documentBytes('a.jcs'))
    const content = parseArtifactStatement(documentBytes('a.jcs'))
    expect(content.root).toBe(vectors.artifact.root)
    const { manifest } = parseManifest(documentBytes('b.jcs'))
    expect(encodeTree({ files }).cid).toBe(vectors.artifact.treeCid)
    expect(manifest.artifact.treeCid).toBe(vectors.artifact.treeCid)
    expect(manifest.artifact.totalBytes).toBe(String(files.reduce((sum, { size }) => sum + size, 0)))
    checkBinding(manifest, content)
    checkCoverage(manifest, content)
  })

  it.each(vectors.canonical)('canonical $text', ({ text, sha256, value }) => {
    expect(new TextDecoder().decode(canonicalize(value))).toBe(text)
    expect(digestOf(utf8(text))).toBe(sha256)
    expect(parseCanonical(utf8(text), { maxBytes: 1024 })).toEqual(value)
  })
})

describe('files and directories', () => {
  it.each(vectors.files)('$zeros zero bytes', ({ zeros, cid, tsize }) => {
    const size = Number(zeros)
    const dag = createFileDag()
    const chunk = 2 ** 20
    const digestOfZeros = (length: number) => createHash('sha256').update(new Uint8Array(length)).digest()
    const full = digestOfZeros(chunk)
    for (let at = 0; at + chunk <= size; at += chunk) dag.addLeaf(full, chunk)
    if (size % chunk > 0) dag.addLeaf(digestOfZeros(size % chunk), size % chunk)
    expect(dag.finish()).toEqual({ cid, size, dagSize: Number(tsize) })
  })

  it.each(vectors.directories)('$entries', ({ entries, cid, tsize }) => {
    expect(encodeDirectory(namesOf(entries).map(empty))).toEqual({ cid, dagSize: Number(tsize) })
  })

  it('both kinds of links of a HAMT', () => {
    const [root, below] = vectors.hamt.blocks.map(block => decodeDagPb(toBytes(block)))
    const hashes = vectors.hamt.names.map(name => murmur3x64(utf8(name)))
    const names = [root, below].map(node => node?.links.map(({ name }) => name))
    expect(names).toEqual([
      ['82', 'FEconfig.json'],
      ['0Ffile-30', '20file-17'],
    ])
    expect(hashes.map(hash => hash[0])).toEqual([0x82, 0x82, 0xfe])
    expect(decodeUnixfs(root?.data ?? new Uint8Array())).toEqual({ type: 'shard', slots: [0x82, 0xfe] })
    expect(decodeUnixfs(below?.data ?? new Uint8Array())).toEqual({ type: 'shard', slots: [0x0f, 0x20] })
  })

  it.each(vectors.murmur3)('the hash of "$text"', ({ text, hash }) => {
    expect(toHex(murmur3x64(utf8(text)))).toBe(`0x${hash}`)
  })
})

/** The words behind the numbers of a struct. */
function worded<T extends Readonly<Record<string, Hex | number>>>(struct: T) {
  const words: Readonly<Record<string, readonly string[]>> = {
    risk: risks,
    stage: stages,
    role: roles,
    trigger: triggers,
  }
  const members = Object.entries(struct).map(([name, value]) => [name, words[name]?.[Number(value)] ?? value])
  return Object.fromEntries(members) as T
}

/** Three addresses as the SDK keeps them. */
function byCommittee([assembly, oversight, emergency]: readonly [Hex, Hex, Hex]) {
  return { assembly, oversight, emergency }
}

/** The types of a vector, from nothing but the text of its type. */
function ownTypes({ type, message }: VectorTypedData) {
  const [, primaryType = '', members = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? []
  const fields = members.split(',').map(member => {
    const [kind = '', name = ''] = member.split(' ')
    return { name, type: kind }
  })
  const domain = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ]
  return { primaryType, types: { EIP712Domain: domain, [primaryType]: fields }, message }
}

function empty(name: string) {
  return { name, cid: cidOfBytes(new Uint8Array()), dagSize: 0 }
}

/** The names of a directory among the vectors, as the document describes them. */
function namesOf(entries: string): readonly string[] {
  const size = Number(/^a block of (\d+) bytes$/.exec(entries)?.[1])
  if (size > 0) {
    const longer = (size - 4) % 120
    return Array.from(
      { length: Math.floor((size - 4) / 120) },
      (_, index) => `${index}`.padStart(6, '0') + 'x'.repeat(index < longer ? 71 : 70),
    )
  }
  if (entries.startsWith('model-')) {
    return Array.from({ length: 10_000 }, (_, index) => `model-${`${index}`.padStart(5, '0')}.bin`)
  }
  return entries === 'no entry' ? [] : ['\u{1f600}', '\ufffd', '.a']
}
