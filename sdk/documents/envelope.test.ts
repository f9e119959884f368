import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MAX_ENVELOPE_BYTES, openEnvelope } from './envelope.ts'
import { vector } from './samples.ts'

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const payload = Buffer.from(vector('a.jcs')).toString('base64')
const envelope = {
  payload,
  payloadType: 'application/vnd.in-toto+json',
  signatures: [{ sig: 'c2ln', keyid: 'k' }],
}

describe('openEnvelope', () => {
  it('gives the exact bytes of the payload', () => {
    expect(openEnvelope(encode(envelope))).toEqual({
      payload: vector('a.jcs'),
      signatures: [{ sig: 'c2ln', keyid: 'k' }],
    })
  })

  it('opens a Sigstore bundle', () => {
    const bytes = readFileSync(new URL('./fixtures/model-signing/bundle.json', import.meta.url))
    const opened = openEnvelope(bytes)
    expect(new TextDecoder().decode(opened.payload)).toContain('"https://model_signing/signature/v1.0"')
    expect(opened.signatures).toMatchObject([{ keyid: '' }])
  })

  it.each([{ sig: 'c2ln' }, { sig: 'c2ln', keyid: null }, { sig: 'c2ln', keyid: '' }])(
    'takes a signature without key id: %j',
    signature => {
      expect(openEnvelope(encode({ ...envelope, signatures: [signature] })).signatures).toEqual([
        { sig: 'c2ln', keyid: '' },
      ])
    },
  )

  it.each<[string, unknown, string]>([
    ['another payload type', { ...envelope, payloadType: 'text/plain' }, 'payloadType'],
    ['no payload', { ...envelope, payload: '' }, 'payload'],
    ['no signature', { ...envelope, signatures: [] }, 'signatures'],
    ['an empty signature', { ...envelope, signatures: [{ sig: '' }] }, 'signatures[0].sig'],
    ['padding left off', { ...envelope, payload: 'e30' }, 'payload'],
    ['white space', { ...envelope, payload: 'e3 0=' }, 'payload'],
    ['base64url', { ...envelope, payload: '_-__' }, 'payload'],
    ['set bits after the last byte', { ...envelope, payload: 'e31=' }, 'payload'],
    ['a bundle without an envelope', { dsseEnvelope: null }, '(document)'],
    ['a list', [envelope], '(document)'],
    ['null', null, '(document)'],
  ])('refuses %s', (_, value, field) => {
    expect(() => openEnvelope(encode(value))).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MALFORMED', facts: expect.objectContaining({ field }) }),
    )
  })

  it('refuses a file that is too large', () => {
    expect(() => openEnvelope(new Uint8Array(MAX_ENVELOPE_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'SIZE_EXCEEDED' }),
    )
  })
})
