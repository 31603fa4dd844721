/** One entry of `epochData` or `dailyData` on the wire, and the flat record it stands for. */
import type * as t from 'io-ts'
import type { TimestampType } from '../events'
import { parseJson, stringifyJson } from '../json'
import type { DailyRecord, EpochRecord, RecordFields, ThryveRecord } from '../records'
import { type Details, details } from './details'
import { dailyRecordOf, epochRecordOf } from './flat-record'
import { FiniteNumber, Integer } from './number'
import { optional, optionalTimestamp } from './optional'
import { shape, type UnknownFields } from './shape'
import { day, instant } from './timestamp'
import { parseValue, Value } from './value'

const common = (form: TimestampType) => ({
  timezoneOffset: optional(FiniteNumber),
  dataTypeId: Integer,
  value: Value,
  additionalDetails: optional(details[form])
})

const epochCodec = (form: TimestampType) =>
  shape('epoch record', {
    startTimestamp: instant[form],
    endTimestamp: optionalTimestamp(instant[form]),
    ...common(form)
  })

const dailyCodec = (form: TimestampType) => shape('daily record', { day: day[form], ...common(form) })

/**
 * An entry of an epoch delivery, by the timestamp form it encodes to; both decode both forms.
 *
 * @example epochItem.ISO.decode({ startTimestamp: 1662579572000, dataTypeId: 1000, value: '53.0' })
 */
export const epochItem = { ISO: epochCodec('ISO'), UNIX: epochCodec('UNIX') }

/**
 * An entry of a daily delivery, by the timestamp form it encodes to; both decode both forms.
 *
 * @example dailyItem.ISO.decode({ day: '2022-09-07', dataTypeId: 1000, value: '11203' })
 */
export const dailyItem = { ISO: dailyCodec('ISO'), UNIX: dailyCodec('UNIX') }

type EpochItem = t.TypeOf<typeof epochItem.ISO>
type DailyItem = t.TypeOf<typeof dailyItem.ISO>

/** What all records of one source share. */
export interface SourceFields
  extends Pick<RecordFields, 'endUserId' | 'endUserAlias' | 'dataSourceId' | 'dataSourceName'> {
  /** Unknown fields of the envelope and of the source. */
  readonly unknown?: UnknownFields
  /** The same as JSON text: the `extra` of a record that has no unknown fields of its own. */
  readonly extra?: string
}

/** The unknown fields of a record, by the place they were found at. */
export const readExtra = (record: { readonly extra?: string }): Readonly<Record<string, UnknownFields | undefined>> =>
  record.extra === undefined ? {} : (parseJson(Buffer.from(record.extra)) as Record<string, UnknownFields>)

/** The fields of `additionalDetails` as a record has them, in the order of the vendor's page. */
export const detailFields = [
  'creationTimestamp',
  'dataTypeName',
  'valueType',
  'thirdPartyDataSourceId',
  'thirdPartyDataSourceName',
  'measurementReference',
  'generationType',
  'trustworthiness',
  'medicalGrade',
  'chronologicalExactness'
] as const satisfies readonly (keyof Details & keyof RecordFields)[]

const detailsOf = (record: ThryveRecord, unknown: UnknownFields | undefined): Details => ({
  ...pick(record, detailFields),
  ...(unknown === undefined ? {} : { unknown })
})

/** Gives back the wire form of a record's own entry. */
export const toItem = (record: ThryveRecord, form: TimestampType): object => {
  const { record: unknown, additionalDetails: unknownDetails } = readExtra(record)
  const additionalDetails = detailsOf(record, unknownDetails)
  const rest = {
    ...pick(record, ['timezoneOffset', 'dataTypeId', 'value']),
    ...(Object.keys(additionalDetails).length === 0 ? {} : { additionalDetails }),
    ...(unknown === undefined ? {} : { unknown })
  } as Pick<EpochItem, 'dataTypeId' | 'value'>
  return record.dimension === 'epoch'
    ? epochItem[form].encode({ ...pick(record, ['startTimestamp', 'endTimestamp']), ...rest } as EpochItem)
    : dailyItem[form].encode({ day: record.day, ...rest })
}

/** The `extra` of unknown fields by place; nothing where there are none. */
export const extraOf = (places: Readonly<Record<string, UnknownFields | undefined>>): { extra?: string } =>
  Object.values(places).every((fields) => fields === undefined) ? {} : { extra: stringifyJson(places) }

/** The present ones of the named properties. */
const pick = <T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> => {
  const picked: Partial<T> = {}
  for (const key of keys) if (object[key] !== undefined) picked[key] = object[key]
  return picked as Pick<T, K>
}

const noDetails: Details = Object.freeze({})

/** The `extra` of a record whose entry has unknown fields of its own, or none. */
export const extraWith = (
  source: SourceFields,
  record: UnknownFields | undefined,
  additionalDetails: UnknownFields | undefined
): { extra?: string } => {
  if (record === undefined && additionalDetails === undefined && source.unknown === undefined) return {}
  return extraOf({ ...source.unknown, record, additionalDetails } as Record<string, UnknownFields>)
}

const partsOf = (source: SourceFields, item: EpochItem | DailyItem) => {
  const { generation, ...details } = item.additionalDetails ?? noDetails
  const extra = extraWith(source, item.unknown, details.unknown)
  const own = { ...item, parsedValue: parseValue(item.value, details.valueType), ...extra }
  return { own, details: { ...details, generationType: details.generationType ?? generation } }
}

/** Makes the flat record of an epoch entry. */
export const toEpochRecord = (source: SourceFields, item: EpochItem): EpochRecord => {
  const { own, details } = partsOf(source, item)
  return epochRecordOf(source, own, details)
}

/** Makes the flat record of a daily entry. */
export const toDailyRecord = (source: SourceFields, item: DailyItem): DailyRecord => {
  const { own, details } = partsOf(source, item)
  return dailyRecordOf(source, own, details)
}
