import type { Risk, Role } from '../policy/words.ts'

/** The stages that a version enters by approval. */
export const APPROVED_STAGES = ['Validation', 'Staging', 'Production'] as const

export type ApprovedStage = (typeof APPROVED_STAGES)[number]

/** Who must approve a version, stage by stage. */
export type ApprovingAuthority = Readonly<Record<ApprovedStage, readonly Role[]>>

const PRODUCTION_FLOOR: Readonly<Record<Risk, readonly [Role, ...Role[]]>> = {
  Low: ['TechnicalLead'],
  Medium: ['ResponsibleAIOfficer'],
  High: ['ResponsibleAIOfficer', 'DomainLead'],
  Critical: ['ResponsibleAIOfficer', 'DomainLead', 'OversightCommittee'],
}

/**
 * The least that the policy demands (its section 5.1): the whole row of its table to enter Production, the row's
 * first role to enter Validation and Staging. The DAO may demand more, never less.
 */
export function approvalFloor(risk: Risk): ApprovingAuthority {
  const roles = PRODUCTION_FLOOR[risk]
  return { Validation: [roles[0]], Staging: [roles[0]], Production: roles }
}
