import type { Evm, Sample } from '../evm.ts'
import type { Society } from '../society.ts'
import { measureAccessManager } from './accessManager.ts'
import { measureEas } from './eas.ts'
import { measureGovernor } from './governor.ts'
import { measureSafe } from './safe.ts'

/** The acts of the peers. */
export const peerNames = [
  'EAS attest, same content',
  'EAS attest, 32 bytes',
  'EAS revoke',
  'EAS schema registration',
  'EAS deployment',
  'Safe 1-of-1 execution',
  'Safe 3-of-3 execution',
  'Safe approveHash',
  'Safe deployment',
  'AccessManager-guarded call',
  'AccessManager grantRole',
  'AccessManager deployment',
  'Governor propose',
  'Governor vote',
  'Governor vote by signature',
  'Governor queue',
  'Governor execute',
  'Governor deployment',
  'ERC20Votes deployment',
  'TimelockController deployment',
] as const
export type PeerName = (typeof peerNames)[number]

/** Samples of a peer's acts, the first of each kind first, the steady one last. */
export type Measured = Readonly<Partial<Record<PeerName, readonly Sample[]>>>

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
