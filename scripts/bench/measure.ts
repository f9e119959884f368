import { type ContractName, contractNames } from '../deployment/contracts.ts'
import { brakeOperations } from './brake.ts'
import { committeeOperations } from './committees.ts'
import { type Evm, startEvm, type Touches } from './evm.ts'
import { deploymentFloorOf, type Floor, floorOf, touchesOf } from './floor.ts'
import type { Operation } from './operation.ts'
import type { PeerName } from './peers/acts.ts'
import { peopleOperations } from './people.ts'
import { foundSociety, type Society } from './society.ts'
import { careers, passkeyCareer, passkeyPromotion, versionOperations } from './versions.ts'

/** One line of the table. */
export interface Measurement {
  readonly name: string
  readonly gas: number
  readonly firstUseGas: number
  readonly floor: Floor
  /** Slots that it touches though it need not. */
  readonly beyond: Touches
  readonly peer: PeerName | undefined
}

/** Measures all our own acts in one EVM. */
export async function measureKedge(evm: Evm, society: Society): Promise<readonly Measurement[]> {
  const bench = { evm, society }
  const all = await careers(bench)
  const operations = [
    ...(await versionOperations(bench, all)),
    ...(await brakeOperations(bench, all)),
    ...(await peopleOperations(bench)),
    ...(await committeeOperations(bench)),
  ]
  return [...operations.map(measured), ...(await deployments(evm, society))]
}

/** A passkey's promotion once more where P-256 has a precompile (EIP-7951), in an EVM of its own. */
export async function measureWithPrecompile(): Promise<{
  readonly measurement: Measurement
  /** The line that it stands below. */
  readonly after: string
}> {
  const evm = await startEvm('osaka')
  try {
    const bench = { evm, society: await foundSociety(evm) }
    const operation = passkeyPromotion(await passkeyCareer(bench), { precompile: true })
    const name = `${operation.name}, where P-256 has a precompile (Osaka)`
    return { measurement: measured({ ...operation, name }), after: operation.name }
  } finally {
    await evm.stop()
  }
}

function measured({ name, firstUse, steady, work, peer }: Operation): Measurement {
  const must = touchesOf(work)
  const beyond = {
    reads: steady.touches.reads - must.reads,
    creates: steady.touches.creates - must.creates,
    changes: steady.touches.changes - must.changes,
  }
  return { name, gas: steady.gas, firstUseGas: firstUse.gas, floor: floorOf(steady, work), beyond, peer }
}

const deploymentPeers: Readonly<Partial<Record<ContractName, PeerName>>> = {
  TimelockController: 'TimelockController deployment',
  Rules: 'AccessManager deployment',
  Registry: 'EAS deployment',
  Seats: 'ERC20Votes deployment',
  Committee: 'Governor deployment',
}

async function deployments(evm: Evm, { deployments: deployed }: Society): Promise<readonly Measurement[]> {
  return await Promise.all(
    contractNames.map(async name => {
      const sample = deployed.get(name)
      if (sample?.address === undefined) throw new Error(`${name} was not deployed`)
      const code = await evm.client.getCode({ address: sample.address })
      return {
        name: `deploy ${name}`,
        gas: sample.gas,
        firstUseGas: sample.gas,
        floor: deploymentFloorOf(sample, code ?? '0x'),
        // A constructor writes what the parameters say: no more is claimed of it.
        beyond: { reads: 0, creates: 0, changes: 0 },
        peer: deploymentPeers[name],
      }
    }),
  )
}
