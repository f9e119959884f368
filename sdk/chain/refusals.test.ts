import { type Abi, encodeErrorResult } from 'viem'
import { describe, expect, it } from 'vitest'
import { committeeAbi, lensAbi, registryAbi, rulesAbi, seatsAbi } from './abi/index.ts'
import { explanations, refusalOf } from './refusals.ts'

const all: Abi = [registryAbi, rulesAbi, lensAbi, committeeAbi, seatsAbi].flatMap((abi: Abi) => abi)
const version = `0x${'11'.repeat(32)}` as const

function told(errorName: string, args: readonly unknown[]) {
  const { code, message, facts, remedy } = refusalOf(
    encodeErrorResult({ abi: all, errorName, args }),
    undefined,
  )
  return { code, message, facts, remedy }
}

describe('refusalOf', () => {
  it('says roles and stages in words, and what is missing', () => {
    expect(told('RulesSignOffMissing', [version, 4, 0b11100])).toMatchInlineSnapshot(`
      {
        "code": "REFUSED",
        "facts": {
          "error": "RulesSignOffMissing",
          "roles": [
            "ResponsibleAIOfficer",
            "DomainLead",
            "OversightCommittee",
          ],
          "stage": "Production",
          "version": "0x1111111111111111111111111111111111111111111111111111111111111111",
        },
        "message": "the contract refused with RulesSignOffMissing: to enter Production, the sign-offs of ResponsibleAIOfficer, DomainLead, OversightCommittee are missing",
        "remedy": "Have them made with kedge sign-off and give them with --sign-off.",
      }
    `)
  })

  it('says times', () => {
    expect(told('RulesReviewOverdue', [1_800_000_000])).toMatchInlineSnapshot(`
      {
        "code": "REFUSED",
        "facts": {
          "dueAt": 1800000000,
          "error": "RulesReviewOverdue",
        },
        "message": "the contract refused with RulesReviewOverdue: the review of the policy was due at 2027-01-15T08:00:00Z; until it is done, High and Critical promotions wait",
        "remedy": "The Oversight Committee records the review.",
      }
    `)
  })

  it('bears a time that is none', () => {
    expect(told('RegistryOperatorLimit', [2n ** 255n]).message).toContain(`next at ${2n ** 255n} s`)
  })

  it('says that a suspension has no end', () => {
    expect(told('RulesPersonSuspended', [version, 2 ** 40 - 1]).message).toMatch(/ is suspended for good$/)
    expect(told('RulesPersonSuspended', [version, 0]).message).toMatch(/ until 1970-01-01T00:00:00Z$/)
  })

  it('says which schemas are missing', () => {
    expect(told('RegistryIncompatible', [version, 0b101n])).toMatchInlineSnapshot(`
      {
        "code": "REFUSED",
        "facts": {
          "error": "RegistryIncompatible",
          "missing": "5",
          "version": "0x1111111111111111111111111111111111111111111111111111111111111111",
        },
        "message": "the contract refused with RegistryIncompatible: systems need the schemas 0, 2, which the version does not serve",
        "remedy": "Give a plan for degraded service with --plan.",
      }
    `)
  })

  it('says within which bounds a time must be', () => {
    const until = (errorName: string, args: readonly unknown[]) => told(errorName, args).message
    expect(until('RulesSuspensionTooShort', [1_800_000_000, 1_800_600_000n])).toMatch(
      /for 7 to 14 days, at least until 2027-01-22T06:40:00Z, not until 2027-01-15T08:00:00Z$/,
    )
    expect(until('RulesSuspensionTooLong', [2 ** 40 - 1, 1_800_600_000n])).toMatch(
      /for 7 to 14 days, at most until 2027-01-22T06:40:00Z, not for good$/,
    )
    expect(until('RulesDeadlineTooFar', [1_800_600_000, 1_800_000_000n])).toMatch(
      /a committee signs off for at most 30 days, until 2027-01-15T08:00:00Z, not until 2027-01-22T06:40:00Z$/,
    )
    expect(until('RulesThresholdOutOfBounds', [0n, 31_536_000n])).toMatch(
      /0 seconds are no soak or response time: each is from 1 to 31536000, a year$/,
    )
    expect(until('CommitteeTimeTooShort', [60n, 3600n])).toMatch(
      /60 seconds are less than the 3600 that a vote must last, and that a passed proposal must be able to wait$/,
    )
  })

  it('says what a version was approved for, and which halt a resumption would end', () => {
    expect(told('RegistryNotApproved', [version, 1, 2])).toMatchObject({
      message: expect.stringMatching(/was signed off for risk Medium, and its risk is High now$/),
      remedy: expect.stringContaining('restoreRisk'),
    })
    expect(told('RegistrySequenceMismatch', [7, 9])).toMatchObject({
      message: expect.stringMatching(
        /ends the halt with the sequence 7, and what is active there has 9 now$/,
      ),
      remedy: expect.stringContaining('kedge status'),
    })
  })

  it('says in which state a proposal is', () => {
    const active = `0x${(1n << 1n).toString(16).padStart(64, '0')}`
    expect(told('GovernorUnexpectedProposalState', [7n, 3, active])).toMatchInlineSnapshot(`
      {
        "code": "REFUSED",
        "facts": {
          "current": "Defeated",
          "error": "GovernorUnexpectedProposalState",
          "expectedStates": [
            "Active",
          ],
          "proposalId": "7",
        },
        "message": "the contract refused with GovernorUnexpectedProposalState: the proposal is Defeated, not Active",
        "remedy": "See kedge vote --help and kedge execute --help for what a proposal’s states allow.",
      }
    `)
  })

  it('keeps a number that no word stands for', () => {
    expect(told('RegistryAlreadyHalted', [200]).facts).toEqual({
      error: 'RegistryAlreadyHalted',
      haltedBy: 200,
    })
  })

  it('falls back on the name for an error without an explanation', () => {
    expect(told('CheckpointUnorderedInsertion', [])).toMatchInlineSnapshot(`
      {
        "code": "REFUSED",
        "facts": {
          "error": "CheckpointUnorderedInsertion",
        },
        "message": "the contract refused with CheckpointUnorderedInsertion",
        "remedy": "Read the named error and its values; docs/formats.md lists them.",
      }
    `)
  })

  it('keeps the bytes of an error that nobody knows', () => {
    expect(refusalOf('0xdeadbeef', undefined)).toMatchObject({
      code: 'REFUSED',
      message: 'the contract refused with an error that is not known',
      facts: { data: '0xdeadbeef' },
    })
  })

  it('has an explanation for each error of our own contracts, and for no other', () => {
    const ours = all
      .filter(item => item.type === 'error')
      .map(({ name }) => name)
      .filter(name => /^(Registry|Rules|Lens|Committee|Seats)/.test(name))
    const explained = Object.keys(explanations)
    expect(ours.filter(name => !explained.includes(name))).toEqual([])
    const known = new Set(all.filter(item => item.type === 'error').map(({ name }) => name))
    known.add('TimelockUnexpectedOperationState')
    expect(explained.filter(name => !known.has(name))).toEqual([])
  })
})
