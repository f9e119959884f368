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

/** The largest time that the contracts hold: a suspension until then is for good. */
export const forGood = 2 ** 40 - 1

export const modelStates = ['None', 'Open', 'Suspended', 'Moved'] as const
export type ModelState = (typeof modelStates)[number]

export const actions = [
  'Genesis',
  'ModelCreated',
  'FloorSet',
  'DeveloperSet',
  'SchemaAdded',
  'SchemasRequired',
  'MonitorSet',
  'ModelSuspended',
  'ModelReinstated',
  'ModelMoved',
  'Registered',
  'RiskRaised',
  'RiskRestored',
  'DefectRecorded',
  'Promoted',
  'Activated',
  'RolledBack',
  'Withdrawn',
  'Overruled',
  'Halted',
  'Resumed',
  'Lapsed',
  'TriggerReported',
  'IncidentClosed',
  'Retired',
  'Released',
  'Appointed',
  'RolesChanged',
  'DomainSet',
  'Certified',
  'Suspended',
  'Reinstated',
  'Sanctioned',
  'ViolationRecorded',
  'AuditAccepted',
  'Rotated',
  'RecoveryStarted',
  'RecoveryObjected',
  'Recovered',
  'EnvironmentAdded',
  'SignedOff',
  'EpochConsented',
  'EpochStarted',
  'ReviewRecorded',
  'ReviewPulled',
  'Condemned',
] as const
export type Action = (typeof actions)[number]
