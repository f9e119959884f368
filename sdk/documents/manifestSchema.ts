import { z } from 'zod'
import { roles as allRoles, type Role, risks } from '../policy/words.ts'
import {
  absentField,
  amountField,
  bytes32Field,
  cidField,
  labelField,
  lineField,
  modelField,
  pathField,
  referenceField,
  sha256Field,
  sha256SetField,
  sortedList,
  timeField,
  uriField,
} from './fields.ts'
import type {
  Encryption,
  ExternalReference,
  KindCoverage,
  Manifest,
  ManifestStatement,
  Snapshot,
  Tensor,
} from './manifest.ts'
import { APPROVED_STAGES, type ApprovingAuthority, approvalFloor } from './policy.ts'
import { MANIFEST_PREDICATE_TYPE, STATEMENT_TYPE } from './statement.ts'

const externalReference: z.ZodType<ExternalReference> = z.strictObject({
  uri: uriField,
  digest: sha256SetField,
})

const kindCoverage: z.ZodType<KindCoverage> = z.union(
  [
    z.strictObject({ paths: sortedList(pathField, path => path).min(1, 'must hold at least one prefix') }),
    z.strictObject({ external: externalReference }),
    absentField,
  ],
  'must be exactly one of { paths }, { external } and { absent }',
)

const orAbsent = <T>(field: z.ZodType<T>, form: string) =>
  z.union([field, absentField], `must be ${form} or { absent }`)

const snapshot: z.ZodType<Snapshot> = z.strictObject({ id: lineField(), digest: sha256SetField })

const hyperparameterValue = z.union(
  [lineField(1024), z.int(), z.boolean()],
  'must be a text, an integer or a boolean (write a fraction as a text)',
)

const tensor: z.ZodType<Tensor> = z.strictObject({
  name: lineField(),
  type: lineField(),
  shape: z.array(
    z.union([z.int().min(0), lineField()], 'must be a size or the name of a dimension that varies'),
  ),
})

const encryption: z.ZodType<Encryption> = z.strictObject({
  scheme: z.literal('aes-256-gcm-segments'),
  keyCommitment: sha256Field,
  recipients: sortedList(
    z.strictObject({ name: lineField(), key: lineField(4096), auditor: z.boolean() }),
    recipient => recipient.name,
  )
    .min(2, 'must be at least two')
    .refine(recipients => recipients.some(({ auditor }) => auditor), 'must include an auditor')
    .refine(
      recipients => new Set(recipients.map(({ key }) => key)).size === recipients.length,
      'must have different keys',
    ),
})

/** Every role but the one that means nobody. */
const assignable = allRoles.filter((role): role is Exclude<Role, 'None'> => role !== 'None')

const roles = z
  .array(z.enum(assignable))
  .refine(
    list =>
      list.every(
        (role, index) =>
          index === 0 || assignable.indexOf(list[index - 1] ?? role) < assignable.indexOf(role),
      ),
    `must hold each role once, in the order ${assignable.join(', ')}`,
  )

const approvingAuthority: z.ZodType<ApprovingAuthority> = z.strictObject({
  Validation: roles,
  Staging: roles,
  Production: roles,
})

/** The fields of the manifest, without the statement around them. */
export const manifestFieldsSchema: z.ZodType<Manifest> = z
  .strictObject({
    schemaVersion: z.literal(1),
    model: modelField,
    label: labelField,
    architecture: lineField(),
    parent: sha256Field.nullable(),
    artifact: z.strictObject({
      sha256: sha256Field,
      cid: cidField(),
      treeCid: cidField('dag-pb'),
      fileCount: amountField.refine(count => count !== '0', 'must be at least 1'),
      totalBytes: amountField,
      encryption: encryption.nullable(),
    }),
    kinds: z.strictObject({
      weights: kindCoverage,
      'training-code': kindCoverage,
      'inference-code': kindCoverage,
      prompts: kindCoverage,
      'pre-processing': kindCoverage,
      'post-processing': kindCoverage,
      metrics: kindCoverage,
      benchmarks: kindCoverage,
    }),
    training: z.strictObject({
      data: orAbsent(
        z.strictObject({ snapshots: sortedList(snapshot, ({ id }) => id).min(1, 'must hold at least one') }),
        '{ snapshots }',
      ),
      hyperparameters: orAbsent(
        z.strictObject({
          values: z
            .record(lineField(), hyperparameterValue)
            .refine(values => Object.keys(values).length > 0, 'must hold at least one'),
        }),
        '{ values }',
      ),
      configuration: orAbsent(referenceField, '{ name, digest }'),
    }),
    featureSchema: z.strictObject({
      number: z.int().min(0).max(255),
      name: lineField(),
      digest: sha256SetField,
      inputs: z.array(tensor).min(1, 'must hold at least one'),
      outputs: z.array(tensor).min(1, 'must hold at least one'),
    }),
    preprocessingVersion: lineField(),
    runtime: z.strictObject({
      image: orAbsent(referenceField, '{ name, digest }'),
      lockfile: orAbsent(referenceField, '{ name, digest }'),
      framework: z.strictObject({ name: lineField(), version: lineField() }),
      accelerator: lineField(),
    }),
    closure: z.strictObject({
      baseModels: sortedList(externalReference, ({ uri }) => uri),
      remoteCode: sortedList(externalReference, ({ uri }) => uri),
    }),
    evaluation: z.strictObject({
      criteria: referenceField,
      results: orAbsent(
        z.strictObject({
          documents: sortedList(referenceField, ({ name }) => name).min(1, 'must hold at least one'),
        }),
        '{ documents }',
      ),
    }),
    schema: z.int().min(0).max(255),
    risk: z.enum(risks),
    createdAt: timeField,
    author: bytes32Field,
    approvingAuthority,
  })
  .superRefine(({ approvingAuthority: authority, risk }, context) => {
    const floor = approvalFloor(risk)
    for (const stage of APPROVED_STAGES) {
      const missing = floor[stage].filter(role => !authority[stage].includes(role))
      if (missing.length > 0) {
        context.addIssue({
          code: 'custom',
          path: ['approvingAuthority', stage],
          message: `must hold ${missing.join(', ')}: the policy's least for ${risk} risk`,
        })
      }
    }
  })

/** The form of document B. The rules between its fields stand in `manifest.ts`. */
export const manifestSchema: z.ZodType<ManifestStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.strictObject({ name: modelField, digest: sha256SetField })).length(1, 'must be one'),
  predicateType: z.literal(MANIFEST_PREDICATE_TYPE),
  predicate: manifestFieldsSchema,
})
