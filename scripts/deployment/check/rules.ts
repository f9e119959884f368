import { decodeFunctionData, type Hex, keccak256 } from 'viem'
import { rulesAbi } from '../../../sdk/chain/abi/index.ts'
import { type AuditEntry, environmentIdOf, reach } from '../../../sdk/chain/index.ts'
import { APPROVED_STAGES } from '../../../sdk/documents/index.ts'
import { type Action, type Role, risks, roles, stages } from '../../../sdk/policy/words.ts'
import type { Genesis } from '../parameters.ts'
import { type Expect, expectSame } from './deviations.ts'
import type { Sight } from './sight.ts'

/** Holds people, policy and environments against what they must be: as the genesis says, or as an act on record since. */
export async function checkRules(sight: Sight, expect: Expect): Promise<void> {
  await checkVoices(sight, expect)
  await checkPolicy(sight, expect)
  await checkEnvironments(sight, expect)
  await checkPeople(sight, expect)
}

function contractOf({ addresses, block }: Sight) {
  return { address: addresses.rules, abi: rulesAbi, blockNumber: block } as const
}

async function checkVoices(sight: Sight, expect: Expect): Promise<void> {
  const voices = [
    ['Assembly', sight.addresses.timelocks.assembly],
    ['OversightCommittee', sight.addresses.timelocks.oversight],
    ['EmergencyCommittee', sight.addresses.timelocks.emergency],
  ] as const satisfies readonly (readonly [Role, Hex])[]
  for (const [role, timelock] of voices) {
    const voice = await reach(() =>
      sight.client.readContract({
        ...contractOf(sight),
        functionName: 'committee',
        args: [roles.indexOf(role)],
      }),
    )
    expect(`who speaks for the ${role} in Rules`, voice, timelock)
  }
}

/** The acts on record since the genesis. */
function actsOf({ history }: Sight, ...actions: readonly Action[]): readonly AuditEntry[] {
  return history.rules.slice(1).filter(({ action }) => actions.includes(action))
}

/** The epoch that must be in force: the genesis' one, or what the last act that started one gave. */
function epochOf(sight: Sight): Pick<Genesis, 'matrix' | 'thresholds'> & { readonly epoch: number } {
  const started = actsOf(sight, 'EpochStarted')
  const { matrix, thresholds } = sight.genesis
  const epoch = 1 + started.length
  const last = started.at(-1)
  if (last === undefined) return { epoch, matrix, thresholds }
  const call = decodeFunctionData({ abi: rulesAbi, data: last.data })
  if (call.functionName !== 'startEpoch') return { epoch, matrix, thresholds }
  return { epoch, matrix: call.args[1], thresholds: call.args[2] }
}

async function checkPolicy(sight: Sight, expect: Expect): Promise<void> {
  const { client } = sight
  const contract = contractOf(sight)
  const expected = epochOf(sight)
  const [epoch, matrix] = await reach(() => client.readContract({ ...contract, functionName: 'policy' }))
  expect('the policy epoch', epoch, expected.epoch)
  for (const [index, [risk, stage]] of risks
    .flatMap(risk => APPROVED_STAGES.map(stage => [risk, stage] as const))
    .entries()) {
    const cell = (of: bigint) =>
      roles.filter((_, bit) => (of >> BigInt(16 * index + bit)) & 1n).join(', ') || 'nobody'
    expect(`who signs off ${risk} to enter ${stage}`, cell(matrix), cell(expected.matrix))
  }
  for (const [index, risk] of risks.entries()) {
    const [soak, response] = await reach(() =>
      Promise.all([
        client.readContract({ ...contract, functionName: 'soakTime', args: [index] }),
        client.readContract({ ...contract, functionName: 'responseTime', args: [index] }),
      ]),
    )
    expect(`the soak time of ${risk}`, soak, expected.thresholds.soak[index])
    expect(`the response time of ${risk}`, response, expected.thresholds.response[index])
  }
}

async function checkEnvironments(sight: Sight, expect: Expect): Promise<void> {
  const { client, parameters, genesis } = sight
  const contract = contractOf(sight)
  const added = actsOf(sight, 'EnvironmentAdded').map(({ subject }) => ({ id: subject, name: subject }))
  const named = [
    ...APPROVED_STAGES.map(stage => ({ name: stage.toLowerCase(), stage: stages.indexOf(stage) })),
    ...parameters.environments.map(({ name }, index) => ({ name, stage: genesis.stages[index] })),
  ]
  const ids = await reach(() => client.readContract({ ...contract, functionName: 'environments' }))
  const expected = [...named.map(({ name }) => environmentIdOf(name)), ...added.map(({ id }) => id)]
  expectSame(expect, ['environments', 'Rules'], ids, expected)
  for (const { name, stage } of named) {
    const [actual] = await reach(() =>
      client.readContract({ ...contract, functionName: 'place', args: [environmentIdOf(name)] }),
    )
    expect(`the stage of ${name}`, stages[actual], stages[stage ?? 0])
  }
}

/** People of whom nothing is on record since the genesis stand as the genesis says. */
async function checkPeople(sight: Sight, expect: Expect): Promise<void> {
  const { client, parameters, genesis, people } = sight
  const contract = contractOf(sight)
  const touched = new Set(sight.history.rules.slice(1).map(({ subject }) => subject))
  const domains = new Set(genesis.people.flatMap(person => person.domains))
  for (const [index, { signer, roles: held, domains: led }] of genesis.people.entries()) {
    const name = parameters.people[index]?.name ?? ''
    const id = people.get(name) as Hex
    if (touched.has(id)) continue
    const [person, standing, ...leads] = await reach(() =>
      Promise.all([
        client.readContract({ ...contract, functionName: 'personOf', args: [keccak256(signer)] }),
        client.readContract({ ...contract, functionName: 'standing', args: [id] }),
        ...[...domains].map(domain =>
          client.readContract({ ...contract, functionName: 'leads', args: [id, domain] }),
        ),
      ]),
    )
    expect(`whose key ${signer} is`, person, id)
    expectSame(expect, ['', `the standing of ${name}`], standing, {
      roles: held,
      signingEpoch: 0,
      suspendedUntil: 0,
      suspendableFrom: 0,
      ...genesis.certificates[index],
      auditRequired: false,
    })
    for (const [at, domain] of [...domains].entries()) {
      expect(`whether ${name} leads the domain ${domain}`, leads[at], led.includes(domain))
    }
  }
}
