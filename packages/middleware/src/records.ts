/**
 * The domain model: one flat, self-contained record per measured value. Field names are Thryve's own.
 *
 * @see https://docs.thryve.health/ (data push)
 */

/** How a record is placed in time: an interval or instant (`epoch`), or a calendar day (`daily`). */
export type Dimension = 'epoch' | 'daily'

/** A value as its `valueType` says: LONG, DOUBLE and FLOAT are numbers, BOOLEAN a boolean, DATE a `Date`; the rest text. */
export type ParsedValue = number | boolean | string | Date

/** What epoch and daily records have in common. */
export interface RecordFields {
  /** The user, as Thryve names them to you. Never empty. */
  readonly endUserId: string
  /** Your own name of the user, where you gave Thryve one. */
  readonly endUserAlias?: string
  /** The source the value came through: 1 Fitbit, 2 Garmin, 5 Apple, … (an open set). */
  readonly dataSourceId: number
  readonly dataSourceName?: string
  /** What was measured. The same number can mean different things in `epoch` and in `daily`. */
  readonly dataTypeId: number
  readonly dataTypeName?: string
  /** Minutes east of UTC at the user's place. The timestamps are instants already; this is for display. */
  readonly timezoneOffset?: number
  /** The value's text, as delivered. */
  readonly value: string
  /** The value by its `valueType`. A LONG beyond 2^53 stays text, so that no digit is lost. */
  readonly parsedValue: ParsedValue
  /** LONG, DOUBLE, STRING, BOOLEAN, DATE, … (an open set). Absent where details are switched off. */
  readonly valueType?: string
  /** When Thryve created this version of the record. It moves with every change, and so decides which version wins. */
  readonly creationTimestamp?: Date
  /** The app or device behind an aggregating source such as Apple Health. Part of an epoch record's key. */
  readonly thirdPartyDataSourceId?: number
  readonly thirdPartyDataSourceName?: string
  /** Thryve's reference of the measurement: an integer, as decimal digits, since it can exceed 2^53. */
  readonly measurementReference?: string
  /** MANUAL_ENTRY, CALCULATION, SMARTPHONE, … in upper case (an open set). Part of an epoch record's key. */
  readonly generationType?: string
  /** PLAUSIBLE, doubt_from_device_source, … as delivered: both cases occur (an open set). */
  readonly trustworthiness?: string
  readonly medicalGrade?: boolean
  /** How far the timestamps may be off, in minutes. */
  readonly chronologicalExactness?: number
  /** Fields this version does not know, as JSON text: `{"record":{…},"additionalDetails":{…}}`. */
  readonly extra?: string
}

/** A value measured at an instant or over an interval. */
export interface EpochRecord extends RecordFields {
  readonly dimension: 'epoch'
  readonly startTimestamp: Date
  readonly endTimestamp?: Date
}

/** A value that sums up one calendar day of the user. */
export interface DailyRecord extends RecordFields {
  readonly dimension: 'daily'
  /** The day as `YYYY-MM-DD`, in the user's own calendar. */
  readonly day: string
}

/** An epoch or a daily record; `dimension` tells which. */
export type ThryveRecord = EpochRecord | DailyRecord
