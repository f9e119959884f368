import { type Address, getContractAddress, type LocalAccount, zeroAddress } from 'viem'
import { readArtifact } from '../../deployment/artifacts.ts'
import { decide, motionOf, type Pace } from '../ballots.ts'
import type { Evm } from '../evm.ts'
import { at } from '../operation.ts'
import type { Measured } from './acts.ts'
import { compile } from './compile.ts'
import { certificateCall } from './ledger.ts'

/** OpenZeppelin's Governor with a token and a timelock: as many voters, as many bytes, the same pace as our Assembly. */
export async function measureGovernor(
  evm: Evm,
  deployer: Address,
  voters: readonly LocalAccount[],
  pace: Pace,
): Promise<Measured> {
  const artifacts = compile('solc', {
    VotesToken: 'PlainGovernor.sol',
    PlainGovernor: 'PlainGovernor.sol',
    OwnedLedger: 'Ledger.sol',
  })
  const token = await evm.deploy(deployer, artifacts.VotesToken, [voters.map(({ address }) => address)])
  const nonce = await evm.client.getTransactionCount({ address: deployer })
  const governorAddress = getContractAddress({ from: deployer, nonce: BigInt(nonce + 1) })
  const roles = [[governorAddress], [governorAddress], zeroAddress]
  const timelock = await evm.deploy(deployer, await readArtifact('TimelockController'), [
    pace.timelockDelay,
    ...roles,
  ])
  const terms = [token.contract.address, timelock.contract.address, pace.votingDelay, pace.votingPeriod]
  const governor = await evm.deploy(deployer, artifacts.PlainGovernor, terms)
  const ledger = await evm.deploy(deployer, artifacts.OwnedLedger, [timelock.contract.address])
  const [signing, ...calling] = voters.slice(0, 6)
  if (signing === undefined) throw new Error('nobody votes')
  const electorate = { calling: calling.map(({ address }) => address), signing, carrier: deployer }
  const rounds = []
  for (const round of [1, 2]) {
    const description = `# Certify Grace Lindt\n\nRound ${round}.`
    const motion = motionOf(ledger.contract, 'certify', certificateCall(round), description)
    rounds.push(await decide(evm, governor.contract, 'Plain', motion, pace, electorate))
  }
  const [first, later] = rounds
  if (first === undefined || later === undefined) throw new Error('nothing was decided')
  return {
    'Governor propose': [first.propose, later.propose],
    'Governor vote': [at(first.votes, 0), at(later.votes, 1)],
    'Governor vote by signature': [first.voteBySig, later.voteBySig],
    'Governor queue': [first.queue, later.queue],
    'Governor execute': [first.execute, later.execute],
    'Governor deployment': [governor],
    'ERC20Votes deployment': [token],
    'TimelockController deployment': [timelock],
  }
}
