import { settings } from '../../hardhat.config.ts'
import { hardfork } from './evm.ts'
import type { Item } from './floor.ts'
import type { Measurement } from './measure.ts'
import type { Measured, PeerName } from './peers/acts.ts'

/** What a run found. */
export interface Findings {
  readonly operations: readonly Measurement[]
  readonly peers: Measured
}

/** Steady-state aims, by the names of operations that begin so. */
const aims: readonly (readonly [string, number])[] = [
  ['register', 100_000],
  ['promote to Production, 3 ECDSA', 115_000],
  ['rollback, Medium by an operator', 70_000],
  ['rollback, High by the RAIO', 70_000],
  ['vote in the Assembly', 85_000],
]

/** What the parts of a floor are paid for. The first that matches takes an item. */
const purposes: readonly (readonly [string, RegExp])[] = [
  ['the transaction', /^the transaction$/],
  ['its calldata', /^calldata|EIP-7623/],
  ['the log: in Registry and Rules the whole call, so that a replay needs no traces', /^a log/],
  ['the audit head: one word that proves the log complete', /_log\.head|hash of the (call|audit entry)/],
  ['the signatures', /recovered|typed data|digest to sign|P-256/],
  [
    'who may act: person, role, certificate, suspension, policy epoch, read when it executes',
    /Rules, cold|_personOf|_people|hash of the key|_leads|_policy|verifier|_consents|_developers/,
  ],
  [
    'proof that the predecessor served its soak time: the bit by which a rollback finds its target',
    /_thresholds|predecessor/,
  ],
  ['the check of the schemas that an environment requires', /_required|_schemas/],
  ['the limit on operators', /_juniorRollbacks/],
  [
    'a vote that counts what its seat weighs now, and a super-quorum that ends the vote early',
    /Seats|_quorums|abstain/,
  ],
  ['what changes', /./],
]

/** The table as JSON, see docs/gas.md. */
export function toJson({ operations, peers }: Findings): string {
  return JSON.stringify({
    operations: operations.map(({ name, gas, firstUseGas, floor, peer }) => ({
      name,
      gas,
      firstUseGas,
      floor: floor.gas,
      peer: peer ?? null,
      peerGas: peer === undefined ? null : steadyOf(peers, peer),
    })),
  })
}

/** docs/gas.md. */
export function toMarkdown(findings: Findings, versions: Readonly<Record<string, string>>): string {
  const { operations, peers } = findings
  return `# Gas, side by side

<!-- Written by \`npm run bench:gas\`. Do not edit: change scripts/bench/ and run it again. -->

${setting(versions)}

## Our acts

${table(
  [
    'act',
    'first use',
    'steady',
    'floor',
    'over the floor',
    'nearest act of a peer',
    'its gas',
    'ours to its',
  ],
  operations.map(operation => row(operation, peers)),
)}

"First use" is the first time that anything of its kind happens: slots are created that later are only changed. For votes it is
the first ballot on a proposal. "Steady" is how it happens day by day. A first version costs less than the later ones: it has no
parent, and the two words of zeros in the place of its parent's digest and id are cheaper calldata. An act of a committee is measured as its timelock makes it;
proposing, voting, queueing and executing are lines of their own. Where P-256 has no precompile, a passkey's signature is checked
in Solidity; its floor leaves that out.

A contract's deployment is that with deployments/local/parameters.json, three committees of 12, 3 and 4 seats; its floor is the
price of its code alone.

## The peers

${table(
  ['act', 'first use', 'steady'],
  Object.entries(peers).map(([name, samples]) => [
    name,
    grouped(samples[0]?.gas ?? 0),
    grouped(steadyOf(peers, name as PeerName)),
  ]),
)}

## The aims, and what each act pays for

A carried ECDSA sign-off is 95 bytes: role, deadline, signer, signature. It costs at most 1,520 in calldata and 760 in the log; so
each signature has a deadline of its own, and a replay of the log needs no traces.

${aims.map(([name, aim]) => account(find(operations, name), aim)).join('\n\n')}

## The floors, item by item

The floor is what the EVM charges for what an act must touch, whatever the code between does: the transaction, its calldata
(EIP-2028, at least what EIP-7623 demands), cold accounts and slots (EIP-2929, EIP-2200), logs, hashes, recovered signatures
(3,000 each). What an act must touch is written down in scripts/bench/, and each run's trace is held against it: a test fails
where an act touches less than its floor says.

${operations
  .filter(({ name }) => !name.startsWith('deploy '))
  .map(itemised)
  .join('\n\n')}
`
}

function setting(versions: Readonly<Record<string, string>>): string {
  const of = (name: string) => `${name} ${versions[name]}`
  return `One run of \`npm run bench:gas\`: every figure below was measured in one EVM, in this process, at the prices of the hardfork ${hardfork}. Keys,
addresses, times and signatures are fixed, so each run measures the very same bytes.

Everything is compiled with the settings of hardhat.config.ts (viaIR, the optimiser for ${settings.optimizer.runs} runs, no metadata), ours and the
peers' by ${of('solc')}; EAS pins its compiler, so it is compiled by solc 0.8.29 with the same settings. The peers come from npm:
${of('@ethereum-attestation-service/eas-contracts')}, ${of('@safe-global/safe-smart-account')} (behind its proxy, as Safes are), ${of('@openzeppelin/contracts')}
(Governor with settings, simple counting, a quorum fraction, an ERC20Votes token and a timelock; AccessManager without delays).

- **EAS attest, same content**: the eight words of a registration as the attestation's data, the parent as the attestation that it
  refers to. EAS keeps them in storage; we keep their hash, and the words in the log.
- **Safe**, **AccessManager** and **Governor** make one call of the bytes of \`Rules.certify\`, which writes one word and leaves no log.
- **Governor**: as many members vote on as long a proposal as in our Assembly, at the same pace.`
}

function row({ name, gas, firstUseGas, floor, peer }: Measurement, peers: Measured): readonly string[] {
  const peerGas = peer === undefined ? undefined : steadyOf(peers, peer)
  return [
    name,
    grouped(firstUseGas),
    grouped(gas),
    grouped(floor.gas),
    (gas / floor.gas).toFixed(2),
    peer ?? '',
    peerGas === undefined ? '' : grouped(peerGas),
    peerGas === undefined ? '' : (gas / peerGas).toFixed(2),
  ]
}

/** Where an act's gas goes. The parts and the code between make the whole. */
function account({ name, gas, floor }: Measurement, aim: number): string {
  const verdict =
    gas <= aim
      ? `${grouped(gas)}, aim ${grouped(aim)}: met.`
      : `${grouped(gas)}, aim ${grouped(aim)}: missed by ${grouped(gas - aim)}. What it buys:`
  const parts = purposes
    .map(([purpose], index): Item => ({ what: purpose, gas: sumOf(floor.items, index) }))
    .filter(part => part.gas > 0)
  const between = { what: 'the code between: checks, packing, calls', gas: gas - floor.gas }
  return `### ${name}

${verdict}

${table(
  ['what for', 'gas'],
  [...parts, between].map(({ what, gas: price }) => [what, grouped(price)]),
)}`
}

function sumOf(items: readonly Item[], purpose: number): number {
  return items
    .filter(({ what }) => purposes.findIndex(([, pattern]) => pattern.test(what)) === purpose)
    .reduce((sum, { gas }) => sum + gas, 0)
}

function itemised({ name, gas, floor, beyond }: Measurement): string {
  const spare = Object.entries(beyond).filter(([, count]) => count !== 0)
  const note = spare.map(([kind, count]) => `${kind}: ${count}`).join(', ')
  return `### Floor of ${name}

${table(
  ['what', 'gas'],
  [
    ...floor.items.map(({ what, gas: price }) => [what, grouped(price)]),
    ['**floor**', `**${grouped(floor.gas)}**`],
    ['the code between', grouped(gas - floor.gas)],
    ['**measured**', `**${grouped(gas)}**`],
  ],
)}${note === '' ? '' : `\n\nBeyond that it touches slots that it need not: ${note}.`}`
}

function find(operations: readonly Measurement[], name: string): Measurement {
  const found = operations.find(operation => operation.name === name)
  if (found === undefined) throw new Error(`${name} was not measured`)
  return found
}

function steadyOf(peers: Measured, name: PeerName): number {
  const sample = peers[name]?.at(-1)
  if (sample === undefined) throw new Error(`${name} was not measured`)
  return sample.gas
}

/** 123456 -> 123,456. */
function grouped(amount: number): string {
  return amount.toLocaleString('en-US')
}

/** Aligned, figures to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, index) => {
    const cells = rows.map(row => row[index] ?? '')
    const figures = cells.every(cell => /^[\d,.*-]*$/.test(cell))
    return { figures, width: Math.max(3, title.length, ...cells.map(cell => cell.length)) }
  })
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ figures, width }, index) => padded(cells[index] ?? '', figures, width)).join(' | ')} |`
  const rule = columns.map(({ figures, width }) => '-'.repeat(width - 1) + (figures ? ':' : '-'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function padded(cell: string, figures: boolean, width: number): string {
  return figures ? cell.padStart(width) : cell.padEnd(width)
}
