import * as fc from 'fast-check'
import type { Json } from './json.ts'

/** The JSON values that documents can hold. */
export const jsonValue = fc.letrec<{ value: Json; key: string }>(tie => ({
  key: fc.string({ unit: 'binary', maxLength: 8 }).filter(key => key !== '__proto__'),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map(n => n + 0),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(tie('key'), tie('value'), { maxKeys: 4 }),
  ),
})).value
