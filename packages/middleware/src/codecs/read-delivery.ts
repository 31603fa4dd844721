/**
 * From the bytes of a delivery to its event. The entries of the usual delivery go straight from their bytes to records, and
 * others get their turn in between: `JSON.parse` of 10,000 records at once keeps the event loop longer than that. What the
 * scanner doubts is parsed and judged by the composed codecs: one entry, or the whole delivery where its frame is unusual.
 */
import * as E from 'fp-ts/lib/Either'
import { ThryveError } from '../errors'
import { decodeUtf8, parseJson, parseLossless } from '../json'
import { createJsonBounds } from '../json-bounds'
import type { Dimension } from '../records'
import { closeDelivery, type Decoded, decodeDelivery, type Undecodable } from './delivery'
import { EntryScanner } from './entry-scanner'
import { JsonCursor } from './json-cursor'
import { type OpenDelivery, type OpenList, openDelivery } from './open-delivery'
import { createPauses } from './pauses'
import { countEntries, type DraftSources, decodeItem } from './source'

/** Limits of one delivery. */
export interface ReadLimits {
  readonly maxRecords: number
  /** The most values that parsing may build. Entries that go straight to records are bounded by `maxRecords`. */
  readonly maxValues: number
}

/** Below, a delivery is parsed as a whole: the composed codecs take as long for some entries as finding them. */
const SCANNED_FROM_LENGTH = 2_048

const COMMA = 44
/** The first byte of one. No JSON value begins with it. */
const BYTE_ORDER_MARK = 0xef
/** The time need not be looked at after every entry. */
const ENTRIES_PER_LOOK = 64

/** What reading the entries of a delivery takes. */
interface EntryParts {
  readonly dimension: Dimension
  readonly cursor: JsonCursor
  readonly scanner: EntryScanner
  /** What is parsed, is bounded first. */
  readonly assertBounds: (entry: Uint8Array) => void
  readonly result: DraftSources
}

const parseEntry = ({ cursor, assertBounds }: EntryParts): unknown => {
  const bytes = cursor.slice(cursor.endOfValue())
  // Decoding takes off a byte order mark, which may stand before the whole text only.
  if (bytes[0] === BYTE_ORDER_MARK) throw new ThryveError('THRYVE_INVALID_JSON')
  assertBounds(bytes)
  cursor.at += bytes.length
  return parseLossless(decodeUtf8(bytes))
}

const readEntry = (parts: EntryParts, { source, context }: OpenList, index: number): void => {
  const { dimension, cursor, scanner, result } = parts
  const start = cursor.at
  if (index === 0) {
    result.firstItem ??= parseEntry(parts)
    cursor.at = start
  }
  const record = scanner.read(source)
  if (record !== undefined) {
    result.records.push(record)
    return
  }
  cursor.at = start
  decodeItem(dimension, parseEntry(parts), source, { list: context, index }, result)
}

/**
 * Reads the entries. All of them and what surrounds them being sound, so is the whole.
 *
 * @returns nothing where there are too many, or something else is between them.
 */
const readEntries = async (
  bytes: Uint8Array,
  { dimension, lists, level }: OpenDelivery,
  { maxRecords, maxValues }: ReadLimits
): Promise<DraftSources | undefined> => {
  const cursor = new JsonCursor(bytes)
  const scanner = new EntryScanner(cursor, dimension)
  const assertAllBounds = createJsonBounds(maxValues)
  const assertBounds = (entry: Uint8Array): void => assertAllBounds(entry, level + 1)
  const result: DraftSources = { records: [], errors: [], badRecords: 0, firstItem: undefined }
  const parts = { dimension, cursor, scanner, assertBounds, result }
  const pauses = createPauses()
  let entries = 0
  for (const list of lists) {
    cursor.at = list.start
    cursor.skipSpace()
    let index = 0
    let hasMore = cursor.at < list.end
    while (hasMore) {
      if (entries + index >= maxRecords) return undefined
      readEntry(parts, list, index)
      index += 1
      cursor.skipSpace()
      hasMore = cursor.take(COMMA)
      cursor.skipSpace()
      if ((entries + index) % ENTRIES_PER_LOOK === 0 && pauses.isDue()) await pauses.take()
    }
    if (cursor.at !== list.end) return undefined
    // An empty source is work, too, and counts as one.
    entries += Math.max(1, index)
  }
  return entries > maxRecords ? undefined : result
}

/** Reads a delivery entry by entry. @returns nothing where it must be read as a whole, be it to tell what is wrong. */
const readScanned = async (bytes: Uint8Array, limits: ReadLimits): Promise<Decoded | undefined> => {
  try {
    const opened = openDelivery(bytes)
    const sources = opened && (await readEntries(bytes, opened, limits))
    return sources && closeDelivery(opened.envelope, sources)
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
  const decoded = bytes.length >= SCANNED_FROM_LENGTH ? await readScanned(bytes, limits) : undefined
  if (decoded !== undefined) return E.right(decoded)
  const payload = parseJson(bytes, limits)
  if (countEntries(payload) > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
  return decodeDelivery(payload)
}
