import type { Address } from 'viem'
import { type Call, type Kedge, reach, readerOf } from '../chain/index.ts'
import { KedgeError } from '../errors/index.ts'
import type { Role } from '../policy/words.ts'
import { say } from './output.ts'

/** The committees among the roles: they act through proposals only. */
export const committeeRoles: readonly Role[] = ['OversightCommittee', 'EmergencyCommittee', 'Assembly']

/** A committee has no key: it acts by a proposal that was executed. */
export function mustBeSendable({
  authority,
  call,
}: {
  readonly authority: Role
  readonly call?: boolean
}): void {
  if (call === true || !committeeRoles.includes(authority)) return
  throw new KedgeError(
    'USAGE',
    `the ${authority} acts through a proposal, not by a key`,
    { authority },
    {
      remedy:
        'Have the call written (--call; kedge sign-off does so by itself), then kedge propose --calls it.',
    },
  )
}

/** Tells whether the call would be refused if the committee made it now. By then things may have changed either way. */
export async function foresee(kedge: Kedge, call: Call, authority: Role): Promise<void> {
  const voice = timelockOf(kedge, authority)
  if (voice === undefined) return
  const refusal = await refusalTo(kedge, voice, call)
  if (refusal !== undefined) say(`note: if this were executed now, ${refusal.message}`)
}

/** The same for a call that does not say which committee it is for. */
export async function foreseeByCommittees(kedge: Kedge, call: Call): Promise<void> {
  const voices = Object.values(kedge.deployment.contracts.timelocks)
  const refusals = await Promise.all(voices.map(voice => refusalTo(kedge, voice, call)))
  if (refusals.includes(undefined)) return
  // What keeps the one that may do it is told rather than that the others may not.
  const wrong = ['RulesUnauthorized', 'SeatsUnauthorized', 'GovernorOnlyExecutor']
  const told = refusals.find(refusal => !wrong.includes(String(refusal?.facts['error']))) ?? refusals[0]
  say(`note: if a committee executed this now, ${told?.message}`)
}

async function refusalTo(kedge: Kedge, voice: Address, call: Call): Promise<KedgeError | undefined> {
  try {
    await reach(() => readerOf(kedge.rpcUrl).call({ account: voice, to: call.to, data: call.data }))
    return undefined
  } catch (error) {
    if (error instanceof KedgeError && error.code === 'REFUSED') return error
    throw error
  }
}

function timelockOf(kedge: Kedge, authority: Role): Address | undefined {
  const { timelocks } = kedge.deployment.contracts
  if (authority === 'Assembly') return timelocks.assembly
  if (authority === 'OversightCommittee') return timelocks.oversight
  return authority === 'EmergencyCommittee' ? timelocks.emergency : undefined
}
