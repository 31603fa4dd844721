/** The quarantine: what could not be understood, by when it was seen first. */
import type { DroppedEntry, Quarantine, QuarantineEntry, QuarantineSummary } from '@thryve-webhook/middleware'
import { copyEnvelope, copyFailures, copyHeaders, copyItem } from './copy'
import { pageOf } from './page'
import type { MemoryStore, StoredItem } from './store'

/** The quarantine over a store. */
export const createQuarantine = (store: MemoryStore, assertOpen: () => void): Quarantine => ({
  async add(item) {
    assertOpen()
    const { id } = item.delivery
    const kept = store.quarantine.get(id)
    if (kept === undefined) store.quarantine.add({ place: { ms: store.now(), id }, item: copyItem(item) })
    else kept.item = copyItem(item)
  },

  async list(query = {}) {
    assertOpen()
    return pageOf(store.quarantine, query, { order: 'desc', show: summaryOf })
  },

  async get(deliveryId) {
    assertOpen()
    const kept = store.quarantine.get(deliveryId)
    return kept && entryOf(kept)
  },

  async remove(deliveryId) {
    assertOpen()
    return store.quarantine.delete(deliveryId)
  },

  async trim({ maxEntries, maxBytes }) {
    assertOpen()
    const dropped: DroppedEntry[] = []
    let entries = 0
    let bytes = 0
    for (const { place, item } of store.quarantine.walk({ order: 'desc' })) {
      const size = item.delivery.body.length
      entries += 1
      bytes += size
      if (entries > maxEntries || bytes > maxBytes) dropped.push({ deliveryId: place.id, bytes: size })
    }
    for (const { deliveryId } of dropped) store.quarantine.delete(deliveryId)
    return dropped
  },

  async count() {
    assertOpen()
    return store.quarantine.size
  }
})

/** Erases the items that are known to be a user's. @returns how many there were. */
export const deleteUserItems = (store: MemoryStore, endUserId: string): number => {
  const items = [...store.quarantine.values()].filter(({ item }) => item.endUserId === endUserId)
  for (const { place } of items) store.quarantine.delete(place.id)
  return items.length
}

const entryOf = ({ item, place }: StoredItem): QuarantineEntry => ({
  ...copyItem(item),
  firstSeenAt: new Date(place.ms)
})

const summaryOf = ({ item, place }: StoredItem): QuarantineSummary => ({
  ...item,
  delivery: copyEnvelope(item.delivery),
  failures: copyFailures(item.failures),
  ...(item.headers === undefined ? {} : { headers: copyHeaders(item.headers) }),
  firstSeenAt: new Date(place.ms),
  bytes: item.delivery.body.length
})
