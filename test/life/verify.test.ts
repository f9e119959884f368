import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestFields } from '../../scripts/life/manifest.ts'
import { writePromptArtifact } from '../../scripts/models/prompt.ts'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  environmentIdOf,
  haltCall,
  modelIdOf,
  promoteCall,
  registerCall,
  resumeCall,
  signSignOff,
  versionIdOf,
} from '../../sdk/chain/index.ts'
import { describeArtifact } from '../../sdk/documents/describeArtifact.ts'
import { buildManifest, parseManifest, serializeManifest } from '../../sdk/documents/index.ts'
import { besideOf, identityOf, type Trust, trustOf, verify } from '../../sdk/verify/index.ts'
import { type FoundedSociety, foundSociety } from './society.ts'

const model = 'triage-note'
const digest = `0x${'5a'.repeat(32)}` as const
const cli = fileURLToPath(new URL('../../sdk/cli/main.ts', import.meta.url))

let society: FoundedSociety
let scratch: string
let directory: string
let trust: Trust
let copies = 0

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kedge-verify-'))
  society = await foundSociety()
  directory = join(scratch, 'triage-note')
  await liveVersion()
  await catchUp()
  trust = trustOf(society.kedge.deployment, { endpoints: [society.kedge.rpcUrl], maximumAge: 3600 })
}, 120_000)

afterAll(async () => {
  await society.end()
  await rm(scratch, { recursive: true, force: true })
})

/** Anchors a prompt template and has it promoted to Production by the technical lead. */
async function liveVersion(): Promise<void> {
  const { chainId, contracts } = society.kedge.deployment
  const author = society.person('Dana Cruz')
  const id = modelIdOf(model)
  await society.act(
    'Ada Osei',
    createModelCall(contracts, {
      name: model,
      domain: domainIdOf('speech'),
      floor: 'Low',
      developers: [author],
      document: digest,
    }),
  )
  await society.act(
    'Ada Osei',
    addSchemaCall(contracts, { model: id, digest, satisfies: 0n, document: digest }),
  )
  const artifact = await writePromptArtifact('1', directory)
  const fields = manifestFields(artifact, {
    label: '1.0.0',
    architecture: 'text-template',
    parent: null,
    schema: 0,
    schemaName: 'triage-note',
    risk: 'Low',
    author,
    createdAt: new Date('2026-11-01T00:00:00Z'),
    framework: { name: 'node', version: process.versions.node },
    absent: {
      weights: 'A template has no weights.',
      'training-code': 'A template is not trained.',
      'inference-code': 'Whoever sends the prompt renders it.',
      'pre-processing': 'None.',
      'post-processing': 'None.',
    },
  })
  const { bytes, content, treeCid, totalBytes } = await describeArtifact(directory, { model })
  const manifest = serializeManifest(buildManifest({ ...fields, artifact: content, treeCid, totalBytes }))
  await writeFile(besideOf(directory).artifact, bytes)
  await writeFile(besideOf(directory).manifest, manifest)
  const identity = identityOf(parseManifest(manifest))
  await society.act('Dana Cruz', registerCall(contracts, identity))
  const version = versionIdOf({ chainId, registry: contracts.registry, identity })
  for (const stage of ['Validation', 'Staging', 'Production'] as const) {
    const deadline = (await society.now()) + 86_400
    const approval = await signSignOff({
      account: society.account('Ben Ito'),
      chainId,
      registry: contracts.registry,
      signOff: {
        version,
        role: 'TechnicalLead',
        stage,
        risk: 'Low',
        evidence: digest,
        policyEpoch: 1,
        signingEpoch: 0,
        deadline,
      },
    })
    await society.act(
      'Emil Novak',
      promoteCall(contracts, { identity, stage, evidence: digest, approvals: [approval] }),
    )
  }
}

/** Brings the chain's clock to the present and everything so far into finalized blocks. */
async function catchUp(): Promise<void> {
  const behind = Math.floor(Date.now() / 1000) - 200 - (await society.now())
  if (behind > 0) await society.pass(behind)
  await society.client.mine({ blocks: 70 })
}

/** A copy of the artifact with its documents, under a name of its own. */
async function copy(): Promise<string> {
  copies += 1
  const target = join(scratch, `copy-${copies}`)
  await cp(directory, target, { recursive: true })
  await cp(besideOf(directory).artifact, besideOf(target).artifact)
  await cp(besideOf(directory).manifest, besideOf(target).manifest)
  return target
}

function ask(
  artifact: string,
  changes: Partial<Trust> = {},
  more: { marks?: string; environment?: string } = {},
) {
  const marks = more.marks ?? join(scratch, 'marks')
  return verify({
    artifact,
    model,
    environment: 'production',
    trust: { ...trust, ...changes },
    ...more,
    marks,
  })
}

const code = (name: string) => expect.objectContaining({ code: name })

describe('verify', () => {
  it('gives a receipt for the live version', async () => {
    const receipt = await ask(directory)
    expect(receipt.predicate.verificationResult).toBe('PASSED')
    expect(receipt.predicate.kedge).toMatchObject({ model, label: '1.0.0', missingSchemas: [] })
  })

  it.each<[string, string, (target: string) => Promise<void>]>([
    ['one byte flipped', 'DIGEST_MISMATCH', flipFirst],
    ['one file added', 'EXTRA_FILE', async target => writeFile(join(target, 'more.txt'), '')],
    ['one file removed', 'MISSING_FILE', async target => rm(join(target, 'schema.json'))],
    ['two files swapped', 'DIGEST_MISMATCH', swap],
    ['a link', 'SYMLINK', async target => symlink('schema.json', join(target, 'link'))],
    ['another statement', 'MANIFEST_MISMATCH', async target => writeFile(besideOf(target).artifact, '{}')],
    ['no statement', 'UNAVAILABLE', async target => rm(besideOf(target).artifact)],
    ['a broken manifest', 'MANIFEST_MISMATCH', async target => writeFile(besideOf(target).manifest, '{}')],
  ])('refuses %s with %s', async (_, expected, alter) => {
    const target = await copy()
    await alter(target)
    await expect(ask(target)).rejects.toEqual(code(expected))
  })

  it.each<[string, string, Partial<Trust>]>([
    ['another chain id', 'WRONG_NETWORK', { chainId: 1 }],
    ['another genesis', 'WRONG_NETWORK', { genesisHash: digest }],
    ['no endpoint that answers', 'RPC_UNAVAILABLE', { endpoints: ['http://127.0.0.1:9'] }],
    ['a higher minimum', 'SEQUENCE_REGRESSED', { minimumSequence: { [model]: 1000 } }],
    ['more agreement than endpoints', 'POLICY_INVALID', { agree: 2 }],
  ])('refuses with %s: %s', async (_, expected, changes) => {
    await expect(ask(directory, changes)).rejects.toEqual(code(expected))
  })

  it('refuses other code than is pinned', async () => {
    const lens = { ...trust.lens, codeHash: digest }
    await expect(ask(directory, { lens })).rejects.toEqual(code('WRONG_CONTRACT'))
  })

  it('refuses an environment that there is not, one where nothing runs, and a model that there is not', async () => {
    await expect(ask(directory, {}, { environment: 'nowhere' })).rejects.toEqual(code('STAGE_MISMATCH'))
    await expect(ask(directory, {}, { environment: 'ward-3' })).rejects.toEqual(code('NOT_ACTIVE'))
    await expect(
      verify({
        artifact: directory,
        model: 'other',
        environment: 'production',
        trust,
        marks: join(scratch, 'm'),
      }),
    ).rejects.toEqual(code('NOT_REGISTERED'))
  })

  it('denies a halt at once, and a resumption only once it is final', async () => {
    const { contracts } = society.kedge.deployment
    const receipt = await ask(directory)
    const order = {
      model: modelIdOf(model),
      environment: environmentIdOf('production'),
      version: receipt.predicate.kedge.version,
      trigger: 'SafetyRisk',
      reason: digest,
    } as const
    await society.act('Emil Novak', haltCall(contracts, order, 'SystemOperator'))
    await expect(ask(directory)).rejects.toEqual(code('HALTED'))
    await society.client.mine({ blocks: 70 })
    await society.act('Emil Novak', resumeCall(contracts, order, 'SystemOperator'))
    await expect(ask(directory)).rejects.toEqual(code('NOT_FINAL'))
    await society.client.mine({ blocks: 70 })
    await expect(ask(directory)).resolves.toMatchObject({ predicate: { verificationResult: 'PASSED' } })
  })

  it('remembers the highest sequence that it saw', async () => {
    const marks = join(scratch, 'marks')
    await ask(directory)
    const forged = join(marks, `${trust.chainId}-${trust.registry.address.toLowerCase()}`, modelIdOf(model))
    await writeFile(join(forged, '99'.padStart(20, '0')), '')
    await expect(ask(directory)).rejects.toEqual(code('SEQUENCE_REGRESSED'))
    await rm(join(forged, '99'.padStart(20, '0')))
  })

  it('speaks through exit codes', async () => {
    const deployment = join(scratch, 'deployment.json')
    await writeFile(deployment, JSON.stringify(society.kedge.deployment))
    const flags = ['--model', model, '--deployment', deployment, '--marks', join(scratch, 'marks')]
    const rpc = ['--rpc', society.kedge.rpcUrl]
    const altered = await copy()
    await flipFirst(altered)
    expect(await runCli(['verify', directory, ...flags, ...rpc])).toMatchObject({ exitCode: 0 })
    expect(await runCli(['verify', altered, ...flags, ...rpc, '--json'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('"code":"DIGEST_MISMATCH"'),
    })
    expect(await runCli(['verify', directory, ...flags, '--rpc', 'http://127.0.0.1:9'])).toMatchObject({
      exitCode: 3,
    })
    expect(await runCli(['verify', directory])).toMatchObject({ exitCode: 2 })
  })
})

async function flipFirst(target: string): Promise<void> {
  const path = join(target, 'schema.json')
  const bytes = await readFile(path)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(path, bytes)
}

async function swap(target: string): Promise<void> {
  const [one, two] = ['schema.json', 'evaluation/results.json'].map(path => join(target, path)) as [
    string,
    string,
  ]
  await rename(one, `${target}.swap`)
  await rename(two, one)
  await rename(`${target}.swap`, two)
}

function runCli(
  args: readonly string[],
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@kedge/source', cli, ...args])
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.stderr.on('data', chunk => {
      stderr += chunk
    })
    child.once('error', reject)
    child.once('close', exitCode => resolve({ exitCode, stdout, stderr }))
  })
}
