import { toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  environmentIdOf,
  haltCall,
  modelIdOf,
  ownDescription,
  type Proposal,
  proposalIdOf,
  proposeCall,
  signOffCall,
} from '../../sdk/chain/index.ts'
import { startServer, type TestServer } from '../../sdk/verify/testing/servers.ts'
import { kedgeHere } from './here.ts'
import { jsonIn } from './kedge.ts'
import { type Alteration, liar } from './liar.ts'
import { anyDigest, foundTown, steady, type Town } from './town.ts'

// Looking at what a committee is asked, without a key.

const model = 'triage-note'
const servers: TestServer[] = []
let town: Town
let names: string
let live: `0x${string}`
let halt: Proposal
let consent: Proposal

beforeAll(async () => {
  town = await foundTown()
  await town.createModel(model, 'Low')
  live = await town.makeVersion('live', { model, text: '1', label: '1.0.0' })
  const { society } = town
  const member = (name: string) => [society.account(name).address, name]
  names = await town.write('names.json', Object.fromEntries(['Jonas Vale', 'Grace Lindt'].map(member)))
}, 120_000)

afterAll(async () => {
  await town.end()
  await Promise.all(servers.map(server => server.close()))
})

const look = (line: string) => town.kedge(line, { runner: kedgeHere })

/** What a look printed, with what differs from run to run taken out. */
async function seen(line: string): Promise<string> {
  const { code, stdout, stderr } = await look(line)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return steady(stdout)
}

async function propose(committee: 'oversight' | 'emergency', who: string, proposal: Proposal) {
  const { society } = town
  const address = society.kedge.deployment.contracts.committees[committee]
  await society.act(who, proposeCall(address, proposal))
}

async function lie(alter: Alteration): Promise<string> {
  const server = await startServer(liar(town.society.kedge.rpcUrl, alter))
  servers.push(server)
  return server.url
}

describe('what a committee is asked', () => {
  it('is nothing where nobody has proposed', async () => {
    expect(await look('proposals')).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: 'there is no proposal\n',
    })
    expect(jsonIn(await look('proposals --json'))).toEqual({ proposals: [] })
  })

  it('is listed while votes or the execution are awaited, of all committees or of one', async () => {
    const { contracts } = town.society.kedge.deployment
    const place = { model: modelIdOf(model), environment: environmentIdOf('production') }
    const order = { ...place, version: live, trigger: 'Incident', reason: anyDigest } as const
    const jonas = town.society.account('Jonas Vale').address
    halt = {
      calls: [haltCall(contracts, order, 'EmergencyCommittee')],
      description: ownDescription('# Halt it\n\nTwo wards report\n*missed* speech.', jonas),
    }
    consent = {
      calls: [
        signOffCall(contracts, {
          version: live,
          role: 'OversightCommittee',
          stage: 'Production',
          risk: 'Low',
          evidence: anyDigest,
          policyEpoch: 1,
          signingEpoch: 0,
          deadline: (await town.society.now()) + 86_400,
        }),
      ],
      description: '# Let it run',
    }
    await propose('oversight', 'Grace Lindt', consent)
    await propose('emergency', 'Jonas Vale', halt)
    await town.society.pass(1)
    expect(await seen('proposals')).toMatchInlineSnapshot(`
      "oversight: Let it run
        Pending: voting from TIME to TIME; needs 2 for or abstaining, and passes at once with 3 for
        kedge proposal oversight PROPOSAL

      emergency: Halt it
        Active, voting until TIME: 0 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for
        kedge proposal emergency PROPOSAL
      "
    `)
    expect(await seen('proposals oversight')).toMatch(/^oversight: Let it run\n {2}Pending: /)
    const listed = jsonIn(await look('proposals emergency --json'))
    expect(listed).toEqual({
      proposals: [
        {
          committee: 'emergency',
          id: proposalIdOf(halt).toString(),
          title: 'Halt it',
          state: 'Active',
          proposer: jonas,
          votingStarts: expect.stringMatching(/T.*Z$/),
          votingEnds: expect.stringMatching(/T.*Z$/),
          due: null,
          votes: { for: 0, against: 0, abstain: 0 },
          quorum: 2,
          superQuorum: 3,
        },
      ],
    })
  })

  it('is told in full: the text, the calls in words with their documents, how it stands', async () => {
    expect(await seen(`proposal emergency ${proposalIdOf(halt)} --names ${names}`)).toMatchInlineSnapshot(`
      "Halt it

      It would
        halt triage-note #1 (SHORT) in production for Incident
          see the document CID, SHA-256 ID

      proposal   PROPOSAL of the emergency committee
      proposer   Jonas Vale ADDRESS
      state      Active
      voting     from TIME to TIME
      votes      0 for, 0 against, 0 abstaining; needs 2 for or abstaining, and passes at once with 3 for

      It says
        > Two wards report
        > *missed* speech.
      "
    `)
    expect(await seen(`proposal oversight ${proposalIdOf(consent)}`)).toMatch(
      /^Let it run\n\nIt would\n {2}sign off that triage-note #1 \(SHORT\) may enter Production at risk Low\n/,
    )
    const told = jsonIn(await look(`proposal emergency ${toHex(proposalIdOf(halt))} --json`))
    expect(told).toMatchObject({
      id: proposalIdOf(halt).toString(),
      description: halt.description,
      calls: [
        {
          ...halt.calls[0],
          words: expect.stringMatching(/^halt triage-note #1 .* in production for Incident$/),
          document: anyDigest,
          cid: expect.stringMatching(/^bafkrei/),
        },
      ],
    })
  })

  it('is told of a file too, which must be of that committee', async () => {
    const file = { committee: 'emergency', id: proposalIdOf(halt).toString(), ...halt }
    await town.write('proposal.json', file)
    expect(await seen('proposal emergency proposal.json')).toMatch(/^Halt it\n/)
    const wrong = await look('proposal oversight proposal.json --json')
    expect(wrong.code).toBe(2)
    expect(jsonIn(wrong)).toMatchObject({
      error: { code: 'USAGE', remedy: 'Name the emergency committee instead.' },
    })
    await town.write('altered.json', { ...file, description: '# Something harmless' })
    expect(await look('proposal emergency altered.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^USAGE: altered\.json was altered: /),
    })
    expect(await look('proposal emergency 1')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^REFUSED: the emergency committee knows no proposal 1\n/),
    })
  })

  it('is no longer listed once it is over, unless all are asked for', async () => {
    const { society } = town
    const proposed = { ...halt, committee: 'emergency', receipt: {} as never } as const
    for (const member of ['Jonas Vale', 'Kira Boon', 'Ines Roth']) await society.vote(proposed, member)
    await society.queue(proposed, 3)
    expect(await seen('proposals emergency')).toMatch(/^emergency: Halt it\n {2}Queued: 3 for, /)
    expect(await seen(`proposal emergency ${proposalIdOf(halt)}`)).toMatch(/\nexecution {2}from TIME on\n/)
    await society.execute(proposed)
    expect(await look('proposals emergency')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no proposal is open; --all shows the others\n',
    })
    expect(await seen('proposals emergency --all')).toMatch(/^emergency: Halt it\n {2}Executed: 3 for, /)
  })

  it('cannot be told otherwise by an endpoint', async () => {
    const url = await lie(({ method }, answer) => {
      if (method !== 'eth_getLogs') return
      const log = (answer.result as { data: string }[]).at(-1)
      if (log !== undefined) log.data = log.data.replace(toHex('Halt it').slice(2), toHex('Keep it').slice(2))
    })
    expect(jsonIn(await look(`proposals emergency --all --json --rpc ${url}`))).toMatchObject({
      error: {
        code: 'PROOF_INVALID',
        message: 'the endpoint shows a proposal that the emergency committee does not know',
      },
    })
    expect(jsonIn(await look(`proposal emergency ${proposalIdOf(halt)} --json --rpc ${url}`))).toMatchObject({
      error: { code: 'UNAVAILABLE' },
    })
  })

  it('cannot steer the terminal of who looks at it', async () => {
    const sly = { ...consent, description: '# \u001b[2JAll is well\u202e\n\nNothing\r to see' }
    await propose('oversight', 'Grace Lindt', sly)
    const told = await seen(`proposal oversight ${proposalIdOf(sly)}`)
    expect(told).toMatch(/^\\u\{1b\}\[2JAll is well\\u\{202e\}\n/)
    expect(told).toMatch(/\nIt says\n {2}> Nothing\\u\{d\} to see\n$/)
    const listed = jsonIn(await look('proposals oversight --json')) as { proposals: { title: string }[] }
    expect(listed.proposals.at(-1)?.title).toBe('\u001b[2JAll is well\u202e')
  })
})
