/** Everything measured is kept in whole ten-thousandths: documents hold no floats. */
export const UNIT = 10_000

/** A float between 0 and 1 as ten-thousandths. */
export function quantise(value: number): number {
  return Math.round(value * UNIT)
}

/** A fraction as ten-thousandths. */
export function fraction(part: number, whole: number): number {
  if (whole === 0) throw new Error('a fraction of nothing has no value')
  return quantise(part / whole)
}

/** The mean of whole numbers, rounded to a whole number. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the mean of nothing has no value')
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
}

/** Ten-thousandths as a decimal with four places: 9923 is "0.9923". */
export function decimal(tenThousandths: number): string {
  const digits = String(Math.abs(tenThousandths)).padStart(5, '0')
  return `${tenThousandths < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`
}
