import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkPath,
  checkPaths,
  comparePaths,
  foldCase,
  MAX_NAME_BYTES,
  MAX_PATH_BYTES,
  prefixCovers,
  prefixesOf,
  unsafePathReason,
} from './paths.ts'

describe('unsafePathReason', () => {
  it.each([
    'model.onnx',
    'weights/model-00001-of-00002.safetensors',
    '.hidden',
    'a/.git/HEAD',
    '...x',
    'a b/c d',
    'é/ü/日本語/😀',
    "it's (1) [2] {3} #%&+=@!~$,;`^",
    'console.py',
    'com10',
    'auxiliary/null',
    'nul-terminated.txt',
    'a'.repeat(MAX_NAME_BYTES),
    '\u{E000}private',
    'می‌خواهم.txt',
  ])('accepts %j', path => {
    expect(unsafePathReason(path)).toBeUndefined()
  })

  it.each([
    ['', 'it is empty'],
    ['/etc/passwd', 'it is absolute'],
    ['//host/share', 'it is absolute'],
    ['a/', 'it ends in a slash'],
    ['/', 'it is absolute'],
    ['a//b', 'a component is empty'],
    ['.', 'a component is "."'],
    ['./a', 'a component is "."'],
    ['a/./b', 'a component is "."'],
    ['a/.', 'a component is "."'],
    ['..', 'a component is ".."'],
    ['../a', 'a component is ".."'],
    ['a/../b', 'a component is ".."'],
    ['a/..', 'a component is ".."'],
    ['a\\b', 'it holds a backslash'],
    ['..\\a', 'it holds a backslash'],
    ['a\0b', 'it holds a control character'],
    ['a\nb', 'it holds a control character'],
    ['a\u007fb', 'it holds a control character'],
    ['a\u0085b', 'it holds a control character'],
    ['a\u2028b', 'it holds a control character'],
    ['safe\u202Etxt.exe', 'it holds a control character'],
    ['a\u2066b', 'it holds a control character'],
    ['a\u200Fb', 'it holds a control character'],
    ['a\uFFFEb', 'it holds a control character'],
    ['e\u0301.txt', 'it is not in Unicode normalisation form C'],
    ['\u212B.txt', 'it is not in Unicode normalisation form C'],
    ['a\ud800', 'it is not valid Unicode'],
    ['C:model', 'it holds one of < > : " | ? *'],
    ['model.bin:0:100', 'it holds one of < > : " | ? *'],
    ['a*', 'it holds one of < > : " | ? *'],
    ['a?', 'it holds one of < > : " | ? *'],
    ['<a>', 'it holds one of < > : " | ? *'],
    ['a|b', 'it holds one of < > : " | ? *'],
    ['a"b', 'it holds one of < > : " | ? *'],
    ['a./b', 'a component ends in a dot or a space'],
    ['a.', 'a component ends in a dot or a space'],
    ['...', 'a component ends in a dot or a space'],
    ['a /b', 'a component ends in a dot or a space'],
    ['CON', 'a component names a device on Windows'],
    ['a/con.txt', 'a component names a device on Windows'],
    ['Aux.tar.gz', 'a component names a device on Windows'],
    ['nul', 'a component names a device on Windows'],
    ['prn /x', 'a component ends in a dot or a space'],
    ['nul .txt', 'a component names a device on Windows'],
    ['COM1', 'a component names a device on Windows'],
    ['lpt².log', 'a component names a device on Windows'],
    ['CONIN$', 'a component names a device on Windows'],
    ['a'.repeat(MAX_NAME_BYTES + 1), `a component is longer than ${MAX_NAME_BYTES} bytes`],
    ['é'.repeat(128), `a component is longer than ${MAX_NAME_BYTES} bytes`],
    [Array(520).fill('ab').join('/'), `it is longer than ${MAX_PATH_BYTES} bytes`],
  ])('refuses %j', (path, reason) => {
    expect(unsafePathReason(path)).toBe(reason)
    expect(() => checkPath(path)).toThrow(
      expect.objectContaining({ code: 'UNSAFE_PATH', facts: { path, reason } }),
    )
  })

  it('never lets a path leave its root', () => {
    const part = fc.constantFrom('a', '.', '..', '', '/', '\\', '...', '.. ', 'b')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), parts => {
        const path = parts.join('/')
        if (unsafePathReason(path) !== undefined) return
        const url = new URL(path, 'https://host/base/')
        expect(decodeURI(url.pathname)).toBe(`/base/${path}`)
      }),
    )
  })
})

describe('comparePaths', () => {
  it('orders as the UTF-8 bytes do', () => {
    const path = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', '/', '.', '\uFF5E', '\u{1F600}', '\uE000', '\u{10FFFF}'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    })
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(Math.sign(comparePaths(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 2000 },
    )
  })

  it('differs from JavaScript’s order beyond the basic plane', () => {
    expect(['😀', '～', 'b'].toSorted(comparePaths)).toEqual(['b', '～', '😀'])
    expect(['😀', '～', 'b'].toSorted()).toEqual(['b', '😀', '～'])
  })

  it('puts a dot before a slash, unlike an order of components', () => {
    expect(['model/config.json', 'model.safetensors'].toSorted(comparePaths)).toEqual([
      'model.safetensors',
      'model/config.json',
    ])
  })
})

describe('foldCase', () => {
  it('joins whatever Unicode’s full case folding joins', () => {
    // Made by Python's str.casefold, for every code point that it changes.
    const lines = readFileSync(new URL('./fixtures/casefold.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines.length).toBeGreaterThan(1400)
    const apart = lines.filter(line => {
      const [from = '', ...to] = line.split(' ').map(hex => String.fromCodePoint(Number.parseInt(hex, 16)))
      return foldCase(from) !== foldCase(to.join(''))
    })
    expect(apart).toEqual([])
  })

  it('keeps apart what differs in more than case', () => {
    const distinct = ['a', 'b', 'á', 'ä', '1', '_', '-', 'ø', 'o', 'я', 'ж', 'の', 'ノ']
    expect(new Set(distinct.map(foldCase)).size).toBe(distinct.length)
  })

  it('does not change when repeated', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(foldCase(foldCase(text))).toBe(foldCase(text))
        expect(foldCase(text.toUpperCase())).toBe(foldCase(text))
      }),
    )
  })
})

describe('checkPaths', () => {
  it('accepts files side by side', () => {
    expect(() => checkPaths(['a', 'b/a', 'b/b', 'b/c/a', 'c'])).not.toThrow()
    expect(() => checkPaths([])).not.toThrow()
  })

  it('refuses an unsafe path wherever it stands', () => {
    expect(() => checkPaths(['a', '../b'])).toThrow(expect.objectContaining({ code: 'UNSAFE_PATH' }))
  })

  it.each([
    ['the same path twice', ['a', 'a'], 'a', 'a'],
    ['case in a file', ['Model.bin', 'model.bin'], 'Model.bin', 'model.bin'],
    ['case in a directory', ['A/x', 'a/y'], 'A', 'a'],
    ['case in a directory deep down', ['d/A/x', 'd/a/y'], 'd/A', 'd/a'],
    ['a sharp s', ['straße', 'STRASSE'], 'straße', 'STRASSE'],
    ['a capital sharp s', ['ẞ', 'ss'], 'ẞ', 'ss'],
    ['a final sigma', ['ΟΔΟΣ', 'οδος'], 'ΟΔΟΣ', 'οδος'],
    ['a Kelvin-like long s', ['ſ', 's'], 'ſ', 's'],
    ['a dotless i', ['ı', 'I'], 'ı', 'I'],
    ['a zero-width joiner', ['a\u200Db', 'ab'], 'a\u200Db', 'ab'],
    ['a file that is a directory', ['a', 'a/b'], 'a', 'a'],
    ['a directory that is a file', ['a/b', 'a'], 'a', 'a'],
    ['a file that is a directory in another case', ['A/b', 'a'], 'A', 'a'],
  ])('refuses %s', (_, paths, first, second) => {
    expect(() => checkPaths(paths)).toThrow(
      expect.objectContaining({ code: 'NAME_COLLISION', facts: { first, second } }),
    )
  })
})

describe('prefixCovers', () => {
  it('ends at a slash only', () => {
    expect(prefixCovers('weights', 'weights')).toBe(true)
    expect(prefixCovers('weights', 'weights/a/b')).toBe(true)
    expect(prefixCovers('weights', 'weights2/a')).toBe(false)
    expect(prefixCovers('weights', 'weights.bin')).toBe(false)
    expect(prefixCovers('weights/a', 'weights')).toBe(false)
  })

  it('says the same as prefixesOf', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 })
      .map(names => names.join('/'))
    fc.assert(
      fc.property(path, path, (prefix, covered) => {
        expect(prefixesOf(covered).includes(prefix)).toBe(prefixCovers(prefix, covered))
      }),
    )
  })
})
