import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Artifact } from './artifact.ts'
import { jsonText } from './json.ts'
import type { Schema } from './run.ts'
import { writeTree } from './writeTree.ts'

/** The versions of the prompt: the second is shorter, and fails when a caller cannot be called back. */
export const promptVersions = ['1', '2'] as const

/** One of {@link promptVersions}. */
export type PromptVersion = (typeof promptVersions)[number]

/** The values for the variables of a template. One that is left out has no value. */
export type Values = Readonly<Record<string, string>>

/** A case that a prompt is tried with. */
export interface PromptCase {
  readonly name: string
  readonly values: Values
}

/** What the check of one case found. */
export interface CaseResult {
  readonly name: string
  readonly characters: number
  readonly sha256: string
  readonly problems: readonly string[]
  readonly passed: boolean
}

/** The documented result of trying a prompt: `evaluation/results.json`. */
export interface PromptEvaluation {
  readonly version: string
  readonly templateSha256: string
  readonly cases: readonly CaseResult[]
  readonly passedCases: number
  readonly failedCases: number
  readonly result: 'PASSED' | 'FAILED'
}

interface Variable {
  readonly name: string
  readonly required: boolean
  readonly maximumCharacters: number
}

/** The interface of the prompt: both versions promise to take the same. */
const variables: readonly Variable[] = [
  { name: 'caller', required: true, maximumCharacters: 60 },
  { name: 'channel', required: true, maximumCharacters: 20 },
  { name: 'urgency', required: true, maximumCharacters: 20 },
  { name: 'summary', required: true, maximumCharacters: 400 },
  { name: 'callback_window', required: false, maximumCharacters: 60 },
]

const minimumCharacters = 150
const maximumCharacters = 1000

/** The cases both versions were released with. All of them have a caller who can be called back. */
export const releaseCases: readonly PromptCase[] = [
  {
    name: 'routine-question',
    values: {
      caller: 'Amira Haddad',
      channel: 'telephone',
      urgency: 'low',
      summary: 'Asks whether the clinic opens on Saturday and where to park.',
      callback_window: 'after 17:00 today',
    },
  },
  {
    name: 'worsening',
    values: {
      caller: 'Jonas Weber',
      channel: 'web form',
      urgency: 'high',
      summary: 'Fever for three days, now short of breath when climbing stairs. Has taken paracetamol twice.',
      callback_window: 'at any time',
    },
  },
  {
    name: 'braces-in-the-text',
    values: {
      caller: 'Mei Lin',
      channel: 'e-mail',
      urgency: 'medium',
      summary: 'Quotes a message of the portal: "error {{code}}". Could not book an appointment.',
      callback_window: 'between 9:00 and 11:00',
    },
  },
]

/** What came up after the release: a caller who left no time to call back, which the schema allows. */
export const laterCases: readonly PromptCase[] = [
  {
    name: 'no-callback',
    values: {
      caller: 'withheld',
      channel: 'telephone',
      urgency: 'medium',
      summary:
        'Chest pain last week, none today. Does not want to be called back and will ring again tomorrow.',
    },
  },
]

/**
 * Tries a version and writes its artifact. The same version gives the same bytes.
 *
 * @param directory - Must not exist, or be empty.
 */
export async function writePromptArtifact(
  version: PromptVersion,
  directory: string,
): Promise<Artifact<PromptEvaluation>> {
  const template = await readTemplate(version)
  const evaluation = await evaluatePrompt(version, releaseCases)
  const criteria = { cases: releaseCases, checks, maximumCharacters, minimumCharacters }
  const license = 'SPDX-License-Identifier: Apache-2.0\n'
  const files = await writeTree(directory, [
    { path: 'prompts/triage-note.md', kind: 'prompts', content: template },
    { path: 'schema.json', kind: 'prompts', content: jsonText({ ...promptSchema, variables }) },
    { path: 'LICENSE', kind: 'prompts', content: license },
    { path: 'evaluation/criteria.json', kind: 'benchmarks', content: jsonText(criteria) },
    { path: 'evaluation/results.json', kind: 'metrics', content: jsonText(evaluation) },
  ])
  return { directory, schema: promptSchema, evaluation, files }
}

/** The variables as inputs and the text as output: the same form as any other model's schema. */
export const promptSchema: Schema = {
  inputs: variables.map(({ name }) => ({ name, type: 'string', shape: [] })),
  outputs: [{ name: 'text', type: 'string', shape: [] }],
}

/**
 * Renders a version with each case and checks what comes out.
 *
 * @example
 * ```ts
 * const { result } = await evaluatePrompt('2', laterCases) // 'FAILED'
 * ```
 */
export async function evaluatePrompt(
  version: PromptVersion,
  cases: readonly PromptCase[],
): Promise<PromptEvaluation> {
  const template = await readTemplate(version)
  const results = cases.map(one => checkCase(template, one))
  const passedCases = results.filter(({ passed }) => passed).length
  return {
    version,
    templateSha256: sha256(template),
    cases: results,
    passedCases,
    failedCases: results.length - passedCases,
    result: passedCases === results.length ? 'PASSED' : 'FAILED',
  }
}

const checks = [
  'Every value of the case belongs to a variable of the schema and is no longer than it allows.',
  'Every required variable has a value.',
  'The template uses every variable of the schema, and no other.',
  'Every variable that the rendering reaches has a value.',
  'The rendered text is neither too short nor too long.',
] as const

function checkCase(template: string, { name, values }: PromptCase): CaseResult {
  const { text, unfilled } = render(template, values)
  const problems = [
    ...problemsOfValues(values),
    ...problemsOfTemplate(template),
    ...unfilled.map(variable => `the variable ${variable} is not filled in the rendered text`),
  ]
  const characters = text.length
  if (characters < minimumCharacters) problems.push(`${characters} characters are too few`)
  if (characters > maximumCharacters) problems.push(`${characters} characters are too many`)
  return { name, characters, sha256: sha256(text), problems, passed: problems.length === 0 }
}

function problemsOfValues(values: Values): readonly string[] {
  const missing = variables
    .filter(({ name, required }) => required && values[name] === undefined)
    .map(({ name }) => `the required variable ${name} has no value`)
  const wrong = Object.entries(values).flatMap(([name, value]) => {
    const variable = variables.find(known => known.name === name)
    if (variable === undefined) return [`${name} is no variable of the schema`]
    return value.length > variable.maximumCharacters ? [`the value of ${name} is too long`] : []
  })
  return [...missing, ...wrong]
}

function problemsOfTemplate(template: string): readonly string[] {
  const used = new Set(Array.from(template.matchAll(/\{\{([a-z_]+)\}\}/g), ([, name]) => name ?? ''))
  const known = new Set(variables.map(({ name }) => name))
  return [
    ...[...known]
      .filter(name => !used.has(name))
      .map(name => `the template does not use the variable ${name}`),
    ...[...used]
      .filter(name => !known.has(name))
      .map(name => `the template uses ${name}, which the schema does not have`),
  ]
}

/**
 * Renders a template: `{{name}}` becomes the value, and `{{?name}}…{{/name}}`, on lines of their own, stays only when
 * there is a value. A variable without a value stays as it is, as in most template engines, and is reported.
 *
 * @returns The text, and the variables that it needed and did not get.
 */
export function render(
  template: string,
  values: Values,
): { readonly text: string; readonly unfilled: readonly string[] } {
  const kept = template.replace(
    /\{\{\?([a-z_]+)\}\}\n([\s\S]*?)\{\{\/\1\}\}\n/g,
    (_, name: string, block: string) => (values[name] === undefined ? '' : block),
  )
  const unfilled: string[] = []
  // In one pass, so that braces within a value are text and never a variable.
  const text = kept.replace(/\{\{([a-z_]+)\}\}/g, (placeholder, name: string) => {
    const value = values[name]
    if (value === undefined) unfilled.push(name)
    return value ?? placeholder
  })
  return { text, unfilled }
}

async function readTemplate(version: PromptVersion): Promise<string> {
  const file = `prompts/triage-note-${version}.md`
  return readFile(new URL(file, import.meta.url), 'utf8').catch((cause: unknown) => {
    throw new Error(`The template scripts/models/${file} cannot be read`, { cause })
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
