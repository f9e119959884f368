import { KedgeError } from '../../errors/index.ts'

/** The code of the error that `act` ends with, or `none`. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof KedgeError) return error.code
    throw error
  }
  return 'none'
}
