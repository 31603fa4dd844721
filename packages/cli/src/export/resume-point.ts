/** Where an export that was cut goes on. */
import { existsSync } from 'node:fs'
import type { Dimension, Identity } from '@thryve-webhook/middleware'
import { CommandError } from '../terminal'
import type { ExportFormat } from './export-formats'
import { keyOf, type Row, timeOf } from './record-rows'
import { endOfWholeRecords, readRows } from './whole-records'

/** What a file holds already. */
export interface ResumePoint {
  /** How many bytes stay; what follows is a record that was cut. */
  readonly bytes: number
  readonly records: number
  /** Absent where there is no record yet. */
  readonly last?: LastInstant
}

/** The last instant of a file, and which of its records the file has: an export is in the order of time. */
export interface LastInstant {
  readonly dimension: Dimension
  readonly time: string
  readonly keys: ReadonlySet<string>
}

/** What the file must be an export of. */
export interface ExpectedExport {
  readonly format: ExportFormat
  readonly endUserId: string
  readonly identity: Identity
}

/** A CSV cell that a spreadsheet would run has an apostrophe before it. */
const isOf = (endUserId: string, { endUserId: found }: Row): boolean => found === endUserId || found === `'${endUserId}`

/**
 * Reads what a file holds, from its beginning and in bounded memory.
 *
 * @throws CommandError when it is no export of that user in that format. The file is left as it is.
 */
export const findResumePoint = async (file: string, expected: ExpectedExport): Promise<ResumePoint> => {
  if (!existsSync(file)) return { bytes: 0, records: 0 }
  const { format, endUserId, identity } = expected
  const bytes = await endOfWholeRecords(file, format)
  if (bytes === 0) return { bytes, records: 0 }
  let records = 0
  let last: { dimension: Dimension; time: string; keys: Set<string> } | undefined
  try {
    for await (const row of readRows(file, format, bytes)) {
      const time = timeOf(row)
      if (time === undefined || !isOf(endUserId, row)) throw new SyntaxError('another export')
      const dimension = row.dimension as Dimension
      if (last?.time !== time || last.dimension !== dimension) last = { dimension, time, keys: new Set() }
      last.keys.add(keyOf(row, identity))
      records++
    }
  } catch (cause) {
    const reason = `${file} is no ${format} export of this user, so it cannot be resumed; it was left as it is.`
    throw new CommandError(reason, { cause })
  }
  return { bytes, records, ...(last && { last }) }
}
