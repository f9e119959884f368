/** What policy 4.2 demands that a version covers. */
export const KINDS = [
  'weights',
  'training-code',
  'inference-code',
  'prompts',
  'pre-processing',
  'post-processing',
  'metrics',
  'benchmarks',
] as const

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number]
