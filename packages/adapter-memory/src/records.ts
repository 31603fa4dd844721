/** Records: saved once each, the greatest version on top, read by user and time. */
import { types } from 'node:util'
import type { RecordQuery, SaveResult, StorageAdapter, ThryveRecord, VersionedRecord } from '@thryve-webhook/middleware'
import { copyRecord } from './copy'
import { SortedMap } from './sorted-map'
import type { MemoryStore, StoredRecord } from './store'

/** `save` and `find` over a store. */
export const createRecords = (
  store: MemoryStore,
  assertOpen: () => void
): Required<Pick<StorageAdapter, 'save' | 'find'>> => ({
  async save({ records }) {
    assertOpen()
    const counts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
    for (const versioned of records) counts[saveOne(store, versioned)]++
    evict(store)
    return counts
  },

  async *find(query) {
    assertOpen()
    for (const record of select(store, query)) {
      yield record
      assertOpen()
    }
  }
})

/** Erases a user's records. @returns how many there were. */
export const deleteUserRecords = (store: MemoryStore, endUserId: string): number => {
  const user = store.users.get(endUserId)
  if (user === undefined) return 0
  store.users.delete(endUserId)
  for (const timeline of Object.values(user)) for (const { place } of timeline.values()) store.records.delete(place.id)
  return user.epoch.size + user.daily.size
}

const saveOne = (store: MemoryStore, { key, version, record }: VersionedRecord): keyof SaveResult => {
  const stored = store.records.get(key)
  if (stored === undefined) {
    insert(store, { place: { ms: timeOf(record), id: key }, version, record: copyRecord(record) })
    return 'inserted'
  }
  const isStale = version < stored.version
  if (!isStale) stored.version = version
  if (isSameContent(stored.record, record)) return 'unchanged'
  if (isStale) return 'stale'
  stored.record = copyRecord(record)
  store.records.delete(key)
  store.records.set(key, stored)
  return 'updated'
}

/** User, dimension and time are parts of the key, so that a later version never moves. */
const insert = (store: MemoryStore, stored: StoredRecord): void => {
  const { endUserId, dimension } = stored.record
  const user = store.users.get(endUserId) ?? { epoch: new SortedMap(), daily: new SortedMap() }
  store.users.set(endUserId, user)
  user[dimension].add(stored)
  store.records.set(stored.place.id, stored)
}

const evict = (store: MemoryStore): void => {
  while (store.records.size > store.maxRecords) {
    const { place, record } = store.oldestRecords.next().value as StoredRecord
    store.records.delete(place.id)
    const user = store.users.get(record.endUserId)
    user?.[record.dimension].delete(place.id)
    if (user?.epoch.size === 0 && user.daily.size === 0) store.users.delete(record.endUserId)
  }
}

function* select(store: MemoryStore, query: RecordQuery): Generator<ThryveRecord> {
  const { dimension, endUserId, dataTypeIds, dataSourceIds, from, to, order = 'asc' } = query
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  if (!(limit >= 0)) throw new TypeError('"limit" must be a number of records')
  const range = { ...(from && { first: instant(from) }), ...(to && { end: instant(to) }), order }
  let found = 0
  for (const { record } of store.users.get(endUserId)?.[dimension].walk(range) ?? []) {
    if (found >= limit) return
    if (dataTypeIds?.includes(record.dataTypeId) === false) continue
    if (dataSourceIds?.includes(record.dataSourceId) === false) continue
    found++
    yield copyRecord(record)
  }
}

/** The place before all that begin at this instant. */
const instant = (date: Date) => ({ ms: date.getTime(), id: '' })

const timeOf = (record: ThryveRecord): number =>
  record.dimension === 'epoch' ? record.startTimestamp.getTime() : Date.parse(record.day)

const isSameContent = (a: ThryveRecord, b: ThryveRecord): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ThryveRecord>
  return [...names].every((name) => isSameValue(a[name], b[name]))
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  types.isDate(a) && types.isDate(b) ? a.getTime() === b.getTime() : Object.is(a, b)
