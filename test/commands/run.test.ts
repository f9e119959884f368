import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startProgram } from './program.ts'

// The task runner in a repository of its own, with an npm that writes down how it was called.

const runner = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kedge-run-'))
  await write('.node-version', process.versions.node)
  await write('package-lock.json', '{}')
  await write('hardhat.config.ts', '')
  await write('contracts/Registry.sol', '')
  await write(
    'scripts/build/abi.ts',
    "import { mkdirSync } from 'node:fs'\nmkdirSync('sdk/chain/abi', { recursive: true })\n",
  )
  await write(
    'node_modules/hardhat/dist/src/cli.js',
    compilerThat('mkdirSync("artifacts", { recursive: true })'),
  )
  await write('scripts/test.ts', 'console.log("task " + process.argv.slice(2))\n')
  await copyFile(runner, join(root, 'scripts/run.mjs'))
  await npmThat('mkdir -p node_modules')
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

const compilerThat = (act: string) =>
  `import { appendFileSync, mkdirSync } from 'node:fs'\nappendFileSync('calls', 'hardhat build\\n')\n${act}\n`

async function npmThat(act: string): Promise<void> {
  await write('bin/npm', `#!/bin/sh\necho "npm $1" >> "${root}/calls"\n${act}\n`)
  await chmod(join(root, 'bin/npm'), 0o755)
  await write('node_modules/hardhat/package.json', '{"type":"module"}')
}

function run(...args: readonly string[]) {
  return runWith({}, ...args)
}

function runWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const PATH = `${join(root, 'bin')}${delimiter}/usr/bin${delimiter}/bin`
  const command = [join(root, 'scripts/run.mjs'), ...args]
  return startProgram(process.execPath, command, { PATH, ...environment }, root)
}

const calls = async () =>
  (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1)

it('installs, compiles and runs the task with its arguments; the second time it only runs it', async () => {
  expect(await run('test', 'sdk', '--bail').ends()).toEqual({
    code: 0,
    printed: expect.stringMatching(/installing.*compiling.*task sdk,--bail\n$/s),
  })
  expect(await calls()).toEqual(['npm ci', 'hardhat build'])
  expect(await run('test').ends()).toEqual({ code: 0, printed: 'task \n' })
  expect(await calls()).toEqual(['npm ci', 'hardhat build'])
})

it('installs again when the lockfile has changed, and compiles again when a contract has', async () => {
  await run('test').ends()
  await write('contracts/Registry.sol', '// more')
  await run('test').ends()
  expect(await calls()).toEqual(['npm ci', 'hardhat build', 'hardhat build'])
  await write('package-lock.json', '{ }')
  await run('test').ends()
  expect((await calls()).slice(3)).toEqual(['npm ci', 'hardhat build'])
})

it('installs again when a workspace has lost a package of its own', async () => {
  await write('package-lock.json', '{ "packages": { "sdk/node_modules/commander": {} } }')
  await npmThat('mkdir -p node_modules sdk/node_modules/commander')
  await run('test').ends()
  await run('test').ends()
  expect(await calls()).toEqual(['npm ci', 'hardhat build'])
  await rm(join(root, 'sdk/node_modules'), { recursive: true })
  expect((await run('test').ends()).code).toBe(0)
  expect((await calls()).slice(2)).toEqual(['npm ci'])
})

it('says that the installation failed, and tries again the next time', async () => {
  await npmThat('echo "no space left" >&2; exit 1')
  const { code, printed } = await run('test').ends()
  expect({ code, printed }).toEqual({
    code: 2,
    printed: expect.stringMatching(/no space left.*nstallation failed/s),
  })
  await npmThat('mkdir -p node_modules')
  expect((await run('test').ends()).code).toBe(0)
})

it('shows that it is alive while it installs', { timeout: 30_000 }, async () => {
  await npmThat('while [ ! -e go ]; do sleep 0.1; done\nmkdir -p node_modules')
  const program = run('test')
  await program.says(/kedge: still installing what package-lock.json names, 10 s\n/)
  await write('go', '')
  expect((await program.ends()).code).toBe(0)
})

// Other systems' `script` takes other arguments.
const onLinux = it.runIf(process.platform === 'linux')
onLinux('counts the seconds on one line of a terminal while it installs', { timeout: 30_000 }, async () => {
  await npmThat('while [ ! -e go ]; do sleep 0.1; done\nmkdir -p node_modules')
  const command = `${process.execPath} ${join(root, 'scripts/run.mjs')} test`
  const PATH = `${join(root, 'bin')}${delimiter}/usr/bin${delimiter}/bin`
  const program = startProgram('script', ['-qec', command, '/dev/null'], { PATH }, root)
  await program.says(
    /… 0 s\rkedge: installing what package-lock.json names .*… 1 s\rkedge: installing .*… 2 s/,
  )
  await write('go', '')
  const { code, printed } = await program.ends()
  expect([code, printed]).toEqual([0, expect.stringMatching(/ s\r?\n(.*\r?\n)*.*task/)])
})

it('ends an installation on Ctrl-C, and repeats it the next time', async () => {
  await npmThat('trap "exit 1" INT\nwhile :; do sleep 0.1; done')
  const program = run('test')
  await program.says(/installing/)
  while (!(await calls()).includes('npm ci')) await setImmediate()
  program.process.kill('SIGINT')
  expect(await program.ends()).toEqual({
    code: 130,
    printed: expect.stringMatching(/stopped; the next run does it again\n$/),
  })
  await npmThat('mkdir -p node_modules')
  expect((await run('test').ends()).code).toBe(0)
})

it('says that the contracts did not compile, with what the compiler said', async () => {
  await write(
    'node_modules/hardhat/dist/src/cli.js',
    compilerThat('console.error("Registry.sol:7: oops"); process.exit(1)'),
  )
  const { code, printed } = await run('test').ends()
  expect({ code, printed }).toEqual({
    code: 2,
    printed: expect.stringMatching(/Registry\.sol:7: oops.*did not compile/s),
  })
})

it('gets the Node it wants from npm, remembers it, and starts the task with it', async () => {
  await write('.node-version', '99.1.0')
  const node = join(root, 'bin/node99')
  await write(
    'bin/node99',
    `#!/bin/sh\n[ "$1" = --version ] && echo v99.1.0 && exit\nexec "${process.execPath}" "$@"\n`,
  )
  await chmod(node, 0o755)
  await npmThat(`[ "$1" = exec ] && echo "${node}"\nmkdir -p node_modules`)
  const { code, printed } = await run('test').ends()
  expect({ code, printed }).toEqual({
    code: 0,
    printed: expect.stringContaining('getting Node 99.1.0 from npm'),
  })
  expect(await calls()).toEqual(['npm exec', 'npm ci', 'hardhat build'])
  expect((await run('test').ends()).printed).toBe('task \n')
  expect(await calls()).toHaveLength(3)
})

it('says what to do when that Node cannot be had', async () => {
  await write('.node-version', '99.1.0')
  await npmThat('exit 1')
  const { code, printed } = await run('test').ends()
  expect({ code, printed }).toEqual({
    code: 2,
    printed: expect.stringContaining('Node 99.1.0 could not be had from npm'),
  })
})

it('ends as its task ends', async () => {
  await write('scripts/test.ts', 'process.exit(7)\n')
  expect((await run('test').ends()).code).toBe(7)
  await write('scripts/test.ts', 'process.kill(process.pid, "SIGKILL")\n')
  expect((await run('test').ends()).code).toBe(137)
})

it('passes a termination on, and waits for the task to end itself', async () => {
  const task =
    'setInterval(() => undefined, 1000)\nprocess.on("SIGTERM", () => { console.log("saved"); process.exit(0) })\nconsole.log("up")\n'
  await write('scripts/test.ts', task)
  const program = run('test')
  await program.says(/up/)
  program.process.kill('SIGTERM')
  expect(await program.ends()).toEqual({ code: 0, printed: expect.stringContaining('saved') })
})

it('names its tasks to whoever asks for another', async () => {
  const { code, printed } = await run('tset').ends()
  expect({ code, printed }).toEqual({
    code: 2,
    printed: expect.stringMatching(/usage: npm run <start\|demo\|test/),
  })
})

it('starts a relay with the Node it wants and the environment it was given, and leaves the end to it', async () => {
  await write('.node-version', '99.1.0')
  const node = join(root, 'bin/node99')
  await write(
    'bin/node99',
    `#!/bin/sh\n[ "$1" = --version ] && echo v99.1.0 && exit\nNODE_99=yes exec "${process.execPath}" "$@"\n`,
  )
  await chmod(node, 0o755)
  await npmThat(`[ "$1" = exec ] && echo "${node}"\nmkdir -p node_modules`)
  await write(
    'services/relay/main.ts',
    'setInterval(() => undefined, 1000)\nprocess.on("SIGTERM", () => { console.log("closed"); process.exit(0) })\n' +
      'console.log("relay of Node 99:", process.env.NODE_99, "data in", process.env.KEDGE_RELAY_DATA)\n',
  )
  const program = runWith({ KEDGE_RELAY_DATA: 'store' }, 'relay')
  await program.says(/relay of Node 99: yes data in store\n/)
  expect(await calls()).toEqual(['npm exec', 'npm ci', 'hardhat build'])
  program.process.kill('SIGTERM')
  expect(await program.ends()).toEqual({ code: 0, printed: expect.stringMatching(/closed\n$/) })
})

it('has a script of npm for each task, and a program behind each', async () => {
  const repository = new URL('../../', import.meta.url)
  const { scripts } = JSON.parse(await readFile(new URL('package.json', repository), 'utf8'))
  const { printed } = await run().ends()
  const [, names = ''] = /usage: npm run <([^>]+)>/.exec(printed) ?? []
  const expected = names.split('|').map(name => [name, `node scripts/run.mjs ${name}`])
  const deep = { 'test:deep': 'node scripts/run.mjs test --deep' }
  expect(scripts).toEqual({ ...Object.fromEntries(expected), ...deep })
  const source = await readFile(runner, 'utf8')
  const programs = [...source.matchAll(/program: '([^']+)'/g)].map(([, path = '']) => path)
  expect(programs).toHaveLength(expected.length)
  for (const path of programs) await access(new URL(path, repository))
})
