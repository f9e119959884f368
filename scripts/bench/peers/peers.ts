import type { Evm } from '../evm.ts'
import type { Society } from '../society.ts'
import { measureAccessManager } from './accessManager.ts'
import type { Measured } from './acts.ts'
import { measureEas } from './eas.ts'
import { measureGovernor } from './governor.ts'
import { measureSafe } from './safe.ts'

/** Measures every peer in the EVM of our own acts. */
export async function measurePeers(evm: Evm, society: Society): Promise<Measured> {
  const deployer = society.stranger(9)
  const members = society.seatsOf('assembly').map(({ account }) => account)
  const addresses = members.map(({ address }) => address)
  const [author = deployer] = addresses
  return {
    ...(await measureEas(evm, deployer, author)),
    ...(await measureSafe(evm, deployer, members)),
    ...(await measureAccessManager(evm, deployer, addresses.slice(0, 2))),
    ...(await measureGovernor(evm, deployer, members, society.parameters.committees.assembly)),
  }
}
