/**
 * From the bytes of a delivery to its event. The entries of the usual delivery go straight from their bytes to records, and
 * others get their turn in between: `JSON.parse` of 10,000 records at once keeps the event loop longer than that. What the
 * scanner doubts is parsed and judged by the composed codecs: one entry, or the whole delivery where its frame is unusual.
 */
import * as E from 'fp-ts/lib/Either'
import { ThryveError } from '../errors'
import { decodeUtf8, parseJson, parseLossless } from '../json'
import { createJsonBounds } from '../json-bounds'
import { closeDelivery, type Decoded, decodeDelivery, type Undecodable } from './delivery'
import { createEntryScanner } from './entry-scanner'
import { type OpenDelivery, openDelivery } from './open-delivery'
import { createPauses } from './pauses'
import { countEntries, type DraftSources, decodeItems } from './source'

/** Limits of one delivery. */
export interface ReadLimits {
  readonly maxRecords: number
  /** The most values that may be built of its JSON. */
  readonly maxValues: number
}

/** Below, a delivery is parsed as a whole: the composed codecs take as long for some entries as finding them. */
const SCANNED_FROM_LENGTH = 2_048

const COMMA = 44
/** The time need not be looked at after every entry. */
const ENTRIES_PER_LOOK = 64

const endOfValue = (bytes: Uint8Array, start: number): number => {
  let depth = 0
  for (let at = start; at < bytes.length; at += 1) {
    const code = bytes[at]
    if (code === 34) {
      at += 1
      while (at < bytes.length && bytes[at] !== 34) at += bytes[at] === 92 ? 2 : 1
    } else if (code === 123 || code === 91) depth += 1
    else if (code === 125 || code === 93) {
      depth -= 1
      if (depth === 0) return at + 1
      if (depth < 0) return at
    } else if (code === COMMA && depth === 0) return at
  }
  throw new ThryveError('THRYVE_INVALID_JSON')
}

const readEntries = async (
  bytes: Uint8Array,
  { dimension, lists, level }: OpenDelivery,
  limits: ReadLimits
): Promise<DraftSources> => {
  const result: DraftSources = { records: [], errors: [], badRecords: 0, firstItem: undefined }
  const assertBounds = createJsonBounds(limits.maxValues)
  const scanner = createEntryScanner(bytes)
  const read = dimension === 'epoch' ? scanner.readEpoch : scanner.readDaily
  const pauses = createPauses()
  let entries = 0

  for (const { start, end, source, context } of lists) {
    const before = entries
    scanner.seek(start)
    scanner.skipSpace()
    while (scanner.at() < end) {
      const at = scanner.at()
      entries += 1
      if (entries > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
      const record = read(source)
      if (record !== undefined) result.records.push(record)
      if (record === undefined || result.firstItem === undefined) {
        const to = record === undefined ? endOfValue(bytes, at) : scanner.at()
        const entry = bytes.subarray(at, to)
        assertBounds(entry, level + 1)
        const item = parseLossless(decodeUtf8(entry))
        result.firstItem ??= item
        if (record === undefined) {
          decodeItems(dimension, [item], source, { context, firstIndex: entries - 1 - before }, result)
          scanner.seek(to)
        }
      }
      scanner.skipSpace()
      if (scanner.at() >= end) break
      if (bytes[scanner.at()] !== COMMA) throw new ThryveError('THRYVE_INVALID_JSON')
      scanner.seek(scanner.at() + 1)
      scanner.skipSpace()
      if (scanner.at() >= end) throw new ThryveError('THRYVE_INVALID_JSON')
      if (entries % ENTRIES_PER_LOOK === 0 && pauses.isDue()) await pauses.take()
    }
    if (scanner.at() !== end) throw new ThryveError('THRYVE_INVALID_JSON')
    // An empty source is work, too, and counts as one.
    if (entries === before) entries += 1
  }
  if (entries > limits.maxRecords) throw new ThryveError('THRYVE_TOO_MANY_RECORDS')
  return result
}

/** Reads a delivery slice by slice. @returns nothing where it must be read as a whole, be it to tell what is wrong. */
const readScanned = async (bytes: Uint8Array, limits: ReadLimits): Promise<Decoded | undefined> => {
  try {
    const opened = openDelivery(bytes)
    return opened && closeDelivery(opened.envelope, await readEntries(bytes, opened, limits))
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
