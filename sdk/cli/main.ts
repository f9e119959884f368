#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exitCodes } from '../errors/index.ts'
import { report } from './output.ts'
import { createProgram } from './program.ts'

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  // Commander has printed its own message; help and version are not errors.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
  else process.exitCode = report(error, process.argv.includes('--json'))
}
