import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProgram } from './program.ts'
import { run } from './run.ts'

const commands = [
  'digest',
  'manifest',
  'document',
  'register',
  'promote',
  'rollback',
  'withdraw',
  'halt',
  'resume',
  'carry',
  'act',
  'rotate',
  'recover',
  'sign-off',
  'propose',
  'vote',
  'execute',
  'status',
  'history',
  'verify',
  'proposals',
  'proposal',
  'trust init',
  'trust fingerprint',
  'upload',
]

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Every command that does something, by the words that call it. */
function commandsOf(parent: Command, before = ''): readonly (readonly [name: string, Command])[] {
  return parent.commands.flatMap(command => {
    const name = `${before}${command.name()}`
    return command.commands.length === 0 ? [[name, command] as const] : commandsOf(command, `${name} `)
  })
}

const commandCalled = (program: Command, name: string) => new Map(commandsOf(program)).get(name)

/** What `--help` prints. */
function helpOf(name: string): string {
  let text = ''
  const command = commandCalled(createProgram(), name)
  command?.configureOutput({
    writeOut: part => {
      text += part
    },
  })
  command?.outputHelp()
  return text
}

/** The words of a command line, as a shell splits them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/** What is done for a command line: which command, if commander accepts every word of it. */
async function accepted(words: readonly string[]): Promise<string | undefined> {
  let done: string | undefined
  const program = createProgram()
  for (const [name, command] of commandsOf(program)) {
    command.action(() => {
      done = name
    })
  }
  await program.parseAsync(['node', ...words])
  return done
}

/** What a run prints on stdout and stderr, and its exit code. */
async function captured(...args: readonly string[]) {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((part, ...rest) => {
      texts[name] += part
      for (const callback of rest) if (typeof callback === 'function') callback()
      return true
    })
  }
  const code = await run(['node', 'kedge', ...args])
  vi.restoreAllMocks()
  return { code, ...texts }
}

describe('the program', () => {
  it('has the commands that it should have, and no other', () => {
    const names = commandsOf(createProgram()).map(([name]) => name)
    expect(names.toSorted()).toEqual(commands.toSorted())
  })

  it.each(commands)('%s: its help holds an example, and each example is accepted', async name => {
    const help = helpOf(name)
    const examples = help
      .split('\n')
      .filter(line => line.startsWith('  $ '))
      .map(line => line.slice(4))
    expect(examples.some(line => `${line} `.startsWith(`kedge ${name} `))).toBe(true)
    for (const line of examples) expect(`${line} `).toContain(`kedge ${await accepted(wordsOf(line))} `)
  })

  it('takes every command line of the guide for members', async () => {
    const guide = readFileSync(new URL('../../docs/members.md', import.meta.url), 'utf8')
    const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
    const lines = blocks.flatMap(block => block.match(/\bkedge [a-z][^|)\n]*/g) ?? [])
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) {
      // A command that is only asked for its help takes no more words.
      const words = wordsOf(line)
      const name = line.endsWith(' --help') ? words[1] : await accepted(words)
      expect(commands).toContain(name)
      expect(`${line} `).toContain(`kedge ${name} `)
    }
  })

  it.each(commands)('%s: it takes --json', async name => {
    expect(commandCalled(createProgram(), name)?.options.map(({ long }) => long)).toContain('--json')
  })

  it('says its version, although commands have a --version of their own', async () => {
    expect(await captured('--version')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
    const id = `0x${'1f'.repeat(32)}`
    expect(await accepted(['kedge', 'verify', 'd', '--model', 'm', '--version', id])).toBe('verify')
  })

  it('shows its help when it is given no command, as a usage error', async () => {
    expect(await captured()).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: kedge/) })
    expect(await captured('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Exit codes: 0 allowed/),
    })
  })

  const brake = ['--model', 'm', '--reason', 'r.json', '--authority', 'ResponsibleAIOfficer']
  it.each<[readonly string[], string]>([
    [['bogus'], "unknown command 'bogus'"],
    [['digest'], "missing required argument 'directory'"],
    [['digest', 'd', '--modle', 'm'], "unknown option '--modle' (Did you mean --model?)"],
    [['manifest', 'd', '--fields', 'f'], "required option '--model <name>' not specified"],
    [['manifest', 'd', '--fields', 'f', '--model', ''], 'It must be the name itself, in one line'],
    [
      ['document', 'letter', '--out', 'o', '--text', 't'],
      "argument value 'letter' is invalid for argument 'kind'. Allowed choices are evidence",
    ],
    [
      ['document', 'reason', '--out', 'o', '--text', 't', '--person', '0x12'],
      "option '--person <id...>' argument '0x12' is invalid",
    ],
    [
      ['promote', 'd', '--stage', 'Retired'],
      "option '--stage <stage>' argument 'Retired' is invalid. Allowed choices are Validation, Staging, Production.",
    ],
    [
      ['promote', 'd', '--stage', 'Staging', '--evidence', '0x12'],
      "option '--evidence <file>' argument '0x12' is invalid. It must be 0x and 64 hex digits.",
    ],
    [['sign-off', 'v', '--days', '0'], 'It must be a whole number of days from 1 to 365.'],
    [['sign-off', 'v', '--days', '-3'], 'It must be a whole number of days from 1 to 365.'],
    [['sign-off', 'v', '--days', '2.5'], 'It must be a whole number of days from 1 to 365.'],
    [['sign-off', 'v', '--days', '366'], 'It must be a whole number of days from 1 to 365.'],
    [
      ['sign-off', 'v', '--role', 'Chief'],
      "option '--role <role>' argument 'Chief' is invalid. Allowed choices are TechnicalLead",
    ],
    [
      ['rollback', ...brake, '--trigger', 'Mood'],
      "option '--trigger <trigger>' argument 'Mood' is invalid. Allowed choices are SafetyRisk",
    ],
    [
      ['rollback', ...brake, '--trigger', 'Incident', '--to', 'latest'],
      'It must be a label such as 5.1.2, or a version id',
    ],
    [
      ['rollback', ...brake, '--trigger', 'Incident', '--to', '0x12'],
      "option '--to <version>' argument '0x12' is invalid",
    ],
    [['rollback', ...brake, '--trigger', 'Incident'], "required option '--to <version>' not specified"],
    [['halt', ...brake], "required option '--trigger <trigger>' not specified"],
    [
      ['propose', 'parliament', '--title', 't', '--calls', 'c'],
      'Allowed choices are assembly, oversight, emergency.',
    ],
    [['propose', 'emergency', '--title', ' ', '--calls', 'c'], 'It must be one line that is not empty.'],
    [['vote', 'emergency', '7', 'Perhaps'], 'Allowed choices are Against, For, Abstain.'],
    [['status', '--model', '0x12'], 'It must be 0x and 64 hex digits.'],
    [
      ['status', '--model', 'm', '--rpc', 'ftp://x'],
      "option '--rpc <url>' argument 'ftp://x' is invalid. It must be a URL that begins with http:// or https://.",
    ],
    [['history', '--subject', '0x12'], 'It must be 0x and 64 hex digits.'],
    [['verify', 'd', '--model', 'm', '--version', '6.0.0'], 'It must be 0x and 64 hex digits.'],
    [['verify', 'd', '--model', 'm'], 'whom to trust? Give --trust'],
    [
      ['status', '--model', 'm', '--rpc', 'http://x'],
      'no deployment: give --deployment or set KEDGE_DEPLOYMENT',
    ],
    [
      ['halt', '--model', 'm', '--reason', 'r', '--trigger', 'Incident', '--authority', 'Assembly'],
      'the Assembly acts through a proposal, not by a key',
    ],
  ])('refuses %j in a sentence, and with --json in one object too', async (args, message) => {
    const { code, stdout, stderr } = await captured(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^USAGE: .+\n( {2}.+\n)+$/)
    const machine = await captured(...args, '--json')
    expect(machine.code).toBe(2)
    expect(machine.stdout).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(machine.stdout)).toEqual({
      error: {
        code: 'USAGE',
        class: 'usage',
        message: expect.stringContaining(message),
        facts: expect.anything(),
        remedy: expect.stringMatching(/\.$/),
      },
    })
  })

  it('names the variable in which a wrong value stands', async () => {
    vi.stubEnv('KEDGE_RPC_URL', 'localhost')
    expect(await captured('status', '--model', 'm')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "option '--rpc <url>' value 'localhost' from env 'KEDGE_RPC_URL' is invalid",
      ),
    })
  })

  it('counts what nobody foresaw as "could not tell"', async () => {
    vi.spyOn(Command.prototype, 'parseAsync').mockRejectedValue(new TypeError('oops'))
    expect(await captured('history', '--json')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(
        '"error":{"code":"UNEXPECTED","class":"could-not-tell","message":"oops"',
      ),
      stderr: expect.stringMatching(/^UNEXPECTED: oops\n/),
    })
  })
})
