import type { Address, Hex } from 'viem'
import { lensAbi } from '../chain/abi/index.ts'
import { type Consent, type Kedge, none, reach, readerOf } from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import { type Role, roles } from '../policy/words.ts'

/** A person as the Lens shows them. */
export interface PersonView {
  readonly person: Hex
  readonly standing: {
    readonly roles: number
    readonly signingEpoch: number
    readonly suspendedUntil: number
    readonly auditRequired: boolean
  }
  readonly certifiedUntil: number
}

/** How long a lapsed certificate still lets its holder halt and roll back, in seconds: contracts/Rules.sol. */
const brakeGrace = 30 * 86_400

/**
 * What somebody signs for others to carry names: the role, the signing epoch, how long it holds, and how often anything
 * has changed where it applies.
 *
 * @throws KedgeError `REFUSED` if the chain would not take it from this account.
 */
export async function brakeConsent(
  kedge: Kedge,
  account: Address,
  terms: { readonly model: Hex; readonly environment: Hex; readonly role: Role; readonly days: number },
): Promise<Consent & { readonly sequence: number }> {
  const { model, environment, role, days } = terms
  const lens = { address: kedge.deployment.contracts.lens, abi: lensAbi } as const
  const client = readerOf(kedge.rpcUrl)
  const [{ timestamp, active }, person] = await reach(() =>
    Promise.all([
      client.readContract({ ...lens, functionName: 'provenance', args: [model, environment] }),
      client.readContract({ ...lens, functionName: 'person', args: [account] }),
    ]),
  )
  mustBeQualified(person, role, account, { time: timestamp, brake: true })
  const deadline = Number(timestamp) + days * 86_400
  return {
    role,
    signingEpoch: person.standing.signingEpoch,
    deadline,
    sequence: Number(active.sequence),
  }
}

/** The same for an author, who signs a registration. */
export async function authorConsent(
  kedge: Kedge,
  account: Address,
  { days }: { readonly days: number },
): Promise<Omit<Consent, 'role'>> {
  const client = readerOf(kedge.rpcUrl)
  const lens = { address: kedge.deployment.contracts.lens, abi: lensAbi } as const
  const [{ timestamp }, person] = await reach(() =>
    Promise.all([
      client.getBlock(),
      client.readContract({ ...lens, functionName: 'person', args: [account] }),
    ]),
  )
  mustBeQualified(person, 'ModelDeveloper', account, { time: timestamp, brake: false })
  return { signingEpoch: person.standing.signingEpoch, deadline: Number(timestamp) + days * 86_400 }
}

/** The chain would refuse what is signed when it is carried: too late for the one who signs to mend it. */
export function mustBeQualified(
  { person, standing, certifiedUntil }: PersonView,
  role: Role,
  account: Address,
  when: { readonly time: bigint; readonly brake: boolean },
): void {
  const refuse = (detail: string, remedy: string) =>
    new KedgeError('REFUSED', detail, { account, person, role }, { remedy })
  if (person === none) {
    throw refuse(
      `nobody is appointed with the key of ${account}`,
      'Use the key you were appointed with, or the one you rotated to.',
    )
  }
  if (((standing.roles >> roles.indexOf(role)) & 1) === 0) {
    throw refuse(
      `the holder of ${account} does not hold the role ${role}`,
      'Sign in a role that you hold, or let somebody sign who holds this one.',
    )
  }
  const lapses = certifiedUntil + (when.brake ? brakeGrace : 0)
  if (lapses <= when.time || standing.suspendedUntil > when.time) {
    throw refuse(
      `the certificate of the holder of ${account} has lapsed, or the person is suspended`,
      'The Training Officer certifies anew after the training; a suspension ends by its time.',
    )
  }
  if (standing.auditRequired && !when.brake) {
    throw refuse(
      `the holder of ${account} has three violations on record and waits for an external audit`,
      'Let somebody else sign, until the Oversight Committee accepts the audit’s report.',
    )
  }
}
