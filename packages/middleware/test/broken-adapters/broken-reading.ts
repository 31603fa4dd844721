/** Adapters that find or erase wrongly. */
import type { RecordQuery, ThryveRecord } from '@thryve-webhook/middleware'
import type { MemoryAdapter } from '../../../adapter-memory/src/memory-adapter'
import { recordKey } from '../../src/identity'
import type { Broken } from './broken'

const spoilQuery =
  (change: (query: RecordQuery) => RecordQuery): Broken['spoil'] =>
  (adapter) => ({ ...adapter, find: (query) => adapter.find(change(query)) })

const spoilFound =
  (find: (adapter: MemoryAdapter, query: RecordQuery) => AsyncIterable<ThryveRecord>): Broken['spoil'] =>
  (adapter) => ({ ...adapter, find: (query) => find(adapter, query) })

/** By what is wrong with them. */
export const brokenReading: Record<string, Broken> = {
  'includes the end of a range': {
    spoil: spoilQuery((query) => ({ ...query, ...(query.to && { to: new Date(query.to.getTime() + 1) }) })),
    fails: 'find: from and to, from included and to excluded'
  },
  'compares a day with the day of an instant': {
    spoil: spoilQuery((query) => ({
      ...query,
      ...(query.dimension === 'daily' && query.from && { from: new Date(query.from.toISOString().slice(0, 10)) })
    })),
    fails: 'find: daily, by day as midnight UTC'
  },
  'takes limit 0 for no limit': {
    spoil: spoilQuery(({ limit, ...query }) => (limit ? { ...query, limit } : query)),
    fails: 'find: limit 0, nothing'
  },
  'takes an empty list of types for all': {
    spoil: spoilQuery(({ dataTypeIds, ...query }) => (dataTypeIds?.length ? { ...query, dataTypeIds } : query)),
    fails: 'find: empty list of types or sources, nothing'
  },
  'ignores the order': {
    spoil: spoilQuery(({ order: _, ...query }) => query),
    fails: 'find: desc with limit 1, the latest value of a type'
  },
  'limits before it filters': {
    spoil: spoilFound(async function* limitThenFilter(adapter, { dataTypeIds, ...query }) {
      for await (const record of adapter.find(query)) if (dataTypeIds?.includes(record.dataTypeId) ?? true) yield record
    }),
    fails: 'find: random queries, what a filter over everything gives'
  },
  'reads the first page of its driver': {
    spoil: spoilQuery((query) => ({ ...query, limit: Math.min(query.limit ?? 1_000, 1_000) })),
    fails: 'find: more than any page of a driver, all of them in order'
  },
  'compares user ids without their case': {
    spoil: (adapter, store) => {
      const idLike = (id: string) => [...store.users.keys()].find((user) => user.toLowerCase() === id.toLowerCase())
      return {
        ...adapter,
        find: (query) => adapter.find({ ...query, endUserId: idLike(query.endUserId) ?? query.endUserId })
      }
    },
    fails: 'find: ids that begin alike or look like patterns, only the one asked for'
  },
  'hands out what it keeps': {
    spoil: (adapter) => {
      const kept = new Map<string, ThryveRecord>()
      const keep = (record: ThryveRecord): ThryveRecord => {
        const key = recordKey(record, 'origin')
        if (!kept.has(key)) kept.set(key, record)
        return kept.get(key) ?? record
      }
      return {
        ...adapter,
        async *find(query) {
          for await (const record of adapter.find(query)) yield keep(record)
        }
      }
    },
    fails: 'find: found records changed by the caller, the store keeps its own'
  },
  'forgets daily records of a user': {
    spoil: (adapter, store) => ({
      ...adapter,
      async deleteUser(endUserId) {
        const kept = store.users.get(endUserId)?.daily.values() ?? []
        const deleted = await adapter.deleteUser(endUserId)
        for (const each of kept) store.records.set(each.key, each)
        return deleted
      }
    }),
    fails: 'deleteUser: records of both dimensions, all gone and those of others left'
  },
  'forgets inbox entries of a user': {
    spoil: (adapter, store) => ({
      ...adapter,
      async deleteUser(endUserId) {
        const kept = [...store.inbox.values()].filter((entry) => entry.endUserId === endUserId)
        const deleted = await adapter.deleteUser(endUserId)
        for (const entry of kept) store.inbox.add(entry)
        return deleted
      }
    }),
    fails: 'deleteUser: inbox entries of every state, those known to be theirs gone'
  },
  'forgets quarantined deliveries of a user': {
    spoil: (adapter, store) => ({
      ...adapter,
      async deleteUser(endUserId) {
        const kept = [...store.quarantine.values()].filter(({ item }) => item.endUserId === endUserId)
        const deleted = await adapter.deleteUser(endUserId)
        for (const item of kept) store.quarantine.add(item)
        return deleted
      }
    }),
    fails: 'deleteUser: quarantined deliveries, those known to be theirs gone'
  },
  'erases every user whose id begins alike': {
    spoil: (adapter, store) => ({
      ...adapter,
      async deleteUser(endUserId) {
        const alike = [...store.users.keys()].filter((id) => id !== endUserId && id.startsWith(endUserId))
        for (const id of alike) await adapter.deleteUser(id)
        return adapter.deleteUser(endUserId)
      }
    }),
    fails: 'deleteUser: records of both dimensions, all gone and those of others left'
  }
}
