/**
 * The usual entry of a delivery, taken from its bytes straight to its flat record: with `JSON.parse` and the composed
 * codecs, reading cost three times as much. It decides nothing: whatever is not plainly right is left to these.
 */
import type { Dimension, ThryveRecord } from '../records'
import { dailyRecordOf, epochRecordOf } from './flat-record'
import { extraWith, type SourceFields } from './item'
import { JsonCursor } from './json-cursor'
import { type Field, ObjectScanner, optional, required } from './object-scanner'
import type { UnknownFields } from './shape'
import { parseValue } from './value'

/** {@link EntryScanner} takes their values by their places in these lists. */
const commonFields = [
  required('dataTypeId', 'integer'),
  required('value', 'value'),
  optional('timezoneOffset', 'number'),
  optional('additionalDetails', 'object')
]
const entryFields: Readonly<Record<Dimension, readonly Field[]>> = {
  epoch: [...commonFields, required('startTimestamp', 'instant'), optional('endTimestamp', 'instant')],
  daily: [...commonFields, required('day', 'day')]
}
const detailFields: readonly Field[] = [
  optional('creationTimestamp', 'instant'),
  optional('dataTypeName', 'text'),
  optional('valueType', 'text'),
  optional('thirdPartyDataSourceId', 'integer'),
  optional('thirdPartyDataSourceName', 'text'),
  optional('measurementReference', 'digits'),
  optional('generationType', 'word'),
  optional('trustworthiness', 'text'),
  optional('medicalGrade', 'boolean'),
  optional('chronologicalExactness', 'number'),
  optional('generation', 'rare')
]

const withoutNulls = (fields: UnknownFields | undefined): UnknownFields | undefined => {
  const present = Object.entries(fields ?? {}).filter(([, value]) => value !== null)
  return present.length === 0 ? undefined : Object.fromEntries(present)
}

/**
 * An entry that is read once, and its record kept: V8 forgets what it compiled for objects of which none is left, and
 * compiling all this anew after every pause took as long as reading 30,000 entries.
 */
const SAMPLE = Buffer.from(
  `{"startTimestamp":0,"endTimestamp":0,"timezoneOffset":0,"dataTypeId":0,"value":"","additionalDetails":{
    "creationTimestamp":0,"dataTypeName":"","valueType":"","thirdPartyDataSourceId":0,"thirdPartyDataSourceName":"",
    "measurementReference":0,"generationType":"A","trustworthiness":"","medicalGrade":false,"chronologicalExactness":0}}`
)

/** Reads the entries of a delivery. */
export class EntryScanner {
  static readonly kept = EntryScanner.#readSample()
  readonly #cursor: JsonCursor
  readonly #dimension: Dimension
  readonly #details = new ObjectScanner(detailFields)
  readonly #entry: ObjectScanner

  constructor(cursor: JsonCursor, dimension: Dimension) {
    this.#cursor = cursor
    this.#dimension = dimension
    this.#entry = new ObjectScanner(entryFields[dimension], this.#details)
  }

  /** Takes the entry that comes next. @returns nothing where the composed codec must decide; then the cursor has moved on by some way. */
  read(source: SourceFields): ThryveRecord | undefined {
    if (!this.#entry.read(this.#cursor)) return undefined
    const { values } = this.#entry
    const value = values[1]
    const when = values[4]
    if (values[0] === undefined || value === undefined || when === undefined) return undefined
    const details = this.#detailsOf()
    const isEpoch = this.#dimension === 'epoch'
    const own = {
      startTimestamp: isEpoch ? (when as Date) : undefined,
      endTimestamp: values[5] as Date | undefined,
      timezoneOffset: values[2] as number | undefined,
      dataTypeId: values[0] as number,
      value: value as string,
      parsedValue: parseValue(value as string, details.valueType),
      day: isEpoch ? undefined : (when as string),
      extra: this.#extraOf(source)
    }
    return isEpoch ? epochRecordOf(source, own, details) : dailyRecordOf(source, own, details)
  }

  #extraOf(source: SourceFields): string | undefined {
    const { unknown } = this.#entry
    if (unknown === undefined && this.#details.unknown === undefined) return source.extra
    return extraWith(source, withoutNulls(unknown), withoutNulls(this.#details.unknown)).extra
  }

  #detailsOf() {
    const { values } = this.#details
    return {
      creationTimestamp: values[0] as Date | undefined,
      dataTypeName: values[1] as string | undefined,
      valueType: values[2] as string | undefined,
      thirdPartyDataSourceId: values[3] as number | undefined,
      thirdPartyDataSourceName: values[4] as string | undefined,
      measurementReference: values[5] as string | undefined,
      generationType: values[6] as string | undefined,
      trustworthiness: values[7] as string | undefined,
      medicalGrade: values[8] as boolean | undefined,
      chronologicalExactness: values[9] as number | undefined
    }
  }

  static #readSample(): unknown[] {
    const scanner = new EntryScanner(new JsonCursor(SAMPLE), 'epoch')
    return [scanner, scanner.read({ endUserId: '', endUserAlias: '', dataSourceId: 0, dataSourceName: '' })]
  }
}
