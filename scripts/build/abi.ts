import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'

const root = new URL('../../', import.meta.url)

/** The contracts whose ABI the SDK carries: artifact path by the name of the export. */
const contracts = {
  registry: 'contracts/Registry.sol/Registry',
  rules: 'contracts/Rules.sol/Rules',
  lens: 'contracts/Lens.sol/Lens',
  committee: 'contracts/governance/Committee.sol/Committee',
  seats: 'contracts/governance/Seats.sol/Seats',
  timelock: '@openzeppelin/contracts/governance/TimelockController.sol/TimelockController',
} as const

/**
 * Writes `sdk/chain/abi/*.ts` from the compiled contracts, so that the SDK's types follow the contracts and
 * nobody has to keep two lists. The result is not committed.
 */
export async function writeAbis(): Promise<void> {
  const target = new URL('sdk/chain/abi/', root)
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  for (const [name, path] of Object.entries(contracts)) {
    const artifact = JSON.parse(await readFile(new URL(`artifacts/${path}.json`, root), 'utf8'))
    const text = `export const ${name}Abi = ${JSON.stringify(artifact.abi)} as const\n`
    await writeFile(new URL(`${name}.ts`, target), text)
  }
  const index = Object.keys(contracts).map(name => `export { ${name}Abi } from './${name}.ts'\n`)
  await writeFile(new URL('index.ts', target), index.join(''))
}

if (import.meta.main) await writeAbis()
