/**
 * What people are shown before they sign must be what they sign. These characters make a text look different from
 * what it says: C0 and C1 controls, line and paragraph separators, characters that reorder their neighbours
 * (embeddings, overrides, isolates), and code points that are no characters at all.
 */
const DECEPTIVE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Noncharacter_Code_Point}\p{Cs}]/u
const DECEPTIVE_PROSE =
  /[^\P{Cc}\n\t]|[\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Noncharacter_Code_Point}\p{Cs}]/u

/**
 * Whether a text fits on one line and shows what it says: not empty, NFC, no white space at its ends, nothing
 * deceptive, at most `maxBytes` of UTF-8.
 */
export function isLine(text: string, maxBytes: number): boolean {
  return text !== '' && text === text.trim() && isNormal(text, maxBytes) && !DECEPTIVE.test(text)
}

/** Whether a text of several lines shows what it says. As {@link isLine}, but line feeds and tabs may stand in it. */
export function isProse(text: string, maxBytes: number): boolean {
  return text.trim() !== '' && isNormal(text, maxBytes) && !DECEPTIVE_PROSE.test(text)
}

function isNormal(text: string, maxBytes: number): boolean {
  return utf8Length(text) <= maxBytes && text === text.normalize('NFC')
}

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
