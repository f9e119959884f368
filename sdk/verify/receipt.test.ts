import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalize, parseCanonical, parseManifest } from '../documents/index.ts'
import { vector } from '../documents/samples.ts'
import { isLine } from '../documents/text.ts'
import { KedgeError } from '../errors/index.ts'
import { numbersOf, parseReceipt, receiptOf } from './receipt.ts'
import { asked, finalOf, now, provenanceOf, sampleTrust, sightingOf } from './testing/samples.ts'

const manifest = parseManifest(vector('b.jcs'))
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(text => isLine(text, 128))
const amount = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

const receipts = fc
  .record({
    model: name,
    environment: name,
    endpoints: fc.integer({ min: 1, max: 9 }),
    time: fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('9999-12-31') }),
    sequence: amount,
    missingSchemas: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    number: amount,
  })
  .map(({ model, environment, endpoints, time, sequence, missingSchemas, number }) => {
    const urls = Array.from({ length: endpoints }, (_, index) => `https://${index}.example`)
    const voice = sightingOf({}, { number })
    return receiptOf({
      trust: sampleTrust({ endpoints: urls, agree: endpoints }),
      question: { model, environment },
      manifest,
      permission: {
        version: asked,
        provenance: provenanceOf({ sequence, missingSchemas }),
        finalized: finalOf({}, { agreed: endpoints }),
        current: [voice],
        oldest: voice.block,
      },
      time,
    })
  })

describe('receiptOf', () => {
  it('is an in-toto Verification Summary Attestation', () => {
    const voice = sightingOf()
    const receipt = receiptOf({
      trust: sampleTrust(),
      question: { model: 'silero-vad', environment: 'ward 3: night' },
      manifest,
      permission: {
        version: asked,
        provenance: provenanceOf({ missingSchemas: 0b101n }),
        finalized: finalOf(),
        current: [voice],
        oldest: voice.block,
      },
      time: new Date(now * 1000),
    })
    expect(receipt).toMatchInlineSnapshot(`
      {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {
          "inputAttestations": [
            {
              "digest": {
                "sha256": "66a83525c12612110ff9b9ba17d416f9487954b9cda3fae6e59717d26bd7574f",
              },
              "uri": "ipfs://bafkreidgva2slqjgciiq76nzxil5ifxzjb4vjoonup5onzmxc7jgxv2xj4",
            },
            {
              "digest": {
                "sha256": "66fdcbf8871b02eaca0c9c306ee79677717fff4668a5b5e61b39a3e65f85d97c",
              },
              "uri": "ipfs://bafkreidg7xf7rby3alvmude4gbxopftxof776rtiuw26mgzzuptf7bozpq",
            },
          ],
          "kedge": {
            "chainId": 31337,
            "endpoints": {
              "agreed": 2,
              "asked": 3,
            },
            "environment": "ward 3: night",
            "finalized": {
              "hash": "0x0909090909090909090909090909090909090909090909090909090909090909",
              "number": "40",
              "timestamp": "1799999200",
            },
            "label": "6.0.0",
            "latest": {
              "hash": "0x0808080808080808080808080808080808080808080808080808080808080808",
              "number": "100",
              "timestamp": "1799999990",
            },
            "missingSchemas": [
              0,
              2,
            ],
            "mode": "call",
            "model": "silero-vad",
            "number": 2,
            "registry": "0x0202020202020202020202020202020202020202",
            "sequence": "7",
            "version": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          },
          "policy": {
            "digest": {
              "sha256": "6aec937607b86b17095f9f26e21b2da8593f21c117066d933078cf009c21530d",
            },
            "uri": "https://kedge.dev/trust/v1",
          },
          "resourceUri": "kedge:31337:0x0202020202020202020202020202020202020202:silero-vad:ward%203%3A%20night",
          "timeVerified": "2027-01-15T08:00:00.000Z",
          "verificationResult": "PASSED",
          "verifiedLevels": [
            "KEDGE_APPROVED_AND_ACTIVE",
          ],
          "verifier": {
            "id": "https://kedge.dev/verify/v1",
          },
        },
        "predicateType": "https://slsa.dev/verification_summary/v1",
        "subject": [
          {
            "digest": {
              "sha256": "66fdcbf8871b02eaca0c9c306ee79677717fff4668a5b5e61b39a3e65f85d97c",
            },
            "name": "silero-vad",
          },
        ],
      }
    `)
  })

  it('names an A of more than one block by the CID under which it can be fetched', () => {
    const { artifact } = manifest.manifest
    const cid = artifact.treeCid
    const voice = sightingOf()
    const receipt = receiptOf({
      trust: sampleTrust(),
      question: { model: 'silero-vad', environment: 'production' },
      manifest: { ...manifest, manifest: { ...manifest.manifest, artifact: { ...artifact, cid } } },
      permission: {
        version: asked,
        provenance: provenanceOf(),
        finalized: finalOf(),
        current: [voice],
        oldest: voice.block,
      },
      time: new Date(0),
    })
    const [, ofArtifact] = parseReceipt(receipt).predicate.inputAttestations
    expect(ofArtifact).toEqual({ uri: `ipfs://${cid}`, digest: { sha256: artifact.sha256 } })
  })

  it('is for one environment, model, registry and chain only', () => {
    const uris = [
      { model: 'a:b', environment: 'c' },
      { model: 'a', environment: 'b:c' },
    ].map(question => {
      const voice = sightingOf()
      const permission = {
        version: asked,
        provenance: provenanceOf(),
        finalized: finalOf(),
        current: [voice],
        oldest: voice.block,
      }
      return receiptOf({ trust: sampleTrust(), question, manifest, permission, time: new Date(0) }).predicate
        .resourceUri
    })
    expect(new Set(uris).size).toBe(2)
  })

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(receipts, receipt => {
        expect(parseReceipt(JSON.parse(JSON.stringify(receipt)))).toEqual(receipt)
        const bytes = canonicalize(receipt)
        expect(parseReceipt(parseCanonical(bytes, { maxBytes: bytes.length }))).toEqual(receipt)
      }),
    )
  })
})

describe('parseReceipt', () => {
  it('refuses everything else with MANIFEST_MALFORMED', () => {
    const code = (value: unknown) => {
      try {
        parseReceipt(value)
      } catch (error) {
        if (error instanceof KedgeError) return error.code
        throw error
      }
      return 'none'
    }
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(code(value)).toBe('MANIFEST_MALFORMED')
      }),
    )
    const field = fc.constantFrom(
      'verifier',
      'timeVerified',
      'resourceUri',
      'policy',
      'inputAttestations',
      'verificationResult',
      'verifiedLevels',
      'kedge',
      'more',
    )
    fc.assert(
      fc.property(receipts, field, fc.jsonValue(), (receipt, name, value) => {
        const changed = { ...receipt, predicate: { ...receipt.predicate, [name]: value } }
        expect(code(changed)).toBe('MANIFEST_MALFORMED')
      }),
    )
  })
})

describe('numbersOf', () => {
  it('is the inverse of setting bits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 255 })), numbers => {
        const bitmap = numbers.reduce((bits, number) => bits | (1n << BigInt(number)), 0n)
        expect(numbersOf(bitmap)).toEqual(numbers.toSorted((a, b) => a - b))
      }),
    )
  })
})
