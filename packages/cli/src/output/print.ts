/** Results on standard output: one JSON value for programs, text for people. */
import { stringifyJson } from '@thryve-webhook/middleware'
import CliTable from 'cli-table3'
import type { Command } from 'commander'
import type { Terminal } from '../terminal'

/** Whether the results are for a program: the global `--json`, before or after the command's name. */
export const isJson = (command: Command): boolean => command.optsWithGlobals()['json'] === true

/** Writes one value as one line of JSON. */
export const printJson = ({ stdout }: Terminal, value: unknown): void => {
  stdout.write(`${stringifyJson(value)}\n`)
}

/** Spaces and nothing else, so that a table can be read by people, `grep` and `awk` alike. */
const PLAIN: Partial<Record<CliTable.CharName, string>> = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  '
}

/** How a table looks. */
export interface TableOptions {
  readonly head?: readonly string[]
  /** Columns whose cells stand to the right, as numbers do. */
  readonly rightColumns?: readonly number[]
}

/** Writes rows in columns. */
export const printTable = (
  { stdout }: Terminal,
  rows: readonly (readonly (string | number)[])[],
  { head = [], rightColumns = [] }: TableOptions = {}
): void => {
  const width = Math.max(head.length, ...rows.map((row) => row.length))
  const table = new CliTable({
    head: [...head],
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: Array.from({ length: width }, (_, column) => (rightColumns.includes(column) ? 'right' : 'left'))
  })
  for (const row of rows) table.push([...row])
  const lines = table.toString().split('\n')
  stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`)
}
