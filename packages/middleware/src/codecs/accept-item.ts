/**
 * The usual entry of a delivery, taken straight to its flat record: the composed codecs made up two thirds of a
 * delivery's cost. It decides nothing: whatever is not plainly right is left to `epochItem` and `dailyItem`.
 */
import type { DailyRecord, Dimension, EpochRecord } from '../records'
import { acceptInstant } from './accept-instant'
import { dailyRecordOf, epochRecordOf } from './flat-record'
import type { SourceFields } from './item'
import { isDay, isInstantMs } from './timestamp'
import { parseValue } from './value'

type Wire = Readonly<Record<string, unknown>>

const MAX_WORD_LENGTH = 1_024

/** An entry is in doubt when one of its fields is: no field is ever this. */
const doubt: unique symbol = Symbol('doubt')
type Doubt = typeof doubt

const keysOf = (object: Wire): number => {
  let keys = 0
  for (const _ in object) keys += 1
  return keys
}

/** Objects whose members are their own; anything may be inherited from others. */
const isPlain = (u: unknown): u is Wire =>
  typeof u === 'object' && u !== null && Object.getPrototypeOf(u) === Object.prototype

const text = (u: unknown): string | undefined | Doubt =>
  u === undefined || (typeof u === 'string' && u.isWellFormed()) ? u : doubt

/** An integer that is not safe is one that JSON.parse has rounded. */
const finite = (u: unknown): number | undefined | Doubt => {
  if (u === undefined) return u
  if (typeof u !== 'number' || !Number.isFinite(u)) return doubt
  return Number.isInteger(u) && !Number.isSafeInteger(u) ? doubt : u + 0
}

const integer = (u: unknown): number | undefined | Doubt =>
  u === undefined ? u : Number.isSafeInteger(u) ? (u as number) + 0 : doubt

const instantOf = (u: unknown): Date | Doubt => {
  const ms = typeof u === 'string' ? acceptInstant(u) : typeof u === 'number' ? u : Number.NaN
  return isInstantMs(ms) ? new Date(ms) : doubt
}

/** One word is said of thousands of records. */
let lastWord = ''
let lastUpperCase = ''

const upperCase = (u: unknown): string | undefined | Doubt => {
  if (u === undefined) return u
  if (typeof u !== 'string') return doubt
  if (u === lastWord && u !== '') return lastUpperCase
  if (u === '' || u.length > MAX_WORD_LENGTH || !u.isWellFormed()) return doubt
  lastWord = u
  lastUpperCase = u.toUpperCase()
  return lastUpperCase
}

/** A bare number as text; a safe integer and a fraction are written as the codec writes them. */
const valueText = (u: unknown): string | Doubt => {
  if (typeof u === 'string') return u.isWellFormed() ? u : doubt
  if (typeof u === 'boolean') return String(u)
  const number = finite(u)
  return typeof number === 'number' ? String(number) : doubt
}

const noDetails = Object.freeze({ valueType: undefined })

const acceptDetails = (wire: unknown) => {
  if (wire === undefined) return noDetails
  if (!isPlain(wire)) return doubt
  const creation = wire['creationTimestamp']
  const creationTimestamp = creation === undefined ? undefined : instantOf(creation)
  const dataTypeName = text(wire['dataTypeName'])
  const valueType = text(wire['valueType'])
  const thirdPartyDataSourceId = integer(wire['thirdPartyDataSourceId'])
  const thirdPartyDataSourceName = text(wire['thirdPartyDataSourceName'])
  const reference = integer(wire['measurementReference'])
  const generationType = upperCase(wire['generationType'])
  const trustworthiness = text(wire['trustworthiness'])
  const medicalGrade = wire['medicalGrade']
  const chronologicalExactness = finite(wire['chronologicalExactness'])
  if (creationTimestamp === doubt || dataTypeName === doubt || valueType === doubt) return doubt
  if (thirdPartyDataSourceId === doubt || thirdPartyDataSourceName === doubt || reference === doubt) return doubt
  if (generationType === doubt || trustworthiness === doubt || chronologicalExactness === doubt) return doubt
  if (medicalGrade !== undefined && typeof medicalGrade !== 'boolean') return doubt
  const known =
    (creationTimestamp === undefined ? 0 : 1) +
    (dataTypeName === undefined ? 0 : 1) +
    (valueType === undefined ? 0 : 1) +
    (thirdPartyDataSourceId === undefined ? 0 : 1) +
    (thirdPartyDataSourceName === undefined ? 0 : 1) +
    (reference === undefined ? 0 : 1) +
    (generationType === undefined ? 0 : 1) +
    (trustworthiness === undefined ? 0 : 1) +
    (medicalGrade === undefined ? 0 : 1) +
    (chronologicalExactness === undefined ? 0 : 1)
  if (keysOf(wire) !== known) return doubt
  return {
    creationTimestamp,
    dataTypeName,
    valueType,
    thirdPartyDataSourceId,
    thirdPartyDataSourceName,
    measurementReference: reference === undefined ? undefined : String(reference),
    generationType,
    trustworthiness,
    medicalGrade,
    chronologicalExactness
  }
}

/** Takes an epoch entry as JSON gave it. @returns nothing where the composed codec must decide. */
export const acceptEpochItem = (wire: unknown, source: SourceFields): EpochRecord | undefined => {
  if (!isPlain(wire)) return undefined
  const end = wire['endTimestamp']
  const wireDetails = wire['additionalDetails']
  const startTimestamp = instantOf(wire['startTimestamp'])
  const endTimestamp = end === undefined ? undefined : instantOf(end)
  const timezoneOffset = finite(wire['timezoneOffset'])
  const dataTypeId = integer(wire['dataTypeId'])
  const value = valueText(wire['value'])
  if (startTimestamp === doubt || endTimestamp === doubt || timezoneOffset === doubt) return undefined
  if (dataTypeId === undefined || dataTypeId === doubt || value === doubt) return undefined
  const known =
    3 + (end === undefined ? 0 : 1) + (timezoneOffset === undefined ? 0 : 1) + (wireDetails === undefined ? 0 : 1)
  if (keysOf(wire) !== known) return undefined
  const details = acceptDetails(wireDetails)
  if (details === doubt) return undefined
  const parsedValue = parseValue(value, details.valueType)
  const own = {
    startTimestamp,
    endTimestamp,
    timezoneOffset,
    dataTypeId,
    value,
    parsedValue,
    extra: source.extra
  }
  return epochRecordOf(source, own, details)
}

/** Takes a daily entry as JSON gave it. @returns nothing where the composed codec must decide. */
export const acceptDailyItem = (wire: unknown, source: SourceFields): DailyRecord | undefined => {
  if (!isPlain(wire)) return undefined
  const wireDetails = wire['additionalDetails']
  const day = wire['day']
  const timezoneOffset = finite(wire['timezoneOffset'])
  const dataTypeId = integer(wire['dataTypeId'])
  const value = valueText(wire['value'])
  if (!isDay(day) || timezoneOffset === doubt) return undefined
  if (dataTypeId === undefined || dataTypeId === doubt || value === doubt) return undefined
  const known = 3 + (timezoneOffset === undefined ? 0 : 1) + (wireDetails === undefined ? 0 : 1)
  if (keysOf(wire) !== known) return undefined
  const details = acceptDetails(wireDetails)
  if (details === doubt) return undefined
  const parsedValue = parseValue(value, details.valueType)
  const own = { day, timezoneOffset, dataTypeId, value, parsedValue, extra: source.extra }
  return dailyRecordOf(source, own, details)
}

/** By dimension. */
export const acceptItem = {
  epoch: acceptEpochItem,
  daily: acceptDailyItem
} satisfies Record<Dimension, unknown>
