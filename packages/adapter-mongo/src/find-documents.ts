/** Reads the documents that a query asks for, in its order. */
import type { RecordQuery } from '@thryve-webhook/middleware'
import type { Collection, Filter } from 'mongodb'
import { type RecordDocument, timeField } from './documents'

/** Room in the first batch of a limited query for records that share its last instant. */
const SHARED_INSTANT = 15
const MAX_BATCH = 1_000

/**
 * Yields the documents by time, then by key. When the caller stops early, the driver closes the cursor.
 *
 * Time comes from the index; the key does not stand in it, which halves the index. Documents of one instant are few,
 * and are put in order here.
 */
export async function* findDocuments(
  collection: Collection<RecordDocument>,
  query: RecordQuery
): AsyncGenerator<RecordDocument> {
  const { dimension, order = 'asc', limit = Number.POSITIVE_INFINITY } = query
  const direction = order === 'asc' ? 1 : -1
  const time = timeField[dimension]
  const cursor = collection
    .find(await filterOf(collection, query), {
      allowDiskUse: true,
      batchSize: Math.min(limit + SHARED_INSTANT, MAX_BATCH)
    })
    .sort({ [time]: direction })

  let sent = 0
  let instant: RecordDocument[] = []
  const inKeyOrder = (): RecordDocument[] =>
    instant.sort((a, b) => (a._id < b._id ? -direction : direction)).slice(0, limit - sent)
  for await (const document of cursor) {
    if (instant[0] !== undefined && instantOf(document, time) !== instantOf(instant[0], time)) {
      const next = inKeyOrder()
      yield* next
      sent += next.length
      instant = []
      if (sent >= limit) return
    }
    instant.push(document)
  }
  yield* inKeyOrder()
}

const instantOf = (document: RecordDocument, time: 'startTimestamp' | 'day'): unknown => document[time]?.valueOf()

/**
 * The types always stand in the filter: with them the index gives each type's documents in order of time, which the
 * server merges; without them it would have to sort all of the user's documents first.
 *
 * @see https://www.mongodb.com/docs/manual/tutorial/sort-results-with-indexes/ (a prefix of equalities)
 */
const filterOf = async (
  collection: Collection<RecordDocument>,
  { dimension, endUserId, dataTypeIds, dataSourceIds, from, to }: RecordQuery
): Promise<Filter<RecordDocument>> => {
  const types = dataTypeIds ?? (await collection.distinct('dataTypeId', { endUserId }))
  const boundary = dimension === 'epoch' ? (instant: Date) => instant : firstDayFrom
  return {
    endUserId,
    dataTypeId: { $in: [...types] },
    ...(dataSourceIds && { dataSourceId: { $in: [...dataSourceIds] } }),
    ...((from ?? to) && {
      [timeField[dimension]]: { ...(from && { $gte: boundary(from) }), ...(to && { $lt: boundary(to) }) }
    })
  }
}

const DAY_MS = 86_400_000

/** The first day that begins at this instant or later, as text; days compare as texts from year 0 to 9999. */
const firstDayFrom = (instant: Date): string => {
  const day = new Date(Math.ceil(instant.getTime() / DAY_MS) * DAY_MS)
  // ":" comes after "9", and every day after "".
  return /^\d{4}-\d\d-\d\d/.exec(day.toISOString())?.[0] ?? (day.getTime() > 0 ? ':' : '')
}
