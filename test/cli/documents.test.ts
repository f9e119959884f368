import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { digestFile } from '../../sdk/bytes/index.ts'
import { exampleFields } from '../../sdk/cli/commands/documents.ts'
import { digestOf, parseDocument, parseManifest } from '../../sdk/documents/index.ts'
import { jsonIn, kedge, outcomeOf, type RunOptions, startKedge } from './kedge.ts'

// digest, manifest, document: what needs no chain, on directories of a few bytes.

const scratch: string[] = []

afterAll(async () => {
  for (const path of scratch) await rm(path, { recursive: true, force: true })
})

const manifest = 'manifest model --model silero-vad --fields fields.json'

/** A directory of a test's own, with an artifact and the fields of its manifest. */
async function place() {
  const directory = await mkdtemp(join(tmpdir(), 'kedge-documents-'))
  scratch.push(directory)
  const at = (name: string) => join(directory, name)
  const files = {
    'model/model.onnx': 'weights',
    'model/code/run.py': 'import onnxruntime',
    'model/evaluation/criteria.json': '{}',
    'model/evaluation/results.json': '[]',
    'fields.json': JSON.stringify(exampleFields),
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true })
    await writeFile(at(path), content)
  }
  return {
    directory,
    at,
    run: (line: string, options: RunOptions = {}) => kedge(line, { directory, ...options }),
    /** What lies in the directory, but for what was put there. */
    written: async () =>
      (await readdir(directory)).filter(name => name !== 'model' && name !== 'fields.json').toSorted(),
  }
}

describe('kedge digest', () => {
  it('tells the digests of a directory', async () => {
    const { run } = await place()
    const { code, stdout, stderr } = await run('digest model')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "artifactDigest  fcb7ad139bb45b4ca2a5bbe18d372233c1e618aec68909dc2a35bef129915342
      root            1afa21fe444f6b64c9a74d71e98c433fd5b1e47de46120b282ad3d0b1ae19839
      treeCid         bafybeias3bbmzsbzohmgolubiipfilabtu56v5qctdurvu6a6onupnxjo4
      fileCount       4
      totalBytes      29
      "
    `)
  })

  it('tells those of each file in one JSON object', async () => {
    const { run } = await place()
    const outcome = await run('digest model --model silero-vad --json')
    expect(outcome.code).toBe(0)
    expect(jsonIn(outcome)).toMatchInlineSnapshot(`
      {
        "artifactDigest": "7044b4563adea8623a606ce307b4768885b2d30ae07c5cbdce1f5870d117648e",
        "fileCount": 4,
        "files": [
          {
            "cid": "bafkreigg3hjfi33fkn4zw77ao2tbuvc5yhfmlpysrcnqir2ufayqszij2u",
            "path": "code/run.py",
            "sha256": "c6d9d2546f6553799b7fe076a61a545dc1cac5bf12889b0447542831096509d5",
            "size": 18,
          },
          {
            "cid": "bafkreicecnx2gvntm6fbcrvnc336qze6st5u7qq7457igegamd3bzkx7ri",
            "path": "evaluation/criteria.json",
            "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            "size": 2,
          },
          {
            "cid": "bafkreicpkpg2ddblvigagvf3l6nd5s7f5ujkwtmocg5iopbpcelbeavziu",
            "path": "evaluation/results.json",
            "sha256": "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
            "size": 2,
          },
          {
            "cid": "bafkreie2ckidrwnablwqz5vh5iczzjikqe2esbq2xb4erty2cpvp34z3fq",
            "path": "model.onnx",
            "sha256": "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c",
            "size": 7,
          },
        ],
        "root": "1afa21fe444f6b64c9a74d71e98c433fd5b1e47de46120b282ad3d0b1ae19839",
        "totalBytes": "29",
        "treeCid": "bafybeias3bbmzsbzohmgolubiipfilabtu56v5qctdurvu6a6onupnxjo4",
      }
    `)
  })

  it.each([
    ['a directory that is not there', 'nowhere', 3, 'UNAVAILABLE'],
    ['a file', 'fields.json', 2, 'USAGE'],
  ])('refuses %s', async (_, name, code, error) => {
    const { run } = await place()
    const outcome = await run(`digest ${name} --json`)
    expect(outcome.code).toBe(code)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: error } })
  })

  it('refuses a link in the artifact', async () => {
    const { at, run } = await place()
    await symlink('model.onnx', at('model/link'))
    const outcome = await run('digest model --json')
    expect(outcome.code).toBe(1)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: 'SYMLINK', facts: { path: 'link' } } })
  })
})

describe.concurrent('kedge manifest', () => {
  it('makes documents of the fields that its help shows', async () => {
    const { at, run } = await place()
    const help = await run('manifest --help')
    await writeFile(at('fields.json'), help.stdout.slice(help.stdout.indexOf('\n{')))
    const outcome = await run(`${manifest} --json`)
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const bytes = new Uint8Array(await readFile(at('model.manifest.json')))
    const { digest, cid, manifest: content } = parseManifest(bytes)
    expect(jsonIn(outcome)).toEqual({
      manifestDigest: digest,
      manifestCid: cid,
      artifactDigest: digestOf(new Uint8Array(await readFile(at('model.artifact.json')))),
      artifact: at('model.artifact.json'),
      manifest: at('model.manifest.json'),
    })
    expect(content.artifact.fileCount).toBe('4')
  })

  it('changes nothing the second time, and replaces other documents only when told to', async () => {
    const { at, run, written } = await place()
    const first = await run(manifest)
    expect(first.code).toBe(0)
    expect(first.stdout).toContain(`artifact        ${at('model.artifact.json')}\n`)
    expect(await run(manifest)).toEqual(first)

    await writeFile(at('fields.json'), JSON.stringify({ ...exampleFields, label: '1.0.1' }))
    const refused = await run(`${manifest} --json`)
    expect(refused.code).toBe(2)
    expect(jsonIn(refused)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringMatching(/model\.manifest\.json is there already/) },
    })
    const read = async () =>
      parseManifest(new Uint8Array(await readFile(at('model.manifest.json')))).manifest.label
    expect(await read()).toBe('1.0.0')
    expect((await run(`${manifest} --overwrite`)).code).toBe(0)
    expect(await read()).toBe('1.0.1')
    expect(await written()).toEqual(['model.artifact.json', 'model.manifest.json'])
  })

  it.each<[string, object | string, number, string, RegExp]>([
    [
      'a missing field',
      { ...exampleFields, label: undefined },
      1,
      'MANIFEST_MALFORMED',
      /^fields\.json: .*: label: /,
    ],
    [
      'a wrong field',
      { ...exampleFields, label: 'one' },
      1,
      'MANIFEST_MALFORMED',
      /^fields\.json: .*: label: .*Semantic Versioning/,
    ],
    ['an unknown field', { ...exampleFields, licence: 'x' }, 1, 'MANIFEST_MALFORMED', /: licence: is not a/],
    [
      'a field that follows from the directory',
      { ...exampleFields, treeCid: 'x', artifact: {} },
      2,
      'USAGE',
      /^fields\.json holds artifact, treeCid, which follow from the directory$/,
    ],
    [
      'another digest of a file than its bytes have',
      {
        ...exampleFields,
        evaluation: {
          ...exampleFields.evaluation,
          criteria: { name: 'evaluation/criteria.json', digest: { sha256: '5a'.repeat(32) } },
        },
      },
      1,
      'MANIFEST_MISMATCH',
      /^fields\.json: .*evaluation\/criteria\.json/,
    ],
    [
      'a file of no kind',
      { ...exampleFields, kinds: { ...exampleFields.kinds, weights: { absent: 'None.' } } },
      1,
      'COVERAGE_GAP',
      /do not divide the files/,
    ],
    ['fields of another model', { ...exampleFields, model: 'other' }, 2, 'USAGE', /is for the model other/],
    ['a list', [], 2, 'USAGE', /fields\.json is not a JSON object/],
    ['half a file', '{"label": ', 2, 'USAGE', /fields\.json is not JSON/],
    ['an empty file', '', 2, 'USAGE', /fields\.json is empty/],
  ])('refuses %s', async (_, fields, code, error, message) => {
    const { at, run, written } = await place()
    await writeFile(at('fields.json'), typeof fields === 'string' ? fields : JSON.stringify(fields))
    const outcome = await run(`${manifest} --json`)
    expect(outcome.code).toBe(code)
    expect(jsonIn(outcome)).toMatchObject({ error: { code: error, message: expect.stringMatching(message) } })
    expect(await written()).toEqual([])
  })

  it('leaves nothing half written where the disk is full', async () => {
    const { at, run, written } = await place()
    const outcome = await run(`${manifest} --json`, {
      // The first document fits, the second does not.
      shell: 'ulimit -f 2; exec "$@"',
      environment: { NODE_DISABLE_COMPILE_CACHE: '1' },
    })
    expect(outcome.code).toBe(3)
    expect(jsonIn(outcome)).toMatchObject({
      error: {
        code: 'UNAVAILABLE',
        message: `${at('model.manifest.json')} cannot be written: it would be larger than allowed`,
        remedy: 'Nothing was changed. Make room, or allow writing there, then try again.',
      },
    })
    expect(await written()).toEqual([])
  })

  it('writes neither document where one cannot be written', async () => {
    const { at, run, written } = await place()
    await mkdir(at('model.manifest.json'))
    const outcome = await run(`${manifest} --json`)
    expect(outcome.code).toBe(3)
    expect(jsonIn(outcome)).toMatchObject({
      error: { message: `${at('model.manifest.json')} cannot be written: it is a directory` },
    })
    expect(await written()).toEqual(['model.manifest.json'])
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const { directory, at, written } = await place()
    const file = await open(at('model/model.onnx'), 'w')
    await file.truncate(16 * 2 ** 30)
    await file.close()
    spawnSync('mkfifo', [at('fifo')])
    const line = manifest.replace('fields.json', 'fifo')
    const child = startKedge(line, { directory })
    const ended = outcomeOf(child, line)
    // Once it has read the fields, it reads 16 GiB.
    await new Promise<void>(resolve => {
      createWriteStream(at('fifo')).end(JSON.stringify(exampleFields), resolve)
    })
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' })
    expect(await written()).toEqual(['fifo'])
  })
})

describe.concurrent('kedge document', () => {
  const test = {
    result: 'WARNED',
    configuration: [{ name: 'criteria.json', digest: { sha256: '5a'.repeat(32) } }],
    url: null,
    passedTests: ['quiet-speech'],
    warnedTests: ['rain'],
    failedTests: [],
  }

  it('writes evidence about the version in a directory', async () => {
    const { at, run } = await place()
    await run(manifest)
    await writeFile(at('results.md'), 'Rain is heard as speech now and then.')
    await writeFile(at('test.json'), JSON.stringify(test))
    await writeFile(at('log.bin'), new Uint8Array(1_500_000))
    const files = '--text results.md --test test.json --attach log.bin --out evidence.json'
    const outcome = await run(`document evidence --version model ${files} --json`)
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const { digest, cid, content } = parseDocument(new Uint8Array(await readFile(at('evidence.json'))))
    expect(jsonIn(outcome)).toEqual({ digest, cid, path: 'evidence.json' })
    const { digest: manifestDigest } = parseManifest(
      new Uint8Array(await readFile(at('model.manifest.json'))),
    )
    const { sha256, cid: logCid } = await digestFile(at('log.bin'))
    expect(logCid).toMatch(/^bafybei/)
    expect(content).toEqual({
      kind: 'evidence',
      model: 'silero-vad',
      versions: [{ label: '1.0.0', manifestDigest }],
      persons: [],
      text: 'Rain is heard as speech now and then.',
      attachments: [{ name: 'log.bin', sha256, cid: logCid }],
      test,
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  it('writes a reason about a version that is named by its digest, and about persons', async () => {
    const { at, run } = await place()
    await writeFile(at('text.md'), 'Drift.')
    const person = `0x${'AB'.repeat(32)}`
    const subject = `--model silero-vad --version 1.0.0=0x${'CD'.repeat(32)} --person ${person}`
    const outcome = await run(`document reason ${subject} --text text.md --out reason.json`)
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toMatch(/^digest {2}[0-9a-f]{64}\ncid {5}bafkrei\w+\npath {4}reason\.json\n$/)
    const { content } = parseDocument(new Uint8Array(await readFile(at('reason.json'))))
    expect(content).toMatchObject({
      versions: [{ label: '1.0.0', manifestDigest: 'cd'.repeat(32) }],
      persons: [person.toLowerCase()],
    })
  })

  it('never replaces another document unasked, since its digest may be on the chain', async () => {
    const { at, run } = await place()
    await writeFile(at('text.md'), 'Drift.')
    const line = 'document plan --model m --text text.md --out plan.json'
    expect((await run(line)).code).toBe(0)
    const before = await readFile(at('plan.json'))
    const again = await run(line)
    expect(again.code).toBe(2)
    expect(again.stderr).toMatch(/^USAGE: plan\.json is there already, with other content\n/)
    expect(await readFile(at('plan.json'))).toEqual(before)
    expect((await run(`${line} --overwrite`)).code).toBe(0)
    expect(await readFile(at('plan.json'))).not.toEqual(before)
  })

  it.each<[string, string, number, RegExp]>([
    [
      'a text that is not there',
      '--model m --text nowhere.md',
      2,
      /nowhere\.md cannot be read: it does not exist/,
    ],
    ['a directory as the text', '--model m --text model', 2, /model cannot be read: it is a directory/],
    ['a text that is not UTF-8', '--model m --text latin1.md', 2, /latin1\.md is not text in UTF-8/],
    [
      'a reason with a test',
      '--text text.md --test test.json',
      2,
      /^a reason has no test result: leave out --test$/,
    ],
    ['no subject', '--text text.md', 2, /^what is it about\? Give --model, --version or --person$/],
    ['a version without a model', `--text text.md --version 1.0.0=${'5a'.repeat(32)}`, 2, /Give --model/],
    ['half a version', '--text text.md --version 1.0.0=abc', 2, /"1\.0\.0=abc" is not label=digest/],
    ['a version without a manifest', '--text text.md --version model', 2, /no manifest beside model/],
    [
      'a device that is full',
      '--text text.md --model m --out /dev/full',
      3,
      /\/dev\/full cannot be written: the disk is full/,
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const { at, run, written } = await place()
    await writeFile(at('text.md'), 'Drift.')
    await writeFile(at('latin1.md'), new Uint8Array([0xe4, 0xf6, 0xfc]))
    await writeFile(at('test.json'), JSON.stringify(test))
    const outcome = await run(`document reason --out reason.json ${args} --json`)
    expect(outcome.code).toBe(code)
    expect(jsonIn(outcome)).toMatchObject({ error: { message: expect.stringMatching(message) } })
    expect(await written()).toEqual(['latin1.md', 'test.json', 'text.md'])
  })
})

describe.concurrent('evidence', () => {
  const subject = `--model m --version 1.0.0=${'5a'.repeat(32)} --text text.md --out evidence.json`

  it.each<[string, string, object, number, RegExp]>([
    ['no test result', subject, {}, 2, /^evidence needs a test result: give --test$/],
    [
      'no version',
      '--model m --text text.md --test test.json --out evidence.json',
      {},
      2,
      /^evidence is about a version: give --version$/,
    ],
    [
      'a test result that contradicts itself',
      `${subject} --test test.json`,
      { result: 'PASSED', warnedTests: ['rain'] },
      1,
      /^test\.json: .*: result: must be WARNED/,
    ],
    ['a wrong field', `${subject} --test test.json`, { url: 1 }, 1, /^test\.json: .*: url: /],
    [
      'a test result without tests',
      `${subject} --test test.json`,
      {},
      1,
      /^test\.json: .* at least one test/,
    ],
  ])('is refused with %s', async (_, args, changes, code, message) => {
    const { at, run, written } = await place()
    await writeFile(at('text.md'), 'Passed.')
    const test = {
      result: 'PASSED',
      configuration: [{ name: 'criteria.json', digest: { sha256: '5a'.repeat(32) } }],
      url: null,
      passedTests: [],
      warnedTests: [],
      failedTests: [],
    }
    await writeFile(at('test.json'), JSON.stringify({ ...test, ...changes }))
    const outcome = await run(`document evidence ${args} --json`)
    expect(jsonIn(outcome)).toMatchObject({ error: { message: expect.stringMatching(message) } })
    expect(outcome.code).toBe(code)
    expect(await written()).toEqual(['test.json', 'text.md'])
  })
})

describe.concurrent('standard output and standard error', () => {
  it('says that the result could not be told, when stdout is full', async () => {
    const { run } = await place()
    const { code, stderr } = await run('digest model', { shell: 'exec "$@" > /dev/full' })
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /^UNAVAILABLE: the result cannot be written to standard output: the disk is full/,
      ),
    })
  })

  it('gives the same answer when nobody listens to stderr', async () => {
    const { at, run } = await place()
    await symlink('model.onnx', at('model/link'))
    const { code, stdout } = await run('digest model --json', { shell: 'exec "$@" 2> /dev/full' })
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error: 'SYMLINK' })
  })

  it('ends quietly when its reader has seen enough', async () => {
    const { run } = await place()
    const { stderr } = await run('digest model --json', { shell: '"$@" | true' })
    expect(stderr).toBe('')
  })
})
