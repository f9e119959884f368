import {
  type Address,
  concatHex,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  sha256,
  slice,
  toHex,
  zeroAddress,
} from 'viem'
import type { Contract, Evm, Sample } from '../evm.ts'
import type { Measured } from './acts.ts'
import { compile } from './compile.ts'
import { certificateCall } from './ledger.ts'

const folder = '@safe-global/safe-smart-account/contracts'

/** Safes as they are created by their factory, of one owner and of three, all of whom sign. */
export async function measureSafe(
  evm: Evm,
  deployer: Address,
  owners: readonly LocalAccount[],
): Promise<Measured> {
  const artifacts = compile('solc', {
    Safe: `${folder}/Safe.sol`,
    SafeProxyFactory: `${folder}/proxies/SafeProxyFactory.sol`,
    OwnedLedger: 'Ledger.sol',
  })
  const singleton = await evm.deploy(deployer, artifacts.Safe, [])
  const factory = await evm.deploy(deployer, artifacts.SafeProxyFactory, [])
  const create = async (signers: readonly LocalAccount[]) => {
    const addresses = signers.map(({ address }) => address)
    const nobody = zeroAddress
    const setup = [addresses, addresses.length, nobody, '0x', nobody, nobody, 0n, nobody] as const
    const initializer = encodeFunctionData({ abi: artifacts.Safe.abi, functionName: 'setup', args: setup })
    const terms = [singleton.contract.address, initializer, 0n]
    const created = await evm.send(deployer, factory.contract, 'createProxyWithNonce', terms)
    const event = created.logs.find(({ address }) => address === factory.contract.address)
    const topic = event?.topics[1]
    if (topic === undefined) throw new Error('the factory named no Safe')
    return { abi: artifacts.Safe.abi, address: slice(topic, 12) }
  }
  const executions = async (signers: readonly LocalAccount[]) => {
    const safe = await create(signers)
    const ledger = await evm.deploy(deployer, artifacts.OwnedLedger, [safe.address])
    const samples: Sample[] = []
    for (const round of [1, 2, 3])
      samples.push(await execute(evm, safe, ledger.contract, signers, deployer, round))
    return { safe, samples }
  }
  const one = await executions(owners.slice(0, 1))
  const three = await executions(owners.slice(0, 3))
  const approvals: Sample[] = []
  for (const round of [4, 5]) {
    const hash = sha256(toHex(`a transaction, ${round}`))
    approvals.push(await evm.send(owners[0]?.address ?? deployer, three.safe, 'approveHash', [hash]))
  }
  return {
    'Safe 1-of-1 execution': one.samples,
    'Safe 3-of-3 execution': three.samples,
    'Safe approveHash': approvals,
    'Safe deployment': [singleton],
  }
}

/** Anyone carries the signatures, ascending by owner. */
async function execute(
  evm: Evm,
  safe: Contract,
  ledger: Contract,
  signers: readonly LocalAccount[],
  carrier: Address,
  round: number,
): Promise<Sample> {
  const data = encodeFunctionData({ abi: ledger.abi, functionName: 'certify', args: certificateCall(round) })
  const terms = [ledger.address, 0n, data, 0, 0n, 0n, 0n, zeroAddress, zeroAddress] as const
  const nonce = await evm.read(safe, 'nonce', [])
  const hash = (await evm.read(safe, 'getTransactionHash', [...terms, nonce])) as Hex
  const ascending = signers.toSorted((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
  const signatures = await Promise.all(
    ascending.map(async ({ sign }) => {
      if (sign === undefined) throw new Error('this account signs no bare hash')
      return await sign({ hash })
    }),
  )
  return await evm.send(carrier, safe, 'execTransaction', [...terms, concatHex(signatures)])
}
