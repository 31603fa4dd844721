/** The two formats: rows to text. */
import { stringify } from 'csv-stringify/sync'
import { COLUMNS, type Row } from './record-rows'

/** How records are written. */
export type ExportFormat = 'ndjson' | 'csv'

/** Writes one format. */
export interface RowWriter {
  /** What a file begins with. */
  readonly header: string
  text(rows: readonly Row[]): string
}

const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return: such a text gets an
 * apostrophe before it. A number is none, whatever its sign.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const toCsv = (rows: readonly (readonly unknown[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    {
      escape_formulas: true,
      cast: {
        boolean: String,
        string: (value) => (PLAIN_NUMBER.test(value) ? { value, escape_formulas: false } : value)
      }
    }
  )

/** The writer of each format. */
export const writers: Readonly<Record<ExportFormat, RowWriter>> = {
  ndjson: {
    header: '',
    text: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  },
  csv: {
    header: toCsv([COLUMNS]),
    text: (rows) => toCsv(rows.map((row) => COLUMNS.map((column) => row[column])))
  }
}
