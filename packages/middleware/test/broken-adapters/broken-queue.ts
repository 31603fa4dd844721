/** Adapters that keep an entry twice, bring one back, or mix up what stands together. */
import type { ThryveRecord } from '@thryve-webhook/middleware'
import { type Broken, sharing, spoilInbox } from './broken'

/** By what is wrong with them. */
export const brokenQueue: Record<string, Broken> = {
  'says accepted to a duplicate': {
    spoil: spoilInbox((inbox) => ({
      async put(delivery, lease) {
        const result = await inbox.put(delivery, lease)
        return result.outcome === 'duplicate' ? { outcome: 'accepted' } : result
      }
    })),
    fails: 'inbox.put: same delivery while it is ready, duplicate and nothing changes'
  },
  'keeps a duplicate as an entry of its own': {
    spoil: spoilInbox((inbox, store) => ({
      put: (delivery, lease) => inbox.put({ ...delivery, id: `${delivery.id} ${store.lastArrival}` }, lease)
    })),
    fails: 'inbox.put: same delivery from many at once, accepted once'
  },
  'hands out a dead entry once its lease has run out': {
    spoil: spoilInbox((inbox, store) => ({
      async bury(lease, burial) {
        const isDead = await inbox.bury(lease, burial)
        const entry = store.inbox.get(lease.deliveryId)
        if (isDead && entry !== undefined) store.waiting.schedule(entry, entry.due)
        return isDead
      }
    })),
    fails: 'inbox.claim: dead and done entries, undefined, even when their last lease has run out'
  },
  'hands out an erased entry': {
    spoil: (adapter, store) => ({
      ...adapter,
      async deleteUser(endUserId) {
        const erased = [...store.inbox.values()].filter((entry) => entry.endUserId === endUserId)
        const deleted = await adapter.deleteUser(endUserId)
        for (const entry of erased) store.waiting.schedule(entry, entry.due)
        return deleted
      }
    }),
    fails: 'deleteUser: an entry that waits, never claimed afterwards'
  },
  'lists the dates it keeps': {
    spoil: spoilInbox((inbox, store) => ({
      async list(query) {
        const { entries, ...page } = await inbox.list(query)
        const kept = (id: string) => store.inbox.get(id)?.delivery.receivedAt as Date
        return { ...page, entries: entries.map((entry) => ({ ...entry, receivedAt: kept(entry.deliveryId) })) }
      }
    })),
    fails: 'inbox.list: a date changed by the caller afterwards, the store keeps its own'
  },
  'finds records of one instant by source instead of key': {
    spoil: (adapter) => ({
      ...adapter,
      async *find(query) {
        const found: ThryveRecord[] = []
        for await (const record of adapter.find(query)) found.push(record)
        const timeOf = (record: ThryveRecord) =>
          record.dimension === 'epoch' ? record.startTimestamp.getTime() : Date.parse(record.day)
        yield* found.sort((a, b) => timeOf(a) - timeOf(b) || a.dataSourceId - b.dataSourceId)
      }
    }),
    fails: 'find: several at one instant, by key and desc the other way round'
  },
  'keeps what it was given with an update instead of a copy': {
    spoil: (adapter, store) => ({
      ...adapter,
      async save(batch) {
        const result = await adapter.save(batch)
        if (result.updated > 0) {
          for (const { key, record } of batch.records) Object.assign(store.records.get(key) ?? {}, sharing(record))
        }
        return result
      }
    }),
    fails: 'save: records changed by the caller afterwards, the store keeps its own'
  }
}
