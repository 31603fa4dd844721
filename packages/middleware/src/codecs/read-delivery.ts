/**
 * From the bytes of a delivery to its event. A long list of entries is parsed and decoded slice by slice, so that others
 * get their turn in between: `JSON.parse` of 10,000 records at once keeps the event loop longer than that. What a slice builds is
 * bounded by its length, and what it brings is accounted for, so the usual delivery needs no scan of its bytes before
 * it is parsed (that took as long as parsing), and no second look for long integers.
 */
import * as E from 'fp-ts/lib/Either'
import { ThryveError } from '../errors'
import { decodeUtf8, parseJson, parseLossless } from '../json'
import { createJsonBounds } from '../json-bounds'
import type { ThryveRecord } from '../records'
import { acceptItem } from './accept-item'
import { closeDelivery, type Decoded, decodeDelivery, type Undecodable } from './delivery'
import type { SourceFields } from './item'
import { type OpenDelivery, type OpenList, openDelivery } from './open-delivery'
import { createPauses } from './pauses'
import { countEntries, type DraftSources, decodeItems } from './source'
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
/** What may remain unaccounted for: less than 4,096 different keys, which take 6 characters each with their values. */
const MAX_UNACCOUNTED = 4_096 * 6

const NEXT_ITEM = /\},\s{0,99}\{/g

/** Where a slice that begins at `at` may end: before a comma between two entries, if parsing agrees that it is one. */
const endOfSlice = (text: string, at: number, end: number): number => {
  if (end - at <= SLICE_LENGTH) return end
  NEXT_ITEM.lastIndex = at + SLICE_LENGTH
  const found = NEXT_ITEM.exec(text)
  return found === null || found.index >= end ? end : found.index + 1
}

/** Accepts all entries of a slice, or none. @returns how many characters they account for; -1 for none. */
const acceptAll = (
  items: readonly unknown[],
  accept: (typeof acceptItem)['epoch' | 'daily'],
  source: SourceFields,
  records: ThryveRecord[]
): number => {
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
const readEntries = async (
  text: string,
  { dimension, lists, level }: OpenDelivery,
  limits: ReadLimits
): Promise<DraftSources> => {
  const result: DraftSources = { records: [], errors: [], badRecords: 0, firstItem: undefined }
  const assertBounds = createJsonBounds(limits.maxValues)
  const pauses = createPauses()
  let unaccounted = 0
  let entries = 0

  /** @returns how many entries the slice had. */
  const readSlice = (slice: string, { source, context }: OpenList, firstIndex: number): number => {
    let isBounded = slice.length > 2 * SLICE_LENGTH + 2 || unaccounted > MAX_UNACCOUNTED
    if (isBounded) assertBounds(Buffer.from(slice), level)
    const items = JSON.parse(slice) as readonly unknown[]
    if (entries + items.length > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
    result.firstItem ??= items[0]
    const accounted = acceptAll(items, acceptItem[dimension], source, result.records)
    if (accounted >= 0 && !isBounded) {
      unaccounted += slice.length - accounted
      isBounded = unaccounted <= MAX_UNACCOUNTED
    }
    if (!isBounded) assertBounds(Buffer.from(slice), level)
    if (accounted < 0) {
      decodeItems(dimension, parseLossless(slice) as readonly unknown[], source, { context, firstIndex }, result)
    }
    return items.length
  }

  for (const list of lists) {
    const before = entries
    for (let at = list.start; at < list.end; ) {
      const end = endOfSlice(text, at, list.end)
      entries += readSlice(`[${text.slice(at, end)}]`, list, entries - before)
      at = end + 1
      if ((at < list.end || list !== lists.at(-1)) && pauses.isDue()) await pauses.take()
    }
    // An empty source is work, too, and counts as one.
    if (entries === before) entries += 1
  }
  if (entries > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
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
