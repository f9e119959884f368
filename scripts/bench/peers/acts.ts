import type { Sample } from '../evm.ts'

/** The acts of the peers. */
export type PeerName =
  | 'EAS attest, same content'
  | 'EAS attest, 32 bytes'
  | 'EAS revoke'
  | 'EAS schema registration'
  | 'EAS deployment'
  | 'Safe 1-of-1 execution'
  | 'Safe 3-of-3 execution'
  | 'Safe approveHash'
  | 'Safe deployment'
  | 'AccessManager-guarded call'
  | 'AccessManager grantRole'
  | 'AccessManager deployment'
  | 'Governor propose'
  | 'Governor vote'
  | 'Governor vote by signature'
  | 'Governor queue'
  | 'Governor execute'
  | 'Governor deployment'
  | 'ERC20Votes deployment'
  | 'TimelockController deployment'

/** Samples of a peer's acts, the first of each kind first, the steady one last. */
export type Measured = Readonly<Partial<Record<PeerName, readonly Sample[]>>>
