import type { Sample } from '../evm.ts'

export const peerNames = [
  'EAS attest, same content',
  'EAS attest, 32 bytes',
  'EAS revoke',
  'EAS schema registration',
  'Safe 1-of-1 execution',
  'Safe 3-of-3 execution',
  'Safe approveHash',
  'AccessManager-guarded call',
  'AccessManager grantRole',
  'Governor propose',
  'Governor vote',
  'Governor vote by signature',
  'Governor queue',
  'Governor execute',
  'EAS deployment',
  'Safe deployment',
  'AccessManager deployment',
  'Governor deployment',
  'ERC20Votes deployment',
  'TimelockController deployment',
] as const
export type PeerName = (typeof peerNames)[number]

/** What a peer's act took. */
export interface PeerSamples {
  readonly firstUse: Sample
  readonly steady: Sample
}
