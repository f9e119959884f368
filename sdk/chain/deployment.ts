import { type Address, type Hex, isAddress, isHex } from 'viem'
import { z } from 'zod'

const address = z.custom<Address>(value => typeof value === 'string' && isAddress(value), 'not an address')
const hash = z.custom<Hex>(value => isHex(value) && value.length === 66, 'not 32 bytes in hex')
const perContract = <Schema extends z.ZodType>(value: Schema) => {
  const three = z.strictObject({ assembly: value, oversight: value, emergency: value })
  return z.strictObject({
    rules: value,
    registry: value,
    lens: value,
    timelocks: three,
    seats: three,
    committees: three,
  })
}

/** The format of `deployments/<chainId>.json`. */
export const deploymentSchema = z.strictObject({
  chainId: z.int().positive(),
  genesisHash: hash,
  block: z.int().nonnegative(),
  contracts: perContract(address),
  codeHashes: perContract(hash),
})

/**
 * What everyone needs to know of a deployment: the chain, the block of the first contract (replays start there), the
 * addresses, and keccak256 of the code at each of them, immutables included.
 */
export type Deployment = z.output<typeof deploymentSchema>

/** The addresses of a deployment. */
export type Contracts = Deployment['contracts']

/** The three committees, by the name that a deployment gives them. */
export const committeeNames = ['assembly', 'oversight', 'emergency'] as const
export type CommitteeName = (typeof committeeNames)[number]
