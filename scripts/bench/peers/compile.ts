import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { settings } from '../../../hardhat.config.ts'
import type { Artifact } from '../evm.ts'

/** Both compilers come from npm; the older one is what EAS pins. */
export type Compiler = 'solc' | 'solc-0.8.29'

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Readonly<Record<string, Readonly<Record<string, Compiled>>>>
}

interface Compiled {
  readonly abi: Artifact['abi']
  readonly evm: { readonly bytecode: { readonly object: string } }
}

const require = createRequire(import.meta.url)
const modules = new URL('../../../node_modules/', import.meta.url)

/**
 * Compiles peers with the settings of our own contracts.
 *
 * @param sources - Contract name by path: below this directory, or as an import names a package's file.
 */
export function compile<Name extends string>(
  compiler: Compiler,
  sources: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Artifact>> {
  const paths = Object.values<string>(sources)
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(paths.map(path => [path, { content: sourceOf(path) }])),
    settings: { ...settings, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  }
  const solc = require(compiler) as Solc
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: path => ({ contents: sourceOf(path) }) }),
  ) as Output
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const list = errors.map(({ formattedMessage }) => formattedMessage).join('\n')
    throw new Error(`the peers did not compile:\n${list}`)
  }
  const artifacts = Object.entries<string>(sources).map(([name, path]): [string, Artifact] => {
    const compiled = output.contracts[path]?.[name]
    if (compiled === undefined) throw new Error(`${path} has no contract ${name}`)
    return [name, { abi: compiled.abi, bytecode: `0x${compiled.evm.bytecode.object}` }]
  })
  return Object.fromEntries(artifacts) as Record<Name, Artifact>
}

function sourceOf(path: string): string {
  const own = !path.startsWith('@')
  return readFileSync(fileURLToPath(own ? new URL(path, import.meta.url) : new URL(path, modules)), 'utf8')
}
