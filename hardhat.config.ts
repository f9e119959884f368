import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ignition from '@nomicfoundation/hardhat-ignition'
import { defineConfig } from 'hardhat/config'
import type { SolidityBuildProfileConfig, SolidityCompilerConfig } from 'hardhat/types/config'
import type { HardhatPlugin } from 'hardhat/types/plugins'

/** The compiler comes from npm, so that a build needs no download of its own. */
const compiler = {
  version: '0.8.37',
  path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
}

/** What is tested is what is deployed: one set of settings, everywhere. */
export const settings = {
  viaIR: true,
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
}

const tests = 'test/contracts'

/** From which number chance starts in fuzz and invariant runs. Without one it is the same for everybody. */
const seed = process.env['KEDGE_SEED']

/**
 * How often chance is asked: each fuzz test so many times, each invariant in so many runs of so many acts. No act may
 * revert: it tries, and says what it found.
 */
const chance = (fuzzRuns: number, runs: number, depth: number) => ({
  // For the test that what the tests fetch by name is the code of the snapshots.
  fsPermissions: { readFile: ['snapshots/code.json'] },
  fuzz: { runs: fuzzRuns, ...(seed === undefined ? {} : { seed }) },
  invariant: {
    runs,
    depth,
    failOnRevert: true,
    includeStorage: false,
    includePushBytes: false,
    // A failure is told sooner so, by a life that may be longer than it need be.
    shrinkRunLimit: 200,
  },
})

/**
 * The Solidity tests themselves are compiled without the optimiser, in seconds. They fetch the contracts that they test
 * by name from the build, so what they test is still what is deployed. Hardhat compiles files together only where they
 * share one and the same configuration object, which no user configuration can say: hence a hook.
 */
const testCompiler: HardhatPlugin = {
  id: 'kedge:test-compiler',
  hookHandlers: {
    config: async () => ({
      default: async () => ({
        async resolveUserConfig(user, resolveVariable, next) {
          const resolved = await next(user, resolveVariable)
          const { compilers, overrides } = resolved.solidity.profiles['default'] as SolidityBuildProfileConfig
          const [deployed] = compilers as [SolidityCompilerConfig]
          const plain = {
            ...deployed,
            settings: { ...deployed.settings, viaIR: false, optimizer: { enabled: false } },
          }
          for (const file of readdirSync(new URL(tests, import.meta.url), {
            recursive: true,
            encoding: 'utf8',
          }))
            if (file.endsWith('.sol')) overrides[`${tests}/${file.replaceAll('\\', '/')}`] = plain
          return resolved
        },
      }),
    }),
  },
}

export default defineConfig({
  plugins: [ignition, testCompiler],
  test: { solidity: { profiles: { default: chance(1_000, 256, 64), deep: chance(10_000, 1_000, 128) } } },
  paths: { tests: { solidity: tests }, ignition: './scripts/deployment' },
  solidity: {
    npmFilesToBuild: [
      '@openzeppelin/contracts/governance/TimelockController.sol',
      '@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol',
    ],
    splitTestsCompilation: true,
    profiles: {
      default: { compilers: [{ ...compiler, settings }] },
      production: { compilers: [{ ...compiler, settings }] },
    },
  },
})
