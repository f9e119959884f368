/**
 * The deploy gate: is exactly this the approved, live version? Keys are unreachable from here.
 *
 * @packageDocumentation
 */
export { type CheckArtifactOptions, checkArtifact } from './artifact.ts'
export {
  type Block,
  type ChainView,
  type FinalSighting,
  type Provenance,
  type Question,
  readChainView,
  type Sighting,
} from './chainView.ts'
export { besideOf, identityOf, readManifestBeside, versionOfManifest } from './documents.ts'
export { defaultMarks, type Mark, markOf } from './mark.ts'
export { type InputAttestation, parseReceipt, type Receipt, type ReceiptBlock } from './receipt.ts'
export { denialOf, judge, type Permission } from './status.ts'
export { fingerprintOf, parseTrust, readTrust, type Trust, trustOf } from './trust.ts'
export { type VerifyParameters, verify } from './verify.ts'
