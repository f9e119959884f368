import {
  type Artifact,
  type ArtifactId,
  CollectStackTraces,
  EdrContext,
  L1_CHAIN_TYPE,
  L1Hardfork,
  l1HardforkToString,
  l1SolidityTestRunnerFactory,
  type ObservabilityConfig,
  type SuiteResult,
  type TestResult,
  TestStatus,
} from '@nomicfoundation/edr'

let context: Promise<EdrContext> | undefined

/**
 * Runs suites of Solidity tests on the machine that Hardhat uses, against exactly these artifacts.
 *
 * @param hit - Is told of each point of instrumented code that was passed.
 */
export async function runSuites(
  root: string,
  artifacts: readonly Artifact[],
  suites: readonly ArtifactId[],
  hit?: (point: number) => void,
): Promise<readonly SuiteResult[]> {
  context ??= openContext()
  const runner = await context
  const config = { ...machine, projectRoot: root, ...(hit === undefined ? {} : observed(hit)) }
  // The last result may come after the promise has settled.
  return new Promise((resolve, reject) => {
    const results: SuiteResult[] = []
    runner
      .runSolidityTests(L1_CHAIN_TYPE, [...artifacts], [...suites], config, untraced, result => {
        results.push(result)
        if (results.length === suites.length) resolve(results)
      })
      .catch(reject)
  })
}

/** The first test that failed, if one did. */
export function failureIn(results: readonly SuiteResult[]): TestResult | undefined {
  return results.flatMap(({ testResults }) => testResults).find(({ status }) => status === TestStatus.Failure)
}

/** Whether an artifact is a contract of tests that can be run. */
export function isSuite({ contract }: Artifact): boolean {
  const abi: readonly { readonly name?: string }[] = JSON.parse(contract.abi)
  return contract.bytecode !== '0x' && abi.some(({ name = '' }) => name.startsWith('test'))
}

/** As Hardhat sets it up, but for the fuzzed numbers: the same ones always, so that a mutant which lived lives again. */
const machine = {
  hardfork: l1HardforkToString(L1Hardfork.Osaka),
  disableBlockGasLimit: true,
  disableTransactionGasCap: true,
  collectStackTraces: CollectStackTraces.OnFailure,
  fuzz: { seed: '0x7727', runs: 64 },
}

/** Nobody reads how a test failed, only that it did. */
const untraced = { buildInfos: [], ignoreContracts: true }

function observed(hit: (point: number) => void): { readonly observability: ObservabilityConfig } {
  const onCollectedCoverageCallback = async (points: Uint8Array[]) => {
    for (const point of points) hit(Buffer.from(point).readUInt32BE(point.length - 4))
  }
  return { observability: { codeCoverage: { onCollectedCoverageCallback } } }
}

async function openContext(): Promise<EdrContext> {
  const opened = new EdrContext()
  await opened.registerSolidityTestRunnerFactory(L1_CHAIN_TYPE, l1SolidityTestRunnerFactory())
  return opened
}
