/** The words of the policy, in the order of the contracts' enums: the index is the number on the chain. */

export const risks = ['Low', 'Medium', 'High', 'Critical'] as const
export type Risk = (typeof risks)[number]

export const stages = ['None', 'Development', 'Validation', 'Staging', 'Production', 'Retired'] as const
export type Stage = (typeof stages)[number]

export const roles = [
  'None',
  'TechnicalLead',
  'ResponsibleAIOfficer',
  'DomainLead',
  'OversightCommittee',
  'SystemOperator',
  'EmergencyCommittee',
  'ModelDeveloper',
  'Monitor',
  'TrainingOfficer',
  'Auditor',
  'Assembly',
] as const
export type Role = (typeof roles)[number]

export const triggers = [
  'None',
  'SafetyRisk',
  'PerformanceRegression',
  'DriftOrIntegrity',
  'Directive',
  'Incident',
] as const
export type Trigger = (typeof triggers)[number]

export const actions = [
  'Genesis',
  'ModelCreated',
  'SchemaAdded',
  'SchemasRequired',
  'DeveloperSet',
  'ModelSuspended',
  'ModelReinstated',
  'Registered',
  'SignedOff',
  'RiskRaised',
  'Promoted',
  'Activated',
  'RolledBack',
  'Overruled',
  'Withdrawn',
  'Retired',
  'Halted',
  'Resumed',
  'Lapsed',
  'TriggerReported',
  'IncidentClosed',
  'Appointed',
  'RolesChanged',
  'DomainSet',
  'Certified',
  'Suspended',
  'Reinstated',
  'Rotated',
  'EnvironmentAdded',
  'EpochConsented',
  'EpochStarted',
  'ReviewRecorded',
  'ReviewPulled',
] as const
export type Action = (typeof actions)[number]
