import { KedgeError } from '../errors/index.ts'
import { utf8Length } from './text.ts'

/** The most bytes one component of a path may have: what common file systems hold. */
export const MAX_NAME_BYTES = 255

/** The most bytes a whole path may have. */
export const MAX_PATH_BYTES = 1024

/** Names of devices on Windows, with any extension. COM¹ and the like count there as COM1. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i

/** Characters that Windows cannot hold in a name, or reads as something else: a stream, a wildcard, a separator. */
const WINDOWS_SYNTAX = /[<>:"|?*]/

/** Controls, line separators, all that reorders its neighbours, code points that are no characters, half surrogates. */
const DECEPTIVE = /[\p{Cc}\u2028\u2029\p{Bidi_Control}\p{Noncharacter_Code_Point}\p{Cs}]/u

/**
 * Why a path is unsafe, or undefined when it is safe: relative, `/` between its components, and the same file on
 * every system.
 *
 * Refused: the empty path; `\`; a leading, trailing or doubled `/`; the components `.` and `..`; NUL and other
 * control characters, line separators, bidirectional controls, noncharacters; what is not NFC; more than 255 bytes
 * in a component or 1024 in all; and what Windows reads differently: `< > : " | ? *`, a component that ends in a dot
 * or a space, device names such as `CON` and `nul.txt`. A model that cannot be copied to some system unchanged
 * is not one model.
 */
export function unsafePathReason(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (!path.isWellFormed()) return 'it is not valid Unicode'
  if (path.includes('\\')) return 'it holds a backslash'
  if (path.startsWith('/')) return 'it is absolute'
  if (path.endsWith('/')) return 'it ends in a slash'
  if (DECEPTIVE.test(path)) return 'it holds a control character'
  if (path !== path.normalize('NFC')) return 'it is not in Unicode normalisation form C'
  if (utf8Length(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`
  for (const name of path.split('/')) {
    const reason = unsafeNameReason(name)
    if (reason !== undefined) return reason
  }
  return undefined
}

function unsafeNameReason(name: string): string | undefined {
  if (name === '') return 'a component is empty'
  if (name === '.' || name === '..') return `a component is "${name}"`
  if (utf8Length(name) > MAX_NAME_BYTES) return `a component is longer than ${MAX_NAME_BYTES} bytes`
  if (WINDOWS_SYNTAX.test(name)) return 'it holds one of < > : " | ? *'
  if (name.endsWith('.') || name.endsWith(' ')) return 'a component ends in a dot or a space'
  if (WINDOWS_DEVICE.test(name)) return 'a component names a device on Windows'
  return undefined
}

/**
 * Refuses an unsafe path.
 *
 * @throws UNSAFE_PATH with the path and the reason.
 *
 * @example
 * ```ts
 * checkPath('weights/model.onnx')
 * checkPath('../etc/passwd') // UNSAFE_PATH
 * ```
 */
export function checkPath(path: string): void {
  const reason = unsafePathReason(path)
  if (reason !== undefined) {
    throw new KedgeError('UNSAFE_PATH', `The path ${JSON.stringify(path)} is unsafe: ${reason}`, {
      path,
      reason,
    })
  }
}

/**
 * Refuses a list of files that no file system, or not every one, can hold side by side: unsafe paths, two that are
 * equal or differ only in case, directories that differ only in case, a file that is also a directory.
 *
 * @throws UNSAFE_PATH, NAME_COLLISION.
 */
export function checkPaths(paths: Iterable<string>): void {
  const seen = new Map<string, { readonly path: string; readonly isFile: boolean }>()
  for (const path of paths) {
    checkPath(path)
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const isFile = end === -1
      const part = isFile ? path : path.slice(0, end)
      const folded = foldCase(part)
      const other = seen.get(folded)
      if (other === undefined) seen.set(folded, { path: part, isFile })
      else if (isFile || other.isFile || other.path !== part) throw collision(other.path, part)
      if (isFile) break
    }
  }
}

/** NAME_COLLISION, for two names in the order in which they were met. */
export function collision(first: string, second: string): KedgeError {
  const detail =
    first === second
      ? `The path ${JSON.stringify(first)} stands twice`
      : `The paths ${JSON.stringify(first)} and ${JSON.stringify(second)} differ only in case`
  return new KedgeError('NAME_COLLISION', detail, { first, second })
}

/**
 * What a path is on a file system that ignores case: two paths collide when their folds are equal.
 *
 * The fold is NFC(upper(lower(NFD(path without default-ignorable code points)))), with Unicode's full, untailored
 * mappings. It is at least as coarse as Unicode's full case folding (`ß` = `SS` = `ẞ`, `ς` = `Σ`, `K` = `k`), and
 * coarser in two ways, both to be safe: the dotless `ı` equals `i`, and zero-width characters do not count (HFS+
 * ignores them). It is only compared, never stored.
 */
export function foldCase(path: string): string {
  return path
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFD')
    .toLowerCase()
    .toUpperCase()
    .normalize('NFC')
}

/**
 * Orders paths by their UTF-8 bytes, which is the order of their code points, as OpenSSF Model Signing demands.
 * JavaScript's own order is that of UTF-16 units: it puts U+1F600 before U+FF5E.
 *
 * @example
 * ```ts
 * ['~', '😀'].sort(comparePaths) // ['~', '😀'], where sort() alone gives ['😀', '~']
 * ```
 */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // A surrogate stands for a code point above U+FFFF, so it goes after every unit that is none.
    const xIsSurrogate = (x & 0xf800) === 0xd800
    const yIsSurrogate = (y & 0xf800) === 0xd800
    if (xIsSurrogate !== yIsSurrogate) return xIsSurrogate ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

/**
 * Whether a prefix covers a path: it is the path itself, or one of the directories above it. `weights` covers
 * `weights` and `weights/a.bin`, not `weights2/a.bin`.
 */
export function prefixCovers(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}

/** A path and the directories above it, the nearest first: exactly the prefixes that cover it. */
export function prefixesOf(path: string): readonly string[] {
  const prefixes = [path]
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    prefixes.push(path.slice(0, end))
  }
  return prefixes
}
