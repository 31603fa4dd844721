/** Reads records in the order of an export, and writes them with backpressure. */
import { createWriteStream } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Dimension, Identity, RecordQuery, StorageAdapter, ThryveRecord } from '@thryve-webhook/middleware'
import { CommandError, type Terminal } from '../terminal'
import type { RowWriter } from './export-formats'
import { keyOf, type Row, timeOf, toRow } from './record-rows'
import type { LastInstant, ResumePoint } from './resume-point'

/** What to export. */
export interface ExportPlan {
  readonly query: Omit<RecordQuery, 'dimension'>
  readonly dimensions: readonly Dimension[]
  readonly identity: Identity
  readonly writer: RowWriter
  readonly resume: ResumePoint
}

/** Room for a few thousand rows, or for a single large one. */
const CHUNK_LENGTH = 65_536

const laterOf = (from: Date | undefined, time: string): Date =>
  new Date(Math.max(from?.getTime() ?? Number.NEGATIVE_INFINITY, Date.parse(time)))

/** The dimensions that are still to be read, the first perhaps from the file's last instant on. */
const queriesOf = ({ query, dimensions, resume: { last } }: ExportPlan): RecordQuery[] => {
  const first = last === undefined ? 0 : dimensions.indexOf(last.dimension)
  if (first < 0) throw new CommandError(`the file holds ${last?.dimension} records, which --dimension leaves out.`)
  return dimensions.slice(first).map((dimension) => ({
    ...query,
    dimension,
    ...(dimension === last?.dimension && { from: laterOf(query.from, last.time) })
  }))
}

const isWritten = (row: Row, last: LastInstant | undefined, identity: Identity): boolean =>
  last !== undefined &&
  row.dimension === last.dimension &&
  timeOf(row) === last.time &&
  last.keys.has(keyOf(row, identity))

/** Counts what was handed over, so that a failure can still say how far it came. */
export interface ExportCount {
  records: number
}

const lengthOf = ({ value, extra }: ThryveRecord): number => value.length + (extra?.length ?? 0)

/** Yields texts of whole records. A Ctrl-C ends it behind one. */
export async function* exportTexts(
  find: NonNullable<StorageAdapter['find']>,
  plan: ExportPlan,
  { signal }: Pick<Terminal, 'signal'>,
  count: ExportCount
): AsyncGenerator<string> {
  const { writer, resume, identity } = plan
  if (resume.bytes === 0 && writer.header !== '') yield writer.header
  let rows: Row[] = []
  let length = 0
  const flush = (): string => {
    const text = writer.text(rows)
    count.records += rows.length
    rows = []
    length = 0
    return text
  }
  for (const query of queriesOf(plan)) {
    for await (const record of find(query)) {
      if (signal.aborted) break
      const row = toRow(record)
      if (isWritten(row, resume.last, identity)) continue
      rows.push(row)
      length += lengthOf(record) + 400
      if (length >= CHUNK_LENGTH) yield flush()
    }
    if (signal.aborted) break
  }
  if (rows.length > 0) yield flush()
}

/** Writes to standard output, which stays open. */
export const writeToTerminal = ({ stdout }: Terminal, texts: AsyncIterable<string>): Promise<void> =>
  pipeline(texts, stdout, { end: false })

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  ['open', 'write', 'fsync', 'close', 'ftruncate', 'truncate'].includes(
    String((error as NodeJS.ErrnoException).syscall)
  )

/**
 * Appends to a file that only its owner may read, behind its whole records, and waits for the disk.
 *
 * @throws CommandError when it cannot be written.
 */
export const writeToFile = async (
  file: string,
  texts: AsyncIterable<string>,
  { bytes }: ResumePoint,
  isNew: boolean
): Promise<void> => {
  try {
    if (!isNew) await truncate(file, bytes)
    await pipeline(texts, createWriteStream(file, { flags: isNew ? 'wx' : 'a', mode: 0o600, flush: true }))
  } catch (cause) {
    if (!isFileError(cause)) throw cause
    throw new CommandError(`${file} cannot be written (${cause.code}). With --resume it goes on where it ended.`, {
      cause
    })
  }
}
