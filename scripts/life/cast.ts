import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Call,
  type CommitteeName,
  environmentIdOf,
  promoteCall,
  type Role,
  registerCall,
  type Stage,
  signSignOff,
  type Warrant,
} from '../../sdk/chain/index.ts'
import type { Risk } from '../../sdk/policy/words.ts'
import { trustOf } from '../../sdk/verify/index.ts'
import { committeeTitles } from '../deployment/contracts.ts'
import { type Answer, askGate } from './gate.ts'
import type { LifeRecord } from './record.ts'
import type { Society } from './society.ts'
import { type LifeDocument, type LifeVersion, nameOf } from './version.ts'

/** Where files of the life go: artifacts, documents, the trust file, the marks. */
export interface Stagehand {
  readonly society: Society
  readonly record: LifeRecord
  readonly directory: string
  /** Hands a version's bytes and documents to the relay. */
  upload(version: LifeVersion): Promise<void>
  /** Hands a document C to the relay. */
  publish(document: LifeDocument): Promise<void>
}

export const production = environmentIdOf('production')
const week = 7 * 86_400

/** A sign-off by one person, signed with the own key, for a week. */
export async function signOff(
  { society }: Stagehand,
  who: string,
  terms: {
    readonly version: LifeVersion
    readonly role: Role
    readonly stage: Stage
    readonly risk: Risk
    readonly evidence: LifeDocument
  },
): Promise<Warrant> {
  const { chainId, contracts } = society.kedge.deployment
  return await signSignOff({
    account: society.account(who),
    chainId,
    rules: contracts.rules,
    signOff: {
      version: terms.version.id,
      role: terms.role,
      stage: terms.stage,
      risk: terms.risk,
      evidence: terms.evidence.digest,
      policyEpoch: 1,
      signingEpoch: 0,
      deadline: (await society.now()) + week,
    },
  })
}

/** The operator carries a promotion. */
export async function carryPromotion(
  { society }: Stagehand,
  version: LifeVersion,
  stage: Stage,
  evidence: LifeDocument,
  signOffs: readonly Warrant[],
) {
  const { contracts } = society.kedge.deployment
  const promotion = { identity: version.identity, stage, evidence: evidence.digest, signOffs }
  return await society.act('Emil Novak', promoteCall(contracts, promotion))
}

/** The author registers a version, after its bytes and documents are with the relay. */
export async function registerVersion(
  hand: Stagehand,
  version: LifeVersion,
  parent?: LifeVersion,
  called = nameOf(version),
) {
  const { society, record } = hand
  await record.act('Dana Cruz', `uploads ${called} to the relay`, async () => {
    await hand.upload(version)
    return { note: `${version.described.totalBytes} bytes, ${version.described.files.length} files` }
  })
  const call = registerCall(society.kedge.deployment.contracts, version.identity, parent?.id)
  await record.act('Dana Cruz', `registers ${called}`, () => society.act('Dana Cruz', call))
}

/** A committee decides, each member by an own ballot; every transaction is a step. */
export async function decideTogether(
  { society, record }: Stagehand,
  decision: {
    readonly committee: CommitteeName
    /** The first of them proposes. */
    readonly members: readonly [string, ...string[]]
    readonly calls: readonly Call[]
    readonly title: string
    /** What is decided, as a step says it. */
    readonly what: string
  },
): Promise<void> {
  const { committee, members, calls, title, what } = decision
  const [proposer] = members
  const proposed = await record.act(
    proposer,
    `proposes to ${committeeTitles[committee]} ${what}`,
    async () => {
      const proposal = await society.propose(committee, proposer, calls, title)
      return { ...proposal, ...proposal.receipt }
    },
  )
  for (const member of members) {
    await record.act(member, `votes by signature for ${what}`, () => society.vote(proposed, member))
  }
  await record.act('anyone', `queues ${what}`, () => society.queue(proposed, members.length))
  await record.act('anyone', `executes ${what}`, () => society.execute(proposed))
}

/** Writes the trust file that the deploy gate uses from now on. */
export async function writeTrust(
  { society, directory }: Stagehand,
  name: string,
  endpoint: string,
): Promise<string> {
  const path = join(directory, name)
  const trust = trustOf(society.kedge.deployment, { endpoints: [endpoint], maximumAge: 3600 })
  await writeFile(path, `${JSON.stringify(trust, null, 2)}\n`)
  return path
}

/** Asks the deploy gate, and records whether it said what it must. */
export async function gateSays(
  hand: Stagehand,
  title: string,
  expected: { readonly exitCode: number; readonly code?: string },
  question: {
    readonly version: Pick<LifeVersion, 'directory' | 'model'>
    readonly trustPath: string
    readonly schemas?: string
  },
): Promise<void> {
  const { directory, model } = question.version
  const answer: Answer = await askGate({
    directory,
    model,
    environment: 'production',
    trustPath: question.trustPath,
    marks: join(hand.directory, 'marks'),
    schemas: question.schemas,
  })
  const { exitCode, code, milliseconds } = answer
  const note = `exit ${exitCode}${code === undefined ? '' : ` ${code}`}`
  const holds = exitCode === expected.exitCode && code === expected.code
  hand.record.expect(title, note, holds, milliseconds)
}
