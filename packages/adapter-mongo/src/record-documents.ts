/** A record as a document and back, and whether two documents say the same. */
import { types } from 'node:util'
import type { Dimension, SaveBatch, ThryveRecord, VersionedRecord } from '@thryve-webhook/middleware'
import { type RecordDocument, SCHEMA_VERSION } from './documents'

const WHO_AND_WHAT = ['endUserId', 'endUserAlias', 'dataSourceId', 'dataSourceName', 'dataTypeId', 'dataTypeName']
const REST = [
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
]

/** A record's fields in the order in which a person wants to read them. */
const fieldsOf = {
  epoch: [...WHO_AND_WHAT, 'startTimestamp', 'endTimestamp', ...REST],
  daily: [...WHO_AND_WHAT, 'day', ...REST]
} as const satisfies Record<Dimension, readonly string[]>

type Fields = Record<string, unknown>

/** From this length on a text that is `value` and `parsedValue` is stored once: a document ends at 16 MiB. */
const STORED_ONCE_LENGTH = 65_536

/**
 * Makes the document of a record that is not stored yet. Absent fields are `undefined` in it, and must be ignored when it
 * is written: an object made in one piece costs a tenth of one that grows field by field.
 */
export const toDocument = ({ key, version, record }: VersionedRecord, batch: SaveBatch): RecordDocument => {
  const fields = record as unknown as Partial<RecordDocument>
  const { value, parsedValue } = record
  const isStoredOnce = value.length >= STORED_ONCE_LENGTH && parsedValue === value
  const document: { readonly [Field in keyof RecordDocument]: RecordDocument[Field] | undefined } = {
    _id: key,
    endUserId: wellFormed(fields.endUserId),
    endUserAlias: wellFormed(fields.endUserAlias),
    dataSourceId: fields.dataSourceId,
    dataSourceName: wellFormed(fields.dataSourceName),
    dataTypeId: fields.dataTypeId,
    dataTypeName: wellFormed(fields.dataTypeName),
    startTimestamp: fields.startTimestamp,
    endTimestamp: fields.endTimestamp,
    day: fields.day,
    timezoneOffset: fields.timezoneOffset,
    value: wellFormed(value),
    parsedValue: isStoredOnce ? undefined : wellFormed(parsedValue),
    valueType: wellFormed(fields.valueType),
    creationTimestamp: fields.creationTimestamp,
    thirdPartyDataSourceId: fields.thirdPartyDataSourceId,
    thirdPartyDataSourceName: wellFormed(fields.thirdPartyDataSourceName),
    measurementReference: fields.measurementReference,
    generationType: wellFormed(fields.generationType),
    trustworthiness: wellFormed(fields.trustworthiness),
    medicalGrade: fields.medicalGrade,
    chronologicalExactness: fields.chronologicalExactness,
    extra: wellFormed(fields.extra),
    version,
    revision: 1,
    schemaVersion: SCHEMA_VERSION,
    deliveryId: batch.deliveryId,
    receivedAt: batch.receivedAt
  }
  return document as RecordDocument
}

/** Makes the record of a document: exactly what was saved, without the document's own fields. */
export const toRecord = (dimension: Dimension, document: RecordDocument): ThryveRecord => {
  const stored = document as unknown as Fields
  const fields: Fields = { dimension }
  for (const field of fieldsOf[dimension]) {
    const value = stored[field]
    if (value !== undefined) fields[field] = value
    else if (field === 'parsedValue') fields[field] = stored['value']
  }
  return fields as unknown as ThryveRecord
}

/** Whether two documents hold the same record; which delivery brought it does not count. */
export const isSameRecord = (dimension: Dimension, a: object, b: object): boolean =>
  fieldsOf[dimension].every((field) => isSameValue((a as Fields)[field], (b as Fields)[field]))

const isSameValue = (a: unknown, b: unknown): boolean =>
  types.isDate(a) && types.isDate(b) ? a.getTime() === b.getTime() : Object.is(a, b)

/** Half a surrogate pair has no UTF-8 form: BSON would store U+FFFD, and the record would never equal itself again. */
const wellFormed = <T>(value: T): T => {
  if (typeof value !== 'string') return value
  const { isWellFormed, toWellFormed } = value as string & WellFormed
  return isWellFormed.call(value) ? value : (toWellFormed.call(value) as T & string)
}

/** In every Node from 20 on, but not in TypeScript's es2023. */
interface WellFormed {
  isWellFormed(): boolean
  toWellFormed(): string
}
