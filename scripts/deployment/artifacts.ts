import { readFile } from 'node:fs/promises'
import type { Abi, Hex } from 'viem'
import type { ContractName } from './contracts.ts'

/** A contract as the build of this repository has it. */
export interface Artifact {
  readonly abi: Abi
  /** The code that creates it; the constructor's arguments follow. */
  readonly bytecode: Hex
  readonly deployedBytecode: Hex
  /** Where each immutable stands in the deployed code, by its number in the build. */
  readonly immutableReferences: Readonly<Record<string, readonly Reference[]>>
  readonly buildInfoId: string
}

/** Where an immutable stands in the code, in bytes. */
export interface Reference {
  readonly start: number
  readonly length: number
}

const folders: Readonly<Record<ContractName, string>> = {
  TimelockController: '@openzeppelin/contracts/governance',
  Rules: 'contracts',
  Registry: 'contracts',
  Seats: 'contracts/governance',
  Committee: 'contracts/governance',
  Lens: 'contracts',
}

const artifactsRoot = new URL('../../artifacts/', import.meta.url)

export async function readArtifact(contract: ContractName): Promise<Artifact> {
  return JSON.parse(await readFile(artifactUrl(contract), 'utf8'))
}

/** Where the build left a contract. */
export function artifactUrl(contract: ContractName): URL {
  return new URL(`${folders[contract]}/${contract}.sol/${contract}.json`, artifactsRoot)
}

/** What each build calls its immutables: a build is large, and six contracts share two. */
const namesByBuild = new Map<string, Promise<ReadonlyMap<string, string>>>()

/** The names of all immutables of a contract's build, by their numbers. */
export async function immutableNames({
  buildInfoId,
}: Pick<Artifact, 'buildInfoId'>): Promise<ReadonlyMap<string, string>> {
  const names = namesByBuild.get(buildInfoId) ?? readImmutableNames(buildInfoId)
  namesByBuild.set(buildInfoId, names)
  return await names
}

async function readImmutableNames(buildInfoId: string): Promise<ReadonlyMap<string, string>> {
  const path = new URL(`build-info/${buildInfoId}.output.json`, artifactsRoot)
  const { output } = JSON.parse(await readFile(path, 'utf8')) as {
    readonly output: { readonly sources: Readonly<Record<string, { readonly ast: unknown }>> }
  }
  const names = new Map<string, string>()
  for (const { ast } of Object.values(output.sources)) collectImmutables(ast, names)
  return names
}

/** Immutables stand in the body of a contract, not deeper. */
function collectImmutables(ast: unknown, names: Map<string, string>): void {
  const { nodes = [] } = ast as { readonly nodes?: readonly Node[] }
  for (const node of nodes) {
    if (node.nodeType === 'ContractDefinition') collectImmutables(node, names)
    if (node.nodeType === 'VariableDeclaration' && node.mutability === 'immutable') {
      names.set(String(node.id), node.name)
    }
  }
}

interface Node {
  readonly nodeType: string
  readonly id: number
  readonly name: string
  readonly mutability?: string
}
