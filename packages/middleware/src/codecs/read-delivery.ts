/**
 * From the bytes of a delivery to its event. A long list of entries is parsed and decoded slice by slice, so that others
 * get their turn in between: `JSON.parse` of 10,000 records at once keeps the event loop longer than that. What a slice builds is
 * bounded by its length, and what it brings is accounted for, so the usual delivery needs no scan of its bytes before
 * it is parsed (that took as long as parsing), and no second look for long integers.
 */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either'
import * as t from 'io-ts'
import { ThryveError } from '../errors'
import { isEventName } from '../events'
import { decodeUtf8, parseJson, parseLossless } from '../json'
import { createJsonBounds } from '../json-bounds'
import type { ThryveRecord } from '../records'
import { acceptItem } from './accept-item'
import { closeDelivery, type Decoded, decodeDelivery, Envelope, type OpenEnvelope, type Undecodable } from './delivery'
import type { SourceFields } from './item'
import { createPauses } from './pauses'
import { isObject, List } from './shape'
import { countEntries, type DraftSources, decodeItems, openSource, Source } from './source'
import { leastLength } from './wire-length'

/** Limits of one delivery. */
export interface ReadLimits {
  readonly maxRecords: number
  /** The most values that may be built of its JSON. */
  readonly maxValues: number
}

/** Below, a delivery is parsed in one piece: a scan of 16 kB costs less than taking them apart. */
const SLICED_FROM_LENGTH = 16_384
/** In characters: some 130 records. */
const SLICE_LENGTH = 65_536
/** Room for what surrounds the list of entries. */
const MAX_SURROUNDINGS = 4_096
/** What may remain unaccounted for: less than 4,096 different keys, which take 6 characters each with their values. */
const MAX_UNACCOUNTED = 4_096 * 6
/** A slice stands in an envelope and a source, in brackets of its own instead of the list's. */
const SLICE_LEVEL = 2

const LIST_START = /"(?:epochData|dailyData)"\s{0,9}:\s{0,9}\[/
const NEXT_ITEM = /\},\s{0,99}\{/g

/** Stands for the entries. No sender can guess it. */
const PLACEHOLDER = randomUUID()

/** A delivery of one source, its entries still unread. */
interface OpenDelivery {
  readonly envelope: OpenEnvelope
  readonly dimension: 'epoch' | 'daily'
  readonly source: SourceFields
  readonly context: t.Context
  readonly start: number
  readonly end: number
}

/** Reads what surrounds the entries. @returns nothing where they are not one list in one sound source. */
const openDelivery = (text: string): OpenDelivery | undefined => {
  const found = LIST_START.exec(text.slice(0, MAX_SURROUNDINGS))
  const end = text.lastIndexOf(']')
  if (found === null || text.length - end > MAX_SURROUNDINGS) return undefined
  const start = found.index + found[0].length
  const surroundings = parseJson(Buffer.from(`${text.slice(0, start)}"${PLACEHOLDER}"${text.slice(end)}`))
  const type = isObject(surroundings) ? surroundings['type'] : undefined
  if (typeof type !== 'string' || !isEventName(type) || !type.startsWith('event.data.')) return undefined
  const decoded = Envelope.decode(surroundings)
  if (E.isLeft(decoded)) return undefined
  const { data, timestampType: label, unknown, ...fields } = decoded.right
  const root: t.Context = [{ key: 'data', type: Source, actual: data }]
  const opened = openSource(data, root, { ...fields, unknown })
  if (E.isLeft(opened)) return undefined
  const { fields: source, epochData, dailyData } = opened.right
  const list = epochData ?? dailyData ?? []
  if (list[0] !== PLACEHOLDER || list.length !== 1 || (epochData && dailyData)) return undefined
  const context = t.appendContext(root, epochData === undefined ? 'dailyData' : 'epochData', List, list)
  const dimension = type.startsWith('event.data.epoch') ? 'epoch' : 'daily'
  return { envelope: { fields, label, unknown }, dimension, source, context, start, end }
}

/** Where a slice that begins at `at` may end: before a comma between two entries, if parsing agrees that it is one. */
const endOfSlice = (text: string, at: number, end: number): number => {
  if (end - at <= SLICE_LENGTH) return end
  NEXT_ITEM.lastIndex = at + SLICE_LENGTH
  const found = NEXT_ITEM.exec(text)
  return found === null || found.index >= end ? end : found.index + 1
}

/** Accepts all entries of a slice, or none. @returns how many characters they account for; -1 for none. */
const acceptAll = (items: readonly unknown[], { dimension, source }: OpenDelivery, records: ThryveRecord[]): number => {
  const accept = acceptItem[dimension]
  const before = records.length
  let accounted = 0
  for (const item of items) {
    const record = accept(item, source)
    if (record === undefined) {
      records.length = before
      return -1
    }
    records.push(record)
    accounted += leastLength(item) + 1
  }
  return accounted
}

/**
 * Reads the entries. A slice that parses as a list by itself holds whole entries: inside a text or an entry it could not.
 * All slices and what surrounds them being sound, so is the whole.
 */
const readEntries = async (text: string, opened: OpenDelivery, limits: ReadLimits): Promise<DraftSources> => {
  const result: DraftSources = { records: [], errors: [], badRecords: 0, firstItem: undefined }
  const assertBounds = createJsonBounds(limits.maxValues)
  let unaccounted = 0
  let entries = 0
  const pauses = createPauses()
  for (let at = opened.start; at < opened.end; ) {
    const end = endOfSlice(text, at, opened.end)
    const slice = `[${text.slice(at, end)}]`
    let isBounded = end - at > 2 * SLICE_LENGTH || unaccounted > MAX_UNACCOUNTED
    if (isBounded) assertBounds(Buffer.from(slice), SLICE_LEVEL)
    const items = JSON.parse(slice) as readonly unknown[]
    if (entries + items.length > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
    result.firstItem ??= items[0]
    const accounted = acceptAll(items, opened, result.records)
    if (accounted >= 0 && !isBounded) {
      unaccounted += slice.length - accounted
      isBounded = unaccounted <= MAX_UNACCOUNTED
    }
    if (!isBounded) assertBounds(Buffer.from(slice), SLICE_LEVEL)
    if (accounted < 0) {
      const place = { context: opened.context, firstIndex: entries }
      decodeItems(opened.dimension, parseLossless(slice) as readonly unknown[], opened.source, place, result)
    }
    entries += items.length
    at = end + 1
    if (at < opened.end && pauses.isDue()) await pauses.take()
  }
  return result
}

/** Reads a delivery slice by slice. @returns nothing where it must be read as a whole, be it to tell what is wrong. */
const readSliced = async (text: string, limits: ReadLimits): Promise<Decoded | undefined> => {
  try {
    const opened = openDelivery(text)
    return opened && closeDelivery(opened.envelope, await readEntries(text, opened, limits))
  } catch {
    return undefined
  }
}

/**
 * Reads a delivery. Bad records are left out and reported.
 *
 * @throws ThryveError `THRYVE_INVALID_UTF8`, `THRYVE_INVALID_JSON`, `THRYVE_TOO_MANY_RECORDS`.
 */
export const readDelivery = async (bytes: Uint8Array, limits: ReadLimits): Promise<E.Either<Undecodable, Decoded>> => {
  if (bytes.length >= SLICED_FROM_LENGTH) {
    const decoded = await readSliced(decodeUtf8(bytes), limits)
    if (decoded !== undefined) return E.right(decoded)
  }
  const payload = parseJson(bytes, limits)
  if (countEntries(payload) > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
  return decodeDelivery(payload)
}
