/** Pages of a listing that is ordered by a date, then by `_id`. */
import type { Page, PageQuery } from '@thryve-webhook/middleware'

/** Where a page begins and how long it is. */
export interface PageRange {
  readonly limit: number
  /** The last entry of the page before. */
  readonly after?: { readonly date: Date; readonly id: string }
}

/**
 * Reads a page query.
 *
 * @throws TypeError that names the wrong member in quotes.
 */
export const pageRange = ({ limit = 100, after }: PageQuery): PageRange => {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('"limit" must be a whole number from 1 on.')
  if (after === undefined) return { limit }
  const [, milliseconds, id] = /^(-?\d{1,16}):(.+)$/s.exec(String(after)) ?? []
  if (milliseconds === undefined || id === undefined) throw new TypeError('"after" must be the `next` of a page.')
  return { limit, after: { date: new Date(Number(milliseconds)), id } }
}

/** The filter that skips all pages before. */
export const afterFilter = (field: string, comparison: '$gt' | '$lt', { after }: PageRange): object =>
  after === undefined
    ? {}
    : {
        $or: [{ [field]: { [comparison]: after.date } }, { [field]: after.date, _id: { [comparison]: after.id } }]
      }

/** Cuts what was read, one document more than the page is long, into the page. */
export const pageOf = <D extends { _id: string }, T>(
  documents: readonly D[],
  { limit }: PageRange,
  dateOf: (document: D) => Date,
  entryOf: (document: D) => T
): Page<T> => {
  const shown = documents.slice(0, limit)
  const last = shown.at(-1)
  const entries = shown.map(entryOf)
  return last === undefined || documents.length <= limit
    ? { entries }
    : { entries, next: `${dateOf(last).getTime()}:${last._id}` }
}
