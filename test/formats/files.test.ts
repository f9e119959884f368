import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { developmentMnemonic } from '../../scripts/chain/anvil.ts'
import {
  ballotTypedData,
  type Deployment,
  deploymentSchema,
  proposalIdOf,
  signSignOff,
} from '../../sdk/chain/index.ts'
import { exampleFields } from '../../sdk/cli/commands/documents.ts'
import { readBallot, readCall, readProposal, readSignOff } from '../../sdk/cli/exchange.ts'
import {
  buildArtifactStatement,
  buildManifest,
  digestOf,
  type ManifestInput,
  parseArtifactStatement,
  parseManifest,
  serializeArtifactStatement,
} from '../../sdk/documents/index.ts'
import { besideOf, fingerprintOf, markOf, parseReceipt, parseTrust } from '../../sdk/verify/index.ts'
import { example, tableUnder, text } from './readDocument.ts'
import { documentBytes, vectors } from './vectors.ts'

// Each example in the document is read, and each of its tables names the fields that there are.

type Fields = Readonly<Record<string, unknown>>

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-formats-'))
})

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true })
})

describe('the trust file', () => {
  const trust = example('trust') as Fields
  const table = tableUnder('### Trust file')

  it('has the fields of the table and no other', () => {
    expect(table.map(row => row['field'])).toEqual(Object.keys(trust))
    expect(parseTrust(trust)).toEqual(trust)
    expect(text).toContain(`That of this example is \`${fingerprintOf(parseTrust(trust))}\``)
    expect(() => parseTrust({ ...trust, more: 1 })).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID' }),
    )
  })

  it.each(table)('without $field', ({ field = '', 'if left out': outcome = '' }) => {
    const rest = Object.fromEntries(Object.entries(trust).filter(([name]) => name !== field))
    if (outcome === 'refused') {
      expect(() => parseTrust(rest)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
    } else expect(parseTrust(rest)).toEqual({ ...trust, [field]: JSON.parse(outcome) })
  })

  it.each<[string, Fields]>([
    ['more endpoints to agree than there are', { agree: 4 }],
    [
      'an endpoint twice',
      { endpoints: ['https://one.example', 'https://one.example/', 'https://two.example'] },
    ],
    ['a password', { gateways: ['https://user:password@relay.example'] }],
    ['another protocol', { endpoints: ['ws://one.example', 'https://two.example'] }],
    ['another version', { trustVersion: 2 }],
    ['a sequence below zero', { minimumSequence: { 'silero-vad': -1 } }],
  ])('refuses %s', (_, change) => {
    expect(() => parseTrust({ ...trust, ...change })).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID' }),
    )
  })
})

describe('the deployment file', () => {
  const three = <T>(value: T) => ({ assembly: value, oversight: value, emergency: value })
  const perContract = <T>(value: T) => ({
    rules: value,
    registry: value,
    lens: value,
    timelocks: three(value),
    seats: three(value),
    committees: three(value),
  })
  const hash = `0x${'11'.repeat(32)}` as const
  const deployment: Deployment = {
    chainId: vectors.chain.chainId,
    genesisHash: hash,
    block: 1,
    contracts: perContract(vectors.chain.registry),
    codeHashes: perContract(hash),
  }

  it('has the fields of the table and no other', () => {
    const table = tableUnder('### Deployment file')
    expect(table.map(row => row['field'])).toEqual(Object.keys(deployment))
    expect(deploymentSchema.parse(deployment)).toEqual(deployment)
    expect(deploymentSchema.safeParse({ ...deployment, more: 1 }).success).toBe(false)
    for (const name of Object.keys(deployment)) {
      const rest = Object.fromEntries(Object.entries(deployment).filter(([field]) => field !== name))
      expect([name, deploymentSchema.safeParse(rest).success]).toEqual([name, false])
    }
    const forms = table.find(row => row['field'] === 'contracts')?.['form'] ?? ''
    const named = [...forms.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(named).toEqual(Object.keys(deployment.contracts))
  })
})

describe('the receipt', () => {
  const receipt = example('receipt') as Fields

  it('of the example is one, and belongs to the documents of the vectors', () => {
    const parsed = parseReceipt(receipt)
    expect(parsed).toEqual(receipt)
    const { digest, cid, manifest } = parseManifest(documentBytes('b.jcs'))
    const [, second] = vectors.versions
    expect(parsed.subject).toEqual([{ name: manifest.model, digest: { sha256: manifest.artifact.sha256 } }])
    expect(parsed.predicate.inputAttestations).toEqual([
      { uri: `ipfs://${cid}`, digest: { sha256: digest } },
      { uri: `ipfs://${manifest.artifact.cid}`, digest: { sha256: manifest.artifact.sha256 } },
    ])
    expect(parsed.predicate.kedge).toMatchObject({ version: second.id, label: second.labelText, number: 2 })
  })

  it('has no field more and none less than the example', () => {
    const { predicate } = receipt as { readonly predicate: Fields }
    const kedge = predicate['kedge'] as Fields
    for (const name of Object.keys(kedge)) {
      const rest = Object.fromEntries(Object.entries(kedge).filter(([field]) => field !== name))
      expect(() => parseReceipt({ ...receipt, predicate: { ...predicate, kedge: rest } })).toThrow(name)
    }
    expect(() => parseReceipt({ ...receipt, predicate: { ...predicate, more: 1 } })).toThrow('more')
  })
})

describe('the files of the CLI', () => {
  async function fileOf(name: string): Promise<string> {
    const path = join(scratch, `${name}.json`)
    await writeFile(path, JSON.stringify(example(name)))
    return path
  }
  const developer = (addressIndex: number) => mnemonicToAccount(developmentMnemonic, { addressIndex })
  const { chainId, rules } = vectors.chain

  it('a sign-off is what the SDK signs and what kedge promote reads', async () => {
    const { terms, ...carried } = await readSignOff(await fileOf('sign-off'))
    expect({ ...carried, terms: { model: vectors.models['silero-vad'], ...terms } }).toEqual(
      example('sign-off'),
    )
    if (terms === undefined) throw new Error('the example has no terms')
    const { role, deadline } = carried
    const signOff = { ...terms, role, deadline }
    expect(await signSignOff({ account: developer(1), chainId, rules, signOff })).toEqual(carried)
  })

  it('a call and a proposal are those of the vectors', async () => {
    expect(await readCall(await fileOf('call'))).toEqual(vectors.proposal.calls[0])
    const path = await fileOf('proposal')
    const proposal = await readProposal(path)
    expect(proposal).toEqual(example('proposal'))
    expect(proposalIdOf(proposal)).toBe(BigInt(vectors.proposal.id))
    await writeFile(path, JSON.stringify({ ...proposal, description: '# Something else' }))
    await expect(readProposal(path)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('a ballot is what the SDK signs and what kedge vote carries', async () => {
    const ballot = await readBallot(await fileOf('ballot'))
    expect({ ...ballot, proposalId: ballot.proposalId.toString() }).toEqual(example('ballot'))
    const { domain } = vectors.typedData.Ballot
    const { verifyingContract: committee, name } = domain
    const { proposalId, vote, voter, signature } = ballot
    const typed = ballotTypedData({ chainId, committee, name, proposalId, vote, voter, nonce: 0n })
    expect(await developer(10).signTypedData(typed)).toBe(signature)
  })

  it('the fields that kedge manifest --help shows make a manifest', () => {
    const contents = {
      'model.onnx': 'weights',
      'code/run.py': '',
      'evaluation/results.json': '[]',
      'evaluation/criteria.json': '{}',
    }
    const files = Object.entries(contents).map(([path, text]) => ({
      path,
      sha256: digestOf(new TextEncoder().encode(text)),
    }))
    const bytes = serializeArtifactStatement(buildArtifactStatement({ model: 'vad', files }))
    const { treeCid } = vectors.artifact
    const artifact = parseArtifactStatement(bytes)
    const fields = exampleFields as Omit<ManifestInput, 'artifact' | 'treeCid' | 'totalBytes'>
    const { predicate } = buildManifest({ ...fields, artifact, treeCid, totalBytes: 1n })
    const keys = [...Object.keys(exampleFields), 'schemaVersion', 'model', 'artifact']
    expect(new Set(Object.keys(predicate))).toEqual(new Set(keys))
  })
})

it('the documents lie beside a directory as the table says', () => {
  const paths = tableUnder('### Files beside a directory').map(row =>
    row['path']?.replace('<directory>', '/models/vad'),
  )
  expect(paths).toEqual(Object.values(besideOf('/models/vad')))
})

it('a mark is an empty file of the name that the document gives', async () => {
  const model = vectors.models['silero-vad'] ?? '0x'
  const marks = join(scratch, 'marks')
  const trust = parseTrust(example('trust'))
  await markOf(marks, trust, model).raise(9n)
  const files = await readdir(marks, { recursive: true, withFileTypes: true })
  const paths = files
    .filter(file => file.isFile())
    .map(file => relative(marks, join(file.parentPath, file.name)))
  expect(paths).toEqual([
    join(
      `${trust.chainId}-${trust.genesisHash}-${vectors.chain.registry.toLowerCase()}`,
      model,
      '00000000000000000009',
    ),
  ])
})
