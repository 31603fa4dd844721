/** Makes flat records. Whichever way a record was decoded, it is made here: one order of fields, one hidden class. */
import type { DailyRecord, Dimension, EpochRecord, RecordFields } from '../records'

/** A record while it is put together. */
type Draft = { -readonly [Key in keyof EpochRecord | keyof DailyRecord]?: unknown }

type Part<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

/** What all records of one source share. */
type OwnerPart = Part<Pick<RecordFields, 'endUserId' | 'endUserAlias' | 'dataSourceId' | 'dataSourceName'>>

/** What an entry says of itself, beside its details. */
type OwnPart = Part<
  Pick<EpochRecord, 'startTimestamp' | 'endTimestamp' | 'timezoneOffset' | 'dataTypeId' | 'value' | 'parsedValue'> &
    Pick<DailyRecord, 'day' | 'extra'>
>

/** What its details say. */
type DetailsPart = Part<
  Omit<RecordFields, keyof OwnerPart | 'timezoneOffset' | 'dataTypeId' | 'value' | 'parsedValue' | 'extra'>
>

/**
 * A constructor, since V8 lays out objects of one with all their fields inside; an object literal that grows moves six
 * times. Its prototype makes them plain objects all the same.
 */
function FlatRecord(this: Draft, dimension: Dimension, owner: OwnerPart, own: OwnPart, details: DetailsPart) {
  this.dimension = dimension
  this.endUserId = owner.endUserId
  if (owner.endUserAlias !== undefined) this.endUserAlias = owner.endUserAlias
  this.dataSourceId = owner.dataSourceId
  if (owner.dataSourceName !== undefined) this.dataSourceName = owner.dataSourceName
  if (own.startTimestamp !== undefined) this.startTimestamp = own.startTimestamp
  if (own.endTimestamp !== undefined) this.endTimestamp = own.endTimestamp
  if (own.day !== undefined) this.day = own.day
  if (own.timezoneOffset !== undefined) this.timezoneOffset = own.timezoneOffset
  this.dataTypeId = own.dataTypeId
  this.value = own.value
  this.parsedValue = own.parsedValue
  if (details.creationTimestamp !== undefined) this.creationTimestamp = details.creationTimestamp
  if (details.dataTypeName !== undefined) this.dataTypeName = details.dataTypeName
  if (details.valueType !== undefined) this.valueType = details.valueType
  if (details.thirdPartyDataSourceId !== undefined) this.thirdPartyDataSourceId = details.thirdPartyDataSourceId
  if (details.thirdPartyDataSourceName !== undefined) this.thirdPartyDataSourceName = details.thirdPartyDataSourceName
  if (details.measurementReference !== undefined) this.measurementReference = details.measurementReference
  if (details.generationType !== undefined) this.generationType = details.generationType
  if (details.trustworthiness !== undefined) this.trustworthiness = details.trustworthiness
  if (details.medicalGrade !== undefined) this.medicalGrade = details.medicalGrade
  if (details.chronologicalExactness !== undefined) this.chronologicalExactness = details.chronologicalExactness
  if (own.extra !== undefined) this.extra = own.extra
}
FlatRecord.prototype = Object.prototype

const Constructor = FlatRecord as unknown as new (...parts: Parameters<typeof FlatRecord>) => Draft

/** Makes the flat record of an epoch entry. */
export const epochRecordOf = (owner: OwnerPart, own: OwnPart, details: DetailsPart): EpochRecord =>
  new Constructor('epoch', owner, own, details) as EpochRecord

/** Makes the flat record of a daily entry. */
export const dailyRecordOf = (owner: OwnerPart, own: OwnPart, details: DetailsPart): DailyRecord =>
  new Constructor('daily', owner, own, details) as DailyRecord
