/**
 * The relay: takes and serves the bytes of artifacts and documents, and reads the chain for whoever cannot.
 *
 * @module
 */
export { type ErrorAnswer, RelayError, type RelayErrorCode, relayErrors } from './errors.ts'
export { createRelay, type Relay, type RelayOptions } from './relay.ts'
export type { ArtifactStore, Block, FileClaim, StoredFile } from './store/artifactStore.ts'
export { openEmbeddedStore } from './store/embeddedStore.ts'
export { lockDirectory } from './store/lock.ts'
