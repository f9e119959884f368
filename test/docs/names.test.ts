import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// What docs/contracts.md and docs/policy.md name in the code is there.

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const sources: Readonly<Record<string, string>> = {
  Registry: 'contracts/Registry.sol',
  Rules: 'contracts/Rules.sol',
  Lens: 'contracts/Lens.sol',
  Committee: 'contracts/governance/Committee.sol',
  Seats: 'contracts/governance/Seats.sol',
  Signers: 'contracts/libraries/Signers.sol',
}

describe.each(['docs/contracts.md', 'docs/policy.md'])('%s names', document => {
  const spans = [...read(document).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)

  it('tests of the contracts', () => {
    const named = spans.filter(span => /^\w+\.test\w+$/.test(span))
    expect(named.length).toBeGreaterThan(30)
    for (const name of named) {
      const [contract, test] = name.split('.')
      expect(read(`test/contracts/${contract}.t.sol`), name).toContain(`function ${test}(`)
    }
  })

  it('other tests', () => {
    const named = spans.flatMap(span => [...span.matchAll(/^(\S+\.test\.ts): (.+)$/g)])
    expect(named.length).toBeGreaterThan(0)
    for (const [span, file = '', test] of named) {
      const names = [...read(file).matchAll(/\b(?:it|test)(?:\.each)?\([^'\n]*'((?:[^'\\]|\\.)*)'/g)]
      expect(
        names.map(([, name]) => name),
        span,
      ).toContain(test)
    }
  })

  it('functions of the contracts', () => {
    const named = spans.filter(span => /^[A-Z][A-Za-z]+\.(?!test[A-Z]|sol$)\w+$/.test(span))
    expect(named.length).toBeGreaterThan(10)
    for (const name of named) {
      const [contract = '', called] = name.split('.')
      const source = sources[contract]
      if (source === undefined) throw new Error(`${name} is of no contract`)
      expect(read(source), name).toContain(`function ${called}(`)
    }
  })

  it('files', () => {
    const files = new Set(readdirSync(root, { recursive: false, encoding: 'utf8' }))
    const named = spans.filter(span => /^[a-z]+\/\S+\.(sol|ts|md|json)$/.test(span))
    for (const path of named) {
      expect(files, path).toContain(path.split('/')[0])
      expect(read(path).length, path).toBeGreaterThan(0)
    }
  })

  it('errors of the contracts', () => {
    const code = [
      ...Object.values(sources),
      'contracts/interfaces/IRegistry.sol',
      'contracts/interfaces/IRules.sol',
    ]
      .map(read)
      .join('\n')
    for (const span of spans.filter(name => /^(Registry|Rules|Seats|Committee|Lens)[A-Z]\w+$/.test(name)))
      expect(code, span).toContain(`error ${span}(`)
  })
})
