import {
  type Address,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  sha256,
  size,
  slice,
  toHex,
  zeroAddress,
  zeroHash,
} from 'viem'
import type { Contract, Evm, Sample } from '../evm.ts'
import type { Measured } from './acts.ts'
import { compile } from './compile.ts'

const folder = '@ethereum-attestation-service/eas-contracts/contracts'

/** What a registration says, word for word; the parent is the attestation that this one refers to. */
const contentSchema =
  'bytes32 model,bytes32 label,bytes32 manifestDigest,bytes32 artifactDigest,bytes32 parent,uint8 schema,uint8 risk,bytes32 author'

/** The Ethereum Attestation Service: attestations that live on the chain, without a resolver. */
export async function measureEas(evm: Evm, deployer: Address, author: Address): Promise<Measured> {
  const artifacts = compile('solc-0.8.29', {
    EAS: `${folder}/EAS.sol`,
    SchemaRegistry: `${folder}/SchemaRegistry.sol`,
  })
  const schemas = await evm.deploy(deployer, artifacts.SchemaRegistry, [])
  const eas = await evm.deploy(deployer, artifacts.EAS, [schemas.contract.address])
  const register = (schema: string) =>
    evm.send(author, schemas.contract, 'register', [schema, zeroAddress, true])
  const registered = await register('bytes32 digest')
  const short = topic(registered, 1)
  const full = topic(await register(contentSchema), 1)
  const attest = (schema: Hex, data: Hex, refUID: Hex) =>
    attestation(evm, eas.contract, author, { schema, data, refUID })

  const contents: Sample[] = []
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
    const parent = contents.at(-1)
    contents.push(await attest(full, contentOf(version), parent ? uidOf(parent) : zeroHash))
  }
  const digests: Sample[] = []
  for (const version of ['1.0.0', '2.0.0'])
    digests.push(await attest(short, sha256(toHex(version)), zeroHash))
  const revoked: Sample[] = []
  for (const sample of contents.slice(0, 2)) {
    const request = { schema: full, data: { uid: uidOf(sample), value: 0n } }
    revoked.push(await evm.send(author, eas.contract, 'revoke', [request]))
  }
  return {
    'EAS attest, same content': contents,
    'EAS attest, 32 bytes': digests,
    'EAS revoke': revoked,
    'EAS schema registration': [registered],
    'EAS deployment': [eas],
  }
}

async function attestation(
  evm: Evm,
  eas: Contract,
  author: Address,
  { schema, data, refUID }: { readonly schema: Hex; readonly data: Hex; readonly refUID: Hex },
): Promise<Sample> {
  const terms = { recipient: zeroAddress, expirationTime: 0n, revocable: true, refUID, data, value: 0n }
  return await evm.send(author, eas, 'attest', [{ schema, data: terms }])
}

function contentOf(version: string): Hex {
  const word = (what: string) => sha256(toHex(`${what} of ${version}`))
  const types = ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint8', 'uint8', 'bytes32'] as const
  return encodeAbiParameters(
    types.map(type => ({ type })),
    [word('model'), word('label'), word('manifest'), word('artifact'), word('parent'), 0, 2, word('author')],
  )
}

/** The one word of the event Attested that is not indexed. */
function uidOf(sample: Sample): Hex {
  const data = sample.logs[0]?.data ?? '0x'
  if (size(data) !== 32) throw new Error('the attestation left no event of its own')
  return decodeAbiParameters([{ type: 'bytes32' }], slice(data, 0, 32))[0]
}

function topic(sample: Sample, index: number): Hex {
  const found = sample.logs[0]?.topics[index]
  if (found === undefined) throw new Error(`the event has no topic ${index}`)
  return found
}
