import { spawnSync } from 'node:child_process'
import { chmod, copyFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/**
 * Compiles the SDK and the CLI into a directory, `sdk/dist` unless told otherwise: what `npm pack` and `npm publish`
 * put into the package. Needs the ABIs that `abi.ts` writes.
 *
 * @throws Error with the compiler's complaints.
 */
export async function buildSdk(target: URL = new URL('sdk/dist/', root)): Promise<void> {
  await rm(target, { recursive: true, force: true })
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))
  const project = fileURLToPath(new URL('sdk/tsconfig.build.json', root))
  const outDir = fileURLToPath(target)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, '--project', project, '--outDir', outDir, '--pretty', 'false'],
    { encoding: 'utf8' },
  )
  if (status !== 0) {
    // Half a build must not be taken for one.
    await rm(target, { recursive: true, force: true })
    throw new Error(`the SDK did not compile:\n${stdout}${stderr}`)
  }
  await chmod(new URL('cli/main.js', target), 0o755)
  await copyFile(new URL('LICENSE', root), new URL('LICENSE', target))
}

if (import.meta.main) {
  await buildSdk()
  process.stderr.write('kedge: built sdk/dist\n')
}
