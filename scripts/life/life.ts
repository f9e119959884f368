import type { Kedge } from '../../sdk/chain/index.ts'
import { type Stagehand, writeTrust } from './cast.ts'
import { audit } from './chapters/audit.ts'
import { drift } from './chapters/drift.ts'
import { people, regainKey } from './chapters/people.ts'
import { prompt } from './chapters/prompt.ts'
import { silero } from './chapters/silero.ts'
import { verification } from './chapters/verification.ts'
import { violations } from './chapters/violations.ts'
import type { LifeRecord } from './record.ts'
import { joinSociety, type Society } from './society.ts'
import { uploadDocument, uploadVersion } from './upload.ts'

/** How far in the past the chain of a life must begin: all the votes, soak times and certificates fit in it. */
export const lifeSeconds = 30 * 86_400

/**
 * The whole life of a model, and of a prompt, on a local chain: people, versions, approvals, refusals, violations, the
 * deploy gate, drift, a halt, rollbacks, a retirement, and the audit. Everything is recorded; the record says whether all came out
 * as it must.
 *
 * @param parameters.directory - An empty directory for artifacts, documents, trust files and marks.
 */
export async function liveLife(parameters: {
  readonly kedge: Kedge
  readonly relayUrl: string
  readonly directory: string
  readonly record: LifeRecord
}): Promise<void> {
  const { kedge, relayUrl, directory, record } = parameters
  const society = await joinSociety(kedge)
  const hand: Stagehand = {
    society,
    record,
    directory,
    upload: version => uploadVersion(relayUrl, version),
    publish: document => uploadDocument(relayUrl, document),
  }
  await people(hand)
  const template = await prompt(hand)
  const model = await silero(hand)
  await violations(hand)
  await regainKey(hand)
  await catchUp(society)
  const trustPath = await writeTrust(hand, 'trust.json', kedge.rpcUrl)
  await verification(hand, { silero: model.v6, prompt: template }, trustPath)
  await drift(hand, model, trustPath)
  await audit(hand)
}

/**
 * Brings the chain's clock from its past to the present, and mines until all that happened is final: the gate accepts
 * neither an old block nor an approval that could still be undone.
 */
async function catchUp(society: Society): Promise<void> {
  const margin = 300
  const behind = Math.floor(Date.now() / 1000) - margin - (await society.now())
  if (behind < 0) throw new Error(`the life took ${-behind} seconds more than the chain began in the past`)
  await society.pass(behind)
  await society.client.mine({ blocks: 70 })
}
