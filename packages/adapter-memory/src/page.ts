/** Pages of a listing. */
import type { Page, PageQuery } from '@thryve-webhook/middleware'
import type { Place, Placed, SortedMap } from './sorted-map'

const DEFAULT_LIMIT = 100

/** How to list. */
export interface Listing<V, T> {
  readonly order: 'asc' | 'desc'
  /** @default all */
  readonly isListed?: (value: V) => boolean
  readonly show: (value: V) => T
}

const cursorOf = ({ ms, id }: Place): string => `${ms}:${id}`

const placeOf = (cursor: string): Place => {
  const [, ms, id] = /^(-?\d+):(.*)$/s.exec(cursor) ?? []
  if (ms === undefined || id === undefined) throw new TypeError('"after" must be the "next" of the page before')
  return { ms: Number(ms), id }
}

/** The cursor is a place, not an offset: what is added or removed between two pages moves nothing else. */
export const pageOf = <V extends Placed, T>(
  values: SortedMap<V>,
  { limit = DEFAULT_LIMIT, after }: PageQuery,
  { order, isListed = () => true, show }: Listing<V, T>
): Page<T> => {
  if (!(Number.isSafeInteger(limit) && limit > 0)) throw new TypeError('"limit" must be a positive integer')
  const last = after === undefined ? undefined : placeOf(after)
  const bounds = last && (order === 'desc' ? { end: last } : { first: last })
  const listed: V[] = []
  for (const value of values.walk({ ...bounds, order })) {
    if (value.place.id === last?.id || !isListed(value)) continue
    if (listed.length === limit) return { entries: listed.map(show), next: cursorOf((listed.at(-1) as V).place) }
    listed.push(value)
  }
  return { entries: listed.map(show) }
}
