/**
 * Records as they are kept. Most of a user's records say the same of source, type and origin, so that is kept once, and
 * an instant is a number: a record of its own with three `Date`s takes three times the space, and collecting garbage was
 * the dearest part of saving.
 */
import type { DailyRecord, EpochRecord, ThryveRecord, VersionedRecord } from '@thryve-webhook/middleware'
import { isDate } from './copy'

/** Stands in a pattern for what each record has of its own; an absent field is absent in its pattern, too. */
const OWN = null

/** The fields of a record that are its own. */
type OwnField =
  | Exclude<keyof EpochRecord, keyof DailyRecord>
  | Exclude<keyof DailyRecord, keyof EpochRecord>
  | 'value'
  | 'parsedValue'
  | 'creationTimestamp'
  | 'measurementReference'

/** What records have in common. */
type Pattern = Omit<{ [Field in keyof EpochRecord | keyof DailyRecord]?: unknown }, keyof Shared> & Shared

type Shared = Pick<ThryveRecord, 'dimension' | 'endUserId' | 'dataTypeId' | 'dataSourceId'>

/** The patterns of a user's records, by `dataTypeId`. */
export type Patterns = Map<number, Pattern[]>

/** A record as it is kept. It stands at its time, then by its key. */
export interface StoredRecord {
  readonly key: string
  /** When it begins, in unix milliseconds. */
  readonly ms: number
  version: string
  pattern: Pattern
  day: string | undefined
  /** How long after `ms` it ends, and how long after `ms` it was created, in milliseconds. */
  endsAfterMs: number | undefined
  createdAfterMs: number | undefined
  value: string
  parsedValue: ThryveRecord['parsedValue']
  measurementReference: string | undefined
  /** Whether it was taken out. */
  isGone: boolean
}

/** Texts that differ in every record would make as many patterns: then a type starts over. */
const MAX_PATTERNS = 64

const isAbsent = (value: unknown): boolean => value === undefined

/** Every field of a record stands in one of these two lists; a test changes each. */
const fits = (a: Pattern, b: Pattern): boolean =>
  a.generationType === b.generationType &&
  a.trustworthiness === b.trustworthiness &&
  a.dataSourceId === b.dataSourceId &&
  a.dimension === b.dimension &&
  a.dataTypeId === b.dataTypeId &&
  a.timezoneOffset === b.timezoneOffset &&
  a.medicalGrade === b.medicalGrade &&
  a.chronologicalExactness === b.chronologicalExactness &&
  a.thirdPartyDataSourceId === b.thirdPartyDataSourceId &&
  a.valueType === b.valueType &&
  a.dataTypeName === b.dataTypeName &&
  a.thirdPartyDataSourceName === b.thirdPartyDataSourceName &&
  a.dataSourceName === b.dataSourceName &&
  a.endUserId === b.endUserId &&
  a.endUserAlias === b.endUserAlias &&
  a.extra === b.extra &&
  isAbsent(a.endTimestamp) === isAbsent(b.endTimestamp) &&
  isAbsent(a.creationTimestamp) === isAbsent(b.creationTimestamp) &&
  isAbsent(a.measurementReference) === isAbsent(b.measurementReference)

const OWN_FIELDS = [
  'startTimestamp',
  'endTimestamp',
  'day',
  'value',
  'parsedValue',
  'creationTimestamp',
  'measurementReference'
] as const satisfies readonly OwnField[]

/** A copy, so that its fields stand in the order of the record's. */
const createPattern = (record: ThryveRecord): Pattern => {
  const pattern: Pattern = { ...record }
  for (const field of OWN_FIELDS) if (pattern[field] !== undefined) pattern[field] = OWN
  return pattern
}

const patternOf = (record: ThryveRecord, patterns: Patterns): Pattern => {
  let known = patterns.get(record.dataTypeId)
  if (known === undefined || known.length > MAX_PATTERNS) {
    known = []
    patterns.set(record.dataTypeId, known)
  }
  for (const pattern of known) if (fits(pattern, record)) return pattern
  const pattern = createPattern(record)
  known.push(pattern)
  return pattern
}

/** A date of one's own; other values cannot be changed. */
const copyValue = (value: ThryveRecord['parsedValue']): ThryveRecord['parsedValue'] =>
  isDate(value) ? new Date(value.getTime()) : value

/** Packs a record. It shares nothing that can be changed. */
export const packRecord = ({ key, version, record }: VersionedRecord, patterns: Patterns): StoredRecord => {
  const isEpoch = record.dimension === 'epoch'
  const ms = isEpoch ? record.startTimestamp.getTime() : Date.parse(record.day)
  const end = isEpoch ? record.endTimestamp : undefined
  const { creationTimestamp, value, parsedValue, measurementReference } = record
  return {
    key,
    ms,
    version,
    pattern: patternOf(record, patterns),
    day: isEpoch ? undefined : record.day,
    endsAfterMs: end && end.getTime() - ms,
    createdAfterMs: creationTimestamp && creationTimestamp.getTime() - ms,
    value,
    parsedValue: copyValue(parsedValue),
    measurementReference,
    isGone: false
  }
}

/** The record that was packed, with dates of its own. */
export const unpackRecord = (stored: StoredRecord): ThryveRecord => {
  const { ms, day, endsAfterMs, createdAfterMs } = stored
  const record = { ...stored.pattern }
  if (day === undefined) record.startTimestamp = new Date(ms)
  else record.day = day
  if (endsAfterMs !== undefined) record.endTimestamp = new Date(ms + endsAfterMs)
  record.value = stored.value
  record.parsedValue = copyValue(stored.parsedValue)
  if (createdAfterMs !== undefined) record.creationTimestamp = new Date(ms + createdAfterMs)
  if (stored.measurementReference !== undefined) record.measurementReference = stored.measurementReference
  return record as unknown as ThryveRecord
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  isDate(a) && isDate(b) ? a.getTime() === b.getTime() : Object.is(a, b)

/** Whether two versions of a record say the same. */
export const isSameContent = (a: StoredRecord, b: StoredRecord): boolean =>
  (a.pattern === b.pattern || fits(a.pattern, b.pattern)) &&
  a.ms === b.ms &&
  a.day === b.day &&
  Object.is(a.endsAfterMs, b.endsAfterMs) &&
  Object.is(a.createdAfterMs, b.createdAfterMs) &&
  a.value === b.value &&
  a.measurementReference === b.measurementReference &&
  isSameValue(a.parsedValue, b.parsedValue)
