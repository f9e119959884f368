import { fileURLToPath } from 'node:url'
import { getCoverageLibrary } from '@nomicfoundation/edr/coverage'
import { beforeAll, describe, expect, it } from 'vitest'
import { hitFile, hitSource, instrument } from '../../scripts/coverage/instrument.ts'
import { mutantsOf } from '../../scripts/mutation/mutants.ts'
import { Bench } from '../../scripts/mutation/trial.ts'
import { compile, ofContracts, parse } from '../../scripts/solidity/compiler.ts'
import { textOf } from '../../scripts/solidity/sources.ts'
import { compileOriginal, readSubject, type Subject, taken } from '../../scripts/solidity/subject.ts'

// The commands that take minutes or hours on this repository itself, begun on it: what they look at, and one step.

const root = fileURLToPath(new URL('../../', import.meta.url))
const kernel = ['contracts/Lens.sol', 'contracts/Registry.sol', 'contracts/Rules.sol']
const governance = ['contracts/governance/Committee.sol', 'contracts/governance/Seats.sol']

let subject: Subject

beforeAll(() => {
  subject = readSubject(root)
})

describe('what mutation and coverage look at', () => {
  it('is every contract, and every suite but the invariants and the test of the build', () => {
    expect(subject.contracts).toEqual(expect.arrayContaining([...kernel, ...governance]))
    expect(subject.contracts.filter(file => file.includes('/interfaces/'))).toEqual([])
    expect(subject.deployed).toEqual(expect.arrayContaining([...kernel, ...governance]))
    expect(subject.suites).toContain('test/contracts/Rollback.t.sol')
    expect(subject.suites.filter(file => /Build\.t\.sol|invariants/.test(file))).toEqual([])
  })
})

describe('npm run mutation, on these contracts', () => {
  it('finds something to change in each that has code, and each change under a name of its own', () => {
    const mutants = mutantsOf(subject.sources, subject.contracts)
    const changed = new Set(mutants.map(({ file }) => file))
    expect([...kernel, ...governance].filter(file => !changed.has(file))).toEqual([])
    expect(new Set(mutants.map(({ file, key }) => `${file} ${key}`)).size).toBe(mutants.length)
  })

  it('tries one, and a test notices', { timeout: 120_000 }, async () => {
    const suites = ['test/contracts/AuditChain.t.sol']
    const original = await compileOriginal(root, { ...subject, deployed: [], suites })
    const [mutant] = mutantsOf(subject.sources, ['contracts/libraries/AuditChain.sol']).filter(
      ({ operator }) => operator === 'statement',
    )
    if (mutant === undefined) throw new Error('nothing of the audit chain can be left out')
    const bench = new Bench(root, original)
    await bench.prepare(0, [mutant])
    expect(await bench.try(mutant, original.order)).toMatchObject({ outcome: 'killed', suite: suites[0] })
  })
})

describe('npm run coverage, on these contracts', () => {
  it('sets points in each that has code, and what comes out compiles', { timeout: 120_000 }, () => {
    const trees = parse(subject.sources, subject.contracts)
    const library = getCoverageLibrary()
    const sources = new Map(subject.sources)
    const points = new Map<string, number>()
    let before = 0
    for (const file of subject.contracts) {
      const tree = trees.get(file)
      if (tree === undefined) throw new Error(`there is no syntax tree of ${file}`)
      const instrumented = instrument(file, textOf(subject.sources, file), tree, before)
      before += instrumented.points.length
      points.set(file, instrumented.points.length)
      sources.set(file, instrumented.text)
    }
    sources.set(library.filename, library.content).set(hitFile, hitSource(library.filename))
    expect([...kernel, ...governance].filter(file => points.get(file) === 0)).toEqual([])
    expect(taken(compile(sources, ['contracts/Lens.sol'], ofContracts)).length).toBeGreaterThan(0)
  })
})
