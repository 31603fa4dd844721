/** Where the last whole record of a file ends, and the rows up to there. */
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import type { ExportFormat } from './export-formats'
import { COLUMNS, type Row } from './record-rows'

const LINE_FEED = 10
const QUOTE = 34

/**
 * Finds the byte behind the last line break that ends a record. In CSV a line break within quotes ends nothing, and
 * a quote within quotes is doubled, so that the parity of all quotes before tells which is which.
 */
export const endOfWholeRecords = async (file: string, format: ExportFormat): Promise<number> => {
  const isCsv = format === 'csv'
  let isQuoted = false
  let position = 0
  let end = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      position++
      if (isCsv && byte === QUOTE) isQuoted = !isQuoted
      else if (byte === LINE_FEED && !isQuoted) end = position
    }
  }
  return end
}

async function* ndjsonRows(file: string, end: number): AsyncGenerator<Row> {
  let rest: Buffer[] = []
  for await (const chunk of createReadStream(file, { end: end - 1 }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, start)) {
      yield JSON.parse(Buffer.concat([...rest, chunk.subarray(start, at)]).toString())
      rest = []
      start = at + 1
    }
    rest.push(chunk.subarray(start))
  }
}

async function* csvRows(file: string, end: number): AsyncGenerator<Row> {
  const bytes = createReadStream(file, { end: end - 1 })
  const rows = bytes.pipe(parse())
  bytes.once('error', (error) => rows.destroy(error))
  let isHeader = true
  for await (const cells of rows as AsyncIterable<string[]>) {
    if (isHeader && cells.join() !== COLUMNS.join()) throw new SyntaxError('other columns')
    if (!isHeader) yield Object.fromEntries(COLUMNS.map((column, index) => [column, cells[index]]))
    isHeader = false
  }
}

/** Reads the rows before `end`, one at a time. */
export const readRows = (file: string, format: ExportFormat, end: number): AsyncIterable<Row> =>
  (format === 'csv' ? csvRows : ndjsonRows)(file, end)
