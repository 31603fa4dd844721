/** The `data` of a delivery with records: one source, or a list of them. */
import * as E from 'fp-ts/lib/Either'
import * as t from 'io-ts'
import { stringifyJson } from '../json'
import type { Dimension, ThryveRecord } from '../records'
import { dailyItem, epochItem, extraOf, type SourceFields, toDailyRecord, toEpochRecord } from './item'
import { Integer } from './number'
import { optional } from './optional'
import { isObject, List, shape, type UnknownFields, type WireObject } from './shape'
import { Text } from './text'

/** A report of what is wrong is for people: nobody reads the hundredth failure of one delivery. */
const MAX_REPORTED_ERRORS = 100

/** Unknown fields of an envelope or source are repeated in each of its records, so they must be small. */
const MAX_SHARED_EXTRA_LENGTH = 4_096

/**
 * One source and its records, not yet decoded. Both list names are taken for either dimension: the vendor's page
 * calls the daily list `dailyData` in its table and `epochData` in its examples.
 *
 * @example Source.decode({ dataSourceId: 5, epochData: [] })
 */
export const Source = shape('source', {
  dataSourceId: Integer,
  dataSourceName: optional(Text),
  epochData: optional(List),
  dailyData: optional(List)
})

/** The owner's part of a delivery. */
interface Owner extends Pick<SourceFields, 'endUserId' | 'endUserAlias'> {
  readonly unknown?: UnknownFields | undefined
}

/** The records of all sources of a delivery, and what is wrong with the others. */
export interface DecodedSources {
  readonly records: readonly ThryveRecord[]
  readonly errors: t.Errors
  readonly badRecords: number
  /** The first entry as it came: it shows how timestamps are written. */
  readonly firstItem: unknown
}

/** A source whose entries are still as they came. */
interface OpenSource {
  readonly fields: SourceFields
  readonly epochData: readonly unknown[] | undefined
  readonly dailyData: readonly unknown[] | undefined
}

/** How many entries the sources of a parsed payload hold, decodable or not; an empty source is work, too, and counts as one. */
export const countEntries = (payload: unknown): number => {
  const data = isObject(payload) ? payload['data'] : undefined
  let entries = 0
  for (const source of Array.isArray(data) ? data : [data]) {
    const { epochData, dailyData } = isObject(source) ? source : ({} as WireObject)
    const inSource = [epochData, dailyData].reduce<number>(
      (sum, list) => sum + (Array.isArray(list) ? list.length : 0),
      0
    )
    entries += Math.max(1, inSource)
  }
  return entries
}

/** Reads what a source says of itself; its entries stay as they came. */
export const openSource = (raw: unknown, context: t.Context, owner: Owner): E.Either<t.Errors, OpenSource> => {
  const source = Source.validate(raw, context)
  if (E.isLeft(source)) return source
  const { unknown, epochData, dailyData, ...own } = source.right
  if (epochData === undefined && dailyData === undefined) {
    return t.failure(raw, t.appendContext(context, 'epochData', List), 'a list of records, as epochData or dailyData')
  }
  const shared = { ...(owner.unknown && { delivery: owner.unknown }), ...(unknown && { source: unknown }) }
  const isPlain = owner.unknown === undefined && unknown === undefined
  if (!isPlain && stringifyJson(shared).length > MAX_SHARED_EXTRA_LENGTH) {
    return t.failure(raw, context, `unknown fields of at most ${MAX_SHARED_EXTRA_LENGTH} characters`)
  }
  const { endUserId, endUserAlias } = owner
  const alias = endUserAlias === undefined ? {} : { endUserAlias }
  const fields: SourceFields = {
    endUserId,
    ...alias,
    ...own,
    ...(isPlain ? {} : { unknown: shared, ...extraOf(shared) })
  }
  return E.right({ fields, epochData, dailyData })
}

/** Each dimension's codec, and the record its entries stand for. Either timestamp form decodes both. */
const decoders = {
  epoch: (item: unknown, context: t.Context, source: SourceFields): t.Validation<ThryveRecord> => {
    const decoded = epochItem.ISO.validate(item, context)
    return E.isLeft(decoded) ? decoded : E.right(toEpochRecord(source, decoded.right))
  },
  daily: (item: unknown, context: t.Context, source: SourceFields): t.Validation<ThryveRecord> => {
    const decoded = dailyItem.ISO.validate(item, context)
    return E.isLeft(decoded) ? decoded : E.right(toDailyRecord(source, decoded.right))
  }
}

/** What was decoded so far. */
export interface DraftSources {
  readonly records: ThryveRecord[]
  readonly errors: t.Errors
  badRecords: number
  firstItem: unknown
}

const addErrors = (result: DraftSources, errors: t.Errors): void => {
  result.badRecords += 1
  if (result.errors.length < MAX_REPORTED_ERRORS) result.errors.push(...errors)
}

/** Decodes an entry of one source by the composed codecs, which alone know what is wrong with it. */
export const decodeItem = (
  dimension: Dimension,
  item: unknown,
  source: SourceFields,
  place: { readonly list: t.Context; readonly index: number },
  result: DraftSources
): void => {
  const codec = dimension === 'epoch' ? epochItem.ISO : dailyItem.ISO
  const context = t.appendContext(place.list, String(place.index), codec)
  const record = decoders[dimension](item, context, source)
  if (E.isLeft(record)) addErrors(result, record.left)
  else result.records.push(record.right)
}

/** Decodes the sources of a delivery. Left: nothing of it can be used. */
export const decodeSources = (
  dimension: Dimension,
  data: unknown,
  owner: Owner
): E.Either<t.Errors, DecodedSources> => {
  const root: t.Context = [{ key: 'data', type: Source, actual: data }]
  const sources = Array.isArray(data)
    ? data.map((source, index) => [source, t.appendContext(root, String(index), Source)] as const)
    : [[data, root] as const]
  const result: DraftSources = { records: [], errors: [], badRecords: 0, firstItem: undefined }

  for (const [raw, context] of sources) {
    const source = openSource(raw, context, owner)
    if (E.isLeft(source)) {
      if (!Array.isArray(data)) return source
      addErrors(result, source.left)
      continue
    }
    for (const list of ['epochData', 'dailyData'] as const) {
      const items = source.right[list] ?? []
      const place = t.appendContext(context, list, List, items)
      result.firstItem ??= items[0]
      for (const [index, item] of items.entries())
        decodeItem(dimension, item, source.right.fields, { list: place, index }, result)
    }
  }
  return E.right(result)
}
