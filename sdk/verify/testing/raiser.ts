import { markOf } from '../mark.ts'
import { bytes32, sampleTrust } from './samples.ts'

// A process that raises a mark step by step: raiser.ts <directory> <first> <step> <last>
const [directory = '', ...numbers] = process.argv.slice(2)
const [first = 0n, step = 1n, last = 0n] = numbers.map(BigInt)
const mark = markOf(directory, sampleTrust(), bytes32('aa'))
for (let sequence = first; sequence <= last; sequence += step) await mark.raise(sequence)
