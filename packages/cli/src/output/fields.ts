/** One thing's fields, a line each. */
import type { Terminal } from '../terminal'
import { printTable } from './print'
import { visible } from './visible'

/** A value as people read it. */
export const shown = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : visible(typeof value === 'string' ? value : String(value))

/** Writes name and value of each field that is there. */
export const printFields = (terminal: Terminal, fields: object): void => {
  const rows = Object.entries(fields).filter(([, value]) => value !== undefined)
  printTable(
    terminal,
    rows.map(([name, value]) => [name, shown(value)])
  )
}
