/** prototype */
import type { DailyRecord, EpochRecord } from '../records'
import { decodeUtf8 } from '../json'
import { dailyRecordOf, epochRecordOf } from './flat-record'
import type { SourceFields } from './item'
import { scanInstant, scannedLength } from './scan-instant'
import { isDay, isInstantMs } from './timestamp'
import { parseValue } from './value'

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const MINUS = 45
const COLON = 58
const OPEN = 123
const CLOSE = 125

const doubt: unique symbol = Symbol('doubt')
type Doubt = typeof doubt

const ENTRY = ['startTimestamp', 'endTimestamp', 'day', 'timezoneOffset', 'dataTypeId', 'value', 'additionalDetails']
const DETAILS = [
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
]
const keysOf = (names: readonly string[]) => names.map((name) => Buffer.from(`"${name}"`))
const entryKeys = keysOf(ENTRY)
const detailKeys = keysOf(DETAILS)
const lengths = new Int32Array(32)
for (const [i, key] of detailKeys.entries()) lengths[i] = key.length
for (const [i, key] of entryKeys.entries()) lengths[16 + i] = key.length
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const SLOTS = 512

interface Own {
  startTimestamp: Date | undefined
  endTimestamp: Date | undefined
  day: string | undefined
  timezoneOffset: number | undefined
  dataTypeId: number | undefined
  value: string | undefined
  parsedValue: ReturnType<typeof parseValue> | undefined
  extra: string | undefined
}
interface Details {
  creationTimestamp: Date | undefined
  dataTypeName: string | undefined
  valueType: string | undefined
  thirdPartyDataSourceId: number | undefined
  thirdPartyDataSourceName: string | undefined
  measurementReference: string | undefined
  generationType: string | undefined
  trustworthiness: string | undefined
  medicalGrade: boolean | undefined
  chronologicalExactness: number | undefined
}

const isNumberPart = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 46 || code === 69 || code === 101 || code === 43 || code === MINUS

export const createEntryScanner = (input: Uint8Array) => {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  const texts: (string | undefined)[] = new Array(SLOTS)
  const starts = new Int32Array(SLOTS)
  const afterEntry = new Int8Array([1, 3, 3, 4, 5, 6, 0, 0])
  const afterDetail = new Int8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0])
  const uppers: (string | undefined)[] = new Array(SLOTS)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const entryPlaces = new Int32Array(ENTRY.length)
  const detailPlaces = new Int32Array(DETAILS.length)
  const own: Own = {
    startTimestamp: undefined,
    endTimestamp: undefined,
    day: undefined,
    timezoneOffset: undefined,
    dataTypeId: undefined,
    value: undefined,
    parsedValue: undefined,
    extra: undefined
  }
  const details: Details = {
    creationTimestamp: undefined,
    dataTypeName: undefined,
    valueType: undefined,
    thirdPartyDataSourceId: undefined,
    thirdPartyDataSourceName: undefined,
    measurementReference: undefined,
    generationType: undefined,
    trustworthiness: undefined,
    medicalGrade: undefined,
    chronologicalExactness: undefined
  }
  let at = 0

  const skipSpace = (): void => {
    let code = bytes[at] as number
    while (code === 32 || code === 10 || code === 13 || code === 9) {
      at += 1
      code = bytes[at] as number
    }
  }

  const parseText = (start: number): string | Doubt => {
    let end = start
    while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1
    at = end + 1
    const text = JSON.parse(decodeUtf8(bytes.subarray(start - 1, end + 1))) as string
    return text.isWellFormed() ? text : doubt
  }

  /** Whether n bytes at two places are equal. */
  const areEqual = (a: number, b: number, n: number): boolean => {
    if (n < 4) {
      for (let index = 0; index < n; index += 1) if (bytes[a + index] !== bytes[b + index]) return false
      return true
    }
    const last = n - 4
    for (let index = 0; index < last; index += 4) {
      if (view.getInt32(a + index, true) !== view.getInt32(b + index, true)) return false
    }
    return view.getInt32(a + last, true) === view.getInt32(b + last, true)
  }

  let slot = 0
  const readText = (): string | Doubt => {
    if (bytes[at] !== QUOTE) return doubt
    const start = at + 1
    slot = (Math.imul(view.getInt32(start, true), 0x9e3779b1) >>> 23) & (SLOTS - 1)
    const known = texts[slot]
    if (known !== undefined && areEqual(starts[slot] as number, start, known.length + 1)) {
      at = start + known.length + 1
      return known
    }
    let end = start
    let code = bytes[end] as number
    while (code !== QUOTE) {
      if (!(code >= 32 && code < 128) || code === BACKSLASH) return parseText(start)
      end += 1
      code = bytes[end] as number
    }
    at = end + 1
    const text = bytes.toString('latin1', start, end)
    texts[slot] = text
    starts[slot] = start
    uppers[slot] = undefined
    return text
  }

  const readAnyNumber = (start: number): number => {
    let end = start
    while (isNumberPart(bytes[end] as number)) end += 1
    const text = bytes.toString("latin1", start, end)
    if (!NUMBER.test(text)) return Number.NaN
    at = end
    const number = Number(text) + 0
    return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : Number.NaN
  }

  const readNumber = (): number => {
    const start = at
    let end = start
    const isNegative = bytes[end] === MINUS
    if (isNegative) end += 1
    const first = end
    let number = 0
    let code = bytes[end] as number
    while (code >= 48 && code <= 57) {
      number = number * 10 + (code - 48)
      end += 1
      code = bytes[end] as number
    }
    const digits = end - first
    if (digits === 0 || digits > 15 || (digits > 1 && bytes[first] === 48) || code === 46 || code === 69 || code === 101)
      return readAnyNumber(start)
    at = end
    return isNegative ? 0 - number : number
  }

  const readInteger = (): number => {
    const number = readNumber()
    return Number.isSafeInteger(number) ? number : Number.NaN
  }

  const isLiteral = (word: string): boolean => {
    for (let index = 0; index < word.length; index += 1) {
      if (bytes[at + index] !== word.charCodeAt(index)) return false
    }
    at += word.length
    return true
  }

  const readInstant = (): Date | Doubt => {
    if (bytes[at] === QUOTE) {
      const ms = scanInstant(bytes, at + 1)
      if (!isInstantMs(ms)) return doubt
      at += scannedLength() + 2
      return new Date(ms)
    }
    const ms = readNumber()
    return isInstantMs(ms) ? new Date(ms) : doubt
  }

  const readReference = (): string | Doubt => {
    const start = at
    let end = start
    let code = bytes[end] as number
    while (code >= 48 && code <= 57) {
      end += 1
      code = bytes[end] as number
    }
    const digits = end - start
    if (digits === 0 || digits > 30 || (digits > 1 && bytes[start] === 48) || code === 46 || code === 69 || code === 101)
      return doubt
    at = end
    return bytes.toString("latin1", start, end)
  }

  const readValue = (): string | Doubt => {
    const code = bytes[at] as number
    if (code === QUOTE) return readText()
    if (code === 116) return isLiteral('true') ? 'true' : doubt
    if (code === 102) return isLiteral('false') ? 'false' : doubt
    const number = readNumber()
    return Number.isNaN(number) ? doubt : String(number)
  }

  const readUpperCase = (): string | Doubt => {
    const text = readText()
    if (text === doubt || text === '' || text.length > 1024) return doubt
    let word = uppers[slot]
    if (word === undefined) {
      word = text.toUpperCase()
      uppers[slot] = word
    }
    return word
  }

  const matches = (key: Buffer): boolean => {
    for (let index = 0; index < key.length; index += 1) if (bytes[at + index] !== key[index]) return false
    return true
  }

  const readKey = (keys: readonly Buffer[], after: Int8Array, places: Int32Array, previous: number): number => {
    let field = after[previous] as number
    let length = lengths[field + (keys === entryKeys ? 16 : 0)] as number
    if (!areEqual(places[field] as number, at, length)) {
      field = keys.findIndex(matches)
      if (field < 0) return -1
      length = (keys[field] as Buffer).length
      after[previous] = field
      places[field] = at
    }
    at += length
    skipSpace()
    if (bytes[at] !== COLON) return -1
    at += 1
    skipSpace()
    return field
  }

  const readDetail = (field: number): boolean => {
    if (bytes[at] === 110) return isLiteral('null')
    switch (field) {
      case 0: {
        const instant = readInstant()
        if (instant === doubt) return false
        details.creationTimestamp = instant
        return true
      }
      case 1: {
        const text = readText()
        if (text === doubt) return false
        details.dataTypeName = text
        return true
      }
      case 2: {
        const text = readText()
        if (text === doubt) return false
        details.valueType = text
        return true
      }
      case 3: {
        const number = readInteger()
        details.thirdPartyDataSourceId = number
        return !Number.isNaN(number)
      }
      case 4: {
        const text = readText()
        if (text === doubt) return false
        details.thirdPartyDataSourceName = text
        return true
      }
      case 5: {
        const text = readReference()
        if (text === doubt) return false
        details.measurementReference = text
        return true
      }
      case 6: {
        const text = readUpperCase()
        if (text === doubt) return false
        details.generationType = text
        return true
      }
      case 7: {
        const text = readText()
        if (text === doubt) return false
        details.trustworthiness = text
        return true
      }
      case 8: {
        if (isLiteral('true')) details.medicalGrade = true
        else if (isLiteral('false')) details.medicalGrade = false
        else return false
        return true
      }
      default: {
        const number = readNumber()
        details.chronologicalExactness = number
        return !Number.isNaN(number)
      }
    }
  }

  const readObject = (
    keys: readonly Buffer[],
    after: Int8Array,
    places: Int32Array,
    readField: (field: number) => boolean
  ): number => {
    if (bytes[at] !== OPEN) return -1
    at += 1
    skipSpace()
    if (bytes[at] === CLOSE) {
      at += 1
      return 0
    }
    let seen = 0
    let field = keys.length
    for (;;) {
      field = readKey(keys, after, places, field)
      if (field < 0 || (seen & (1 << field)) !== 0) return -1
      seen |= 1 << field
      if (!readField(field)) return -1
      skipSpace()
      const code = bytes[at]
      at += 1
      if (code === CLOSE) return seen
      if (code !== COMMA) return -1
      skipSpace()
    }
  }

  const readEntryField = (field: number): boolean => {
    if (bytes[at] === 110 && field !== 0 && field !== 2 && field !== 4 && field !== 5) return isLiteral('null')
    switch (field) {
      case 0: {
        const instant = readInstant()
        if (instant === doubt) return false
        own.startTimestamp = instant
        return true
      }
      case 1: {
        const instant = readInstant()
        if (instant === doubt) return false
        own.endTimestamp = instant
        return true
      }
      case 2: {
        const text = readText()
        if (text === doubt || !isDay(text)) return false
        own.day = text
        return true
      }
      case 3: {
        const number = readNumber()
        own.timezoneOffset = number
        return !Number.isNaN(number)
      }
      case 4: {
        const number = readInteger()
        own.dataTypeId = number
        return !Number.isNaN(number)
      }
      case 5: {
        const text = readValue()
        if (text === doubt) return false
        own.value = text
        return true
      }
      default:
        return readObject(detailKeys, afterDetail, detailPlaces, readDetail) >= 0
    }
  }

  const reset = (): void => {
    own.startTimestamp = undefined
    own.endTimestamp = undefined
    own.day = undefined
    own.timezoneOffset = undefined
    own.dataTypeId = undefined
    own.value = undefined
    details.creationTimestamp = undefined
    details.dataTypeName = undefined
    details.valueType = undefined
    details.thirdPartyDataSourceId = undefined
    details.thirdPartyDataSourceName = undefined
    details.measurementReference = undefined
    details.generationType = undefined
    details.trustworthiness = undefined
    details.medicalGrade = undefined
    details.chronologicalExactness = undefined
  }

  const EPOCH = 0b0110001
  const readEpoch = (source: SourceFields): EpochRecord | undefined => {
    reset()
    const seen = readObject(entryKeys, afterEntry, entryPlaces, readEntryField)
    if (seen < 0 || (seen & EPOCH) !== EPOCH || (seen & 4) !== 0) return undefined
    own.extra = source.extra
    own.parsedValue = parseValue(own.value as string, details.valueType)
    return epochRecordOf(source, own, details)
  }

  return {
    readEpoch,
    readDaily: (source: SourceFields): DailyRecord | undefined => {
      reset()
      const seen = readObject(entryKeys, afterEntry, entryPlaces, readEntryField)
      if (seen < 0 || (seen & 0b0110100) !== 0b0110100 || (seen & 3) !== 0) return undefined
      own.extra = source.extra
      own.parsedValue = parseValue(own.value as string, details.valueType)
      return dailyRecordOf(source, own, details)
    },
    seek: (to: number) => {
      at = to
    },
    skipSpace,
    at: () => at
  }
}
