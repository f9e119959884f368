/** A finding, as far as it is looked at here. */
export interface Finding {
  readonly check: string
  readonly description: string
  readonly elements: readonly Element[]
}

interface Element {
  readonly type: string
  readonly name: string
  readonly type_specific_fields?: { readonly parent?: Element | null }
}

/** Why findings of one detector in one place are none, or all of one detector where the place is `*`. */
export interface Triage {
  readonly check: string
  readonly where: string
  readonly because: string
}

/** The contract and function that a finding is about, without lines, which move. */
export function placeOf({ elements }: Finding): string {
  const [first] = elements
  if (first === undefined) return ''
  return nameOf(first)
}

/** What no reason covers, and the reasons that cover nothing: either is a fault. */
export function untriaged(
  findings: readonly Finding[],
  triage: readonly Triage[],
): { readonly open: readonly Finding[]; readonly idle: readonly Triage[] } {
  const covers = ({ check, where }: Triage, finding: Finding) =>
    check === finding.check && (where === '*' || where === placeOf(finding))
  return {
    open: findings.filter(finding => !triage.some(reason => covers(reason, finding))),
    idle: triage.filter(reason => !findings.some(finding => covers(reason, finding))),
  }
}

/** `Contract.function`, `Contract.function.variable`; a file does not count. */
function nameOf({ type, name, type_specific_fields }: Element): string {
  const parent = type_specific_fields?.parent
  if (parent === undefined || parent === null || type === 'contract') return name
  const above = ['contract', 'function'].includes(parent.type) ? `${nameOf(parent)}.` : ''
  return type === 'node' ? nameOf(parent) : `${above}${name}`
}
