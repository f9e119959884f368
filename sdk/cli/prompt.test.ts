import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { askSecret, type SecretInput } from './prompt.ts'

/** A terminal at which a test types. */
function terminal() {
  const events = new EventEmitter()
  const modes: boolean[] = []
  const input = Object.assign(events, {
    setRawMode: (raw: boolean) => modes.push(raw),
    resume: () => undefined,
    pause: () => undefined,
  }) as unknown as SecretInput
  const shown: string[] = []
  let interrupted = 0
  const secret = askSecret(
    input,
    'Password: ',
    text => shown.push(text),
    () => {
      interrupted += 1
    },
  )
  return {
    modes,
    shown,
    secret,
    interrupted: () => interrupted,
    listeners: () => events.listenerCount('data'),
    type: (text: string) => events.emit('data', Buffer.from(text)),
  }
}

describe('askSecret', () => {
  it('takes what is typed until the line ends, and shows none of it', async () => {
    const { type, secret, shown, modes, listeners } = terminal()
    for (const part of ['hor', 'se', ' ünï\r']) type(part)
    expect(await secret).toBe('horse ünï')
    expect(shown).toEqual(['Password: ', '\n'])
    expect(modes).toEqual([true, false])
    expect(listeners()).toBe(0)
  })

  it.each(['\u007f', '\b'])('takes back what was mistyped', async rubout => {
    const { type, secret } = terminal()
    type(`a${rubout}${rubout}b🐴${rubout}c\n`)
    expect(await secret).toBe('bc')
  })

  it('ends at the end of input', async () => {
    const { type, secret } = terminal()
    type('x\u0004')
    expect(await secret).toBe('x')
  })

  it('gives the terminal back before it is interrupted', () => {
    const { type, interrupted, modes, shown } = terminal()
    type('hor\u0003')
    expect({ interrupted: interrupted(), modes, shown }).toEqual({
      interrupted: 1,
      modes: [true, false],
      shown: ['Password: ', '\n'],
    })
  })
})
