/**
 * What OpenSSF Model Signing leaves out by default: these names in the root of the artifact, each with all that is
 * under it. `sub/.git` is not left out.
 *
 * @see OpenSSF Model Signing v1.0, section 6.2
 */
export const DEFAULT_IGNORE_PATHS = ['.git', '.gitattributes', '.github', '.gitignore'] as const
