import * as relay from '../../sdk/relay/index.ts'
import type { LifeDocument, LifeVersion } from './version.ts'

/** Hands a version to a relay: its files, then documents A and B. */
export async function uploadVersion(relayUrl: string, version: LifeVersion): Promise<void> {
  const { directory, described, manifestBytes } = version
  const { files, bytes: statement } = described
  await relay.uploadVersion(relayUrl, { directory, files, statement, manifest: manifestBytes })
}

/** Hands a document C to a relay. */
export async function uploadDocument(relayUrl: string, { bytes }: LifeDocument): Promise<void> {
  await relay.uploadDocument(relayUrl, 'document', bytes)
}
