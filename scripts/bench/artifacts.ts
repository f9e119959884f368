import { readFile } from 'node:fs/promises'
import type { ContractName } from '../deployment/contracts.ts'
import type { Artifact } from './evm.ts'

const root = new URL('../../artifacts/', import.meta.url)

const sources: Readonly<Record<ContractName | 'ERC7913WebAuthnVerifier', string>> = {
  TimelockController: '@openzeppelin/contracts/governance',
  Rules: 'contracts',
  Registry: 'contracts',
  Seats: 'contracts/governance',
  Committee: 'contracts/governance',
  Lens: 'contracts',
  ERC7913WebAuthnVerifier: '@openzeppelin/contracts/utils/cryptography/verifiers',
}

/** A contract as the build compiled it: the very bytes that are tested and deployed. */
export async function readArtifact(name: keyof typeof sources): Promise<Artifact> {
  return JSON.parse(await readFile(new URL(`${sources[name]}/${name}.sol/${name}.json`, root), 'utf8'))
}
