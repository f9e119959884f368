// Runs a task of this repository on a machine that has nothing but some Node >= 20 and npm: finds or gets the Node
// named in .node-version, installs what package-lock.json names, compiles the contracts, then starts the task.
// Plain JavaScript without dependencies: it must run before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'

/** Each task is a program of this repository; `bare` ones need no compiled contracts. */
const tasks = {
  start: { program: 'scripts/start.ts' },
  demo: { program: 'scripts/demo.ts' },
  test: { program: 'scripts/test.ts' },
  coverage: { program: 'scripts/coverage/main.ts', bare: true },
  mutation: { program: 'scripts/mutation/main.ts', bare: true },
  slither: { program: 'scripts/analysis/slither.ts', bare: true },
  check: { program: 'scripts/check.ts' },
  format: { program: 'scripts/format.ts', bare: true },
  build: { program: 'scripts/build/sdk.ts' },
  deploy: { program: 'scripts/deploy.ts' },
  'deployment:check': { program: 'scripts/checkDeployment.ts' },
  relay: { program: 'services/relay/main.ts' },
  kedge: { program: 'sdk/cli/main.ts' },
  'bench:gas': { program: 'scripts/bench/gas.ts' },
  snapshots: { program: 'scripts/snapshots/write.ts' },
}

const [name, ...rest] = process.argv.slice(2)
const task = tasks[name]
if (task === undefined) fail(`usage: npm run <${Object.keys(tasks).join('|')}> [-- arguments]`)

const node = await findNode()
await install(node)
if (!task.bare) await compile(node)
if (task.program !== undefined) await start(node, [join(root, task.program), ...rest])

/** The Node that runs everything else: this one if it is new enough, otherwise the one from npm. */
async function findNode() {
  const wanted = readFileSync(join(root, '.node-version'), 'utf8').trim()
  const major = version => Number(version.split('.')[0])
  if (major(process.versions.node) >= major(wanted)) return process.execPath
  const memory = join(root, '.kedge', 'node')
  if (existsSync(memory)) {
    const known = readFileSync(memory, 'utf8').trim()
    if (spawnSync(known, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${wanted}`) return known
  }
  const found = await work(
    `this is Node ${process.versions.node}; getting Node ${wanted} from npm (once)`,
    'npm',
    ['exec', '--yes', `--package=node@${wanted}`, '--', 'node', '-p', 'process.execPath'],
    { cwd: dirname(root), shell: windows },
  )
  const path = found.stdout.trim().split('\n').at(-1) ?? ''
  if (found.code !== 0 || !existsSync(path)) {
    fail(
      `${found.stderr}\nNode ${wanted} could not be had from npm. Check that npm is installed and reaches its registry, ` +
        `or install Node ${wanted} yourself and try again.`,
    )
  }
  mkdirSync(dirname(memory), { recursive: true })
  writeFileSync(memory, `${path}\n`)
  return path
}

/** Installs exactly what the lockfile names, once per lockfile. The mark is written last: a broken run is repeated. */
async function install(node) {
  const mark = join(root, 'node_modules', '.kedge-installed')
  const wanted = digest([join(root, 'package-lock.json')])
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted && nestedPackages().every(existsSync)) return
  const done = await work(
    'installing what package-lock.json names (some minutes the first time)',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, env: environment(node), shell: windows },
  )
  if (done.code !== 0) {
    fail(
      `${done.stderr}\nThe installation failed, see above. Check the disk space and that npm reaches its registry, then try again.`,
    )
  }
  writeFileSync(mark, wanted)
}

/** Where packages lie that a workspace has in another version than the others: not below the mark. */
function nestedPackages() {
  const { packages = {} } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.keys(packages)
    .filter(path => !path.startsWith('node_modules/') && path.includes('/node_modules/'))
    .map(path => join(root, path))
}

/** Compiles the contracts and writes their ABIs for the SDK, once per state of the sources. */
async function compile(node) {
  const mark = join(root, 'artifacts', '.kedge-compiled')
  const wanted = digest([
    join(root, 'package-lock.json'),
    join(root, 'hardhat.config.ts'),
    join(root, 'scripts', 'build', 'abi.ts'),
    ...filesBelow(join(root, 'contracts')),
  ])
  if (
    existsSync(mark) &&
    existsSync(join(root, 'sdk', 'chain', 'abi')) &&
    readFileSync(mark, 'utf8') === wanted
  ) {
    return
  }
  const hardhat = join(root, 'node_modules', 'hardhat', 'dist', 'src', 'cli.js')
  for (const [what, ...program] of [
    ['compiling the contracts (about half a minute)', hardhat, 'build', '--no-tests'],
    ['writing their ABIs', join(root, 'scripts', 'build', 'abi.ts')],
  ]) {
    const done = await work(what, node, program, { cwd: root, env: environment(node) })
    if (done.code !== 0) fail(`${done.stdout}${done.stderr}\nThe contracts did not compile, see above.`)
  }
  writeFileSync(mark, wanted)
}

/**
 * Runs a program that may take minutes, and shows that it is alive: on a terminal by a line that counts the seconds,
 * elsewhere by a line every ten seconds. An interruption is passed on, and ends us when the program has ended.
 */
async function work(what, program, args, options) {
  const terminal = process.stderr.isTTY
  const begun = Date.now()
  const seconds = () => Math.round((Date.now() - begun) / 1000)
  if (!terminal) say(what)
  const show = () => process.stderr.write(`\rkedge: ${what} … ${seconds()} s`)
  if (terminal) show()
  const timer = terminal
    ? setInterval(show, 1000)
    : setInterval(() => say(`still ${what.replace(/ \(.*/, '')}, ${seconds()} s`), 10_000)
  let stopped
  const stop = signal => {
    stopped = signal
    child.kill(signal)
  }
  // Before it runs: an interruption in between would end us alone.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', text => {
      printed[stream] += text
    })
  }
  const code = await new Promise(done => {
    child.once('error', error => {
      printed.stderr += error.message
      done(null)
    })
    child.once('close', done)
  })
  clearInterval(timer)
  if (terminal) process.stderr.write('\n')
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop)
  if (stopped !== undefined) {
    say('stopped; the next run does it again')
    process.exit(128 + constants.signals[stopped])
  }
  return { code, ...printed }
}

/** Hands over to the task: its exit code is ours, and so are the signals. */
async function start(node, program) {
  const child = spawn(
    node,
    ['--conditions=@kedge/source', '--disable-warning=ExperimentalWarning', ...program],
    {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env: environment(node),
      stdio: 'inherit',
    },
  )
  // A terminal sends Ctrl-C to the whole group; the task ends itself, and we follow it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code, signal] = await new Promise(done => {
    child.once('error', error => fail(error.message))
    child.once('exit', (...ending) => done(ending))
  })
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
}

function environment(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, KEDGE_ROOT: root }
}

function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(`${path.slice(root.length)}\0`).update(readFileSync(path))
  return hash.digest('hex')
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted()
}

function say(message) {
  process.stderr.write(`kedge: ${message}\n`)
}

function fail(message) {
  process.stderr.write(`kedge: ${message}\n`)
  process.exit(2)
}
