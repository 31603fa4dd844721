/** Records: saved once each, the greatest version on top, read by user and time. */
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RecordQuery, SaveResult, StorageAdapter, ThryveRecord, VersionedRecord } from '@thryve-webhook/middleware'
import { isSameContent, packRecord, type StoredRecord, unpackRecord } from './packed-record'
import type { MemoryStore, StoredUser } from './store'
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
  for (const timeline of [user.epoch, user.daily]) for (const stored of timeline.values()) drop(store, stored)
  return user.epoch.size + user.daily.size
}

const userOf = (store: MemoryStore, endUserId: string): StoredUser => {
  let user = store.users.get(endUserId)
  if (user === undefined) {
    user = { epoch: new Timeline(), daily: new Timeline(), patterns: new Map() }
    store.users.set(endUserId, user)
  }
  return user
}

/** User, dimension and time are parts of the key, so that a later version never moves. */
const saveOne = (store: MemoryStore, versioned: VersionedRecord): keyof SaveResult => {
  const { endUserId, dimension } = versioned.record
  const user = userOf(store, endUserId)
  const incoming = packRecord(versioned, user.patterns)
  const stored = store.records.get(incoming.key)
  if (stored === undefined) {
    user[dimension].add(incoming)
    store.records.set(incoming.key, incoming)
    return 'inserted'
  }
  const isStale = incoming.version < stored.version
  if (!isStale) stored.version = incoming.version
  if (isSameContent(stored, incoming)) return 'unchanged'
  if (isStale) return 'stale'
  Object.assign(stored, incoming)
  drop(store, stored)
  store.records.set(stored.key, stored)
  return 'updated'
}

/** An iterator keeps every table alive that its map has outgrown since it moved, so it is given up after many changes. */
const drop = (store: MemoryStore, { key }: StoredRecord): void => {
  store.records.delete(key)
  store.gaps += 1
  if (store.gaps > store.maxRecords) store.oldestRecords = undefined
}

const evict = (store: MemoryStore): void => {
  while (store.records.size > store.maxRecords) {
    store.oldestRecords ??= store.records.values()
    const stored = store.oldestRecords.next().value as StoredRecord
    const { endUserId, dimension } = stored.pattern
    drop(store, stored)
    store.gaps = 0
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
  for (const stored of store.users.get(endUserId)?.[dimension].walk(first, end, order) ?? []) {
    if (found >= limit) return
    const { dataTypeId, dataSourceId } = stored.pattern
    if (dataTypeIds?.includes(dataTypeId) === false) continue
    if (dataSourceIds?.includes(dataSourceId) === false) continue
    found++
    yield unpackRecord(stored)
  }
}
