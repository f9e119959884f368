/**
 * What a refusal means for whoever asked:
 *
 * - `invalid`: what was presented is not what it claims to be (altered, malformed, unsafe).
 * - `not-permitted`: it is what it claims to be, and the chain says it may not be used.
 * - `could-not-tell`: no answer could be had that deserves trust. Counts as no.
 * - `stale`: an answer was had, but it is too old, or older than one already seen. Counts as no.
 * - `usage`: the question itself cannot be understood.
 */
export type ErrorClass = 'invalid' | 'not-permitted' | 'could-not-tell' | 'stale' | 'usage'

interface Descriptor {
  readonly class: ErrorClass
  /** One sentence: what is the case. */
  readonly meaning: string
  /** One sentence: what the person who reads it should do. */
  readonly remedy: string
}

/**
 * Every error of the SDK and the CLI. The order of the verification codes is the order in which `verify()`
 * checks. A code, once published, never changes its meaning.
 */
export const errorRegistry = {
  POLICY_INVALID: {
    class: 'usage',
    meaning: 'The trust file cannot be used.',
    remedy: 'Correct the trust file, or take a fresh copy of it from where you got the deployment.',
  },
  WRONG_NETWORK: {
    class: 'invalid',
    meaning: 'An endpoint serves another chain than the one you trust.',
    remedy: 'Point the trust file at endpoints of the pinned chain.',
  },
  WRONG_CONTRACT: {
    class: 'invalid',
    meaning: 'The code at a pinned address is not the code you trust.',
    remedy: 'Compare the trust file with the published deployment; if they agree, the endpoint is lying.',
  },
  RPC_DISAGREE: {
    class: 'could-not-tell',
    meaning: 'Fewer endpoints agree than the trust file demands.',
    remedy: 'Find out which endpoint lags or lies; ask again when enough of them agree.',
  },
  RPC_UNAVAILABLE: {
    class: 'could-not-tell',
    meaning: 'Too few endpoints answered.',
    remedy: 'Check the network and the endpoints in the trust file, then ask again.',
  },
  NOT_FINAL: {
    class: 'could-not-tell',
    meaning: 'The approval is on the chain, but not yet in a finalized block.',
    remedy: 'Wait until the block is final, then ask again.',
  },
  STALE_VIEW: {
    class: 'stale',
    meaning: 'The newest block that was served is older than the trust file allows.',
    remedy: 'Check that the endpoint is in sync and that this machine’s clock is right.',
  },
  PROOF_INVALID: {
    class: 'invalid',
    meaning: 'A proof does not lead to the state root of its header.',
    remedy: 'Do not use this endpoint: it served a forged or broken proof.',
  },
  SEQUENCE_REGRESSED: {
    class: 'stale',
    meaning: 'The chain view is older than one this machine has already seen.',
    remedy: 'Use an endpoint that is in sync. Never delete the mark to get past this.',
  },
  NOT_REGISTERED: {
    class: 'not-permitted',
    meaning: 'The registry knows no such model or version.',
    remedy: 'Register the version and have it approved.',
  },
  NOT_APPROVED: {
    class: 'not-permitted',
    meaning: 'The version has not been approved for the stage that the environment requires.',
    remedy: 'Have the version promoted, with the evidence and the sign-offs that its risk requires.',
  },
  STAGE_MISMATCH: {
    class: 'not-permitted',
    meaning: 'The environment does not exist, or requires another stage than the version has.',
    remedy: 'Name an environment of the stage that the version has reached.',
  },
  HALTED: {
    class: 'not-permitted',
    meaning: 'The active version was halted in this environment.',
    remedy: 'Stop serving it. Wait for a resumption or a rollback.',
  },
  ROLLED_BACK: {
    class: 'not-permitted',
    meaning: 'The version was rolled back and must not run again.',
    remedy: 'Load the version that is active now.',
  },
  RETIRED: {
    class: 'not-permitted',
    meaning: 'The version’s life has ended, or its bytes are released.',
    remedy: 'Load the version that is active now.',
  },
  MODEL_SUSPENDED: {
    class: 'not-permitted',
    meaning: 'The Assembly has suspended the model, or moved it to another registry.',
    remedy: 'Stop serving it until the Assembly lifts the suspension.',
  },
  NOT_ACTIVE: {
    class: 'not-permitted',
    meaning: 'Another version, or none, is active in this environment.',
    remedy: 'Load the version that is active now.',
  },
  SIZE_EXCEEDED: {
    class: 'invalid',
    meaning: 'Something is larger than its declared size or than the limit.',
    remedy: 'Fetch it again from another source; if it stays so large, it is not what was approved.',
  },
  UNAVAILABLE: {
    class: 'could-not-tell',
    meaning: 'A file or document that is needed cannot be read or fetched.',
    remedy: 'Check the path and its permissions, or the endpoint that should serve it.',
  },
  MANIFEST_MISMATCH: {
    class: 'invalid',
    meaning: 'The manifest is not the one that was anchored, or contradicts what the chain says.',
    remedy: 'Get the manifest whose SHA-256 is the anchored digest.',
  },
  MANIFEST_MALFORMED: {
    class: 'invalid',
    meaning: 'A document does not follow its format.',
    remedy: 'See docs/formats.md for the field that is named; write the document again with the kedge CLI.',
  },
  IDENTITY_MISMATCH: {
    class: 'invalid',
    meaning: 'The version id does not follow from the manifest and the artifact statement.',
    remedy: 'The documents belong to another version, chain or registry: get the right ones.',
  },
  UNSAFE_PATH: {
    class: 'invalid',
    meaning: 'A path could lead outside the artifact or means different files on different systems.',
    remedy: 'Rename the file: relative, "/" as separator, no "..", no NUL, no backslash, Unicode NFC.',
  },
  NAME_COLLISION: {
    class: 'invalid',
    meaning: 'Two paths differ only in case or are the same.',
    remedy: 'Rename one of them.',
  },
  ROOT_MISMATCH: {
    class: 'invalid',
    meaning: 'A digest over the whole does not follow from its parts.',
    remedy: 'The statement was altered or badly written: get the original.',
  },
  COVERAGE_GAP: {
    class: 'invalid',
    meaning: 'A file is covered by no kind of the manifest, or by more than one.',
    remedy: 'Correct the kinds so that each file falls into exactly one.',
  },
  SYMLINK: {
    class: 'invalid',
    meaning: 'The artifact holds a symbolic link where a file must be.',
    remedy: 'Replace the link by the file it points to.',
  },
  SPECIAL_FILE: {
    class: 'invalid',
    meaning: 'The artifact holds something that is neither a file nor a directory.',
    remedy: 'Remove it.',
  },
  MISSING_FILE: {
    class: 'invalid',
    meaning: 'A file that was approved is not there.',
    remedy: 'Fetch the artifact again.',
  },
  EXTRA_FILE: {
    class: 'invalid',
    meaning: 'There is a file that was not approved.',
    remedy: 'Remove it, or register a new version that holds it.',
  },
  DIGEST_MISMATCH: {
    class: 'invalid',
    meaning: 'The bytes of a file are not the approved ones.',
    remedy: 'Fetch the artifact again; if it stays so, treat the source as compromised.',
  },
  CHANGED_DURING_READ: {
    class: 'invalid',
    meaning: 'A file changed while it was being read.',
    remedy: 'Stop whatever writes to the artifact, then verify again.',
  },
  INCOMPATIBLE: {
    class: 'not-permitted',
    meaning: 'The version lacks a schema that systems in this environment require.',
    remedy: 'Follow the degradation plan, or load a compatible version.',
  },
  USAGE: {
    class: 'usage',
    meaning: 'The command or its input cannot be understood.',
    remedy: 'See --help.',
  },
  REFUSED: {
    class: 'not-permitted',
    meaning: 'The contract refused the act.',
    remedy: 'Read the named error and its values; docs/formats.md lists them.',
  },
  TRANSACTION_LOST: {
    class: 'could-not-tell',
    meaning: 'A transaction was signed, and it cannot be told whether it will be in a block.',
    remedy: 'Look the transaction up before you repeat the act: it may still happen.',
  },
  UNEXPECTED: {
    class: 'could-not-tell',
    meaning: 'Something happened that Kedge does not foresee.',
    remedy: 'Try again; if it stays so, report it with the whole message.',
  },
  KEY_UNUSABLE: {
    class: 'usage',
    meaning: 'The signing key cannot be used.',
    remedy: 'Check the keystore path and its password, or KEDGE_PRIVATE_KEY.',
  },
  RELAY_UNAVAILABLE: {
    class: 'could-not-tell',
    meaning: 'A relay cannot be reached, broke off, or cannot do its work now.',
    remedy: 'Run the same command again later: what the relay has already is not sent again.',
  },
  RELAY_REFUSED: {
    class: 'invalid',
    meaning: 'A relay does not take what it was sent.',
    remedy: 'Correct what the relay says is wrong, then run the same command again.',
  },
  RELAY_MISMATCH: {
    class: 'invalid',
    meaning: 'What a relay answers does not follow from the bytes that it was sent.',
    remedy: 'Do not use this relay: it is broken or lying. Nothing that it said was believed.',
  },
} as const satisfies Record<string, Descriptor>

export type ErrorCode = keyof typeof errorRegistry
