/** Records: saved once each, the greatest version on top, read by user and time. */
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type {
  DailyRecord,
  RecordQuery,
  SaveResult,
  StorageAdapter,
  ThryveRecord,
  VersionedRecord
} from '@thryve-webhook/middleware'
import { isDate, type PackedRecord, packRecord, unpackRecord } from './copy'
import type { MemoryStore, StoredRecord } from './store'
import { Timeline } from './timeline'

/** How long others wait for their turn while a large batch is saved. */
const TURN_MS = 4

/** `save` and `find` over a store. */
export const createRecords = (
  store: MemoryStore,
  assertOpen: () => void
): Required<Pick<StorageAdapter, 'save' | 'find'>> => ({
  async save({ records }) {
    assertOpen()
    const counts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 }
    let turnAt = performance.now()
    for (let index = 0; index < records.length; index++) {
      counts[saveOne(store, records[index] as VersionedRecord)]++
      if ((index & 255) !== 255 || performance.now() - turnAt < TURN_MS) continue
      await nextTurn()
      assertOpen()
      turnAt = performance.now()
    }
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
  for (const timeline of Object.values(user)) for (const { key } of timeline.values()) store.records.delete(key)
  return user.epoch.size + user.daily.size
}

const saveOne = (store: MemoryStore, { key, version, record }: VersionedRecord): keyof SaveResult => {
  const packed = packRecord(record)
  const stored = store.records.get(key)
  if (stored === undefined) {
    insert(store, { key, ms: timeOf(packed), version, record: packed, isGone: false })
    return 'inserted'
  }
  const isStale = version < stored.version
  if (!isStale) stored.version = version
  if (isSameContent(stored.record, packed)) return 'unchanged'
  if (isStale) return 'stale'
  stored.record = packed
  store.records.delete(key)
  store.records.set(key, stored)
  return 'updated'
}

/** User, dimension and time are parts of the key, so that a later version never moves. */
const insert = (store: MemoryStore, stored: StoredRecord): void => {
  const { endUserId, dimension } = stored.record
  let user = store.users.get(endUserId)
  if (user === undefined) {
    user = { epoch: new Timeline(), daily: new Timeline() }
    store.users.set(endUserId, user)
  }
  user[dimension].add(stored)
  store.records.set(stored.key, stored)
}

const evict = (store: MemoryStore): void => {
  while (store.records.size > store.maxRecords) {
    const stored = store.oldestRecords.next().value as StoredRecord
    const { endUserId, dimension } = stored.record
    store.records.delete(stored.key)
    const user = store.users.get(endUserId)
    user?.[dimension].delete(stored)
    if (user?.epoch.size === 0 && user.daily.size === 0) store.users.delete(endUserId)
  }
}

function* select(store: MemoryStore, query: RecordQuery): Generator<ThryveRecord> {
  const { dimension, endUserId, dataTypeIds, dataSourceIds, from, to, order = 'asc' } = query
  const limit = query.limit ?? Number.POSITIVE_INFINITY
  if (!(limit >= 0)) throw new TypeError('"limit" must be a number of records')
  const first = from?.getTime() ?? Number.NEGATIVE_INFINITY
  const end = to?.getTime() ?? Number.POSITIVE_INFINITY
  let found = 0
  for (const { record } of store.users.get(endUserId)?.[dimension].walk(first, end, order) ?? []) {
    if (found >= limit) return
    if (dataTypeIds?.includes(record.dataTypeId) === false) continue
    if (dataSourceIds?.includes(record.dataSourceId) === false) continue
    found++
    yield unpackRecord(record)
  }
}

const timeOf = (record: PackedRecord): number =>
  record.dimension === 'epoch' ? (record.startTimestamp as number) : Date.parse((record as unknown as DailyRecord).day)

const isSameContent = (a: PackedRecord, b: PackedRecord): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof PackedRecord>
  return [...names].every((name) => isSameValue(a[name], b[name]))
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  isDate(a) && isDate(b) ? a.getTime() === b.getTime() : Object.is(a, b)
