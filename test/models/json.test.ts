import { expect, it } from 'vitest'
import { decimal, fraction, mean } from '../../scripts/models/decimal.ts'
import { jsonText } from '../../scripts/models/json.ts'

it('sorts keys at every depth and ends in a newline', () => {
  expect(jsonText({ b: [{ d: 1, c: null }], a: 'x' })).toBe(
    '{\n  "a": "x",\n  "b": [\n    {\n      "c": null,\n      "d": 1\n    }\n  ]\n}\n',
  )
})

it('refuses numbers that are not whole', () => {
  expect(() => jsonText({ a: 0.5 })).toThrow('0.5 is no whole number')
})

it('writes ten-thousandths with four places', () => {
  expect([0, 1, 9923, 10_000, -451].map(decimal)).toEqual(['0.0000', '0.0001', '0.9923', '1.0000', '-0.0451'])
})

it('has no value for a fraction or a mean of nothing', () => {
  expect(fraction(1, 3)).toBe(3333)
  expect(() => fraction(0, 0)).toThrow('of nothing')
  expect(() => mean([])).toThrow('of nothing')
})
