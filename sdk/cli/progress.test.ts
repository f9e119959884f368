import { describe, expect, it } from 'vitest'
import { bytesText, createProgress } from './progress.ts'

/** A stream that keeps what it is told, and a clock that a test moves. */
function stage(stream: { readonly isTTY?: boolean; readonly columns?: number }) {
  const told: string[] = []
  let time = 0
  const progress = createProgress({ ...stream, write: text => told.push(text) }, () => time)
  return {
    told,
    progress,
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

describe('progress', () => {
  it('rewrites one line of a terminal ten times a second, and clears it', () => {
    const { told, progress, pass } = stage({ isTTY: true, columns: 12 })
    progress.update('1 of 3')
    pass(50)
    progress.update('2 of 3')
    pass(50)
    progress.update('3 of 3, which is too long for the line')
    progress.end()
    expect(told).toEqual(['\r\u001b[K1 of 3', '\r\u001b[K3 of 3, whi', '\r\u001b[K'])
  })

  it('writes a line into a log every ten seconds, so that short work leaves none', () => {
    const { told, progress, pass } = stage({})
    progress.update('1 of 3')
    pass(9_999)
    progress.update('2 of 3')
    pass(1)
    progress.update('3 of 3')
    progress.end()
    expect(told).toEqual(['3 of 3\n'])
  })

  it('clears nothing where it has shown nothing', () => {
    const { told, progress } = stage({ isTTY: true })
    progress.end()
    expect(told).toEqual([])
  })
})

describe('bytesText', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_549, '1.5 kB'],
    [99_950, '100 kB'],
    [999_500, '1.0 MB'],
    [2_327_524_104, '2.3 GB'],
    [10n ** 18n, '1000 PB'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(bytesText(bytes)).toBe(expected)
  })
})
