import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  evaluatePrompt,
  laterCases,
  type PromptVersion,
  promptVersions,
  releaseCases,
  render,
  writePromptArtifact,
} from '../../scripts/models/prompt.ts'

let room: string

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'kedge-prompt-'))
})

afterAll(async () => {
  await rm(room, { recursive: true, force: true })
})

describe('the prompt', () => {
  it.each(promptVersions)('passed its release as version %s', async version => {
    expect(await evaluatePrompt(version, releaseCases)).toMatchObject({ result: 'PASSED', failedCases: 0 })
  })

  it('fails a later case as version 2, and not as version 1', async () => {
    expect((await evaluatePrompt('1', laterCases)).result).toBe('PASSED')
    const second = await evaluatePrompt('2', laterCases)
    expect(second.result).toBe('FAILED')
    expect(second.cases[0]?.problems).toEqual([
      'the variable callback_window is not filled in the rendered text',
    ])
  })

  it('is checked for missing, unknown and overlong values, and for its length', async () => {
    const values = { caller: 'x'.repeat(61), channel: 'post', summary: 'y'.repeat(900), colour: 'red' }
    const { cases } = await evaluatePrompt('1', [{ name: 'bad', values }])
    expect(cases[0]?.problems).toEqual([
      'the required variable urgency has no value',
      'the value of caller is too long',
      'the value of summary is too long',
      'colour is no variable of the schema',
      'the variable urgency is not filled in the rendered text',
      expect.stringMatching(/^\d+ characters are too many$/),
    ])
  })

  it('says which template is missing', async () => {
    await expect(evaluatePrompt('3' as PromptVersion, [])).rejects.toThrow('triage-note-3.md cannot be read')
  })
})

describe('rendering', () => {
  it('fills variables, drops what is optional, and leaves braces in values alone', () => {
    const template = 'a {{x}}\n{{?y}}\nb {{y}}\n{{/y}}\nc\n'
    expect(render(template, { x: '{{y}}' })).toEqual({ text: 'a {{y}}\nc\n', unfilled: [] })
    expect(render(template, { x: '1', y: '2' })).toEqual({ text: 'a 1\nb 2\nc\n', unfilled: [] })
    expect(render('{{x}}', {})).toEqual({ text: '{{x}}', unfilled: ['x'] })
  })
})

describe('the artifact of a prompt', () => {
  it('is the same tree when it is written again', async () => {
    const first = await writePromptArtifact('1', join(room, '1'))
    const again = await writePromptArtifact('1', join(room, '1-again'))
    expect(again.files).toEqual(first.files)
    expect(first.files.map(({ path, kind }) => `${kind}: ${path}`)).toMatchInlineSnapshot(`
      [
        "prompts: LICENSE",
        "benchmarks: evaluation/criteria.json",
        "metrics: evaluation/results.json",
        "prompts: prompts/triage-note.md",
        "prompts: schema.json",
      ]
    `)
    expect(await readFile(join(first.directory, 'prompts/triage-note.md'), 'utf8')).toContain('{{summary}}')
  })

  it('keeps its schema from version to version', async () => {
    const first = await writePromptArtifact('1', join(room, 'a'))
    const second = await writePromptArtifact('2', join(room, 'b'))
    const schemaOf = ({ files }: typeof first) => files.find(({ path }) => path === 'schema.json')
    expect(schemaOf(second)).toEqual(schemaOf(first))
    expect(second.evaluation.templateSha256).not.toBe(first.evaluation.templateSha256)
  })
})
