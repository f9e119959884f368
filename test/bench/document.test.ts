import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { type Cost, gasDifferences } from '../../scripts/snapshots/gas.ts'
import { readSnapshot } from '../../scripts/snapshots/snapshots.ts'

it('docs/gas.md has the figures of the snapshot', async () => {
  const snapshot = JSON.parse(await readSnapshot('gas.json')) as Readonly<Record<string, Cost>>
  const document = await readFile(new URL('../../docs/gas.md', import.meta.url), 'utf8')
  const ours = document.split('\n## ').find(section => section.startsWith('Our acts')) ?? ''
  const rows = ours.split('\n').map(line => line.split('|').map(cell => cell.trim()))
  const figure = (cell = '') => Number(cell.replaceAll(',', ''))
  const written = rows.flatMap(([, name = '', firstUse, steady]): [string, Cost][] =>
    name in snapshot ? [[name, { firstUse: figure(firstUse), steady: figure(steady) }]] : [],
  )
  const differences = gasDifferences(Object.fromEntries(written), snapshot)
  expect(differences, 'docs/gas.md is old: npm run bench:gas writes it anew').toEqual([])
})
