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
  try {
    await reach(() => readerOf(kedge.rpcUrl).call({ account: voice, to: call.to, data: call.data }))
  } catch (error) {
    if (!(error instanceof KedgeError) || error.code !== 'REFUSED') throw error
    say(`note: if this were executed now, ${error.message}`)
  }
}

function timelockOf(kedge: Kedge, authority: Role): Address | undefined {
  const { timelocks } = kedge.deployment.contracts
  if (authority === 'Assembly') return timelocks.assembly
  if (authority === 'OversightCommittee') return timelocks.oversight
  return authority === 'EmergencyCommittee' ? timelocks.emergency : undefined
}
