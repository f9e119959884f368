import { none } from '../../sdk/chain/ids.ts'
import { signRegistration } from '../../sdk/chain/typedData.ts'
import { packWarrant } from '../../sdk/chain/warrants.ts'
import type { Risk, Stage } from '../../sdk/policy/words.ts'
import type { Sample } from './evm.ts'
import { change, create, read, type Slot, type Work } from './floor.ts'
import {
  type Bench,
  type Consent,
  deadline,
  identityArguments,
  type Model,
  model,
  type Version,
} from './models.ts'
import { at, firstAndLast, type Operation } from './operation.ts'

/** Who signs off which step: the policy's table. */
const raio: Consent = { role: 'ResponsibleAIOfficer', by: 'Ada' }
const lead: Consent = { role: 'TechnicalLead', by: 'Ben' }
const domainLead: Consent = { role: 'DomainLead', by: 'Chloe' }
const committee: Consent = { role: 'OversightCommittee', by: 'the committee' }
const passkey: Consent = { role: 'TechnicalLead', by: 'a passkey' }

/** One model through several versions: each is the next one's parent, and soaks before the next replaces it. */
export interface Career {
  readonly model: Model
  readonly opened: Awaited<ReturnType<Model['open']>>
  readonly versions: readonly Version[]
  readonly registered: readonly Sample[]
  readonly validation: readonly Sample[]
  readonly staging: readonly Sample[]
  readonly production: readonly Sample[]
}

/** Registers and promotes as many versions of a new model. */
export async function career(
  bench: Bench,
  name: string,
  risk: Risk,
  count: number,
  signers: { readonly early: readonly Consent[]; readonly production: readonly Consent[] },
): Promise<Career> {
  const life = model(bench, name, risk)
  const opened = await life.open()
  const versions: Version[] = []
  const samples = { registered: [], validation: [], staging: [], production: [] } as Record<string, Sample[]>
  const step = async (version: Version, stage: Stage, consents: readonly Consent[]) => {
    samples[stage.toLowerCase()]?.push(await life.promote(version, stage, consents))
  }
  for (let index = 0; index < count; index += 1) {
    const version = life.draft(versions.at(-1))
    samples['registered']?.push(await life.register(version))
    await step(version, 'Validation', signers.early)
    await step(version, 'Staging', signers.early)
    await step(version, 'Production', signers.production)
    versions.push(version)
    life.soak()
  }
  const { registered = [], validation = [], staging = [], production = [] } = samples
  return { model: life, opened, versions, registered, validation, staging, production }
}

/** A model whose versions a passkey lets into Production. */
export async function passkeyCareer(bench: Bench): Promise<Career> {
  return await career(bench, 'bench-passkey', 'Low', 3, { early: [lead], production: [passkey] })
}

/** The careers that the bench needs, by risk. */
export async function careers(bench: Bench) {
  const low = await career(bench, 'bench-low', 'Low', 3, { early: [lead], production: [lead] })
  const held = await passkeyCareer(bench)
  const medium = await career(bench, 'bench-medium', 'Medium', 5, { early: [raio], production: [raio] })
  const three = { early: [raio], production: [lead, raio, domainLead] }
  const high = await career(bench, 'bench-high', 'High', 7, three)
  const full = { early: [raio], production: [raio, domainLead, committee] }
  const critical = await career(bench, 'bench-critical', 'Critical', 3, full)
  return { low, held, medium, high, critical }
}

export type Careers = Awaited<ReturnType<typeof careers>>

export const caller = read('Rules._personOf[key]', 'Rules._people[person].standing')
const signer = (role: string) => read(`Rules._personOf[key of ${role}]`, `Rules._people[${role}].standing`)
export const versionHash = { what: 'the version id', bytes: 320 }
export const keyHash = { what: 'the key', bytes: 20 }

/** Creating models, registering versions, promoting them. */
export async function versionOperations(bench: Bench, all: Careers): Promise<readonly Operation[]> {
  const { low, held, high, critical } = all
  return [
    modelCreation(low, high),
    {
      name: 'register',
      firstUse: at(high.registered, 0),
      steady: at(high.registered, 2),
      work: registration(caller, 0),
      peer: 'EAS attest, same content',
    },
    await carriedRegistration(bench, all),
    promotion('promote to Validation, 1 ECDSA', high.validation, toValidation, 1),
    promotion('promote to Staging, 1 ECDSA', high.staging, step('staging', ['RAIO']), 1),
    promotion('promote to Production, 1 ECDSA', low.production, step('production', ['lead']), 1),
    promotion('promote to Production, 3 ECDSA', high.production, fullHouse, 3),
    passkeyPromotion(held),
    promotion('promote to Production, 2 ECDSA and a committee’s consent', critical.production, collective, 2),
  ]
}

/** Its signature is checked by a verifier: where the EVM has no precompile for P-256, in Solidity. */
export function passkeyPromotion(
  { production }: Career,
  options: { readonly precompile?: true } = {},
): Operation {
  const work = promoting(step('production', ['lead']), 0)
  return {
    name: 'promote to Production, passkey',
    ...firstAndLast(production),
    work: { ...work, contracts: ['Rules', 'the verifier'], passkeys: options.precompile ? 1 : 0 },
  }
}

function modelCreation(first: Career, later: Career): Operation {
  return {
    name: 'createModel',
    firstUse: first.opened.created,
    steady: later.opened.created,
    work: {
      contracts: ['Rules'],
      slots: [
        ...caller,
        ...read('Rules._people[developer].key'),
        ...create(
          'Registry._models[model]',
          'Registry._domains[model]',
          'Registry._developers[model][developer]',
        ),
        ...change('Registry._modelCount', 'Registry._log.head'),
      ],
      hashes: [keyHash],
      audited: true,
    },
    peer: 'EAS schema registration',
  }
}

function registration(who: readonly Slot[], recoveries: number): Work {
  return {
    contracts: ['Rules'],
    slots: [
      ...who,
      ...read('Registry._developers[model][author]', 'Registry._versions[parent].manifestDigest'),
      ...create('Registry._versions[version].manifestDigest', 'Registry._versions[version].word'),
      ...change('Registry._models[model]', 'Registry._log.head'),
    ],
    recoveries,
    hashes: [
      versionHash,
      keyHash,
      ...(recoveries > 0 ? [{ what: 'the typed data', bytes: 192 }, digestHash] : []),
    ],
    audited: true,
  }
}

export const digestHash = { what: 'the digest to sign', bytes: 66 }

async function carriedRegistration({ evm, society }: Bench, { high }: Careers): Promise<Operation> {
  const dana = society.member('Dana')
  const carrier = society.stranger(0)
  const samples: Sample[] = []
  for (const parent of [undefined, high.versions[0]]) {
    const version = high.model.draft(parent)
    const registration = { version: version.id, parentVersion: parent?.id ?? none, signingEpoch: 0, deadline }
    const warrant = await signRegistration({
      ...high.model.jurisdiction,
      account: dana.account,
      registration,
    })
    const call = [identityArguments(version), parent?.id ?? none, packWarrant(warrant)]
    samples.push(await evm.send(carrier, society.registry, 'registerBySig', call))
  }
  return {
    name: 'registerBySig',
    firstUse: at(samples, 0),
    steady: at(samples, 1),
    work: registration(caller, 1),
    peer: 'EAS attest, same content',
  }
}

/** What a step into the stage of an environment touches, apart from what is touched once in an environment's life. */
function step(environment: string, signers: readonly string[]): readonly Slot[] {
  return [
    ...signers.flatMap(signer),
    ...read('Rules._policy', 'Rules._thresholds', 'Registry._domains[model]'),
    ...read(`Registry._required[model][${environment}]`, 'Registry._schemas[model][schema].satisfies'),
    ...read('Registry._numbered[model][number of the predecessor]'),
    ...change(
      'Registry._versions[version].word',
      'Registry._versions[predecessor].word',
      'Registry._models[model]',
    ),
    ...change(`Registry._active[model][${environment}]`, 'Registry._log.head'),
  ]
}

const toValidation = [
  ...step('validation', ['RAIO']),
  ...create('Registry._labels[model][label]', 'Registry._numbered[model][number]'),
]
const leadsDomain = read('Rules._leads[domain lead][domain]')
const fullHouse = [...step('production', ['lead', 'RAIO', 'domain lead']), ...leadsDomain]
const collective = [
  ...step('production', ['RAIO', 'domain lead']),
  ...leadsDomain,
  ...read('Rules._consents[terms][committee]'),
]

function promoting(slots: readonly Slot[], signatures: number): Work {
  const signers = slots.filter(({ name }) => name.startsWith('Rules._personOf')).length
  return {
    contracts: ['Rules'],
    slots,
    recoveries: signatures,
    hashes: [
      versionHash,
      { what: 'the key', bytes: 20, times: signers },
      { what: 'the typed data', bytes: 320, times: Math.max(signatures, 1) },
      { ...digestHash, times: Math.max(signatures, 1) },
    ],
    audited: true,
  }
}

function promotion(
  name: string,
  samples: readonly Sample[],
  slots: readonly Slot[],
  signatures: number,
): Operation {
  const work = promoting(slots, signatures)
  const peer = signatures === 1 ? 'Safe 1-of-1 execution' : 'Safe 3-of-3 execution'
  return { name, ...firstAndLast(samples), work, peer }
}

/** A version of a career by its place, negative from the end. */
export function careerVersion({ versions }: Career, index: number): Version {
  const found = versions.at(index)
  if (found === undefined) throw new Error(`there is no version ${index}`)
  return found
}
