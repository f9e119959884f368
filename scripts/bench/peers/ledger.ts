import { sha256, toHex } from 'viem'
import { deadline } from '../models.ts'

/** A call of the bytes of `Rules.certify`, about one and the same person: the first writes a new word. */
export function certificateCall(round: number): readonly unknown[] {
  const until = deadline + round
  const certificate = { versioning: until, rollback: until, incident: until }
  return [sha256(toHex('a person')), certificate, 11, sha256(toHex(`the certificate of round ${round}`))]
}
