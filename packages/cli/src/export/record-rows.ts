/** A record as a row of an export: which columns there are, and what makes two rows one record. */
import type { Dimension, Identity, ThryveRecord } from '@thryve-webhook/middleware'

/** The columns, in this order. Stable: an export that was cut goes on only under the same ones. */
export const COLUMNS = [
  'dimension',
  'endUserId',
  'endUserAlias',
  'dataSourceId',
  'dataSourceName',
  'dataTypeId',
  'dataTypeName',
  'startTimestamp',
  'endTimestamp',
  'day',
  'timezoneOffset',
  'value',
  'parsedValue',
  'valueType',
  'creationTimestamp',
  'thirdPartyDataSourceId',
  'thirdPartyDataSourceName',
  'measurementReference',
  'generationType',
  'trustworthiness',
  'medicalGrade',
  'chronologicalExactness',
  'extra'
] as const

/** A row, as it is made or as it was read back: absent is `undefined`, or the empty text of a CSV cell. */
export type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], unknown>>>

/** Makes the row of a record: plain values in the columns' order, dates as ISO 8601. */
export const toRow = (record: ThryveRecord): Row => {
  const fields = record as unknown as Record<string, unknown>
  const row: Record<string, unknown> = {}
  for (const column of COLUMNS) {
    const value = fields[column]
    if (value !== undefined) row[column] = value instanceof Date ? value.toISOString() : value
  }
  return row
}

const WHEN = { epoch: 'startTimestamp', daily: 'day' } as const satisfies Record<Dimension, keyof Row>

/** When the row's record begins, as text; `undefined` where it is no row of ours. */
export const timeOf = (row: Row): string | undefined => {
  const column = WHEN[row.dimension as Dimension]
  const time = column && row[column]
  return typeof time === 'string' && Number.isFinite(Date.parse(time)) ? time : undefined
}

const ORIGIN = { origin: ['thirdPartyDataSourceId', 'generationType'], source: [] } as const

/** What tells the records of one user, dimension and instant apart. */
export const keyOf = (row: Row, identity: Identity): string =>
  JSON.stringify(
    ['dataTypeId', 'dataSourceId', ...ORIGIN[identity]].map((column) => String(row[column as keyof Row] ?? ''))
  )
