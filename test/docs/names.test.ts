import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../sdk/cli/program.ts'

// What the documents name in the code is there: tests, functions, errors, files, commands.

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

const documents = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

/** Between backticks, in a line. */
const spansOf = (document: string) =>
  [...read(document).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, span = '']) => span)

/** Of the contracts, in Solidity. */
const testsIn = (spans: readonly string[]) => spans.filter(span => /^\w+\.test[A-Z]\w*$/.test(span))

/** `file: name of the test` */
const otherTestsIn = (spans: readonly string[]) =>
  spans.flatMap(span => [...span.matchAll(/^(\S+\.test\.ts): (.+)$/g)])

const functionsIn = (spans: readonly string[]) =>
  spans.filter(
    span => /^[A-Z][A-Za-z]+\.(?!test[A-Z]|sol$)\w+$/.test(span) && (span.split('.')[0] ?? '') in sources,
  )

describe.each(documents)('%s names', document => {
  const text = read(document)
  const spans = spansOf(document)

  it('tests of the contracts', () => {
    for (const name of testsIn(spans)) {
      const [contract, test] = name.split('.')
      expect(read(`test/contracts/${contract}.t.sol`), name).toContain(`function ${test}(`)
    }
  })

  it('other tests', () => {
    for (const [span, file = '', test] of otherTestsIn(spans)) {
      const names = [...read(file).matchAll(/\b(?:it|test)(?:\.each)?\([^'\n]*'((?:[^'\\]|\\.)*)'/g)]
      expect(
        names.map(([, name]) => name),
        span,
      ).toContain(test)
    }
  })

  it('functions of the contracts', () => {
    for (const name of functionsIn(spans)) {
      const [contract = '', called] = name.split('.')
      expect(read(sources[contract] ?? ''), name).toContain(`function ${called}(`)
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

  it('files and folders', () => {
    const known = readdirSync(root, { recursive: false, encoding: 'utf8' })
    // A path begins with a folder of this repository; what has a <name> in it is anybody's.
    const named = spans.filter(
      span => /^[a-z]+\/[\w./-]*$/.test(span) && known.includes(span.split('/')[0] ?? ''),
    )
    for (const path of named) expect(existsSync(new URL(path, root)), path).toBe(true)
    const contracts = readdirSync(new URL('contracts/', root), { recursive: true, encoding: 'utf8' })
    const ofTests = readdirSync(new URL('test/contracts/', root))
    for (const name of spans.filter(span => /^\w+(\.t)?\.sol$/.test(span)))
      expect(
        [...contracts, ...ofTests].map(path => path.split(/[\\/]/).at(-1)),
        name,
      ).toContain(name)
  })

  it('what it links to', () => {
    for (const [link, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = new URL(path === '' ? document : path, new URL(path === '' ? './' : document, root))
      expect(existsSync(file), link).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(readFileSync(file, 'utf8')), link).toContain(anchor)
    }
  })

  it('tasks of npm', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> }
    for (const [command, run, name = ''] of text.matchAll(/\bnpm (run (?:--silent )?)?([a-z][a-z:]*)/g)) {
      if (run === undefined && !['start', 'test'].includes(name)) continue
      expect(Object.keys(scripts), command).toContain(name)
    }
    for (const [command, path = ''] of text.matchAll(/\bnpm test -- ([\w./-]+)/g))
      expect(existsSync(new URL(path, root)), command).toBe(true)
  })

  it('commands of kedge', () => {
    const called = [
      ...spans.flatMap(span => [...span.matchAll(/^kedge ([a-z][a-z-]*)(?: |$)/g)]),
      ...[...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, lines = '']) => [
        ...lines.matchAll(/(?:^|[ (])kedge (?:-- )?([a-z][a-z-]*)\b/gm),
      ]),
    ]
    const names = createProgram().commands.map(command => command.name())
    for (const [command, name = ''] of called) expect(names, command).toContain(name)
  })
})

describe.each(['docs/contracts.md', 'docs/policy.md'])('%s is shown by', document => {
  const spans = spansOf(document)

  it('tests and functions that it names', () => {
    expect(testsIn(spans).length).toBeGreaterThan(30)
    expect(otherTestsIn(spans).length).toBeGreaterThan(0)
    expect(functionsIn(spans).length).toBeGreaterThan(10)
  })
})

/** The anchors of a document's headings, as web pages of repositories make them. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
