import type { ReadStream } from 'node:tty'

/** Where a secret is typed: a terminal, or what a test puts in its place. */
export type SecretInput = Pick<ReadStream, 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'>

/**
 * Asks for a secret that is not shown while it is typed.
 *
 * @param ask - Shows the question, and at the end a line break.
 * @param interrupt - Called on Ctrl-C, which a terminal in raw mode leaves to us.
 */
export function askSecret(
  input: SecretInput,
  question: string,
  ask: (text: string) => void,
  interrupt: () => void,
): Promise<string> {
  return new Promise(resolve => {
    const typed: string[] = []
    ask(question)
    input.setRawMode(true)
    input.resume()
    const end = () => {
      input.off('data', take)
      input.setRawMode(false)
      input.pause()
      ask('\n')
    }
    const take = (data: Buffer) => {
      for (const character of data.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end()
          resolve(typed.join(''))
          return
        }
        if (character === '\u0003') {
          end()
          interrupt()
          return
        }
        if (character === '\u007f' || character === '\b') typed.pop()
        else typed.push(character)
      }
    }
    input.on('data', take)
  })
}
