import { KedgeError } from '@kedge/sdk/errors'
import type { Request } from 'express'

/**
 * The body of a request in pieces. Who stops reading early can still answer: the connection stays.
 *
 * @param request - The request.
 */
export function piecesOfBody(request: Request): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false })
}

/**
 * The whole body of a request, for what is small.
 *
 * @throws KedgeError `SIZE_EXCEEDED`.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = (size: number) =>
    new KedgeError('SIZE_EXCEEDED', 'the body is larger than it may be', { limit, atLeast: size })
  const announced = Number(request.get('content-length') ?? 0)
  if (announced > limit) throw tooLarge(announced)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of piecesOfBody(request)) {
    size += piece.length
    if (size > limit) throw tooLarge(size)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
