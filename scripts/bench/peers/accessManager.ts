import { type Address, toFunctionSelector } from 'viem'
import type { Evm, Sample } from '../evm.ts'
import type { Measured } from './acts.ts'
import { compile } from './compile.ts'
import { certificateCall } from './ledger.ts'

const trainingOfficer = 1n

/** OpenZeppelin's AccessManager: an account calls a function that one role may call, without a delay. */
export async function measureAccessManager(
  evm: Evm,
  deployer: Address,
  members: readonly Address[],
): Promise<Measured> {
  const artifacts = compile('solc', {
    AccessManager: '@openzeppelin/contracts/access/manager/AccessManager.sol',
    ManagedLedger: 'Ledger.sol',
  })
  const manager = await evm.deploy(deployer, artifacts.AccessManager, [deployer])
  const ledger = await evm.deploy(deployer, artifacts.ManagedLedger, [manager.contract.address])
  const certify = artifacts.ManagedLedger.abi.find(
    item => item.type === 'function' && item.name === 'certify',
  )
  if (certify?.type !== 'function') throw new Error('the ledger has no function certify')
  const guarded = [ledger.contract.address, [toFunctionSelector(certify)], trainingOfficer]
  await evm.send(deployer, manager.contract, 'setTargetFunctionRole', guarded)
  const granted: Sample[] = []
  for (const member of members) {
    granted.push(await evm.send(deployer, manager.contract, 'grantRole', [trainingOfficer, member, 0]))
  }
  const [caller = deployer] = members
  const called: Sample[] = []
  for (const round of [1, 2]) {
    called.push(await evm.send(caller, ledger.contract, 'certify', certificateCall(round)))
  }
  return {
    'AccessManager-guarded call': called,
    'AccessManager grantRole': granted,
    'AccessManager deployment': [manager],
  }
}
