import type { Command } from 'commander'
import type { Hex, LocalAccount } from 'viem'
import { rulesAbi } from '../../chain/abi/index.ts'
import {
  type Kedge,
  reach,
  readerOf,
  recoverCall,
  rotateCall,
  rotationTypedData,
  signerOf,
} from '../../chain/index.ts'
import { parseId } from '../arguments.ts'
import { say } from '../output.ts'
import { holderOf } from '../people.ts'
import { type KeyOptions, openAccount, openKedge, openKeystore, perform, withKey } from '../session.ts'

/** `kedge rotate | recover`: one person, another key. */
export function addKeyCommands(program: Command): void {
  addRotate(program)
  addRecover(program)
}

interface RotateOptions extends KeyOptions {
  readonly newKeystore: string
  readonly newPasswordFile?: string
}

function addRotate(program: Command): void {
  withKey(program.command('rotate'))
    .description('Replace the own key by another, at once. What the old one signed is void; seats follow.')
    .requiredOption('--new-keystore <file>', 'encrypted JSON keystore (V3) of the new key')
    .option('--new-password-file <file>', 'its password; otherwise that of the key in use, or be asked')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedge rotate --new-keystore dana-2.json --new-password-file new-password --keystore dana.json',
    )
    .action(async (options: RotateOptions) => {
      const kedge = await openKedge(options)
      const current = await openAccount(options)
      const next = await openKeystore({
        keystore: options.newKeystore,
        passwordFile: options.newPasswordFile,
      })
      const person = await holderOf(kedge, current.address)
      const signature = await signRotation(kedge, person, next)
      say(`replacing ${current.address} by ${next.address}`)
      const keys = { current: signerOf(current.address), signer: signerOf(next.address), signature }
      const call = rotateCall(kedge.deployment.contracts, keys)
      await perform(kedge, call, options, { person, account: next.address })
    })
}

function addRecover(program: Command): void {
  withKey(program.command('recover'))
    .argument('<person>', 'whose key was lost, by the id', parseId)
    .description('Complete a recovery that the Assembly started 7 days ago, with the new key. Seats follow.')
    .addHelpText(
      'after',
      `\nExample:\n  $ kedge recover 0x${'1f'.repeat(32)} --keystore dana-2.json\n` +
        'The Assembly starts one with kedge act startRecovery; the old key objects with kedge act objectToRecovery.',
    )
    .action(async (person: Hex, options: KeyOptions) => {
      const kedge = await openKedge(options)
      const account = await openAccount(options)
      const signature = await signRotation(kedge, person, account)
      say(`giving the person ${person} the key ${account.address}`)
      const terms = { person, signer: signerOf(account.address), signature }
      const call = recoverCall(kedge.deployment.contracts, terms)
      await perform(kedge, call, options, { person, account: account.address })
    })
}

/** Nobody can be given a key that is not theirs: the new one signs. */
async function signRotation(kedge: Kedge, person: Hex, account: LocalAccount): Promise<Hex> {
  const { chainId, contracts } = kedge.deployment
  const { rules } = contracts
  const { signingEpoch } = await reach(() =>
    readerOf(kedge.rpcUrl).readContract({
      address: rules,
      abi: rulesAbi,
      functionName: 'standing',
      args: [person],
    }),
  )
  const rotation = { person, signer: signerOf(account.address), signingEpoch }
  return await account.signTypedData(rotationTypedData({ chainId, rules, rotation }))
}
