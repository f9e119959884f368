import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encryptKeystoreJsonSync } from 'ethers'
import { type Hex, toHex } from 'viem'
import type { HDAccount } from 'viem/accounts'
import { manifestFields } from '../../scripts/life/manifest.ts'
import { type PromptVersion, writePromptArtifact } from '../../scripts/models/prompt.ts'
import {
  addSchemaCall,
  createModelCall,
  domainIdOf,
  type Identity,
  modelIdOf,
  promoteCall,
  type Risk,
  type Role,
  registerCall,
  signOffCall,
  signSignOff,
  versionIdOf,
  type Warrant,
} from '../../sdk/chain/index.ts'
import {
  approvalFloor,
  buildManifest,
  describeArtifact,
  type ParsedManifest,
  parseManifest,
  serializeManifest,
} from '../../sdk/documents/index.ts'
import { besideOf, identityOf } from '../../sdk/verify/index.ts'
import { type FoundedSociety, foundSociety } from '../life/society.ts'
import { kedge, type Outcome, type RunOptions } from './kedge.ts'

/** A digest where no test looks at the document. */
export const anyDigest: Hex = `0x${'5a'.repeat(32)}`

/** A society with a directory to work in, and everyone's hands on `kedge`. */
export interface Town {
  readonly society: FoundedSociety
  readonly directory: string
  /** A path in the directory. */
  path(name: string): string
  write(name: string, content: string | object): Promise<string>
  read(name: string): Promise<string>
  /** Runs `kedge` in the directory, on the society's chain, without a key. */
  kedge(line: string, options?: RunOptions): Promise<Outcome>
  /** The same with the key of somebody, in the environment. */
  as(name: string, line: string, options?: RunOptions): Promise<Outcome>
  /** A keystore of somebody's key, and the file with its password. */
  keystore(name: string): Promise<{ readonly path: string; readonly passwordFile: string }>
  key(name: string): Hex
  /** The RAIO creates a model with one schema. */
  createModel(name: string, floor: Risk): Promise<void>
  /** Writes a prompt artifact, and the fields of its manifest in `<name>.fields.json`. */
  writeArtifact(name: string, facts: ArtifactFacts): Promise<void>
  /** The manifest beside an artifact. */
  manifest(name: string): Promise<ParsedManifest>
  /** An artifact with its documents beside it, by the SDK alone. */
  makeDocuments(name: string, facts: ArtifactFacts & { readonly model: string }): Promise<Identity>
  /** A version with its documents in the directory, carried into so many stages, by the SDK alone. */
  makeVersion(
    name: string,
    facts: ArtifactFacts & { readonly model: string; readonly upTo?: number },
  ): Promise<Hex>
  /** Carries a version into a stage, by the SDK alone. */
  promote(name: string, stage: (typeof stages)[number]): Promise<void>
  /** Brings the chain's clock to the present, and everything so far into finalized blocks. */
  catchUp(): Promise<void>
  end(): Promise<void>
}

export interface ArtifactFacts {
  readonly text: PromptVersion
  readonly label: string
  readonly risk?: Risk
  /** The parent's manifest digest. */
  readonly parent?: string
}

/** Who signs off in a role. */
const signers: Partial<Record<Role, string>> = {
  TechnicalLead: 'Ben Ito',
  ResponsibleAIOfficer: 'Ada Osei',
  DomainLead: 'Chloe Martin',
}
const stages = ['Validation', 'Staging', 'Production'] as const
const password = 'a password that nobody may see'

/** Founds a town. */
export async function foundTown(): Promise<Town> {
  const directory = await mkdtemp(join(tmpdir(), 'kedge-cli-'))
  const society = await foundSociety()
  const { contracts, chainId } = society.kedge.deployment
  const path = (name: string) => join(directory, name)
  const write = async (name: string, content: string | object) => {
    await writeFile(path(name), typeof content === 'string' ? content : JSON.stringify(content))
    return path(name)
  }
  const deployment = await write('deployment.json', society.kedge.deployment)
  const idOf = (identity: Identity) => versionIdOf({ chainId, registry: contracts.registry, identity })
  const key = (name: string) =>
    toHex((society.account(name) as HDAccount).getHdKey().privateKey as Uint8Array)

  const town: Town = {
    society,
    directory,
    path,
    write,
    key,
    read: name => readFile(path(name), 'utf8'),
    kedge(line, options = {}) {
      const environment = {
        HOME: directory,
        KEDGE_RPC_URL: society.kedge.rpcUrl,
        KEDGE_DEPLOYMENT: deployment,
        ...options.environment,
      }
      const given = Object.values(options.environment ?? {}).filter(value => value.length >= 64)
      const secrets = [password, ...given.map(value => value.replace(/^0x/, '')), ...(options.secrets ?? [])]
      return kedge(line, { directory, ...options, environment, secrets })
    },
    as: (name, line, options = {}) =>
      town.kedge(line, { ...options, environment: { ...options.environment, KEDGE_PRIVATE_KEY: key(name) } }),
    async keystore(name) {
      const keystore = encryptKeystoreJsonSync(
        { address: society.account(name).address, privateKey: key(name) },
        password,
        { scrypt: { N: 1024 } },
      )
      return {
        path: await write(`${name.split(' ')[0]}.keystore.json`, keystore),
        passwordFile: await write('password', `${password}\n`),
      }
    },
    async createModel(name, floor) {
      const developers = [society.person('Dana Cruz')]
      const model = { name, domain: domainIdOf('speech'), floor, developers, document: anyDigest }
      await society.act('Ada Osei', createModelCall(contracts, model))
      const schema = { model: modelIdOf(name), digest: anyDigest, satisfies: 0n, document: anyDigest }
      await society.act('Ada Osei', addSchemaCall(contracts, schema))
    },
    async writeArtifact(name, facts) {
      await write(`${name}.fields.json`, await fieldsOf(name, facts))
    },
    async makeDocuments(name, { model, ...facts }) {
      const fields = await fieldsOf(name, facts)
      const { bytes, content, treeCid, totalBytes } = await describeArtifact(path(name), { model })
      const manifest = serializeManifest(buildManifest({ ...fields, artifact: content, treeCid, totalBytes }))
      await writeFile(besideOf(path(name)).artifact, bytes)
      await writeFile(besideOf(path(name)).manifest, manifest)
      return identityOf(parseManifest(manifest))
    },
    async makeVersion(name, { upTo = 3, ...facts }) {
      const identity = await town.makeDocuments(name, facts)
      await society.act('Dana Cruz', registerCall(contracts, identity))
      for (const stage of stages.slice(0, upTo)) await town.promote(name, stage)
      return idOf(identity)
    },
    async manifest(name) {
      return parseManifest(new Uint8Array(await readFile(besideOf(path(name)).manifest)))
    },
    async promote(name, stage) {
      const identity = identityOf(await town.manifest(name))
      const { risk } = identity
      const signOffs: Warrant[] = []
      for (const role of approvalFloor(risk)[stage]) {
        const signer = signers[role]
        const signOff = {
          version: idOf(identity),
          role,
          stage,
          risk,
          evidence: anyDigest,
          policyEpoch: 1,
          signingEpoch: 0,
          deadline: (await society.now()) + 30 * 86_400,
        }
        if (signer !== undefined) {
          const account = society.account(signer)
          signOffs.push(await signSignOff({ account, chainId, rules: contracts.rules, signOff }))
          continue
        }
        const members = ['Grace Lindt', 'Hiro Tan', 'Ines Roth'] as const
        await society.decide('oversight', members, [signOffCall(contracts, signOff)], `Let ${name} run`)
        signOffs.push({ role, deadline: signOff.deadline, signer: '0x', signature: '0x' })
      }
      const promotion = { identity, stage, evidence: anyDigest, signOffs }
      await society.act('Emil Novak', promoteCall(contracts, promotion))
    },
    async catchUp() {
      const behind = Math.floor(Date.now() / 1000) - 200 - (await society.now())
      if (behind > 0) await society.pass(behind)
      await society.client.mine({ blocks: 70 })
    },
    async end() {
      await society.end()
      await rm(directory, { recursive: true, force: true })
    },
  }

  async function fieldsOf(name: string, { text, label, parent, risk = 'Low' }: ArtifactFacts) {
    const artifact = await writePromptArtifact(text, path(name))
    return manifestFields(artifact, {
      label,
      architecture: 'text-template',
      parent: parent ?? null,
      schema: 0,
      schemaName: 'triage-note',
      risk,
      author: society.person('Dana Cruz'),
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
  }

  return town
}

/** Ids, digests, addresses, times and numbers of a run differ: their places stay. */
export function steady(text: string): string {
  return text
    .replace(/0x[0-9a-f]{130}\b/gi, 'SIGNATURE')
    .replace(/\b0x[0-9a-f]{64}\b/gi, 'ID')
    .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replace(/\b0x[0-9a-f]{40}\b/gi, 'ADDRESS')
    .replace(/\b0x[0-9a-f]{6}…[0-9a-f]{4}\b/gi, 'SHORT')
    .replace(/\bb[a-z2-7]{58}\b/g, 'CID')
    .replace(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{3})?Z/g, 'TIME')
    .replace(/\b[0-9]{60,78}\b/g, 'PROPOSAL')
    .replace(/\b\d+ entries\b/g, 'N entries')
    .replace(/(block|gas)( +|":"?)\d+/g, '$1$2N')
    .replace(/kedge-cli-\w+/g, 'DIRECTORY')
}
