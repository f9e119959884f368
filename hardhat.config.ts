import { fileURLToPath } from 'node:url'
import ignition from '@nomicfoundation/hardhat-ignition'
import { configVariable, defineConfig } from 'hardhat/config'

/** The compiler comes from npm, so that a build needs no download of its own. */
const compiler = {
  version: '0.8.37',
  path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
}

/** What is tested is what is deployed: one set of settings, everywhere. */
const settings = {
  viaIR: true,
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 20 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
}

export default defineConfig({
  plugins: [ignition],
  paths: { tests: { solidity: './test/contracts' }, ignition: './scripts/deployment' },
  solidity: {
    npmFilesToBuild: ['@openzeppelin/contracts/governance/TimelockController.sol'],
    profiles: {
      default: { compilers: [{ ...compiler, settings }] },
      production: { compilers: [{ ...compiler, settings }] },
      /** For the edit loop only: seconds instead of most of a minute. */
      quick: { compilers: [{ ...compiler, settings: { ...settings, viaIR: false } }] },
    },
  },
  networks: {
    /** A chain reached over `KEDGE_RPC_URL`, deployed to by the key in `KEDGE_DEPLOYER_KEY`. */
    remote: {
      type: 'http',
      chainType: 'l1',
      url: configVariable('KEDGE_RPC_URL'),
      accounts: [configVariable('KEDGE_DEPLOYER_KEY')],
    },
  },
})
