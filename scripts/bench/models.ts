import { type Hex, hashTypedData, sha256, toHex } from 'viem'
import {
  domainIdOf,
  environmentIdOf,
  type Identity,
  labelHashOf,
  modelIdOf,
  none,
  versionIdOf,
} from '../../sdk/chain/ids.ts'
import { type SignOff, signOffArguments, signOffTypedData, signSignOff } from '../../sdk/chain/typedData.ts'
import { packWarrants, type Warrant } from '../../sdk/chain/warrants.ts'
import { type Risk, type Role, risks, type Stage, stages } from '../../sdk/policy/words.ts'
import type { Evm, Sample } from './evm.ts'
import type { Society } from './society.ts'

/** Where all of it takes place. */
export interface Bench {
  readonly evm: Evm
  readonly society: Society
}

/** A version that is, or will be, registered. */
export interface Version {
  readonly identity: Identity
  readonly id: Hex
  readonly parent: Version | undefined
}

/** Somebody's consent, by whom and how. */
export type Consent =
  | { readonly role: Role; readonly by: string }
  | { readonly role: 'TechnicalLead'; readonly by: 'a passkey' }
  | { readonly role: 'OversightCommittee'; readonly by: 'the committee' }

export const document = sha256(toHex('a document C'))
export const environments = {
  Validation: environmentIdOf('validation'),
  Staging: environmentIdOf('staging'),
  Production: environmentIdOf('production'),
  /** One more with the stage Production, as deployments/local/parameters.json has it. */
  ward: environmentIdOf('ward-3'),
} as const

/** Every signature of the bench may be used until then: 2099. */
export const deadline = 4_070_908_800

/** A committee's consent may be used for no longer than 30 days. */
const committeeConsent = 30 * 86_400

const chainId = 31_337
const deepestSoak = 2 * 86_400

/** The acts of one model, in the order of its life. */
export function model(bench: Bench, name: string, risk: Risk) {
  const { evm, society } = bench
  const { registry } = society
  const [ada, dana, maya] = ['Ada', 'Dana', 'Maya'].map(given => society.member(given)) as [
    Member,
    Member,
    Member,
  ]
  const id = modelIdOf(name)
  let versions = 0
  return {
    id,
    jurisdiction: jurisdictionOf(society),
    /** The RAIO creates it with one schema, which every environment requires. */
    async open() {
      const from = ada.account.address
      const call = [name, domainIdOf('speech'), risks.indexOf(risk), [dana.id], document]
      const created = await evm.send(from, registry, 'createModel', call)
      const schema = await evm.send(from, registry, 'addSchema', [id, document, 0n, document])
      const required: Sample[] = []
      for (const environment of Object.values(environments)) {
        required.push(await evm.send(from, registry, 'requireSchemas', [id, environment, 1n, document]))
      }
      return { created, schema, required }
    },
    /** The next version's identity. */
    draft(parent?: Version): Version {
      versions += 1
      const identity = identityOf({ name, risk, author: dana.id }, versions, parent)
      return { identity, id: versionIdOf({ chainId, registry: registry.address, identity }), parent }
    },
    async register(version: Version): Promise<Sample> {
      return await evm.send(dana.account.address, registry, 'register', [
        identityArguments(version),
        version.parent?.id ?? none,
      ])
    },
    /** Anyone carries the sign-offs. */
    async promote(version: Version, stage: Stage, consents: readonly Consent[]): Promise<Sample> {
      const evidence = sha256(toHex(`the evidence of ${version.id} for ${stage}`))
      const terms = { version: version.id, stage, risk, evidence, policyEpoch: 1, signingEpoch: 0, deadline }
      const warrants: Warrant[] = []
      for (const consent of consents) warrants.push(await warrantFor(bench, consent, terms))
      return await evm.send(maya.account.address, registry, 'promote', [
        identityArguments(version),
        stages.indexOf(stage),
        evidence,
        none,
        packWarrants(warrants),
      ])
    },
    /** Time in which whatever is active soaks, whatever its risk. */
    soak() {
      evm.pass(deepestSoak)
    },
  }
}

function jurisdictionOf({ rules }: Society) {
  return { chainId, rules: rules.address }
}

/** Somebody's sign-off, however they give it. */
async function warrantFor(
  { evm, society }: Bench,
  consent: Consent,
  terms: Omit<SignOff, 'role'>,
): Promise<Warrant> {
  const jurisdiction = jurisdictionOf(society)
  if (consent.by === 'the committee') {
    const byThen = { ...terms, role: consent.role, deadline: evm.now() + committeeConsent }
    await evm.send(society.oversight.voice, society.rules, 'signOff', [signOffArguments(byThen)])
    return { role: consent.role, deadline: byThen.deadline, signer: '0x', signature: '0x' }
  }
  const signOff = { ...terms, role: consent.role }
  if (consent.by === 'a passkey') {
    const signature = society.passkey.sign(hashTypedData(signOffTypedData({ ...jurisdiction, signOff })))
    return { role: consent.role, deadline, signer: society.passkey.signer, signature }
  }
  return await signSignOff({ ...jurisdiction, account: society.member(consent.by).account, signOff })
}

function identityOf(
  { name, risk, author }: { readonly name: string; readonly risk: Risk; readonly author: Hex },
  number: number,
  parent: Version | undefined,
): Identity {
  const label = `${name} ${number}.0.0`
  return {
    model: modelIdOf(name),
    label: labelHashOf(label),
    manifestDigest: sha256(toHex(`the manifest of ${label}`)),
    artifactDigest: sha256(toHex(`the artifact of ${label}`)),
    parent: parent?.identity.manifestDigest ?? none,
    schema: 0,
    risk,
    author,
  }
}

type Member = ReturnType<Society['member']>
export type Model = ReturnType<typeof model>

/** An identity as the contract's struct. */
export function identityArguments({ identity }: Version) {
  return { ...identity, risk: risks.indexOf(identity.risk) }
}
